"""Fixture: a household paired with the cadre."""

import pytest

from tests.factories import make_household, make_pairing


@pytest.fixture
def own(cadre):
    household = make_household(head="王有福")
    make_pairing(cadre=cadre, household=household)
    return household

"""Fixtures: a village and two families paired with the cadre."""

import pytest

from tests.factories import make_household, make_pairing, make_village


@pytest.fixture
def village():
    return make_village()


@pytest.fixture
def own(cadre, village):
    household = make_household(head="王有福", village=village)
    make_pairing(cadre=cadre, household=household)
    return household


@pytest.fixture
def second(cadre, village):
    household = make_household(head="李秀英", village=village)
    make_pairing(cadre=cadre, household=household)
    return household

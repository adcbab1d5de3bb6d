"""Fixtures: two households of one village paired with the cadre."""

import pytest

from tests.factories import make_household, make_pairing


@pytest.fixture
def home(cadre):
    return make_pairing(cadre=cadre, household=make_household(head="王守田")).household


@pytest.fixture
def next_door(cadre, home):
    return make_pairing(cadre=cadre, household=make_household(head="刘满仓", village=home.village)).household

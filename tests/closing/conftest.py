"""Fixture: a household paired with the cadre until it moved away on 2015-05-01."""

from datetime import date

import pytest

from households import registering
from households.choices import Status
from tests.factories import make_household, make_pairing

CLOSED_ON = date(2015, 5, 1)


@pytest.fixture
def moved(cadre):
    """Return the household, closed on 2015-05-01; its head was 王守田."""
    household = make_household(head="王守田")
    make_pairing(cadre=cadre, household=household, started_on=date(2014, 3, 1))
    registering.close(household, status=Status.MOVED, on=CLOSED_ON, successor=None)
    return household

"""Registered and paired households at the end of a past day, computed from the dates of the rows."""

from datetime import date, timedelta

import pytest

from households.models import Household, HouseholdPairing
from tests.factories import make_cadre, make_household, make_pairing, make_village, make_village_pairing
from units.models import today
from villages.models import Village, VillagePairing

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2013, 5, 1), date(2015, 12, 1)


@pytest.fixture
def home() -> Household:
    """Create a household identified in 2013 that moved away on 1 December 2015."""
    return make_household(identified_on=FIRST, status="moved", status_on=LAST)


@pytest.mark.parametrize(
    ("on", "there"),
    [(FIRST - timedelta(days=1), False), (FIRST, True), (LAST - timedelta(days=1), True), (LAST, False)],
)
def test_registered_from_the_identification_to_the_day_before_the_closing(home, on, there):
    assert Household.objects.registered(on).exists() == there
    assert Household.objects.unpaired(on).exists() == there


def test_a_household_without_a_date_of_identification_was_always_there():
    make_household()
    assert Household.objects.registered(date(2012, 1, 1)).count() == 1


def test_today_is_what_the_status_says(home):
    assert not Household.objects.registered().exists()
    assert not Household.objects.registered(today()).exists()


@pytest.mark.parametrize(
    ("on", "there"),
    [(FIRST - timedelta(days=1), 0), (FIRST, 1), (LAST - timedelta(days=1), 1), (LAST, 0), (today(), 0)],
)
def test_paired_from_the_start_to_the_day_before_the_end(home, on, there):
    cadre = make_cadre()
    make_pairing(cadre=cadre, household=home, started_on=FIRST, ended_on=LAST)
    make_village_pairing(unit=cadre.unit, village=home.village, started_on=FIRST, ended_on=LAST)
    assert HouseholdPairing.objects.current(on).count() == there
    assert VillagePairing.objects.current(on).count() == there
    assert Household.objects.paired(on).count() == there


def test_a_village_was_there_until_it_was_merged():
    make_village(ended_on=LAST)
    assert Village.objects.current(LAST - timedelta(days=1)).exists()
    assert not Village.objects.current(LAST).exists()

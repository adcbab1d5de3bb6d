"""Two concurrent changes: one succeeds, the other gets a message."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from core.records import StaleRecord
from households.choices import Status
from households.models import Household, HouseholdPairing
from households.pairing import end_pairing, hand_over, pair_households
from households.registering import close
from tests.factories import (
    COUNTY,
    make_cadre,
    make_division,
    make_household,
    make_pairing,
    make_unit,
    make_village,
)
from units.models import Cadre, Requirement, today
from units.presets import letter_requirements

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DAY = date(2015, 9, 16)
ROUNDS = 6


def run_at_once(*acts) -> list[str]:
    """Start all functions at once in threads; return 'done' or the error message of each."""
    shot = Barrier(len(acts))

    def run(act) -> str:
        shot.wait()
        try:
            act()
        except (ValidationError, StaleRecord) as error:
            return str(error)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_of_two_gets_the_household():
    village, unit = make_village(), make_unit()
    first, second = make_cadre(unit=unit), make_cadre(unit=unit)
    for _ in range(ROUNDS):
        household = make_household(village=village)

        def pair(cadre: Cadre, chosen: Household = household) -> None:
            pair_households(cadre=cadre, households=[chosen], kind="help", started_on=DAY)

        told = run_at_once(lambda: pair(first), lambda: pair(second))
        assert told.count("done") == 1, told
        assert household.pairings.current().count() == 1


def test_a_household_closed_at_the_same_moment_is_nobodys():
    village, cadre = make_village(), make_cadre()
    for _ in range(ROUNDS):
        household = make_household(village=village)
        one, other = (Household.objects.get(pk=household.pk) for _ in range(2))
        run_at_once(
            lambda row=one: pair_households(cadre=cadre, households=[row], kind="help", started_on=DAY),
            lambda row=other: close(row, status=Status.MOVED, on=today(), successor=None),
        )
        household.refresh_from_db()
        assert household.status == Status.MOVED
        assert not household.pairings.current().exists()


def test_one_of_two_ends_hands_over_or_neither_twice():
    heir = make_cadre(unit=make_unit())
    for _ in range(ROUNDS):
        pairing = make_pairing(started_on=DAY)
        one, other = (HouseholdPairing.objects.get(pk=pairing.pk) for _ in range(2))
        told = run_at_once(
            lambda row=one: end_pairing(row, on=today(), reason="换人"),
            lambda row=other: hand_over([row], to=heir, on=today(), reason="调离"),
        )
        assert told.count("done") == 1, told
        pairing.refresh_from_db()
        assert pairing.ended_on == today()
        assert heir.pairings.filter(household=pairing.household_id).count() == (told[1] == "done")


def test_a_preset_taken_twice_at_once_is_there_once():
    make_division()
    for year in range(2015, 2015 + ROUNDS):

        def take(chosen: int = year) -> None:
            letter_requirements(place=COUNTY, year=chosen)

        assert run_at_once(take, take) == ["done", "done"]
        kept = Requirement.objects.filter(year=year)
        assert kept.count() == kept.values("rank", "indicator").distinct().count() > 0

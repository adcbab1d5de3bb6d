"""A transfer moves only what was recorded since its day: totals stay the same."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from core.models import Change
from households.models import HouseholdPairing
from tests.factories import (
    make_assistance,
    make_cadre,
    make_household,
    make_pairing,
    make_problem,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from units.models import Posting, Requirement, Unit, today
from units.roles import Rank
from units.unit_history import Postings
from visits.duty.rules import unit_duties
from visits.indicators import ENTERED_TIMES, VILLAGE_TIMES
from visits.models import Visit
from visits.transfers.rules import transfer

FIRST, DAY = date(2015, 1, 10), date(2015, 6, 1)


@pytest.fixture
def village(leader):
    place = make_village()
    make_village_pairing(unit=leader.unit, village=place, started_on=FIRST)
    return place


@pytest.fixture
def new_unit(village):
    unit = make_unit(name="县审计局")
    make_village_pairing(unit=unit, village=make_village(name="大庄村"), started_on=FIRST)
    for place in ("620524",):
        Requirement.objects.create(year=2015, place=place, indicator="village_times", minimum=6)
    return unit


@pytest.fixture
def home(cadre, village):
    household = make_household(village=village)
    make_pairing(cadre=cadre, household=household, started_on=FIRST)
    return household


def visit(cadre, home, *days: date) -> None:
    for day in days:
        make_visit(cadre=cadre, household=home, visited_on=day)


def figures(*units: Unit) -> list[tuple[int, int, int]]:
    """Return 入户户次, 进村次数 and the 进村次数 that count for the requirement, by unit."""
    entered = ENTERED_TIMES.by(Visit.objects.all(), "unit")
    went = VILLAGE_TIMES.by(Visit.objects.all(), "unit")
    duties = unit_duties(Unit.objects.filter(pk__in=[u.pk for u in units]), year=2015, on=today())
    done = {pk: sum(duty.done for duty in found) for pk, found in duties.items()}
    return [(entered.get(u.pk, 0), went.get(u.pk, 0), done.get(u.pk, 0)) for u in units]


def test_totals_agree(cadre, leader, office, home, new_unit) -> None:
    visit(cadre, home, date(2015, 3, 1), date(2015, 5, 31), DAY, date(2015, 7, 1))
    old = leader.unit
    assert figures(old, new_unit) == [(4, 4, 4), (0, 0, 0)]
    transfer(cadre, unit=new_unit, rank=cadre.rank, on=DAY, by=office)
    assert figures(old, new_unit) == [(2, 2, 2), (2, 2, 2)]


def test_typed_late_equals_typed_on_the_day(cadre, leader, office, home, new_unit) -> None:
    """A transfer entered late equals one entered on the day: records of the days since belong to the new unit."""
    colleague = make_cadre(unit=leader.unit)
    other = make_household(village=home.village)
    make_pairing(cadre=colleague, household=other, started_on=FIRST)
    transfer(colleague, unit=new_unit, rank=colleague.rank, on=DAY, by=office)
    unit, rank = Postings([colleague], DAY).on(colleague, date(2015, 7, 1))
    make_visit(cadre=colleague, household=other, visited_on=date(2015, 7, 1), unit_id=unit, rank=rank)
    visit(cadre, home, date(2015, 7, 1))
    transfer(cadre, unit=new_unit, rank=cadre.rank, on=DAY, by=office)
    rows = Visit.objects.values_list("unit", "rank", "visited_on")
    assert len(set(rows)) == 1
    spans = HouseholdPairing.objects.order_by("started_on").values_list("unit", "started_on", "ended_on")
    assert set(spans) == {
        (leader.unit_id, FIRST, DAY - timedelta(days=1)),
        (new_unit.pk, DAY, None),
    }


def test_everything_of_its_day_moves_with_history(cadre, office, home, new_unit) -> None:
    help_before = make_assistance(cadre=cadre, household=home, given_on=date(2015, 5, 1))
    help_after = make_assistance(cadre=cadre, household=home, given_on=date(2015, 6, 2))
    problem = make_problem(cadre=cadre, household=home, raised_on=DAY, status_on=DAY)
    done = transfer(cadre, unit=new_unit, rank=Rank.SECTION, on=DAY, by=office)
    for row in (help_before, help_after, problem):
        row.refresh_from_db()
    assert (help_before.unit_id, help_before.rank) != (new_unit.pk, Rank.SECTION)
    assert (help_after.unit_id, help_after.rank) == (new_unit.pk, Rank.SECTION)
    assert problem.unit_id == new_unit.pk
    assert (done.moved["帮扶实事"], done.along) == (1, 1)
    changes = Change.objects.filter(table="visits.assistance", row=help_after.pk, act="changed")
    assert set(changes.get().changes) == {"unit", "rank"}


def test_pairings_are_handed_over_on_the_day(cadre, leader, office, home, new_unit) -> None:
    heir = make_cadre(unit=leader.unit)
    problem = make_problem(cadre=cadre, household=home)
    pairing = HouseholdPairing.objects.get()
    transfer(cadre, unit=new_unit, rank=cadre.rank, on=DAY, by=office, handed=[pairing], to=heir)
    problem.refresh_from_db()
    assert problem.owner == heir
    [now] = HouseholdPairing.objects.current()
    assert (now.cadre, now.unit, now.started_on) == (heir, leader.unit, DAY)


def test_no_visit_is_left_without_its_pairing(cadre, office, home, new_unit) -> None:
    visit(cadre, home, date(2015, 7, 1))
    with pytest.raises(ValidationError) as refused:
        transfer(
            cadre, unit=new_unit, rank=cadre.rank, on=DAY, by=office, handed=[HouseholdPairing.objects.get()]
        )
    assert "1 次" in refused.value.message_dict["handed"][0]


def test_a_transfer_is_put_right_on_its_day(cadre, leader, office, home, new_unit) -> None:
    old = leader.unit
    visit(cadre, home, date(2015, 7, 1))
    transfer(cadre, unit=new_unit, rank=cadre.rank, on=DAY, by=office)
    transfer(cadre, unit=old, rank=cadre.rank, on=DAY, by=office)
    assert figures(old, new_unit)[0] == (1, 1, 1)
    with pytest.raises(ValidationError):
        transfer(cadre, unit=new_unit, rank=cadre.rank, on=date(2015, 5, 1), by=office)


@pytest.mark.parametrize("day", [date(2011, 12, 31), date(2012, 1, 1), today() + timedelta(days=1)])
def test_days_that_cannot_be(cadre, office, new_unit, day: date) -> None:
    with pytest.raises(ValidationError):
        transfer(cadre, unit=new_unit, rank=cadre.rank, on=day, by=office)
    assert not Posting.objects.exists()


def test_another_way_of_saving_is_a_transfer_of_today(cadre, new_unit, leader) -> None:
    cadre.unit = new_unit
    cadre.save()
    assert Postings([cadre], DAY).on(cadre, DAY) == (leader.unit_id, cadre.rank)
    assert Postings([cadre], DAY).on(cadre, today()) == (new_unit.pk, cadre.rank)

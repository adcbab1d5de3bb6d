"""Recording an outing: rows, unit and rank of the day, for a colleague, late; and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.models import Change
from tests.factories import (
    make_cadre,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.visits.outings import days, record, refusals
from units.models import today
from units.roles import Rank
from visits.models import Visit, recorded_late

pytestmark = pytest.mark.django_db


# Rows


def test_a_visit_carries_place_month_unit_and_rank(cadre, home):
    [visit] = record(cadre, households=[home], days=[date(2015, 9, 16)], reasons=["有病", "受灾"])
    assert (visit.place, visit.month) == (home.village.code, 201509)
    assert (visit.unit, visit.rank, visit.reasons) == (cadre.unit, cadre.rank, "有病、受灾")


def test_several_households_of_one_evening_share_the_outing(cadre, home, next_door):
    visits = record(cadre, households=[home, next_door])
    assert {visit.household for visit in visits} == {home, next_door}
    assert len({visit.outing for visit in visits}) == 1


def test_each_row_has_one_change_in_the_history(cadre, home, next_door):
    visits = record(cadre, households=[home, next_door])
    changes = Change.objects.filter(table="visits.visit", row__in=[visit.pk for visit in visits])
    assert [change.act for change in changes] == ["created", "created"]


def test_a_meeting_in_the_village_needs_no_household(cadre):
    village = make_village_pairing(unit=cadre.unit).village
    [visit] = record(cadre, village=village, kind=Visit.Kind.COMMITTEES)
    assert (visit.household, visit.place) == (None, village.code)


def test_companions_stand_on_every_row(cadre, leader, home):
    visits = record(cadre, households=[home], days=days(today() - timedelta(days=1), 2), companions=[leader])
    assert [visit.companions.get().cadre for visit in visits] == [leader, leader]
    assert visits[0].companions.get().unit == leader.unit


# Unit and rank of that day


def test_what_is_entered_after_a_transfer_counts_for_the_unit_of_that_day(cadre, home):
    old_unit = cadre.unit
    cadre.unit, cadre.rank = make_unit(name="县教育局"), Rank.SECTION
    cadre.save()
    before, after = record(cadre, households=[home], days=[today() - timedelta(days=1), today()])
    assert (before.unit, before.rank) == (old_unit, Rank.GENERAL)
    assert (after.unit, after.rank) == (cadre.unit, Rank.SECTION)


def test_a_later_transfer_rewrites_nothing(cadre, home):
    [visit] = record(cadre, households=[home])
    old_unit = cadre.unit
    cadre.unit = make_unit(name="县教育局")
    cadre.save()
    visit.refresh_from_db()
    assert visit.unit == old_unit


# What is refused


def test_tomorrow_is_refused(cadre, home):
    said = refusals(cadre, households=[home], days=[today() + timedelta(days=1)])
    assert said["days"] == [f"走访日期不能晚于今天（{today():%Y-%m-%d}）。约好以后去的，填在“约下次”。"]


def test_before_the_campaign_is_refused(cadre, home):
    assert "2012-01-01" in refusals(cadre, households=[home], days=[date(2011, 12, 31)])["days"][0]


def test_the_first_day_of_the_campaign_is_taken(cadre, home):
    assert record(cadre, households=[home], days=[date(2012, 1, 1)])


def test_a_household_of_others_is_refused(cadre):
    others = make_household(head="马桂英")
    assert refusals(cadre, households=[others]) == {
        "households": ["勾选的户里，有现在不归您联系的，请去掉再保存。"]
    }


def test_a_household_given_up_is_refused(cadre, home):
    pairing = home.pairings.get()
    pairing.ended_on = today()
    pairing.save()
    assert "households" in refusals(cadre, households=[home])


def test_a_home_visit_needs_a_home(cadre):
    assert refusals(cadre) == {"households": ["请勾选去了哪一户。"]}


def test_a_meeting_needs_a_village(cadre):
    assert refusals(cadre, kind=Visit.Kind.TRAINING) == {"village": ["没有到户的，请选是哪个村。"]}


def test_a_village_of_another_unit_is_refused(cadre):
    assert "village" in refusals(cadre, kind=Visit.Kind.LABOUR, village=make_village())


def test_a_companion_of_another_unit_is_refused(cadre, stranger, home):
    said = refusals(cadre, households=[home], companions=[stranger])
    assert said == {"companions": ["同去的人只能选本单位在岗的同事。"]}


def test_more_nights_than_days_are_refused(cadre, home):
    assert "nights" in refusals(cadre, households=[home], nights=2)


def test_a_promise_lies_after_the_visit(cadre, home):
    assert "promised_on" in refusals(cadre, households=[home], promised_on=today())


def test_a_month_and_a_day_is_too_long(cadre, home):
    said = refusals(cadre, households=[home], days=days(date(2015, 3, 1), 32))
    assert said["days"] == ["一次最多记连着的 31 天，再多的请分几次记。"]


# For a colleague


def test_a_colleague_enters_it_for_an_older_cadre_and_both_names_stand(cadre, leader):
    older = make_cadre(name="陈立新", unit=cadre.unit)
    home = make_pairing(cadre=older, household=make_household()).household
    [visit] = record(cadre, cadre=older, households=[home])
    assert (visit.cadre, visit.entered_by) == (older, cadre)


def test_ones_own_household_is_not_the_colleagues(cadre, home):
    older = make_cadre(name="陈立新", unit=cadre.unit)
    said = refusals(cadre, cadre=older, households=[home])
    assert said["households"] == ["勾选的户里，有现在不归陈立新联系的，请去掉再保存。"]


def test_one_does_not_write_for_another_unit(cadre, stranger):
    home = make_pairing(cadre=stranger).household
    assert refusals(cadre, cadre=stranger, households=[home])["cadre"] == ["只能替本单位在岗的同事记。"]


def test_one_does_not_write_for_who_has_left(cadre):
    gone = make_cadre(name="陈立新", unit=cadre.unit, left_on=today())
    assert "cadre" in refusals(cadre, cadre=gone)


# 补录


@pytest.mark.parametrize(("days_later", "late"), [(0, False), (1, False), (2, True), (7, True)])
def test_late_is_more_than_a_day_after(cadre, home, days_later, late):
    [visit] = record(cadre, households=[home], days=[today() - timedelta(days=days_later)])
    assert visit.is_late is late


def test_late_goes_by_the_countys_clock():
    day = date(2015, 9, 16)
    assert not recorded_late(day, _utc(17, 15, 59))  # 23:59 in the county, the day after
    assert recorded_late(day, _utc(17, 16, 0))  # midnight in the county


def _utc(day: int, hour: int, minute: int) -> datetime:
    return datetime(2015, 9, day, hour, minute, tzinfo=UTC)

"""What is recorded of an outing: rows, nights, refs, units of the day, what is refused; and 作废."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.models import Change
from tests.factories import (
    make_cadre,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from units.models import Cadre, today
from units.roles import Rank
from visits.models import Visit, recorded_late
from visits.recording import record_outing, row_ref
from visits.refs import RefTaken, SameRef
from visits.voiding import void

pytestmark = pytest.mark.django_db


def record(author: Cadre, **said: Any) -> list[Visit]:
    return record_outing(
        **{
            "author": author,
            "cadre": author,
            "households": [],
            "days": [today()],
            "kind": Visit.Kind.HOME,
            "content": "看了水窖，问了药费。",
            "ref": uuid.uuid4(),
            **said,
        }
    )


def refusals(author: Cadre, **said: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        record(author, **said)
    return refused.value.message_dict


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


@pytest.fixture
def home(cadre):
    return make_pairing(cadre=cadre, household=make_household(head="王守田")).household


@pytest.fixture
def next_door(cadre, home):
    return make_pairing(cadre=cadre, household=make_household(head="刘满仓", village=home.village)).household


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


# Nights


def test_a_stay_of_three_days_is_two_nights_on_the_first_household(cadre, home, next_door):
    first = today() - timedelta(days=2)
    visits = record(cadre, households=[home, next_door], days=days(first, 3), kind=Visit.Kind.STAY)
    carrying = [(visit.visited_on, visit.household) for visit in visits if visit.nights]
    assert carrying == [(first, home), (first + timedelta(days=1), home)]


@pytest.mark.parametrize(("kind", "nights"), [(Visit.Kind.STAY, 1), (Visit.Kind.HOME, 0)])
def test_one_day_is_a_night_only_when_stayed(cadre, home, kind, nights):
    [visit] = record(cadre, households=[home], kind=kind)
    assert visit.nights == nights


def test_nights_said_count_as_said(cadre, home):
    visits = record(cadre, households=[home], days=days(today() - timedelta(days=2), 3), nights=3)
    assert [visit.nights for visit in visits] == [1, 1, 1]


def test_a_second_outing_of_the_day_gets_no_second_night(cadre, home, next_door):
    record(cadre, households=[home], kind=Visit.Kind.STAY)
    [second] = record(cadre, households=[next_door], kind=Visit.Kind.STAY)
    assert second.nights == 0


@hypothesis_settings(max_examples=25)
@given(
    outings=st.lists(
        st.tuples(
            st.integers(0, 9), st.integers(1, 4), st.integers(0, 4), st.sampled_from([1, 2, 3]), st.booleans()
        ),
        max_size=5,
    )
)
def test_nights_count_once_a_cadre_and_date(outings):
    cadre = make_cadre()
    homes = [make_pairing(cadre=cadre, household=make_household(head="")).household for _ in range(2)]
    for ago, length, nights, which, taken_back in outings:
        first = today() - timedelta(days=ago)
        visits = record(
            cadre,
            households=[home for number, home in enumerate(homes, 1) if number & which],
            days=[day for day in days(first, length) if day <= today()],
            nights=min(nights, (today() - first).days + 1, length),
        )
        if taken_back:
            void(visits[0], by=cadre, reason="记错了")
    nights_on = list(
        Visit.objects.counted().filter(cadre=cadre, nights=1).values_list("visited_on", flat=True)
    )
    assert len(nights_on) == len(set(nights_on))


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


# The same form again


def test_a_form_sent_twice_is_recorded_once(cadre, home, next_door):
    ref = uuid.uuid4()
    first = record(cadre, households=[home, next_door], ref=ref)
    again = record(cadre, households=[home, next_door], ref=ref)
    assert again == first
    assert Visit.objects.count() == 2


def test_a_stay_sent_twice_is_no_conflict_with_its_own_nights(cadre, home):
    said = {"households": [home], "days": days(today() - timedelta(days=2), 3), "ref": uuid.uuid4()}
    assert record(cadre, **said) == record(cadre, **said)


@pytest.mark.parametrize(
    "changed",
    [
        {"content": "另一件事。"},
        {"kind": Visit.Kind.COMFORT},
        {"days": [date(2015, 9, 17)]},
        {"promise": "送贷款表"},
        {"households": []},
        {"companions": True},
    ],
)
def test_the_same_ref_with_other_content_is_a_conflict(cadre, leader, home, changed):
    said = {"households": [home], "days": [date(2015, 9, 16)], "kind": Visit.Kind.SURVEY, "ref": uuid.uuid4()}
    stored = record(cadre, **said)
    if "households" in changed:
        changed = {"households": [], "village": make_village_pairing(unit=cadre.unit).village}
    if "companions" in changed:
        changed = {"companions": [leader]}
    with pytest.raises(SameRef) as conflict:
        record(cadre, **{**said, **changed})
    assert list(conflict.value.stored) == stored


def test_a_ref_of_another_author_is_taken(cadre, leader, home):
    ref = uuid.uuid4()
    record(cadre, households=[home], ref=ref)
    make_village_pairing(unit=leader.unit, village=home.village)
    with pytest.raises(RefTaken):
        record(leader, households=[home], ref=ref)


def at_once(*forms: dict[str, Any]) -> list[Any]:
    """What comes of forms that arrive at the same moment: visits, or the exception."""

    def send(form: dict[str, Any]) -> Any:
        try:
            return record(**form)
        except (SameRef, RefTaken) as conflict:
            return type(conflict)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, forms))


@pytest.mark.django_db(transaction=True)
def test_a_form_that_arrives_several_times_at_once_is_recorded_once(cadre, home):
    form = {"author": cadre, "households": [home], "kind": Visit.Kind.STAY, "ref": uuid.uuid4()}
    first, *others = at_once(form, form, form, form)
    assert all(other == first for other in others)
    assert Visit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_forms_at_once_take_one_night(cadre, home, next_door):
    at_once(*[{"author": cadre, "households": [h], "kind": Visit.Kind.STAY} for h in (home, next_door)])
    assert sorted(Visit.objects.values_list("nights", flat=True)) == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_two_authors_at_once_cannot_share_a_ref(cadre, leader, home):
    make_village_pairing(unit=leader.unit, village=home.village)
    ref = uuid.uuid4()
    outcomes = at_once(*[{"author": who, "households": [home], "ref": ref} for who in (cadre, leader)])
    assert RefTaken in outcomes
    assert Visit.objects.count() == 1


def test_refs_of_rows_follow_from_the_forms(cadre, home, next_door):
    ref = uuid.uuid4()
    visits = record(cadre, households=[home, next_door], days=[date(2015, 9, 16)], ref=ref)
    assert [visit.ref for visit in visits] == [row_ref(ref, h, date(2015, 9, 16)) for h in (home, next_door)]


def test_one_row_keeps_the_ref_of_its_form(cadre, home):
    ref = uuid.uuid4()
    assert record(cadre, households=[home], ref=ref)[0].ref == ref


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


# 作废


def test_a_voided_visit_is_read_and_not_counted(cadre, home):
    [visit] = record(cadre, households=[home])
    assert void(visit, by=cadre, reason="记错了日期") == 1
    visit.refresh_from_db()
    assert (visit.is_void, visit.voided_by, visit.void_reason) == (True, cadre, "记错了日期")
    assert visit in Visit.objects.visible_to(cadre)
    assert visit not in Visit.objects.counted()


def test_a_whole_outing_is_taken_back_at_once(cadre, home, next_door):
    visits = record(cadre, households=[home, next_door])
    assert void(visits[0], by=cadre, reason="记错了", whole_outing=True) == 2
    assert not Visit.objects.counted().exists()


def test_the_night_passes_to_the_other_household_of_the_evening(cadre, home, next_door):
    first, second = record(cadre, households=[home, next_door], kind=Visit.Kind.STAY)
    void(first, by=cadre, reason="没有去这一家")
    second.refresh_from_db()
    assert second.nights == 1


def test_a_visit_taken_back_and_sent_again_is_no_silent_success(cadre, home):
    ref = uuid.uuid4()
    [visit] = record(cadre, households=[home], ref=ref)
    void(visit, by=cadre, reason="记错了")
    with pytest.raises(SameRef):
        record(cadre, households=[home], ref=ref)


@pytest.mark.parametrize(
    ("who", "days_ago", "may"),
    [
        ("cadre", 6, True),
        ("cadre", 8, False),
        ("leader", 8, True),
        ("office", 8, True),
        ("stranger", 0, False),
        ("viewer", 0, False),
    ],
)
def test_who_may_take_back_and_how_long(request, cadre, who, days_ago, may):
    home = make_household()
    recorded_at = timezone.now() - timedelta(days=days_ago)
    visit = make_visit(cadre=cadre, household=home, recorded_at=recorded_at)
    user = request.getfixturevalue(who)
    assert Visit.objects.editable_by(user).filter(pk=visit.pk).exists() is may


# Promises


def promises(cadre: Cadre) -> list[str]:
    return list(Visit.objects.filter(cadre=cadre).open_promises().values_list("promise", flat=True))


def test_a_visit_before_the_promised_day_does_not_keep_the_promise(cadre, home):
    record(cadre, households=[home], days=[date(2015, 9, 1)], promised_on=date(2015, 9, 30), promise="送表")
    record(cadre, households=[home], days=[date(2015, 9, 20)])
    assert promises(cadre) == ["送表"]


def test_a_visit_on_the_promised_day_keeps_it(cadre, home):
    record(cadre, households=[home], days=[date(2015, 9, 1)], promised_on=date(2015, 9, 30), promise="送表")
    record(cadre, households=[home], days=[date(2015, 9, 30)])
    assert promises(cadre) == []


def test_a_later_promise_replaces_an_earlier_one(cadre, home):
    record(cadre, households=[home], days=[date(2015, 9, 1)], promised_on=date(2015, 9, 30), promise="送表")
    record(
        cadre, households=[home], days=[date(2015, 9, 20)], promised_on=date(2015, 10, 8), promise="带技术员"
    )
    assert promises(cadre) == ["带技术员"]


def test_a_promise_without_a_day_waits_for_the_next_visit(cadre, home):
    record(cadre, households=[home], days=[date(2015, 9, 1)], promise="问问药费")
    assert promises(cadre) == ["问问药费"]
    record(cadre, households=[home], days=[date(2015, 9, 2)])
    assert promises(cadre) == []

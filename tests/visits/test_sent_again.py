"""The same form sent again or at the same moment leaves one record."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.factories import make_village_pairing
from tests.pages import client_of, words_of
from tests.visits.outings import days, record
from units.models import today
from visits.idempotency import RefTaken, SameRef
from visits.models import Visit
from visits.visits.rules import row_ref

pytestmark = pytest.mark.django_db


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


def test_a_conflict_of_nights_alone_names_the_nights(cadre, home):
    """A conflict of nights alone names the nights, since the page would otherwise show no difference."""
    form = {
        "ref": uuid.uuid4(),
        "on": "other",
        "other_day": "2015-09-16",
        "until": "2015-09-18",
        "kind": "stay",
        "content": "同吃同住",
        "households": [home.pk],
    }
    assert client_of(cadre).post("/visits/new/", {**form, "nights": 2}).status_code == 302
    again = client_of(cadre).post("/visits/new/", {**form, "nights": 1})
    assert (again.status_code, "住村夜数 1 2" in words_of(again)) == (409, True)


def test_a_ref_of_another_author_is_taken(cadre, leader, home):
    ref = uuid.uuid4()
    record(cadre, households=[home], ref=ref)
    make_village_pairing(unit=leader.unit, village=home.village)
    with pytest.raises(RefTaken):
        record(leader, households=[home], ref=ref)


def at_once(*forms: dict[str, Any]) -> list[Any]:
    """Send the forms at the same moment; return the visits or the exception of each."""

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

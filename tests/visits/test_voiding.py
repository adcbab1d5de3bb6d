"""作废 (voiding): who may void, for how long, and the effect on the night."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_assistance, make_household, make_problem, make_visit
from tests.pages import client_of, page_of
from tests.visits.outings import record
from visits.idempotency import SameRef
from visits.models import Visit
from visits.voiding.rules import void

pytestmark = pytest.mark.django_db


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


def test_what_was_recorded_with_a_visit_is_named_and_taken_back_with_it(cadre, home):
    [visit] = record(cadre, households=[home])
    problem = make_problem(cadre=cadre, household=home, visit=visit, description="水窖漏水")
    item = make_assistance(cadre=cadre, household=home, visit=visit, content="送了面粉")
    url, client = f"/visits/{visit.pk}/void/", client_of(cadre)
    asked = page_of(client.get(url))
    assert "水窖漏水" in asked
    assert "送了面粉" in asked
    assert 'name="with_belongings"' in asked
    client.post(url, {"reason": "记错了人家", "with_belongings": "on"})
    for row in (visit, problem, item):
        row.refresh_from_db()
        assert (row.is_void, row.void_reason) == (True, "记错了人家")


def test_help_stays_in_force_when_only_the_visit_was_wrong(cadre, home):
    [visit] = record(cadre, households=[home])
    item = make_assistance(cadre=cadre, household=home, visit=visit)
    client_of(cadre).post(f"/visits/{visit.pk}/void/", {"reason": "日期记错了"})
    item.refresh_from_db()
    assert not item.is_void


def test_what_others_recorded_with_a_visit_is_theirs_to_take_back(cadre, stranger, home):
    [visit] = record(cadre, households=[home])
    item = make_assistance(cadre=stranger, household=home, visit=visit)
    assert void(visit, by=cadre, reason="记错了", with_belongings=True) == 1
    item.refresh_from_db()
    assert not item.is_void


def test_a_whole_outing_takes_the_help_of_each_row_along(cadre, home, next_door):
    first, second = record(cadre, households=[home, next_door])
    item = make_assistance(cadre=cadre, household=next_door, visit=second, content="送了两袋面")
    url = f"/visits/{first.pk}/void/"
    assert "另外几条还有一起登记的诉求、记的帮扶 1 件" in page_of(client_of(cadre).get(url))
    client_of(cadre).post(url, {"reason": "没有去", "whole_outing": "on", "with_belongings": "on"})
    item.refresh_from_db()
    assert item.is_void


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

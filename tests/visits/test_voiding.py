"""作废: who may take back, how long, and what it does to the night."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_household, make_visit
from tests.visits.outings import record
from visits.models import Visit
from visits.refs import SameRef
from visits.voiding import void

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

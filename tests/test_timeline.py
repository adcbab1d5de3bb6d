"""经过 (timeline): visits, problems, help and surveys on the household's file."""

import pytest

from registers.timeline import timeline
from tests.factories import (
    make_assistance,
    make_cadre,
    make_household,
    make_pairing,
    make_problem,
    make_visit,
)
from tests.pages import client_of, words_of
from units.roles import Role
from visits.models import Assistance, AssistanceShare, Problem, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def household(cadre):
    """Create a household of the cadre whose earlier problem and help belong to another unit and village."""
    household = make_pairing(cadre=cadre, household=make_household(head="王守田")).household
    before = make_cadre(name="赵前任")
    make_problem(cadre=before, household=household, description="水窖漏水")
    item = make_assistance(cadre=before, household=household, content="送了米面", cash=400)
    item.shares.create(household=make_household(head="李邻居"), cash=200)
    return household


@pytest.mark.parametrize("role", [Role.CADRE, Role.LEADER, Role.OFFICE, Role.VIEWER])
def test_whoever_sees_a_household_sees_its_problems_and_help(household, cadre, leader, office, viewer, role):
    user = {Role.CADRE: cadre, Role.LEADER: leader, Role.OFFICE: office, Role.VIEWER: viewer}[role]
    assert Problem.objects.visible_to(user).filter(household=household).count() == 1
    assert Assistance.objects.visible_to(user).filter(shares__household=household).count() == 1
    words = words_of(client_of(user).get(f"/households/{household.pk}/"))
    assert "水窖漏水" in words
    assert "送了米面" in words


def test_of_what_others_gave_to_many_a_leader_reads_the_own_households_share(household, leader):
    seen = AssistanceShare.objects.visible_to(leader)
    assert [share.household for share in seen] == [household]


def test_only_the_newest_are_told_and_that_there_are_more(household, cadre):
    for _ in range(21):
        make_visit(cadre=cadre, household=household)
    visits = Visit.objects.visible_to(cadre).filter(household=household)
    events, more = timeline(household, visits, [])
    assert (len(events), more) == (20, True)

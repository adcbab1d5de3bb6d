"""Cases in which the naive rules revealed an error in the models."""

import pytest

from households.models import ProjectBeneficiary
from tests.factories import (
    make_activity,
    make_assistance,
    make_household,
    make_pairing,
    make_problem,
    make_project,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of
from units.roles import Role
from visits.models import Activity, Assistance, Problem, Visit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_who_only_reads_takes_nothing_back_that_was_recorded_before(cadre):
    visit, problem = make_visit(cadre=cadre), make_problem(cadre=cadre)
    cadre.role = Role.VIEWER
    cadre.save()
    assert not Visit.objects.editable_by(cadre).filter(pk=visit.pk).exists()
    assert not Problem.objects.voidable_by(cadre).filter(pk=problem.pk).exists()


def test_help_to_a_village_itself_is_read_by_the_units_of_the_village(cadre, stranger):
    village = make_village()
    for who in (cadre, stranger):
        make_village_pairing(unit=who.unit, village=village)
    to_village = make_assistance(cadre=stranger, household=make_household(village=village))
    to_village.shares.all().delete()
    to_a_family = make_assistance(cadre=stranger, household=make_household(village=village))
    assert list(Assistance.objects.visible_to(cadre)) == [to_village]
    found = [
        client_of(cadre).get(f"/assistance/{item.pk}/").status_code for item in (to_village, to_a_family)
    ]
    assert found == [200, 404]


def test_whom_a_project_serves_is_not_changed_by_the_cadre_of_the_family(leader, cadre, stranger):
    household = make_household()
    make_pairing(cadre=cadre, household=household)
    rows = [
        ProjectBeneficiary.objects.create(
            household=household,
            project=make_project(unit=unit, village=household.village, name=f"项目{unit}"),
        )
        for unit in (leader.unit, stranger.unit)
    ]
    assert list(ProjectBeneficiary.objects.visible_to(cadre)) == rows
    assert not ProjectBeneficiary.objects.editable_by(cadre).exists()
    assert list(ProjectBeneficiary.objects.editable_by(leader)) == rows[:1]


def test_a_leader_takes_back_an_own_activity_of_the_unit_before(leader, stranger):
    activity = make_activity(cadre=leader)
    leader.unit = stranger.unit
    leader.save()
    assert list(Activity.objects.editable_by(leader)) == [activity]

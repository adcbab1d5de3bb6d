"""A household is named by its head: an open one by the present head, a closed one by the last."""

from datetime import date

import pytest

from households import registering
from households.choices import Status
from households.models import HouseholdPairing
from surveys.models import Response
from tests.closing.conftest import CLOSED_ON
from tests.factories import (
    make_assistance,
    make_household,
    make_member,
    make_pairing,
    make_problem,
    make_response,
    make_survey,
    make_visit,
)
from visits.models import Assistance, AssistanceShare, Problem, Visit

EVENTS = [HouseholdPairing, Visit, Problem, AssistanceShare, Response]


@pytest.fixture
def headless(cadre):
    """An open household whose head left, with one event of each kind."""
    household = make_household(head="")
    make_member(household=household, name="王守田", left_on=date(2015, 3, 1))
    make_pairing(cadre=cadre, household=household, started_on=date(2014, 3, 1))
    make_visit(cadre=cadre, household=household, visited_on=date(2015, 4, 1))
    make_problem(cadre=cadre, household=household, raised_on=date(2015, 4, 1))
    make_assistance(cadre=cadre, household=household, given_on=date(2015, 4, 1))
    make_response(survey=make_survey(), cadre=cadre, household=household, surveyed_on=date(2015, 4, 1))
    return household


@pytest.mark.parametrize("model", EVENTS)
def test_an_open_household_without_a_head_is_named_by_none(headless, model) -> None:
    assert model.objects.with_head().get().head_name is None


@pytest.mark.parametrize("model", EVENTS)
def test_its_new_head_names_what_was_before(headless, model) -> None:
    make_member(household=headless, name="王有禄")
    assert model.objects.with_head().get().head_name == "王有禄"


@pytest.mark.parametrize("model", EVENTS)
def test_a_closed_household_keeps_the_name_of_its_last_head(headless, model) -> None:
    registering.close(headless, status=Status.MOVED, on=CLOSED_ON, successor=None)
    assert model.objects.with_head().get().head_name == "王守田"


def test_what_concerns_a_village_has_no_head(cadre, headless) -> None:
    problem = make_problem(cadre=cadre, household=headless)
    problem.household = None
    problem.save()
    assert Problem.objects.with_head().get(pk=problem.pk).head_name is None


def test_pages_name_an_open_household_without_a_head(client, office, headless) -> None:
    client.force_login(office)
    for page in (
        f"/households/{headless.pk}/",
        f"/pairings/{headless.pairings.get().pk}/",
        f"/visits/{headless.visits.get().pk}/",
        f"/problems/{headless.problems.get().pk}/",
        f"/assistance/{headless.assistance.get().assistance_id}/",
    ):
        shown = client.get(page).text
        assert "（没有户主）" in shown, page


def test_help_to_a_household_without_a_head_is_not_the_villages(office, headless) -> None:
    item = Assistance.objects.with_heads(office).get()
    assert item.heads == "（没有户主）"


def test_a_problem_of_a_household_without_a_head_is_not_the_villages(client, office, cadre, headless) -> None:
    other = make_problem(cadre=cadre, household=make_household(village=headless.village))
    client.force_login(office)
    page = client.get(f"/problems/{other.pk}/join/").text
    assert "（没有户主）：水窖漏水" in page
    assert "本村：" not in page

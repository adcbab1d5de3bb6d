"""Sheets on households that have a response: changed, emptied, taken back, stale."""

from datetime import date
from typing import Any

import pytest

from core.importing import runs
from core.models import Change, ImportRun
from households.models import Household
from surveys.models import Response, Survey
from tests.factories import make_response
from tests.importing import check, load, outcomes, warnings, whys
from tests.surveys.filled import HOUSEHOLD, make_surveyed
from tests.surveys.sheets import row_of, said
from units.models import Cadre

pytestmark = pytest.mark.django_db


def stored(survey: Survey, cadre: Cadre, household: Household, status: str, **answers: Any) -> Response:
    note = "收入不对" if status == "returned" else ""
    return make_response(
        survey=survey,
        cadre=cadre,
        household=household,
        status=status,
        review_note=note,
        answers={**HOUSEHOLD, **answers} if status == "draft" else answers,
    )


@pytest.mark.parametrize("status", ["draft", "returned", "submitted"])
def test_what_is_not_accepted_is_handed_in_anew(office, cadre, survey, household, status):
    response = stored(survey, cadre, household, status, A01="70")
    run = load("household_surveys", office, [row_of(survey, household)])
    assert whys(run) == []
    assert outcomes(run) == ["changed"]
    response.refresh_from_db()
    assert (response.status, response.answers["A01"], response.review_note) == ("submitted", 80, "")
    assert Change.objects.filter(table="surveys.response", run=run).count() == 1


def test_an_empty_cell_leaves_the_stored_answer_and_a_dash_empties_it(office, survey, household):
    load("household_surveys", office, [row_of(survey, household)])
    load("household_surveys", office, [row_of(survey, household, B10=None, D09="-")])
    answers = Response.objects.get().answers
    assert answers["B10"] == 10
    assert "D09" not in answers


def test_a_stored_answer_that_the_row_hides_goes(office, survey, household):
    load("household_surveys", office, [row_of(survey, household)])
    run = load("household_surveys", office, [row_of(survey, household, A04="否", A05=None)])
    assert whys(run) == []
    assert "A05" not in Response.objects.get().answers


def test_an_accepted_response_is_not_changed(office, survey, household):
    load("household_surveys", office, [row_of(survey, household)])
    Response.objects.get().accept(by=office, on=date(2015, 10, 1))
    assert outcomes(load("household_surveys", office, [row_of(survey, household)])) == ["same"]
    row = row_of(survey, household, B07=2)
    found = said(survey, check("household_surveys", office, [row]), row)
    assert found == {"B07": "这份已复核，不能再改"}


def test_a_returned_response_that_comes_back_as_it_was_stays_returned(office, survey, household):
    load("household_surveys", office, [row_of(survey, household)])
    Response.objects.get().give_back(by=office, on=date(2015, 10, 1), reason="收入不对")
    run = load("household_surveys", office, [row_of(survey, household)])
    assert outcomes(run) == ["same"]
    assert warnings(run) == ["这份退回了，还没有改：收入不对"]


def test_undo_takes_the_responses_and_the_corrections_back(office, cadre, survey, household):
    load("household_surveys", office, [row_of(survey, household)])
    other = make_surveyed(cadre=cadre, head="李有才")
    rows = [row_of(survey, household, B07=3, C01="五保户"), row_of(survey, other)]
    runs.undo(load("household_surveys", office, rows), office)
    household.refresh_from_db()
    assert (Response.objects.get().answers["B07"], household.kind) == (1, "02")


def test_a_reviewed_import_is_not_undone(office, survey, household):
    run = load("household_surveys", office, [row_of(survey, household)])
    Response.objects.get().accept(by=office, on=date(2015, 10, 1))
    assert "导入后又被改过" in runs.why_not_undo(run)


def test_a_household_changed_since_the_check_makes_the_plan_stale(office, survey, household):
    run = check("household_surveys", office, [row_of(survey, household)])
    household.size = 3
    household.save()
    runs.apply(run)
    assert run.status == ImportRun.Status.BROKEN
    assert not Response.objects.exists()


def test_a_form_closed_since_the_check_makes_the_plan_stale(office, survey, household):
    run = check("household_surveys", office, [row_of(survey, household)])
    survey.status, survey.closed_on = Survey.Status.CLOSED, date(2015, 10, 1)
    survey.save()
    runs.apply(run)
    assert run.status == ImportRun.Status.BROKEN

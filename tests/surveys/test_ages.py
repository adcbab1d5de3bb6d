"""Rules of a survey that depend on age use the age on the survey's day."""

from datetime import date, timedelta

import pytest

from households.models import Household, Member
from surveys.filling.response_draft import Draft
from surveys.models import Response, Survey
from tests.factories import make_response
from tests.importing import check, load
from tests.surveys.filled import HOUSEHOLD, clean
from tests.surveys.sheets import row_of, said
from units.models import Cadre, today

pytestmark = pytest.mark.django_db

AT_59, AT_60 = date(2013, 6, 29), date(2013, 7, 1)
WARNED = "健康的劳动年龄人口填成无劳动力, 请核对"


@pytest.fixture
def worker(household: Household) -> Member:
    """Return a healthy member marked unable to work who turns 60 on 1 July 2013 and is past working age today."""
    member = household.members.get(relation="01")
    member.born_on, member.health, member.labour = date(1953, 7, 1), "01", "03"
    member.save()
    return member


def draft_of(survey: Survey, household: Household, cadre: Cadre, day: date) -> Draft:
    answers = clean(survey, HOUSEHOLD)
    status = Response.Status.DRAFT
    return Draft(
        make_response(
            survey=survey, household=household, cadre=cadre, surveyed_on=day, answers=answers, status=status
        )
    )


@pytest.mark.parametrize(("day", "warned"), [(AT_59, True), (AT_60, False)])
def test_a_draft_is_checked_with_ages_of_its_day(survey, household, cadre, worker, day, warned):
    broken = draft_of(survey, household, cadre, day).examined.broken
    assert (WARNED in [rule.message for rule in broken]) == warned


@pytest.mark.parametrize(("day", "warned"), [(AT_59, True), (AT_60, False)])
def test_an_imported_row_is_checked_with_ages_of_its_day(survey, household, office, worker, day, warned):
    row = row_of(survey, household, surveyed_on=day.isoformat())
    run = check("household_surveys", office, [row])
    assert (WARNED in said(survey, run, row).values()) == warned


def test_a_workbook_with_two_years_keeps_the_age_of_each(survey, household, office, worker):
    days = (AT_60, date(2015, 9, 16))
    load("household_surveys", office, [row_of(survey, household, surveyed_on=f"{day}") for day in days])
    found = Response.objects.order_by("surveyed_on").values_list("surveyed_on", "members")
    assert [(day, members[0]["age"]) for day, members in found] == list(zip(days, (60, 62), strict=True))


def test_who_was_not_born_yet_has_no_age(worker):
    assert worker.age(date(1953, 6, 30)) is None
    assert worker.age(today() - timedelta(days=365 * 10)) is not None

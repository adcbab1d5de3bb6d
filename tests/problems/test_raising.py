"""Registering a problem: its deadline and owner, repeated submission, and creation from a survey answer."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from tests.factories import COUNTY, make_response, make_survey
from tests.pages import client_of, words_of
from tests.problems.rows import raised
from units.models import CalendarDay, Requirement
from units.workdays import due_after, is_provisional
from visits.choices import Category, Service
from visits.idempotency import RefTaken, SameRef
from visits.models import Problem, ProblemMove
from visits.problems.rules import of_answer

pytestmark = pytest.mark.django_db


# --- days -----------------------------------------------------------------------------------------


def test_days_are_counted_over_the_national_holiday():
    assert due_after(date(2015, 9, 30), 3, COUNTY) == date(2015, 10, 10)  # 10月10日 is worked


def test_the_office_corrects_a_day():
    CalendarDay.objects.create(place=COUNTY, on=date(2015, 9, 17), works=False, note="全县停电")
    assert due_after(date(2015, 9, 16), 1, COUNTY) == date(2015, 9, 18)


def test_a_year_that_is_not_published_goes_by_weekdays():
    assert is_provisional(date(2099, 1, 5))
    assert due_after(date(2099, 1, 2), 1, COUNTY) == date(2099, 1, 5)


def test_how_many_days_is_the_offices_to_say(cadre, own):
    Requirement.objects.create(year=2015, place=COUNTY, indicator="problem_days", maximum=1)
    assert raised(cadre, own).due_on == date(2015, 9, 17)


# --- registering ----------------------------------------------------------------------------------


def test_the_owner_is_who_is_paired_with_the_household(cadre, leader, own):
    assert raised(leader, own).owner == cadre


def test_a_double_tap_registers_once(cadre, own):
    ref = uuid4()
    first, second = raised(cadre, own, ref=ref), raised(cadre, own, ref=ref)
    assert first == second
    assert ProblemMove.objects.count() == 1


def test_the_same_form_with_other_words_shows_what_was_registered(cadre, own):
    ref = uuid4()
    raised(cadre, own, ref=ref)
    with pytest.raises(SameRef):
        raised(cadre, own, ref=ref, description="路不通")


def test_anothers_form_is_refused(cadre, leader, own):
    ref = uuid4()
    raised(cadre, own, ref=ref)
    with pytest.raises(RefTaken):
        raised(leader, own, ref=ref)


def test_a_day_that_has_not_come_is_refused(cadre, own):
    with pytest.raises(ValidationError, match="不能晚于今天"):
        raised(cadre, own, raised_on=date(2099, 1, 1))


def test_one_tap_makes_a_problem_of_an_answer_and_the_second_finds_it(cadre, own):
    response = make_response(survey=make_survey(), cadre=cadre, household=own, answers={"D03": ["01", "06"]})
    assert of_answer(response, "01", cadre) == of_answer(response, "01", cadre)
    assert of_answer(response, "06", cadre).get_category_display() == "住房"


def test_the_response_offers_each_difficulty_that_was_named(cadre, own):
    response = make_response(survey=make_survey(), cadre=cadre, household=own, answers={"D03": ["01", "06"]})
    client = client_of(cadre)
    page = client.get(f"/responses/{response.pk}/")
    assert "登记诉求：饮水" in words_of(page)
    client.post(f"/responses/{response.pk}/problem/06/")
    assert Problem.objects.get().response == response


def test_an_answer_that_was_not_given_makes_none(cadre, own):
    response = make_response(survey=make_survey(), cadre=cadre, household=own, answers={"D03": ["01"]})
    assert client_of(cadre).post(f"/responses/{response.pk}/problem/06/").status_code == 404


def test_categories_and_services_are_those_of_the_form():
    form = make_survey().form
    assert dict(form.by_code["D03"].labels) == dict(Category.choices)
    assert dict(form.by_code["D04"].labels) == dict(Service.choices)

"""The cadre's home and the pages of households and villages show the state of their surveys."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.filling.rules import start
from surveys.models import Response
from tests.factories import (
    make_cadre,
    make_household,
    make_pairing,
    make_response,
    make_survey,
    make_village_pairing,
)
from tests.pages import client_of, part, words_of
from tests.surveys.filled import make_surveyed
from units.models import Cadre, today

pytestmark = pytest.mark.django_db


def home_of(cadre: Cadre) -> str:
    return words_of(client_of(cadre).get("/"))


def test_a_home_says_what_is_due_begun_and_returned(cadre, survey, household):
    assert "贫困户调查表：今年还没有填" in home_of(cadre)
    response = start(survey, household, author=cadre, cadre=cadre)
    assert "填到第 1 步，共 6 步" in home_of(cadre)
    response.submit()
    assert "贫困户调查表" not in home_of(cadre)
    response.give_back(by=cadre, on=today(), reason="收入要再问")
    assert "退回：收入要再问" in home_of(cadre)


def test_a_home_makes_the_same_queries_however_many_households(cadre, survey, household):
    def queries() -> int:
        client = client_of(cadre)
        client.get("/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/")
        return len(seen)

    start(survey, household, author=cadre, cadre=cadre)
    few = queries()
    for _ in range(5):
        start(survey, make_surveyed(cadre=cadre), author=cadre, cadre=cadre)
    assert queries() == few


def test_a_home_leads_to_what_was_begun_for_a_colleague(cadre, survey, household):
    younger = make_cadre(name="陈立新", unit=cadre.unit)
    start(survey, household, author=younger, cadre=cadre)
    assert "替李建业填的贫困户调查表" in home_of(younger)


def test_a_village_survey_is_due_on_the_homes_of_its_unit(cadre):
    survey = make_survey(subject="village")
    pairing = make_village_pairing(unit=cadre.unit)
    assert "联系村调查表：今年还没有填" in home_of(cadre)
    page = client_of(cadre).get(f"/villages/{pairing.village.pk}/")
    assert "填调查表" in part(page, 'id="surveys"')
    start(survey, pairing.village, author=cadre, cadre=cadre)
    assert "填到第 1 步，共 7 步" in home_of(cadre)
    assert "继续填" in part(client_of(cadre).get(f"/villages/{pairing.village.pk}/"), 'id="surveys"')


def test_a_households_page_begins_goes_on_and_compares(cadre, survey, household):
    client, url = client_of(cadre), f"/households/{household.pk}/"
    assert "填调查表" in part(client.get(url), 'id="surveys"')
    response = start(survey, household, author=cadre, cadre=cadre)
    assert "继续填" in part(client.get(url), 'id="surveys"')
    answers = {"A01": 60, "A02": "05", "A04": 1, "B07": 2, "B16": 2000}
    make_response(
        survey=survey, cadre=cadre, household=household, surveyed_on=date(2015, 9, 1), answers=answers
    )
    response.answers = {"A01": 90, "A02": "02", "A04": 1, "B07": 1, "B16": 3500.5}
    response.submit()
    said = part(client.get(url), 'id="surveys"')
    assert "变好 3 项，变差 1 项，没有变 1 项" in said
    assert "3,500.50" in said
    assert said.index("住房面积") < said.index("大牲畜存栏")


def test_a_closed_household_and_a_viewer_begin_nothing(cadre, viewer, survey, household):
    url = f"/households/{household.pk}/"
    assert "填调查表" not in part(client_of(viewer).get(url), 'id="surveys"')
    household.status, household.status_on = "moved", today()
    household.save()
    assert "填调查表" not in part(client_of(cadre).get(url), 'id="surveys"')
    client_of(cadre).post(f"/surveys/{survey.pk}/start/?household={household.pk}")
    assert not Response.objects.exists()


def test_the_other_cadre_of_a_household_reads_the_draft(cadre, stranger, survey, household):
    make_pairing(cadre=stranger, household=household, kind="contact")
    start(survey, household, author=cadre, cadre=cadre)
    said = part(client_of(stranger).get(f"/households/{household.pk}/"), 'id="surveys"')
    assert "看草稿" in said
    assert "继续填" not in said


def test_a_survey_of_another_county_is_not_due_here(cadre):
    make_survey(place="620523")
    make_pairing(cadre=cadre, household=make_household())
    assert "调查表" not in home_of(cadre)


def test_a_colleagues_households_are_surveyed_from_a_page_of_their_own(cadre, survey, household):
    younger = make_cadre(name="陈立新", unit=cadre.unit)
    client = client_of(younger)
    assert "李建业" in words_of(client.get("/responses/for/"))
    page = words_of(client.get(f"/responses/for/?for={cadre.pk}"))
    assert "王有福" in page
    assert "贫困户调查表：今年还没有填" in page
    assert "王有福" not in words_of(client.get("/responses/for/"))


def test_nobody_fills_for_another_unit(cadre, stranger, survey, household):
    assert client_of(stranger).get(f"/responses/for/?for={cadre.pk}").status_code == 404

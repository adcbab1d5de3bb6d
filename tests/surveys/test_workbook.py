"""The workbook of a form: issued for a village, filled in offline, imported."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client

from core.models import Download
from surveys.models import Response, Survey
from tests.factories import (
    make_division,
    make_household,
    make_response,
    make_survey,
    make_village,
    make_village_pairing,
)
from tests.importing import load, outcomes, whys
from tests.pages import client_of
from tests.surveys.filled import HOUSEHOLD
from units.models import today

pytestmark = pytest.mark.django_db


def book_of(client: Client, survey: Survey, village: Any, query: str = "") -> openpyxl.Workbook:
    response = client.get(f"/surveys/{survey.pk}/workbook/?village={village.pk}{query}")
    assert response.status_code == 200, response.status_code
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def fill(book: openpyxl.Workbook, row: int, cells: dict[str, Any]) -> bytes:
    """Return the workbook with cells of one row filled in, by the first word of their headings."""
    sheet = book.worksheets[0]
    places = {str(cell.value).split(" ")[0]: cell.column for cell in sheet[1]}
    for key, value in cells.items():
        sheet.cell(row, places[key]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(book: openpyxl.Workbook) -> list[dict[str, Any]]:
    headings, *rows = book.worksheets[0].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def typed() -> dict[str, Any]:
    answers = {code: "；".join(a) if isinstance(a, list) else a for code, a in HOUSEHOLD.items()}
    return {code: "不详" if answer == "unknown" else answer for code, answer in answers.items()}


def test_it_goes_out_with_what_is_known_and_comes_back_filled(office, cadre, survey, household):
    make_household(head="没去的户", village=household.village)
    book = book_of(client_of(office), survey, household.village)
    first = rows_of(book)[0]
    assert (first["户编号"], first["户主姓名"], first["家庭人口"]) == (household.no, "王有福", 2)
    assert (first["调查人"], first["版本"]) == (cadre.name, "HH-SURVEY 2012.1")
    assert first["A01 住房面积（平方米）"] is None
    run = load("household_surveys", office, fill(book, 2, {"调查日期": "2015-09-16", **typed()}))
    assert whys(run) == []
    assert outcomes(run) == ["created", "same"]
    assert Response.objects.get().answers["A01"] == 80
    assert Download.objects.get().row_count == 2


def test_it_has_lists_limits_and_notes(office, survey, household):
    sheet = book_of(client_of(office), survey, household.village).worksheets[0]
    headings = {str(cell.value).split(" ")[0]: cell for cell in sheet[1]}
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}

    def rule_of(code: str) -> Any:
        return rules[f"{headings[code].column_letter}2"]

    assert "是,否,不详" in rule_of("A08").formula1
    assert ">=0" in rule_of("A01").formula1
    assert '="不详"' in rule_of("A03").formula1
    assert "choices_" in rule_of("A06").formula1 or "自来水" in rule_of("A06").formula1
    note = headings["B14"].comment.text
    assert "01 种植业" in note
    assert "最多 3 项" in note
    assert "A04 填“是”时填" in headings["A05"].comment.text


def test_last_answers_stand_in_it_when_asked_for(office, cadre, survey, household):
    answers = {"A01": 60.5, "A02": "05", "B14": ["01", "05"], "B15": "unknown", "D09": "想修路"}
    make_response(
        survey=survey, cadre=cadre, household=household, surveyed_on=date(2014, 9, 1), answers=answers
    )
    plain = rows_of(book_of(client_of(office), survey, household.village))[0]
    assert plain["A01 住房面积（平方米）"] is None
    book = book_of(client_of(office), survey, household.village, "&last=1")
    row = rows_of(book)[0]
    assert row["A01 住房面积（平方米）"] == 60.5
    assert row["A02 房屋主要结构"] == "土坯(土木)"
    assert row["B14 主要收入来源"] == "种植业；外出务工"
    assert row["B15 上年家庭纯收入（元）"] == "不详"
    untouched = load("household_surveys", office, fill(book, 2, {}))
    assert (whys(untouched), outcomes(untouched)) == ([], ["same"])
    touched = load("household_surveys", office, fill(book, 2, {"A01": 70}))
    assert [why.split(" ")[1] for why in whys(touched)] == ["没有写调查日期"]


def test_this_years_answers_come_back_unchanged(office, cadre, survey, household):
    book = book_of(client_of(office), survey, household.village)
    load("household_surveys", office, fill(book, 2, {"调查日期": today().isoformat(), **typed()}))
    again = book_of(client_of(office), survey, household.village)
    run = load("household_surveys", office, fill(again, 2, {}))
    assert (whys(run), outcomes(run)) == ([], ["same"])


def test_the_villages_of_a_township_stand_in_one(office, cadre):
    survey = make_survey(subject="village")
    village, other = make_village(name="石峰村"), make_village(name="大庄村")
    make_village(name="外镇村", town=make_division(code="620524101", name="洛门镇"))
    make_response(survey=survey, cadre=cadre, village=other, surveyed_on=today(), answers={"V103": 320})
    rows = rows_of(book_of(client_of(office), survey, village))
    assert {row["村"] for row in rows} == {"石峰村", "大庄村"}
    assert {row["V103 总户数（户）"] for row in rows} == {None, 320}


def test_a_cadre_gets_the_own_households_alone(cadre, survey, household):
    make_household(head="别人的户", village=household.village)
    rows = rows_of(book_of(client_of(cadre), survey, household.village))
    assert [row["户主姓名"] for row in rows] == ["王有福"]


def test_who_sees_no_household_is_told_so(leader, survey):
    village = make_village()
    make_village_pairing(unit=leader.unit, village=village)
    page = client_of(leader).get(f"/surveys/{survey.pk}/workbook/?village={village.pk}", follow=True)
    assert "没有可填的行" in page.content.decode()


def test_a_closed_form_is_not_handed_out(office, survey, household):
    survey.status, survey.closed_on = Survey.Status.CLOSED, date(2015, 10, 1)
    survey.save()
    url = f"/surveys/{survey.pk}/workbook/?village={household.village.pk}"
    assert client_of(office).get(url).status_code == 404


def test_the_blank_workbook_of_the_import_page_has_the_items(office, survey):
    response = client_of(office).get("/imports/household_surveys/template/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    headings = [cell.value for cell in book.worksheets[0][1]]
    assert "D09 致富打算、最满意和最不满意的事、对干部的意见建议" in headings


def test_it_holds_no_column_for_id_numbers(office, survey, household):
    headings = rows_of(book_of(client_of(office), survey, household.village))[0]
    assert "户主身份证号" not in headings

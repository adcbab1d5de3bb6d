"""The form of a village as a sheet."""

from typing import Any

import pytest

from core.importing.sheet import kind_of
from surveys.exchange.importing import VillageSurveySheet
from surveys.models import Response, Survey
from tests.factories import make_household, make_survey, make_village, make_village_pairing
from tests.importing import check, errors, load, outcomes, whys
from tests.surveys.sheets import DAY
from units.models import Cadre

pytestmark = pytest.mark.django_db


VILLAGE = {
    "VH3": "张富贵", "VH5": "13993851111", "VH7": "县", "V101": "半山区", "V115": "旱灾", "V202": "是",
    "V203": 0, "V303": "设施蔬菜", "V310": "未实施", "V311": "交通；资金", "V104": 1200, "V103": 300,
}  # fmt: skip


def village_row(survey: Survey, cadre: Cadre, village: Any, **given: Any) -> dict[str, Any]:
    sheet = VillageSurveySheet(survey)
    numbers = {i.code: max(i.min, 0) for i in survey.form.items if i.type == "number"}
    yes = {i.code: "是" for i in survey.form.items if i.type == "yesno"}
    cells = {
        "village_code": village.code,
        "surveyed_on": DAY,
        "surveyor": cadre.name,
        "version": f"{survey.code} {survey.edition}",
        **numbers,
        **yes,
        **VILLAGE,
        **given,
    }
    return {sheet.columns[key].label: value for key, value in cells.items()}


def test_the_form_of_a_village_is_imported(office, cadre):
    survey, village = make_survey(subject="village"), make_village()
    make_village_pairing(unit=cadre.unit, village=village)
    run = load("village_surveys", office, [village_row(survey, cadre, village)])
    assert whys(run) == []
    response = Response.objects.get()
    assert (response.village, response.household, response.surveyor) == (village, None, cadre)
    assert response.answers["V104"] == 1200
    assert outcomes(load("village_surveys", office, [village_row(survey, cadre, village)])) == ["same"]


def test_the_registered_households_of_a_village_are_compared(office, cadre):
    survey, village = make_survey(subject="village"), make_village()
    make_household(village=village)
    run = check("village_surveys", office, [village_row(survey, cadre, village)])
    assert [error["why"] for error in errors(run)] == ["填报贫困户数与系统内建档户数不一致"]
    again = load("village_surveys", office, [village_row(survey, cadre, village, word="一户刚销户")])
    assert Response.objects.get().confirmed == {"Y07": "一户刚销户"}
    assert outcomes(again) == ["created"]


def test_the_kinds_have_columns_without_any_form():
    for kind in ("household_surveys", "village_surveys"):
        assert kind_of(kind).fitted("620524") is kind_of(kind)
        assert "surveyed_on" in kind_of(kind).columns

"""The page of one response, and the list of responses."""

from datetime import date

import pytest

from core.models import Download
from surveys.models import Response
from tests.exports import table_of
from tests.factories import make_cadre, make_household, make_response, make_survey
from tests.pages import client_of, words_of
from tests.surveys.filled import make_surveyed
from units.models import Cadre

pytestmark = pytest.mark.django_db


@pytest.fixture
def response(survey, cadre: Cadre) -> Response:
    return make_response(
        survey=survey,
        cadre=cadre,
        household=make_surveyed(cadre=cadre),
        answers={"A01": 80, "A02": "05", "A03": 1990, "A08": "unknown", "D03": ["01", "05"]},
        members=[{"pk": 1, "age": 52, "M02": "1", "M04": "01", "M08": "03"}],
        confirmed={"X16": "今年羊死了"},
    )


def page(user: Cadre, response: Response) -> str:
    return words_of(client_of(user).get(f"/responses/{response.pk}/"))


def test_answers_are_read_in_words(cadre, response):
    said = page(cadre, response)
    for words in (
        "王有福",
        "80 平方米",
        "土坯(土木)",
        "不详",
        "饮水；看病",
        "患有大病",
        "今年羊死了",
        "待复核",
    ):
        assert words in said


def test_what_has_changed_stands_beside_the_answer(cadre, response, survey):
    make_response(
        survey=survey,
        cadre=cadre,
        household=response.household,
        surveyed_on=date(2014, 9, 1),
        answers={"A01": 60, "A02": "05"},
    )
    said = page(cadre, response)
    assert "变好 1 项，没有变 1 项" in said
    assert "↗ 变好" in said
    assert "上次 60" in said


def test_a_returned_one_says_why_and_goes_on(cadre, leader, response):
    response.give_back(by=leader, on=date(2015, 9, 20), reason="收入要再问")
    said = page(cadre, response)
    assert "康建平 2015年9月20日 退回：收入要再问" in said
    assert "继续填" in said


def test_the_history_names_the_items_that_changed(cadre, response):
    response.answers = {**response.answers, "A01": 90}
    response.save()
    said = page(cadre, response)
    assert "住房面积： 80 → 90" in said
    assert "A02" not in said.split("变动记录")[1]


def test_a_viewer_reads_no_phone_in_an_answer(viewer, cadre):
    village = make_household().village
    village_form = make_survey(subject="village")
    response = make_response(
        survey=village_form, cadre=cadre, village=village, answers={"VH3": "马建国", "VH5": "13993850009"}
    )
    assert "13993850009" not in page(viewer, response)
    assert "139********" in page(viewer, response)


def test_a_list_of_what_one_may_read(cadre, stranger, response, survey):
    other = make_response(
        survey=survey, cadre=stranger, household=make_surveyed(cadre=stranger, head="魏来福")
    )
    said = words_of(client_of(cadre).get("/responses/"))
    assert "王有福" in said
    assert "魏来福" not in said
    assert client_of(cadre).get(f"/responses/{other.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("year=2015", 1),
        ("year=2014", 0),
        ("status=submitted", 1),
        ("status=draft", 0),
        ("town=620524100", 1),
        ("q=王有福", 1),
        ("q=wyf", 1),
        ("q=李建业", 1),
        ("q=没有", 0),
    ],
)
def test_a_list_is_narrowed(office, response, query, found):
    assert client_of(office).get(f"/responses/?{query}").context["count"] == found


def test_a_list_is_exported_as_it_is_shown(office, cadre, response):
    response.entered_by = make_cadre(name="陈立新", unit=cadre.unit)
    response.save()
    answer = client_of(office).get("/responses/?export=xlsx")
    row = table_of(answer)[1]
    assert row[:4] == ("王有福", "贫困户调查表", "2015", "待复核")
    assert row[-1] == "陈立新"
    assert Download.objects.get().row_count == 1

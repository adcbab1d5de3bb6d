"""交叉统计 (cross tables) equal a slow computation: two items, classes, years, and the rows behind each cell."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.surveys.counted import counted_in, family_of, rounds_of
from reports.surveys.cross import cross, pairs_of
from tests.exports import table_of
from tests.factories import make_household, make_response, make_survey
from tests.pages import client_of, words_of
from tests.reports.forms import FIRST
from tests.reports.test_survey_tally import YEAR, households, latest, responses, store, versions

__all__ = ["households", "versions"]
pytestmark = pytest.mark.django_db
CALLED = {"K9": ("N1", "K9"), "S1": ("S1", "S1"), "P1": ("M1", "P1"), "S2": ("S2", "S2"), "Y1": (None, "Y1")}
CUTS = [Decimal(0), Decimal(10)]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=responses, row=st.sampled_from(list(CALLED)), column=st.sampled_from(list(CALLED)))
def test_two_items_count_as_a_slow_reckoning_does(rows, row, column, versions, households, cadre, office):
    with transaction.atomic():
        store(rows, versions, households, cadre)
        family = family_of(versions[1])
        counted = counted_in(family, office, YEAR, rounds_of(family, office).get(YEAR, []))
        pairs = pairs_of(counted, counted.answer(row), counted.answer(column))
        transaction.set_rollback(True)
    found = cross(family, pairs, (row, column), (CUTS, CUTS))
    cells, of_row, base = Counter(), Counter(), 0
    for version, answers in latest(rows):
        ones, others = keys(answers, CALLED[row][version]), keys(answers, CALLED[column][version])
        if ones and others:
            base += 1
            of_row.update(ones)
            cells.update((one, other) for one in ones for other in others)
    assert (found.base, found.base + found.left_out) == (base, len(latest(rows)))
    assert +found.of_row == of_row
    assert +found.cells == cells


def keys(answers, code) -> list[str]:
    answer = answers.get(code)
    if answer in (None, "unknown"):
        return []
    if code in {"N1", "K9"}:
        return ["0" if answer < 0 else "1" if answer < 10 else "2"]
    return list(map(str, answer)) if isinstance(answer, list) else [str(answer)]


@pytest.fixture
def survey(db):
    return make_survey(code="TEST", edition="1", definition=FIRST)


def url(survey, query) -> str:
    return f"/reports/surveys/{survey.pk}/cross/?{query}"


def answer(survey, cadre, household=None, **answers):
    on = answers.pop("on", date(2015, 9, 16))
    return make_response(
        survey=survey, cadre=cadre, household=household or make_household(), answers=answers, surveyed_on=on
    )


def row_of(response, name: str) -> list[str]:
    row = re.search(rf'<tr>\s*<th scope="row">{name}</th>.*?</tr>', response.content.decode(), re.S)[0]
    return [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]


def test_counts_and_row_percentages(office, survey, cadre):
    for one, other in [("a", 1), ("a", 1), ("a", 0), ("b", 0)]:
        answer(survey, cadre, S1=one, Y1=other)
    answer(survey, cadre, S1="a")
    response = client_of(office).get(url(survey, "row=S1&column=Y1"))
    assert row_of(response, "土坯") == ["266.7%", "133.3%", "3"]
    assert row_of(response, "砖木") == ["0", "1100.0%", "1"]
    assert row_of(response, "合计") == ["250.0%", "250.0%", "4"]
    assert "两题都有答案的 4 份；另有 1 份" in words_of(response)


def test_numbers_stand_in_quartile_classes_or_in_those_asked_for(office, survey, cadre):
    for number in (0, 1, 2, 3, 4):
        answer(survey, cadre, N1=number, S1="a")
    quarters = client_of(office).get(url(survey, "row=N1&column=S1"))
    assert row_of(quarters, "1 起，不到 2")[-1] == "1"
    asked = client_of(office).get(url(survey, "row=N1&column=S1&row_cuts=2、3.5"))
    assert [row_of(asked, name)[-1] for name in ("不到 2", "2 起，不到 3.5", "3.5 起")] == ["2", "2", "1"]
    assert "行分段的条件看不懂" in words_of(
        client_of(office).get(url(survey, "row=N1&column=S1&row_cuts=多"))
    )


def test_one_item_set_against_its_last_year_says_what_became_better(office, survey, cadre):
    better, same, worse = (make_household() for _ in range(3))
    for household, before, now in [(better, "a", "c"), (same, "b", "b"), (worse, "b", "a")]:
        answer(survey, cadre, household, S1=before, on=date(2014, 5, 1))
        answer(survey, cadre, household, S1=now)
    answer(survey, cadre, S1="a")
    response = client_of(office).get(url(survey, "row=S1&column=S1&before=2014"))
    assert row_of(response, "土坯") == ["0", "0", "1100.0%", "1"]
    assert row_of(response, "砖木") == ["150.0%", "150.0%", "0", "2"]
    words = words_of(response)
    assert "变好 1 户" in words
    assert "变差 1 户" in words
    assert "另有 1 份" in words


def test_a_number_set_against_its_last_year_has_the_same_classes_both_ways(office, survey, cadre):
    for before, now in [(1, 10), (2, 20), (3, 30), (4, 40)]:
        household = make_household()
        answer(survey, cadre, household, N1=before, on=date(2014, 5, 1))
        answer(survey, cadre, household, N1=now)
    page = client_of(office).get(url(survey, "row=N1&column=N1&before=2014")).content.decode()
    heads = re.findall(r'<th scope="col" class="num">([^<]+)</th>', page)[:-1]
    assert heads == re.findall(r'<th scope="row">([^<]+)</th>', page)[:-1]


@pytest.mark.parametrize("query", ["row=N1&column=M1", "row=M1&column=S1", "row=S1&column=N1&before=2014"])
def test_every_cell_opens_to_as_many_rows(office, survey, cadre, query):
    for number in range(8):
        household = make_household()
        causes = [["1"], ["1", "10"], ["2"]][number % 3]
        answer(survey, cadre, household, N1=number, M1=causes, S1="abc"[number % 3], on=date(2014, 5, 1))
        answer(survey, cadre, household, N1=number * 2, M1=causes, S1="cab"[number % 3])
    answer(survey, cadre, N1="unknown", S1="a")
    client = client_of(office)
    page = client.get(url(survey, query)).content.decode().split("<table", 1)[1].split("</table>")[0]
    links = re.findall(r'href="([^"]*/answers/[^"]*)">([\d,]+)<', page)
    assert len(links) > 8
    for address, count in links:
        assert f"共 {count} 份" in words_of(client.get(address.replace("&amp;", "&"))), address


def test_the_workbook_has_counts_and_percentages(office, survey, cadre):
    answer(survey, cadre, S1="a", Y1=1)
    response = client_of(office).get(url(survey, "row=S1&column=Y1&export=xlsx"))
    rows = table_of(response)
    assert rows[0] == (
        "S1 题S1 ＼ Y1 题Y1",
        "1 是（份）",
        "0 否（份）",
        "合计（份）",
        "1 是（占行 %）",
        "0 否（占行 %）",
    )
    assert rows[1] == ("土坯", 1, 0, 1, 100, 0)
    assert rows[-1][0] == "合计"


@pytest.mark.parametrize(
    "query",
    ["", "row=S1", "row=T1&column=S1", "row=S1&column=S1&before=1999", "row=S1&column=N1&column_cuts=1e999"],
)
def test_what_cannot_be_crossed_answers(office, survey, cadre, query):
    answer(survey, cadre, S1="a")
    assert client_of(office).get(url(survey, query)).status_code == 200


def test_a_page_asks_as_often_for_many_as_for_one(office, survey, cadre, django_assert_num_queries):
    client, query = client_of(office), "row=N1&column=S1&before=2014"
    household = make_household()
    answer(survey, cadre, household, N1=1, S1="a", on=date(2014, 5, 1))
    answer(survey, cadre, household, N1=1, S1="a")
    client.get(url(survey, query))
    with CaptureQueriesContext(connection) as one:
        client.get(url(survey, query))
    for number in range(6):
        household = make_household()
        answer(survey, cadre, household, N1=number, S1="b", on=date(2014, 5, 1))
        answer(survey, cadre, household, N1=number, S1="c")
    with django_assert_num_queries(len(one)):
        client.get(url(survey, query))

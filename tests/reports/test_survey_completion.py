"""Survey completion: each household counts once, by place, unit and cadre; each figure opens to its rows."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.exports import table_of
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_pairing,
    make_response,
    make_survey,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of, words_of

pytestmark = pytest.mark.django_db
YEAR, SINCE = 2015, date(2015, 1, 1)


@pytest.fixture
def survey(db):
    return make_survey()


@pytest.fixture
def villages(db):
    town = make_division(code="620524100", name="城关镇")
    return [make_village(name=name, town=town, code=f"6205241002{n:02}") for n, name in enumerate("甲乙")]


def url(survey, page="completion", query="") -> str:
    return f"/reports/surveys/{survey.pk}/{page}/?{query}"


def cells(response, name: str) -> list[str]:
    """Return the texts of the row with this name."""
    row = re.search(rf'<tr><th scope="row">(?:<a [^>]*>)?{name}<.*?</tr>', response.content.decode(), re.S)[0]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]


def test_each_household_stands_in_one_place_by_the_furthest_of_its_responses(office, survey, villages, cadre):
    older = make_survey(edition="2011", status="closed")
    survey.based_on = older
    survey.save()
    households = [make_household(village=villages[0]) for _ in range(6)]
    for household, status in zip(households, ["draft", "returned", "submitted", "accepted"], strict=False):
        make_response(survey=survey, cadre=cadre, household=household, status=status, review_note="补")
    make_response(survey=older, cadre=cadre, household=households[0], status="accepted")
    make_response(survey=older, cadre=cadre, household=households[4], surveyed_on=date(2014, 5, 1))
    make_response(survey=survey, cadre=cadre, household=make_household(village=villages[1]))
    response = client_of(office).get(url(survey, query="by=village"))
    assert cells(response, "甲") == ["620524100200", "6", "3", "50.0", "1", "2", "1", "0", "2"]
    assert cells(response, "乙")[1:4] == ["1", "1", "100.0"]
    earlier = client_of(office).get(url(survey, query="by=village&year=2014"))
    assert cells(earlier, "甲")[1:3] == ["6", "1"]


def test_a_figure_opens_to_its_rows(office, survey, villages, cadre):
    done = make_household(head="王有福", village=villages[0])
    make_household(head="刘满仓", village=villages[0])
    make_response(survey=survey, cadre=cadre, household=done)
    page = client_of(office).get(url(survey, query="by=village")).content.decode()
    addresses = re.findall(r'href="([^"]*/rows/\?[^"]*village=620524100200[^"]*)"', page)
    told = [words_of(client_of(office).get(address.replace("&amp;", "&"))) for address in addresses]
    assert ["王有福" in words for words in told] == [True, True, True, True, False]
    assert ["刘满仓" in words for words in told] == [True, True, False, False, True]


def test_a_household_of_two_units_counts_at_both_and_once_in_the_total(office, survey, cadre):
    household, other = make_household(), make_household()
    make_household()
    helper = make_cadre(name="何秀兰", unit=make_unit(name="县林业局"))
    make_pairing(cadre=cadre, household=household, started_on=SINCE)
    make_pairing(cadre=helper, household=household, kind="contact", started_on=SINCE)
    make_pairing(cadre=helper, household=other, started_on=SINCE)
    make_response(survey=survey, cadre=cadre, household=household)
    response = client_of(office).get(url(survey, query="by=unit"))
    assert cells(response, "县水务局")[1:3] == ["1", "1"]
    assert cells(response, "县林业局")[1:3] == ["2", "1"]
    assert cells(response, "没有单位联")[1:3] == ["1", "0"]
    assert "在册 3 户，完成 33.3%" in words_of(response)


def test_cadres_stand_by_name_under_their_unit(office, leader, survey, cadre):
    another = make_cadre(name="安小兰", unit=leader.unit)
    make_response(survey=survey, cadre=cadre, household=make_pairing(cadre=cadre, started_on=SINCE).household)
    make_pairing(cadre=another, started_on=SINCE)
    for user, query in [(office, f"by=cadre&unit={leader.unit_id}"), (leader, "")]:
        response = client_of(user).get(url(survey, query=query))
        page = response.content.decode()
        assert page.index("安小兰") < page.index("李建业")
        assert cells(response, "李建业")[1:4] == ["1", "1", "100.0"]
    assert "先在上面选一个单位" in words_of(client_of(office).get(url(survey, query="by=cadre")))


def test_a_form_on_villages_counts_villages(office, villages, cadre):
    survey = make_survey(subject="village")
    make_village(name="丙社区", kind="community")
    make_village_pairing(unit=cadre.unit, village=villages[0], started_on=SINCE)
    make_response(survey=survey, cadre=cadre, village=villages[0])
    response = client_of(office).get(url(survey))
    assert cells(response, "城关镇")[1:4] == ["2", "1", "50.0"]
    assert cells(client_of(office).get(url(survey, query="by=unit")), "县水务局")[1:3] == ["1", "1"]
    rows = words_of(client_of(office).get(url(survey, "rows", "standing=open")))
    assert "乙" in rows
    assert "620524100200" not in rows
    assert "丙社区" not in rows


def test_a_leader_counts_only_what_is_the_units(leader, survey, stranger):
    make_pairing(cadre=stranger, household=make_household(head="外单位"), started_on=SINCE)
    make_pairing(cadre=leader, household=make_household(head="本单位"), started_on=SINCE)
    assert "在册 1 户" in words_of(client_of(leader).get(url(survey)))
    rows = words_of(client_of(leader).get(url(survey, "rows")))
    assert "本单位" in rows
    assert "外单位" not in rows


def test_the_workbook_has_the_rows_and_the_total(office, survey, villages):
    make_household(village=villages[0])
    response = client_of(office).get(url(survey, query="by=village&export=xlsx"))
    rows = [row[:3] for row in table_of(response)]
    assert rows[0] == ("村", "村级代码", "在册户")
    assert rows[1:] == [("甲", "620524100200", 1), ("乙", "620524100201", 0), ("合计", None, 1)]


def test_the_sheet_to_hand_in_says_how_it_is_counted(office, survey, villages, cadre):
    make_response(survey=survey, cadre=cadre, household=make_household(village=villages[0]))
    words = words_of(client_of(office).get(url(survey, query="by=village&print=1")))
    assert "填报单位：县双联办" in words
    assert "已调查 ÷ 在册户" in words
    assert "范围：年度：2015 年；分列：村" in words


@pytest.mark.parametrize(
    "query", ["place=6", "place=999999999999", "by=x&year=1&unit=0&town=a", "place=620525"]
)
def test_nonsense_filters_answer(office, survey, query):
    assert client_of(office).get(url(survey, query=query)).status_code == 200
    assert client_of(office).get(url(survey, "rows", query)).status_code == 200


def test_a_draft_has_no_statistics(office):
    assert client_of(office).get(url(make_survey(status="draft"))).status_code == 404


@pytest.mark.parametrize("query", ["by=village", "by=unit", "by=place"])
def test_a_page_asks_as_often_for_many_as_for_one(office, survey, cadre, query, django_assert_num_queries):
    client = client_of(office)
    make_response(survey=survey, cadre=cadre, household=make_pairing(cadre=cadre, started_on=SINCE).household)
    client.get(url(survey, query=query))
    with CaptureQueriesContext(connection) as one:
        client.get(url(survey, query=query))
    for _ in range(5):
        another = make_cadre()
        make_response(
            survey=survey, cadre=another, household=make_pairing(cadre=another, started_on=SINCE).household
        )
    with django_assert_num_queries(len(one)):
        client.get(url(survey, query=query))

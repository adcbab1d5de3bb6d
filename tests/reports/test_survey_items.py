"""逐题统计 (item statistics): each item on the page, the rows behind each figure, the workbook."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.exports import table_of
from tests.factories import make_cadre, make_household, make_response, make_survey, make_unit, make_village
from tests.pages import client_of, part, words_of
from tests.reports.forms import FIRST, SECOND

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(db):
    return make_survey(code="TEST", edition="1", definition=FIRST)


def url(survey, query="", page="items") -> str:
    return f"/reports/surveys/{survey.pk}/{page}/?{query}"


def words_of_item(response, code: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part(response, f'id="item-{code}"')))


def answer(survey, cadre, head="王有福", village=None, **answers):
    household = make_household(head=head, village=village)
    return make_response(survey=survey, cadre=cadre, household=household, answers=answers)


def test_a_choice_says_how_many_chose_each_option(office, survey, cadre):
    for letter in "aab":
        answer(survey, cadre, S1=letter)
    answer(survey, cadre)
    words = words_of_item(client_of(office).get(url(survey)), "S1")
    assert "3 份有答案" in words
    assert "土坯 2 66.7% 砖木 1 33.3% 砖混 0 0.0%" in words
    assert "4 份答卷里：有答案 3，不详 0，未填 1。" in words


def test_a_number_says_sum_mean_and_quartiles(office, survey, cadre):
    for number in (1, 2, 4.5, "unknown"):
        answer(survey, cadre, N1=number)
    words = words_of_item(client_of(office).get(url(survey)), "N1")
    assert "合计 7.5 平均 2.5 最小 1 下四分位 1.5 中位数 2 上四分位 3.25 最大 4.5" in words
    assert "不详 1" in words


def test_what_is_not_asked_is_told_from_what_is_not_filled(office, survey, cadre):
    answer(survey, cadre, S1="a")
    answer(survey, cadre, S1="b")
    answer(survey, cadre, S1="a", S2="c")
    words = words_of_item(client_of(office).get(url(survey)), "S2")
    assert "有答案 1，不详 0，未填 1，不用填 1" in words
    assert "未填和不用填分不开" in words_of_item(client_of(office).get(url(survey)), "X1")


def test_every_linked_figure_opens_to_as_many_rows(office, survey, cadre):
    for number in range(0, 60, 3):
        answers = {
            "N1": number / 2,
            "S1": "abc"[number % 3],
            "Y1": number % 2,
            "M1": ["1", "10"],
            "T1": "修路",
        }
        answer(survey, cadre, **answers)
    answer(survey, cadre, N1="unknown", M1=["10"])
    client = client_of(office)
    page = client.get(url(survey)).content.decode()
    links = set(re.findall(r'href="([^"]*/answers/[^"]*)">([\d,]+)<', page))
    assert len(links) > 15
    for address, count in links:
        words = words_of(client.get(address.replace("&amp;", "&")))
        assert f"共 {count} 份" in words, address


def test_the_rows_show_the_answer_in_words(office, survey, cadre):
    answer(survey, cadre, head="王有福", M1=["1", "10"])
    answer(survey, cadre, head="刘满仓", M1=["2"])
    words = words_of(client_of(office).get(url(survey, "item=M1&answer=1", page="answers")))
    assert "王有福" in words
    assert "因病；缺水" in words
    assert "刘满仓" not in words


def test_place_unit_kind_and_year_narrow(office, survey, cadre):
    other = make_cadre(unit=make_unit(name="县林业局"))
    village = make_village(name="甲村")
    poor = make_household(village=village, kind="03")
    make_response(survey=survey, cadre=other, household=poor, answers={"S1": "a"})
    answer(survey, cadre, S1="b")
    make_response(
        survey=survey, cadre=cadre, household=poor, answers={"S1": "c"}, surveyed_on=date(2014, 5, 1)
    )
    client = client_of(office)
    for query in (f"village={village.code}", f"unit={other.unit_id}", "kind=03"):
        assert "土坯 1 100.0% 砖木 0" in words_of_item(client.get(url(survey, query)), "S1"), query
    assert "砖混 1 100.0%" in words_of_item(client.get(url(survey, "year=2014")), "S1")
    assert "土坯 1 50.0%" in words_of_item(client.get(url(survey)), "S1")


def test_a_renamed_item_keeps_its_year_and_its_rows(office, survey, cadre):
    second = make_survey(code="TEST", edition="2", definition=SECOND, based_on=survey, status="closed")
    answer(survey, cadre, N1=4)
    make_response(survey=second, cadre=cadre, household=make_household(), answers={"K9": 6})
    client = client_of(office)
    assert "2 份有答案 合计 10" in words_of_item(client.get(url(second)), "K9")
    assert "共 1 份" in words_of(client.get(url(second, "item=K9&answer=4", page="answers")))
    assert "共 2 份" in words_of(client.get(url(second, "item=K9", page="answers")))


def test_the_workbook_has_every_item_of_every_section(office, survey, cadre):
    answer(survey, cadre, N1=4, S1="a")
    response = client_of(office).get(url(survey, "export=xlsx"))
    rows = [list(row) for row in table_of(response)]
    assert rows[0][:8] == ["部分", "题号", "题目", "单位", "答案", "代码", "份数", "占 %"]
    assert ["甲部分", "S1", "题S1", None, "土坯", "a", 1, 100] in [row[:8] for row in rows]
    assert next(row[8:10] for row in rows if row[4] == "有数的") == [4, 4]


def test_names_and_phones_of_the_header_are_no_statistics(viewer, cadre):
    survey = make_survey(subject="village")
    make_response(survey=survey, cadre=cadre, village=make_village(), answers={"VH5": "13909380001"})
    client = client_of(viewer)
    for page, query in (("items", "section=all"), ("items", "export=xlsx"), ("answers", "item=VH5")):
        response = client.get(url(survey, query, page))
        data = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"13909380001" not in data


@pytest.mark.parametrize(
    "query", ["section=x", "item=x&answer=y", "low=a&item=N1", "item=N1&low=1e400", "item=S1&low=1"]
)
def test_nonsense_answers(office, survey, cadre, query):
    answer(survey, cadre, N1="unknown")
    for page in ("items", "answers"):
        assert client_of(office).get(url(survey, query, page)).status_code == 200


def test_a_cadre_has_no_statistics(cadre, survey):
    assert client_of(cadre).get(url(survey)).status_code == 403


def test_a_page_asks_as_often_for_many_items_and_responses_as_for_few(office, cadre):
    def queries(survey) -> int:
        client = client_of(office)
        client.get(url(survey, "section=all"))
        with CaptureQueriesContext(connection) as found:
            client.get(url(survey, "section=all"))
        return len(found)

    small, large = make_survey(code="TEST", definition=FIRST), make_survey()
    answer(small, cadre, N1=1, S1="b")
    for _ in range(6):
        answer(large, cadre, A01=80, A04=0, D03=["01", "02"])
    assert queries(small) == queries(large)

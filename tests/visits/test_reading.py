"""Reading visits: the home page, the diary, the list, the household file with its reveals."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.models import Download, Reveal
from tests.factories import (
    make_cadre,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, page_of, queries_of
from units.models import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cadre):
    return make_pairing(cadre=cadre, household=make_household(head="王守田", phone="13993850000")).household


# 我的联系户


def test_home_says_who_where_phone_and_last_visit(cadre, home):
    make_visit(cadre=cadre, household=home, visited_on=today() - timedelta(days=3), content="谈苹果套袋")
    html = page_of(client_of(cadre).get("/"))
    for words in ("王守田", "石峰村三组", 'href="tel:13993850000"', "3 天前，谈苹果套袋", "今年"):
        assert words in html


def test_home_puts_the_next_promise_first(cadre, home):
    second = make_pairing(cadre=cadre, household=make_household(head="刘满仓")).household
    make_visit(
        cadre=cadre,
        household=second,
        visited_on=today() - timedelta(days=9),
        promised_on=today() + timedelta(days=3),
        promise="送贷款表",
    )
    html = page_of(client_of(cadre).get("/"))
    assert html.index("刘满仓") < html.index("王守田")
    assert "约好上门，送贷款表" in html


def test_home_without_households_says_what_to_do(cadre):
    assert "还没有给您结对的户" in page_of(client_of(cadre).get("/"))


def test_phone_calls_and_voided_visits_are_no_times(cadre, home):
    make_visit(cadre=cadre, household=home, visited_on=today(), kind="phone")
    make_visit(cadre=cadre, household=home, visited_on=today(), voided_on=today(), void_reason="错")
    assert "今年 0 次" in page_of(client_of(cadre).get("/"))


def test_a_companion_has_been_there_too(cadre, leader, home):
    visit = make_visit(cadre=leader, household=home, visited_on=today())
    visit.companions.create(cadre=cadre, unit=cadre.unit, rank=cadre.rank)
    assert "今年 1 次" in page_of(client_of(cadre).get("/"))


# 民情日记 and the list


def test_the_diary_shows_one_month_and_leads_to_the_others(cadre, home):
    make_visit(cadre=cadre, household=home, visited_on=date(2015, 9, 16), content="九月的事")
    make_visit(cadre=cadre, household=home, visited_on=date(2015, 6, 5), content="六月的事")
    html = page_of(client_of(cadre).get("/visits/?month=2015-09"))
    assert "九月的事" in html
    assert "六月的事" not in html
    assert "?month=2015-06" in html


@pytest.mark.parametrize("query", ["q=套袋", "q=王守田"])
def test_the_diary_is_searched_by_text_and_name(cadre, home, query):
    make_visit(cadre=cadre, household=home, visited_on=date(2015, 6, 5), content="谈苹果套袋")
    make_visit(cadre=cadre, visited_on=date(2015, 6, 6), content="两委座谈", kind="committees")
    html = page_of(client_of(cadre).get(f"/visits/?{query}"))
    assert "谈苹果套袋" in html
    assert ">两委座谈" not in html


@pytest.mark.parametrize("month", ["", "abc", "2015-13", "0000-00"])
def test_a_garbled_month_is_this_one(cadre, home, month):
    make_visit(cadre=cadre, household=home, visited_on=today(), content="今天的事")
    make_visit(cadre=cadre, household=home, visited_on=date(2015, 9, 16), content="九月的事")
    html = page_of(client_of(cadre).get("/visits/", {"month": month}))
    assert "今天的事" in html
    assert "九月的事" not in html


def test_the_last_month_there_is_holds_nothing(cadre, home):
    make_visit(cadre=cadre, household=home, visited_on=today(), content="今天的事")
    assert "今天的事" not in page_of(client_of(cadre).get("/visits/?month=9999-12"))


def test_a_cadre_sees_no_visit_of_others_in_the_diary(cadre, leader, home):
    make_visit(cadre=leader, household=home, visited_on=today(), content="组长自己的")
    assert "组长自己的" not in page_of(client_of(cadre).get("/visits/"))


def test_a_diary_is_exported_and_the_download_logged(cadre, home):
    make_visit(cadre=cadre, household=home)
    response = client_of(cadre).get("/visits/?export=xlsx")
    assert response["Content-Type"].endswith("sheet")
    assert Download.objects.get().row_count == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["平常的", "补的"]),
        ("late=1", ["补的"]),
        ("void=1", ["错的"]),
        ("kind=comfort", ["补的"]),
        ("since=2015-09-10&until=2015-09-30", ["平常的"]),
        ("entering=1", ["平常的"]),
        ("q=wst", ["平常的"]),
        ("since=某天", ["平常的", "补的"]),
    ],
)
def test_the_list_is_narrowed(office, cadre, home, query, found):
    on_time = {"recorded_at": datetime(2015, 9, 16, 10, tzinfo=UTC)}
    make_visit(cadre=cadre, household=home, content="平常的", **on_time)
    make_visit(cadre=cadre, content="补的", kind="comfort", visited_on=date(2015, 8, 1), village=home.village)
    make_visit(cadre=cadre, household=home, content="错的", voided_on=today(), void_reason="错", **on_time)
    html = page_of(client_of(office).get(f"/visits/?{query}"))
    assert [words for words in ("平常的", "补的", "错的") if words in html] == found


# Constant number of queries


@pytest.mark.parametrize("url", ["/", "/visits/?month=2015-09", "/visits/new/"])
def test_a_cadres_page_makes_no_query_a_row(cadre, home, url):
    visit = make_visit(cadre=cadre, household=home)
    visit.companions.create(cadre=make_cadre(unit=cadre.unit), unit=cadre.unit, rank=cadre.rank)
    client = client_of(cadre)
    one = queries_of(client, url)
    for number in range(8):
        other = make_pairing(cadre=cadre, household=make_household(head=f"户主{number}")).household
        visit = make_visit(cadre=cadre, household=other, promise="再来")
        visit.companions.create(cadre=make_cadre(unit=cadre.unit), unit=cadre.unit, rank=cadre.rank)
    assert queries_of(client, url) == one


def test_the_list_makes_no_query_a_row(office, cadre, home):
    make_visit(cadre=cadre, household=home)
    client = client_of(office)
    one = queries_of(client, "/visits/")
    for _ in range(60):
        make_visit(cadre=cadre, household=home)
    assert queries_of(client, "/visits/") == one


@pytest.mark.parametrize("who", ["cadre", "office"])
def test_the_household_file_makes_no_query_a_row(request, cadre, home, who):
    visit = make_visit(cadre=cadre, household=home)
    visit.companions.create(cadre=make_cadre(unit=cadre.unit), unit=cadre.unit, rank=cadre.rank)
    client = client_of(request.getfixturevalue(who))
    one = queries_of(client, f"/households/{home.pk}/")
    for number in range(8):
        make_member(household=home, name=f"家人{number}", relation="99", id_number=make_id_number())
        visit = make_visit(cadre=cadre, household=home)
        visit.companions.create(cadre=make_cadre(unit=cadre.unit), unit=cadre.unit, rank=cadre.rank)
        make_pairing(cadre=make_cadre(), household=home, ended_on=today())
    assert queries_of(client, f"/households/{home.pk}/") == one


# 一户一档 and 查看


@pytest.fixture
def number(home):
    number = make_id_number(born_on=date(1985, 5, 1), sex="2")
    make_member(household=home, name="李秋菊", relation="02", sex="2", id_number=number)
    return number


@pytest.mark.parametrize("who", ["cadre", "leader", "office", "viewer"])
def test_the_household_file_masks_id_numbers(request, cadre, home, number, who):
    make_village_pairing(unit=cadre.unit, village=home.village)
    html = page_of(client_of(request.getfixturevalue(who)).get(f"/households/{home.pk}/"))
    assert "李秋菊" in html
    assert number not in html
    assert f"{number[:6]}************" in html


def test_a_viewer_reads_the_phone_masked_and_reveals_nothing(viewer, home, number):
    html = page_of(client_of(viewer).get(f"/households/{home.pk}/"))
    assert "139********" in html
    assert "13993850000" not in html
    assert "/reveal/" not in html
    member = home.members.get(name="李秋菊")
    assert client_of(viewer).post(f"/reveal/member/{member.pk}/").status_code == 403


def test_a_reveal_shows_one_number_and_is_logged(cadre, home, number):
    member = home.members.get(name="李秋菊")
    response = client_of(cadre).post(f"/reveal/member/{member.pk}/")
    assert (page_of(response), response["Cache-Control"]) == (number, "no-store")
    seen = Reveal.objects.get()
    assert (seen.by, seen.row, seen.whose, seen.place) == (cadre, member.pk, "李秋菊", home.village.code)


def test_a_stranger_reveals_nothing(stranger, home, number):
    member = home.members.get(name="李秋菊")
    assert client_of(stranger).post(f"/reveal/member/{member.pk}/").status_code == 404
    assert not Reveal.objects.exists()


def test_a_number_is_revealed_by_an_act_only(cadre, home, number):
    member = home.members.get(name="李秋菊")
    assert client_of(cadre).get(f"/reveal/member/{member.pk}/").status_code == 405


def test_a_stranger_finds_no_household(stranger, home):
    assert client_of(stranger).get(f"/households/{home.pk}/").status_code == 404


def test_the_household_file_shows_pairings_past_and_present(office, cadre, home):
    make_pairing(
        cadre=make_cadre(name="前一任"),
        household=home,
        started_on=date(2013, 3, 1),
        ended_on=date(2014, 3, 1),
    )
    html = page_of(client_of(office).get(f"/households/{home.pk}/"))
    assert html.index("李建业") < html.index("前一任")

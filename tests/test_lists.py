"""Lists: search, filters, sorting, keyset pagination, and a workbook of the same rows."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.lists import PER_PAGE
from core.models import Download, ImportRun
from households.models import Household
from tests.exports import table_of
from tests.factories import (
    make_activity,
    make_assistance,
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from units.models import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk_client(office) -> Client:
    client = Client()
    client.force_login(office)
    return client


@pytest.fixture
def home(db) -> Household:
    return make_household(head="王有福")


def names_in(html: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="/households/\d+/">([^<]+)</a>', html)


def page_of(client, url) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_every_row_stands_on_exactly_one_page(desk_client):
    village = make_village()
    heads = [f"王{chr(0x4E00 + n)}" for n in range(PER_PAGE * 2 + 7)]
    for head in heads:
        make_household(head=head, village=village)
    for sort in ("no", "-no", "head_pinyin", "-size", "entered_count"):
        url, seen = f"/households/?sort={sort}", []
        while url:
            html = page_of(desk_client, url)
            seen += names_in(html)
            found = re.search(r'href="([^"]+)" rel="next"', html)
            url = found[1].replace("&amp;", "&") if found else ""
        assert sorted(seen) == sorted(heads), sort


def test_the_page_before_is_the_page_one_came_from(desk_client):
    village = make_village()
    for n in range(PER_PAGE + 5):
        make_household(head=f"李{chr(0x4E00 + n)}", village=village)
    first = page_of(desk_client, "/households/")
    following = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = page_of(desk_client, following)
    back = re.search(r'href="([^"]+)" rel="prev"', second)[1].replace("&amp;", "&")
    assert names_in(page_of(desk_client, back)) == names_in(first)


@pytest.mark.parametrize("text", ["王有", "wangyou", "wyf", "WYF"])
def test_a_head_is_found_by_part_of_the_name_pinyin_or_initials(desk_client, text):
    make_household(head="王有福")
    make_household(head="刘满仓")
    assert names_in(page_of(desk_client, f"/households/?q={text}")) == ["王有福"]


def test_a_household_is_found_by_id_number_phone_and_number(desk_client):
    household = make_household(head="", phone="13909380001")
    make_member(household=household, name="张玉莲", id_number="620524196005010010")
    make_household(head="刘满仓")
    for text in ("620524196005010010", "139093", household.no):
        assert names_in(page_of(desk_client, f"/households/?q={text}")) == ["张玉莲"], text


@pytest.mark.parametrize(
    "text",
    [
        *("１３９０９３８０００１", "139 0938 0001", "139-0938-0001", "+86 13909380001"),
        *("62052419600501001 0", "张 玉莲", "李秋菊"),
    ],
)
def test_what_is_typed_is_read_like_a_sheet(desk_client, text):
    household = make_household(head="", phone="13909380001")
    make_member(household=household, name="张玉莲", id_number="620524196005010010")
    make_member(household=household, name="李秋菊", relation="02", sex="2")
    make_household(head="刘满仓")
    assert names_in(page_of(desk_client, "/households/?" + urlencode({"q": text}))) == ["张玉莲"]


@pytest.mark.parametrize(
    "text", ["水务", "xianshuiwu", "xswj", "0123", "水办", "高国强", "0938-342", "09383421000"]
)
def test_a_unit_is_found_by_name_code_contact_and_phone(desk_client, text):
    make_unit(name="县水务局", code="0123", short_name="水办", contact="高国强", contact_phone="0938-3421000")
    make_unit(name="县林业局")
    page = page_of(desk_client, "/units/?" + urlencode({"q": text})).split("<tbody>")[1]
    assert ("县水务局" in page, "县林业局" in page) == (True, False)


def test_of_two_villages_of_one_name_the_township_tells(desk_client):
    village = make_village(name="青崖村", town=make_division(code="620524101", name="洛门镇"))
    make_household(head="王有福", village=village)
    assert "洛门镇" in page_of(desk_client, "/households/").split("<tbody>")[1]
    assert "洛门镇青崖村" in page_of(desk_client, "/search/?q=wyf")


@pytest.mark.parametrize("url", ["/households/", "/activities/", "/assistance/"])
def test_totals_stand_below_their_columns(desk_client, cadre, url):
    household = make_household(size=7)
    make_activity(cadre=cadre, people=7)
    make_assistance(cadre=cadre, household=household, cash=7)
    html = page_of(desk_client, url)
    spans = [
        int(n or 1)
        for n in re.findall(r'<td(?:[^>]*colspan="(\d+)")?', html.split("<tfoot>")[1].split("</tfoot>")[0])
    ]
    assert sum(spans) == html.split("</thead>")[0].count('<th scope="col"')


def test_filters_narrow_and_the_workbook_equals_the_page(desk_client, office):
    village = make_village(name="黎堡村")
    paired = make_household(head="王有福", village=village)
    make_household(head="刘满仓", village=village)
    make_pairing(household=paired)
    url = f"/households/?village={village.code}&paired=no"
    assert names_in(page_of(desk_client, url)) == ["刘满仓"]
    rows = table_of(desk_client.get(f"{url}&export=xlsx"))
    assert [row[0] for row in rows] == ["户主", "刘满仓"]
    log = Download.objects.get()
    assert (log.by, log.what, log.row_count) == (office, "贫困户", 1)
    assert log.filters == "村：黎堡村（城关镇）；结对：未结对"


def test_a_condition_that_is_not_understood_is_said(desk_client):
    make_household(head="王有福")
    html = page_of(desk_client, "/households/?town=%27%3B--")
    assert "乡镇的条件看不懂" in html
    assert names_in(html) == ["王有福"]


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(max_size=30), sort=st.sampled_from(["no", "-entered_count", "size", "nonsense"]))
def test_a_garbled_cursor_starts_at_the_beginning(desk_client, home, cursor, sort):
    response = desk_client.get("/households/", {"after": cursor, "sort": sort})
    assert names_in(response.content.decode()) == ["王有福"]


LISTS = [
    "/households/",
    "/households/?sort=-entered_count",
    "/cadres/",
    "/units/",
    "/villages/",
    "/divisions/",
    "/pairings/",
    "/pairings/villages/",
    "/visits/",
    "/downloads/",
    "/imports/",
    "/search/?q=w",
    "/",
]


def one_of_each(number: int) -> None:
    """Create a row for every list, each in a town, unit and village of its own."""
    town = make_division(code=f"62052430{number}", name=f"第{number}镇")
    household, cadre = make_household(village=make_village(town=town)), make_cadre(name=f"王{number}")
    make_pairing(cadre=cadre, household=household)
    make_village_pairing(unit=cadre.unit, village=household.village)
    make_visit(cadre=cadre, household=household, visited_on=today())
    Download.objects.create(by=cadre, place=cadre.place, what="贫困户", row_count=1)
    ImportRun.objects.create(kind="units", place=cadre.place, by=cadre, filename="表.xlsx", digest="x")


@pytest.mark.parametrize("url", LISTS)
def test_a_page_makes_as_many_queries_for_many_rows_as_for_one(desk_client, url, django_assert_num_queries):
    one_of_each(0)
    desk_client.get(url)
    with CaptureQueriesContext(connection) as one:
        desk_client.get(url)
    for number in range(1, 8):
        one_of_each(number)
    with django_assert_num_queries(len(one)):
        desk_client.get(url)


NONSENSE = ["x", "-1", "9" * 30, "²", "\x00", "2015-02-30", "'; --", "王" * 200, "0"]


@pytest.mark.slow
@pytest.mark.parametrize("url", [url for url in LISTS if "?" not in url])
def test_nonsense_in_an_address_is_no_error(desk_client, unlimited, url):
    """Nonsense in any filter, search, order or cursor causes no error."""
    one_of_each(0)
    search = (desk_client.get(url).context or {}).get("filters") or []
    names = {"q", "sort", "after", "before", "since", "until", "span", "place", "cadre", "household", "tag"}
    names |= {chip["name"] for chip in search}
    asked = [dict.fromkeys(names, value) for value in NONSENSE]
    asked += [{name: value} for name in names for value in ("²", "9" * 30)]
    for parameters in asked:
        assert desk_client.get(url, parameters).status_code == 200, parameters
        response = desk_client.get(url, {**parameters, "export": "xlsx"})
        assert response.status_code == 200, parameters
        b"".join(response.streaming_content if response.streaming else ())


def test_a_viewer_sees_phones_masked(viewer):
    cadre = make_cadre(phone="13909380001")
    client = Client()
    client.force_login(viewer)
    html = page_of(client, f"/cadres/?q={cadre.staff_no}")
    assert "139********" in html
    assert "13909380001" not in html


def test_a_search_by_id_number_is_logged_masked(desk_client):
    number = make_id_number()
    household = make_household(head="")
    make_member(household=household, name="王有福", id_number=number)
    desk_client.get("/households/", {"q": number, "export": "xlsx"})
    log = Download.objects.get()
    assert (log.row_count, number in log.filters) == (1, False)
    assert f"{number[:6]}************" in log.filters


def test_a_list_prints_all_that_was_found_as_a_sheet_to_hand_in(desk_client, office):
    village = make_village(name="石峰村")
    heads = [f"王{chr(0x4E00 + n)}" for n in range(PER_PAGE + 3)]
    for head in heads:
        make_household(head=head, village=village)
    make_household(head="李远", village=make_village(name="黎堡村"))
    page = page_of(desk_client, f"/households/?village={village.code}")
    url = re.search(r'href="([^"]*print=1)"', page)[1].replace("&amp;", "&")
    sheet = page_of(desk_client, url)
    assert [head for head in heads if f">{head}<" not in sheet] == []
    assert "李远" not in sheet
    assert f"填报单位：{office.unit}" in sheet
    assert f"共 {len(heads)} 户" in sheet
    assert Download.objects.get().row_count == len(heads)


def test_an_empty_list_leads_to_what_to_do_and_not_to_itself(desk_client):
    page = page_of(desk_client, "/problems/")
    assert "现在一件也没有" in page
    assert "看全部诉求" not in page
    assert "看全部诉求" in page_of(desk_client, "/problems/?q=水")

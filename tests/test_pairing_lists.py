"""联户 lists: what each role sees, one pairing with its history, and the roster to hand in."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import sheets
from core.models import Download
from households.models import HouseholdPairing
from households.pairing import end_pairing
from tests.exports import table_of
from tests.factories import (
    make_cadre,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, words_of
from units.models import today
from units.roles import Role

pytestmark = pytest.mark.django_db

DAY = date(2015, 3, 5)


@pytest.fixture
def village(leader):
    village = make_village(name="榜沙村")
    make_village_pairing(unit=leader.unit, village=village)
    return village


@pytest.fixture
def pairing(cadre, village):
    cadre.post = "办公室主任"
    cadre.save()
    household = make_household(head="苟进才", village=village, group="一组", size=3, main_cause="08")
    return make_pairing(cadre=cadre, household=household, started_on=DAY)


def read(response) -> list[list]:
    [sheet] = sheets.read(b"".join(response.streaming_content), "名单.xlsx").sheets
    return [list(row) for row in sheet.rows]


# The list


def test_it_shows_current_pairings_and_the_ended_ones_on_request(office, cadre, pairing):
    ended = make_pairing(
        cadre=cadre,
        household=make_household(head="裴秋霞"),
        started_on=DAY,
        ended_on=date(2015, 9, 1),
        end_reason="换人",
    )
    client = client_of(office)
    for query, heads in (
        ("", {"苟进才"}),
        ("?state=ended", {"裴秋霞"}),
        ("?state=all", {"苟进才", "裴秋霞"}),
        (f"?village={pairing.household.village.code}", {"苟进才"}),
        (f"?village={ended.household.village.code}&state=all", {"裴秋霞"}),
        (f"?unit={cadre.unit_id}", {"苟进才"}),
        ("?kind=contact", set()),
        ("?q=goujincai", {"苟进才"}),
        ("?q=李建业", {"苟进才"}),
        (f"?q={pairing.household.no}", {"苟进才"}),
        ("?since=2015-03-06", set()),
        ("?until=2015-03-05", {"苟进才"}),
        ("?town=620524100", {"苟进才"}),
        ("?town=620524199", {"苟进才"}),
    ):
        words = words_of(client.get(f"/pairings/{query}"))
        assert {head for head in ("苟进才", "裴秋霞") if head in words} == heads, query
    assert "换人" in words_of(client.get("/pairings/?state=ended"))


def test_each_role_finds_its_own(office, viewer, leader, cadre, stranger, pairing):
    make_pairing(cadre=stranger, household=make_household(head="裴秋霞"))
    for user, heads in (
        (office, {"苟进才", "裴秋霞"}),
        (viewer, {"苟进才", "裴秋霞"}),
        (leader, {"苟进才"}),
        (cadre, {"苟进才"}),
        (stranger, {"裴秋霞"}),
    ):
        words = words_of(client_of(user).get("/pairings/"))
        assert {head for head in ("苟进才", "裴秋霞") if head in words} == heads, user
        assert ("结束或交接" in words) == (user in (office, leader)), user


def test_the_export_equals_the_page_and_is_logged(office, pairing):
    rows = table_of(client_of(office).get("/pairings/?export=xlsx&kind=help"))
    assert rows[0][:2] == ("户主", "户编号")
    assert rows[1][:2] == ("苟进才", pairing.household.no)
    log = Download.objects.get()
    assert (log.by, log.what, log.filters, log.row_count) == (office, "联户", "结对方式：帮扶", 1)


# One pairing


def test_it_tells_who_whom_since_when_and_what_is_promised(office, cadre, pairing):
    make_visit(
        cadre=cadre,
        household=pairing.household,
        visited_on=date(2015, 9, 1),
        promised_on=date(2015, 10, 1),
        promise="送贷款表",
    )
    words = words_of(client_of(office).get(f"/pairings/{pairing.pk}/"))
    for said in ("李建业 联 苟进才", "2015-03-05", "现在还联着", "帮扶", "送贷款表", "2015-10-01", "新增"):
        assert said in words


def test_its_history_says_who_ended_it(office, pairing):
    client = client_of(office)
    client.post(f"/pairings/{pairing.pk}/end/", {"pk": pairing.pk, "on": "2015-09-16", "reason": "调离"})
    words = words_of(client.get(f"/pairings/{pairing.pk}/"))
    assert "修改 汪玉琪" in words
    assert "结束原因： 空 → 调离" in words
    assert "交接单" in words


def test_past_pairings_stay_readable_and_link_only_what_is_seen(cadre, pairing):
    end_pairing(pairing, on=today(), reason="换人")
    response = client_of(cadre).get(f"/pairings/{pairing.pk}/")
    assert "苟进才" in words_of(response)
    assert f"/households/{pairing.household_id}/" not in response.content.decode()


def test_strangers_do_not_find_it(stranger, pairing):
    assert client_of(stranger).get(f"/pairings/{pairing.pk}/").status_code == 404
    assert client_of(make_cadre(role=Role.LEADER)).get(f"/pairings/{pairing.pk}/").status_code == 404


# The roster


def test_the_roster_has_the_columns_that_are_handed_in(office, cadre, pairing):
    response = client_of(office).get(f"/pairings/roster/?village={pairing.household.village_id}")
    words = words_of(response)
    row = f"1 苟进才 {pairing.household.no} 一组 3 一般贫困户 缺劳力 李建业 县水务局 办公室主任 一般 {cadre.phone}"
    assert row in words
    assert "序号 户主 户编号 组 人口 属性 致贫原因 联户干部 单位 职务 级别 电话 结对日期" in words
    assert "共 1 条联户，1 户，1 名干部。全村在册 1 户，未结对 0 户。" in words


def test_its_workbook_says_the_same_and_is_logged(office, cadre, pairing):
    client = client_of(office)
    rows = read(client.get(f"/pairings/roster/?village={pairing.household.village_id}&export=xlsx"))
    assert rows[0][0] == "城关镇榜沙村联户花名册"
    assert "填报单位：县双联办" in rows[1][0]
    assert "制表人：汪玉琪" in rows[1][0]
    assert "日期：" in rows[1][0]
    assert rows[2][:3] == ["序号", "户主", "户编号"]
    assert rows[3][1:3] == ["苟进才", pairing.household.no]
    assert rows[3][11] == cadre.phone
    log = Download.objects.get()
    assert (log.by, log.what, log.filters, log.row_count) == (
        office,
        "联户花名册",
        "城关镇榜沙村联户花名册",
        1,
    )


def test_a_units_roster_names_the_villages(office, cadre, pairing):
    words = words_of(client_of(office).get(f"/pairings/roster/?unit={cadre.unit_id}"))
    assert "县水务局联户花名册" in words
    assert "填报单位：县水务局" in words
    assert "户编号 村 组" in words
    assert f"{pairing.household.no} 榜沙村 一组" in words


def test_a_viewer_reads_phones_masked_on_paper_and_in_excel(viewer, cadre, pairing):
    url = f"/pairings/roster/?village={pairing.household.village_id}"
    masked = f"{cadre.phone[:3]}********"
    client = client_of(viewer)
    assert masked in words_of(client.get(url))
    rows = read(client.get(f"{url}&export=xlsx"))
    assert rows[3][11] == masked
    assert cadre.phone not in str(rows)


def test_no_id_number_stands_in_it(office, cadre, village):
    number = make_id_number()
    household = make_household(head="", village=village)
    make_member(household=household, name="苟进才", id_number=number)
    make_pairing(cadre=cadre, household=household)
    url = f"/pairings/roster/?village={village.pk}"
    assert number[-4:] not in words_of(client_of(office).get(url)).split("共 1 条")[0].replace(
        household.no, ""
    )
    assert number not in str(read(client_of(office).get(f"{url}&export=xlsx")))


def test_a_leaders_roster_of_a_village_holds_the_own_unit(leader, stranger, pairing):
    household = make_household(head="裴秋霞", village=pairing.household.village)
    make_pairing(cadre=stranger, household=household)
    words = words_of(client_of(leader).get(f"/pairings/roster/?village={household.village_id}"))
    assert "苟进才" in words
    assert "裴秋霞" not in words


def test_who_gets_a_roster(leader, cadre, stranger, village):
    url = f"/pairings/roster/?village={village.pk}"
    assert client_of(cadre).get(url).status_code == 403
    assert client_of(make_cadre(role=Role.LEADER)).get(url).status_code == 404
    assert client_of(leader).get(f"/pairings/roster/?unit={stranger.unit_id}").status_code == 404


@pytest.mark.parametrize("query", ["", "?village=x", "?unit=", f"?unit={'9' * 30}"])
def test_a_roster_of_nothing_is_404(office, query):
    assert client_of(office).get(f"/pairings/roster/{query}").status_code == 404


def test_an_empty_roster_shows_the_way_on(office, village):
    response = client_of(office).get(f"/pairings/roster/?village={village.pk}")
    assert "还没有联户。" in words_of(response)
    assert f"/pairings/board/?village={village.pk}" in response.content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/pairings/",
        "/pairings/?state=all&q=王",
        "/pairings/roster/?village={}",
        "/pairings/roster/?village={}&export=xlsx",
    ],
)
def test_queries_do_not_grow_with_the_rows(office, village, url, django_assert_num_queries):
    def more(times):
        for _ in range(times):
            make_pairing(cadre=make_cadre(unit=make_unit()), household=make_household(village=village))

    client = client_of(office)
    more(1)
    client.get(url.format(village.pk))
    with CaptureQueriesContext(connection) as few:
        client.get(url.format(village.pk))
    more(7)
    with django_assert_num_queries(len(few)):
        client.get(url.format(village.pk))
    assert HouseholdPairing.objects.count() == 8

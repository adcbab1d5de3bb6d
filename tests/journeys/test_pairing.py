"""The office at a desk: pairs a unit with a village and cadres with households, ends a pairing, prints the roster."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from households.models import HouseholdPairing
from tests.browser import assert_accessible, assert_fits, follow, sign_in
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from units.models import Cadre, Requirement, today
from units.roles import Rank
from villages.models import Village, VillagePairing

pytestmark = pytest.mark.django_db(transaction=True)

HEADS = (
    "苟进才 裴秋霞 焦来喜 漆改香 丁俊杰 车玉兰 年进福 山改莲 袁存良 "
    "令守田 包满仓 蔺秀英 康有德 汪桂花 何成林 杨秀珍 王拴柱 李引弟"
)
CAUSES = ["08", "02", "07", "01", "03", "08", "09", "01", "07"]
TAGS = ["五保", "残疾", "", "重病", "", "留守", "", "重病", "军烈属"]
GROUPS = ["一组", "一组", "三组", "三组", "三组", "四组", "四组", "五组", "五组"]


@pytest.fixture
def village(db) -> Village:
    """Create 榜沙村 of 马力镇 with 18 households, paired with the town's unit; seven cadres work there or in a
    second unit.
    """
    town = make_division(code="620524105", name="马力镇")
    for rank, most in ((Rank.COUNTY, 10), (Rank.SECTION, 8), (Rank.GENERAL, 5)):
        Requirement.objects.create(
            year=today().year, place="620524", rank=rank, indicator="paired_households", maximum=most
        )
    Requirement.objects.create(year=today().year, place="620524", indicator="paired_villages", maximum=2)
    make_village(name="马力村", town=town, code="620524105201")
    village = make_village(name="榜沙村", town=town, code="620524105217")
    for number, head in enumerate(HEADS.split()):
        make_household(
            head=head,
            village=village,
            no=f"{village.code}-{number + 2:03}",
            group=GROUPS[number % 9],
            size=number % 6 + 1,
            main_cause=CAUSES[number % 9],
            tags=TAGS[number % 9],
        )
    make_village_pairing(unit=make_unit(name="马力镇政府", division=town, code="0105"), village=village)
    return village


@pytest.fixture
def cadres(village: Village) -> dict[str, Cadre]:
    """Create cadres, each paired with as many households of another village as the second number states."""
    town = village.pairings.get().unit
    bureau = make_unit(name="县畜牧局", code="0230")
    wanted = {
        "汪海平": (town, Rank.COUNTY, 6),
        "陈立新": (town, Rank.SECTION, 6),
        "康学文": (town, Rank.GENERAL, 3),
        "令小军": (town, Rank.GENERAL, 0),
        "孙慧琴": (bureau, Rank.GENERAL, 5),
        "马志强": (bureau, Rank.GENERAL, 4),
    }
    elsewhere = make_village(name="北顺村", town=village.division)
    found = {}
    for name, (unit, rank, load) in wanted.items():
        found[name] = make_cadre(name=name, unit=unit, rank=rank, post="干事")
        for _ in range(load):
            make_pairing(cadre=found[name], household=make_household(village=elsewhere))
    return found


@pytest.fixture
def page(desk: Page, live_server, office: Cadre) -> Page:
    sign_in(desk, live_server, office)
    return desk


def look(page: Page) -> None:
    assert_fits(page)
    assert_accessible(page)


def test_a_unit_gets_a_village_and_its_cadre_households(
    page: Page, village: Village, cadres: dict[str, Cadre]
) -> None:
    page.goto("/pairings/villages/")
    look(page)
    page.get_by_label("联村单位").select_option(label="县畜牧局")
    page.locator("#id_village").select_option(label=f"榜沙村（{village.division}）")
    page.get_by_role("button", name="联村", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("县畜牧局联上了榜沙村。")
    assert VillagePairing.objects.current().filter(village=village).count() == 2

    follow(page.get_by_role("navigation", name="主导航").get_by_role("link", name="结对台"))
    look(page)
    page.get_by_role("link", name="榜沙村").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("榜沙村")
    expect(page.locator(".page-head")).to_contain_text("联村单位：马力镇政府、县畜牧局")
    for head in ("苟进才", "裴秋霞", "焦来喜"):
        page.get_by_label(head, exact=True).check()
    page.get_by_label("马志强", exact=True).check()
    words = page.locator("[data-board-words]")
    expect(words).to_have_text("苟进才、裴秋霞、焦来喜 由 马志强 帮扶，4 户变 7 户，超过上限 2 户")
    page.get_by_label("陈立新", exact=True).check()
    expect(words).to_have_text("苟进才、裴秋霞、焦来喜 由 陈立新 帮扶，6 户变 9 户，超过上限 1 户")
    look(page)
    page.get_by_role("button", name="结对 3 户").click()
    expect(page.locator(".note").first).to_have_text("陈立新联上了 3 户。")
    expect(page.locator(".note.wait")).to_have_text("陈立新现在联 9 户，超过科级干部的上限 8 户。")
    assert HouseholdPairing.objects.current().of_cadre(cadres["陈立新"]).count() == 9


def test_ticks_go_along_to_another_list_and_the_search(
    page: Page, village: Village, cadres: dict[str, Cadre]
) -> None:
    page.goto(f"/pairings/board/?village={village.pk}")
    page.get_by_label("苟进才", exact=True).check()
    page.get_by_role("link", name="所有单位").click()
    expect(page.get_by_label("苟进才", exact=True)).to_be_checked()
    page.locator("#cadre-q").fill("孙慧琴")
    page.locator("#cadre-q").press("Enter")
    expect(page.get_by_label("苟进才", exact=True)).to_be_checked()
    page.get_by_label("孙慧琴", exact=True).check()
    expect(page.locator("[data-board-words]")).to_have_text(
        "苟进才 由 孙慧琴 帮扶，5 户变 6 户，超过上限 1 户，县畜牧局没有联这个村"
    )
    page.get_by_label("选全部").check()
    expect(page.get_by_role("button", name="结对 12 户")).to_be_visible()


def test_one_pairing_ends_and_is_taken_back(page: Page, village: Village, cadres: dict[str, Cadre]) -> None:
    household = village.households.order_by("no").first()
    began = today() - timedelta(days=60)
    pairing = make_pairing(cadre=cadres["陈立新"], household=household, started_on=began)
    promised = today() + timedelta(days=14)
    make_visit(
        cadre=cadres["陈立新"],
        household=household,
        visited_on=began,
        promised_on=promised,
        promise="送贷款表",
    )
    page.goto(f"/pairings/?village={village.code}&state=all")
    look(page)
    page.goto(f"/pairings/?village={village.code}")
    look(page)
    follow(page.get_by_role("link", name="苟进才"))
    look(page)
    page.get_by_role("link", name="结束或交接").click()
    expect(page.locator("main table")).to_contain_text("送贷款表")
    look(page)
    page.get_by_role("button", name="结束这条联户").click()
    expect(page.locator(".errors")).to_contain_text("写明为什么结束。")
    page.get_by_label("结束原因").fill("换人")
    page.get_by_role("button", name="结束这条联户").click()
    expect(page.locator(".undo")).to_contain_text("结束了 1 条联户。")
    pairing.refresh_from_db()
    assert pairing.ended_on == today()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status")).to_have_text("已恢复这条联户。")
    pairing.refresh_from_db()
    assert pairing.ended_on is None


def test_a_cadre_who_leaves_hands_all_over(page: Page, village: Village, cadres: dict[str, Cadre]) -> None:
    leaving = cadres["康学文"]
    page.goto(f"/cadres/{leaving.pk}/hand-over/")
    look(page)
    page.get_by_label("结束原因").fill("调离")
    page.get_by_label("交给谁").select_option(label="令小军（一般，已联 0 户）")
    page.get_by_role("button", name="结束勾选的联户").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("康学文联户交接单")
    expect(page.get_by_role("status").first).to_contain_text("已交给令小军（马力镇政府）。")
    expect(page.locator("tbody tr")).to_have_count(3)
    look(page)
    assert HouseholdPairing.objects.current().of_cadre(cadres["令小军"]).count() == 3


def test_the_roster_is_printed_and_downloaded(page: Page, village: Village, cadres: dict[str, Cadre]) -> None:
    for household in village.households.all()[:5]:
        make_pairing(cadre=cadres["令小军"], household=household)
    page.goto(f"/pairings/board/?village={village.pk}")
    page.get_by_role("link", name="花名册").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("马力镇榜沙村联户花名册")
    expect(page.locator(".sheet-facts")).to_contain_text("填报单位：县双联办")
    expect(page.locator("main tbody tr")).to_have_count(5)
    expect(page.locator("main")).to_contain_text("全村在册 18 户，未结对 13 户。")
    look(page)
    page.evaluate("window.print = () => { document.title = '已打印'; }")
    page.get_by_role("button", name="打印").click()
    expect(page).to_have_title("已打印")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").first.click()
    assert download.value.suggested_filename.startswith("马力镇榜沙村联户花名册")

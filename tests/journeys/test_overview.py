"""The office reads the county overview by township and by unit, drills down to rows, exports and prints."""

from datetime import timedelta

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from core.models import Download
from households.models import Household
from tests.browser import assert_accessible, assert_fits, sign_in
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
from units.models import Cadre, today

pytestmark = pytest.mark.django_db(transaction=True)

TOWNS = {"620524100": ("城关镇", "石峰村"), "620524105": ("马力镇", "榜沙村")}
HEADS = ["苟进才", "裴秋霞", "焦来喜", "漆改香", "丁俊杰"]


@pytest.fixture
def households(db) -> dict[str, list[Household]]:
    """Create, per town, a unit with one village and five households: four paired, three of them visited."""
    made = {}
    for code, (town, village) in TOWNS.items():
        place = make_village(name=village, town=make_division(code=code, name=town), code=f"{code}217")
        unit = make_unit(name=f"{town}政府")
        cadre = make_cadre(unit=unit, name=f"{town[0]}国强")
        make_village_pairing(unit=unit, village=place)
        rows = [make_household(head=head, village=place) for head in HEADS]
        for row in rows[:4]:
            make_pairing(cadre=cadre, household=row)
        for row in rows[:3]:
            make_visit(cadre=cadre, household=row, visited_on=today())
        # A second visit to the same household on the same day, and a phone call.
        make_visit(cadre=cadre, household=rows[0], visited_on=today(), content="晚上又去了一次。")
        make_visit(cadre=cadre, household=rows[3], visited_on=today(), kind="phone")
        made[town] = rows
    return made


@pytest.fixture
def page(desk: Page, live_server, office: Cadre, households) -> Page:
    sign_in(desk, live_server, office)
    desk.goto("/")
    return desk


def look(page: Page) -> None:
    assert_fits(page)
    assert_accessible(page)


def figure(page: Page, label: str):
    return page.locator(".fig").filter(has=page.locator("dt", has_text=label)).first


def cell(page: Page, table: str, row: str, column: str):
    """Return the table cell of a row and a column."""
    found = page.get_by_role("region", name=table)
    expect(found).to_be_visible()
    headings = found.locator("thead th").all_inner_texts()
    line = found.locator("tbody tr").filter(has=page.get_by_role("rowheader", name=row))
    return line.locator("th, td").nth(headings.index(column))


def test_a_key_figure_says_how_it_is_counted_and_opens_to_its_rows(page: Page) -> None:
    look(page)
    times = figure(page, "入户户次")
    expect(times.locator(".val")).to_have_text("6户次")
    expect(times.get_by_text("一户一天算 1 次")).to_be_hidden()
    times.get_by_text("怎么算的").click()
    expect(times.get_by_text("点开是 8 条入户记录")).to_be_visible()
    look(page)
    times.locator(".val a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("走访")
    expect(page.locator("main tbody tr")).to_have_count(8)

    page.goto("/")
    expect(figure(page, "入过户").locator("dd")).to_contain_text("覆盖 60.0%")
    figure(page, "入过户").locator(".val a").click()
    expect(page.locator("main tbody tr")).to_have_count(6)
    look(page)


def test_by_township_and_by_unit(page: Page) -> None:
    towns, units = "各乡镇每月入户覆盖率", "各单位走访"
    for column, value, rows in (
        ("在册户", "5", 5),
        ("已结对", "4", 4),
        ("入过户", "3", 3),
        ("入户户次", "3", 4),
    ):
        found = cell(page, towns, "马力镇", column)
        expect(found).to_have_text(value)
        found.get_by_role("link").click()
        expect(page.locator("main tbody tr")).to_have_count(rows)
        expect(page.locator("main")).not_to_contain_text("石峰村")
        page.go_back()
    expect(cell(page, towns, "马力镇", f"{today().month}月")).to_have_text("60")

    for column, value, rows in (
        ("联系户", "4", 4),
        ("入过户", "3", 3),
        ("入户户次", "3", 4),
        ("进村次数", "1", 4),
    ):
        found = cell(page, units, "马力镇政府", column)
        expect(found).to_have_text(value)
        found.get_by_role("link").click()
        expect(page.locator("main tbody tr")).to_have_count(rows)
        page.go_back()
    expect(cell(page, units, "马力镇政府", "覆盖 %")).to_have_text("75.0")
    page.get_by_text("怎么算的").last.click()
    expect(page.get_by_text("联系户里，这段时间本单位干部至少入户一次的")).to_be_visible()


def test_another_period(page: Page) -> None:
    page.get_by_role("link", name="本月").click()
    expect(page.locator(".page-head")).to_contain_text(f"{today().year}年{today().month}月1日至")
    page.get_by_text("自选").click()
    page.get_by_label("从", exact=True).fill((today() - timedelta(days=400)).isoformat())
    page.get_by_label("到", exact=True).fill((today() - timedelta(days=380)).isoformat())
    page.get_by_role("button", name="看这段时间").click()
    expect(figure(page, "入户户次").locator(".val")).to_have_text("0户次")
    look(page)


def test_the_same_as_a_workbook(page: Page, tmp_path) -> None:
    with page.expect_download() as told:
        page.locator(".page-head").get_by_role("link", name="导出 Excel").click()
    assert told.value.suggested_filename.startswith("武山县各乡镇走访统计")
    told.value.save_as(tmp_path / "统计.xlsx")
    lines = list(openpyxl.load_workbook(tmp_path / "统计.xlsx").active.values)
    assert lines[0][0] == "武山县各乡镇走访统计"
    assert [line[0] for line in lines[4:]] == ["乡镇", "城关镇", "马力镇", "合计"]
    assert lines[-1][1:3] == (10, 8)
    assert lines[-1][-3:] == (6, 6, 60)
    assert Download.objects.get().row_count == 2


def test_a_sheet_to_hand_in(page: Page) -> None:
    page.get_by_role("link", name="打印全部").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("武山县各单位联村联户统计表")
    for words in ("填报单位：县双联办", "制表人：汪玉琪", f"日期：{today().year}年", "时段："):
        expect(page.locator(".sheet-facts")).to_contain_text(words)
    expect(page.locator("tfoot")).to_contain_text("合计")
    look(page)
    page.evaluate("window.print = () => { document.title = '已打印'; }")
    page.get_by_role("button", name="打印").click()
    expect(page).to_have_title("已打印")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.get_by_role("link", name="导出 Excel").first).to_be_hidden()
    expect(page.get_by_text("说明：")).to_be_visible()


def test_on_a_phone(phone: Page, live_server, office: Cadre, households) -> None:
    sign_in(phone, live_server, office)
    for url in ("/", "/reports/places/", "/reports/units/"):
        phone.goto(url)
        look(phone)

"""After an import one button says what comes next, in the order in which a county fills the kinds."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.importing import runs
from core.importing.sheet import all_kinds
from core.models import ImportRun
from tests.browser import assert_accessible, assert_fits, sign_in
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_member,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.importing import load, work_off
from tests.pages import client_of, page_of, words_of
from tests.test_import_uploads import CADRES, UNITS, book, send
from units.models import Cadre

pytestmark = pytest.mark.django_db
Status = ImportRun.Status
UNIT = {"单位全称": "武山县水务局", "级别": "县直"}


def button(user: Cadre, run: ImportRun) -> tuple[str, str]:
    """The label and the address of the next step."""
    page = page_of(client_of(user).get(f"/imports/runs/{run.pk}/"))
    link = page.split("next-step", 1)[1]
    return link.split(">", 1)[1].split("<", 1)[0], link.split('href="', 1)[1].split('"', 1)[0]


def complete(office: Cadre) -> None:
    """All that a county needs before it begins to work."""
    make_division(code="620524100", name="城关镇")
    village, unit = make_village(name="大庄村"), make_unit(name="武山县水务局")
    make_village_pairing(unit=unit, village=village)
    household = make_household(village=village)
    make_member(household=household, name="李秋菊", relation="02", sex="2")
    make_pairing(cadre=make_cadre(unit=unit), household=household)


def test_the_next_kind_that_the_county_lacks(office: Cadre) -> None:
    run = load("units", office, [UNIT])
    assert run.status == Status.DONE
    assert button(office, run) == ("下一步：导入干部", "/imports/cadres/")


def test_a_kind_that_is_there_is_passed_over(office: Cadre) -> None:
    make_cadre(unit=make_unit(name="武山县林业局"))
    make_village(name="大庄村")
    assert button(office, load("units", office, [UNIT])) == ("下一步：导入联村", "/imports/village_pairings/")


def test_a_county_that_has_everything(office: Cadre) -> None:
    complete(office)
    assert button(office, load("units", office, [UNIT])) == ("回到导入", "/imports/")


def test_at_the_end_the_overview(office: Cadre) -> None:
    complete(office)
    run = load("units", office, [UNIT])
    for kind in ("household_pairings", "roster"):
        ImportRun.objects.update(kind=kind)
        assert button(office, run) == ("看总览", "/")


def test_the_next_file_of_the_upload_is_checked_again_and_says_what_it_asks(office: Cadre) -> None:
    client = client_of(office)
    cadre: list[Any] = ["康学文", "武山县水务局", "站长", "13800000001", "一般"]
    unit: list[Any] = ["武山县水务局", "县直", "王建明", "13800000002"]
    send(client, ("干部.xlsx", book(CADRES, cadre)), ("单位.xlsx", book(UNITS, unit)))
    work_off()
    first, second = ImportRun.objects.order_by("pk")
    assert (first.kind, second.kind, second.wrong_count) == ("units", "cadres", 1)
    client.post(f"/imports/runs/{first.pk}/apply/")
    work_off()
    second.refresh_from_db()
    assert (second.wrong_count, second.created_count) == (0, 1)
    where = f"/imports/runs/{second.pk}/"
    assert button(office, first) == ("下一个文件：干部.xlsx，1 行可以导入", where)
    second.questions = [{"section": "缺列", "name": "级别", "must": True, "chosen": ""}] * 2
    second.save()
    assert button(office, first) == ("下一个文件：干部.xlsx，还有 2 件必答", where)


def test_a_file_that_waits_for_its_kind_is_next(office: Cadre) -> None:
    send(client_of(office), ("单位.xlsx", book(UNITS)), ("名单.xlsx", book(["甲", "乙"])))
    first = ImportRun.objects.get(kind="units")
    ImportRun.objects.filter(pk=first.pk).update(status=Status.DONE)
    assert button(office, first) == ("下一个文件：名单.xlsx，要选种类", "/imports/#files")


def test_a_file_that_was_replaced_by_a_later_upload_is_not_next(office: Cadre) -> None:
    send(client_of(office), ("单位.xlsx", book(UNITS)), ("干部.xlsx", book(["姓名", "单位", "职务", "手机"])))
    first = ImportRun.objects.get(kind="units")
    ImportRun.objects.filter(pk=first.pk).update(status=Status.DONE)
    ImportRun.objects.filter(kind="cadres").update(status=Status.REFUSED)
    assert button(office, first)[0] == "下一个文件：干部.xlsx，不能导入"
    load("cadres", office, [{"姓名": "康学文", "单位": office.unit.name, "手机号": "13800000001"}])
    assert button(office, first)[0] == "下一步：导入单位"


def test_an_import_checks_no_file_again_that_comes_earlier(office: Cadre) -> None:
    client = client_of(office)
    cadre: list[Any] = ["康学文", office.unit.name, "站长", "13800000001", "一般"]
    send(client, ("干部.xlsx", book(CADRES, cadre)), ("单位.xlsx", book(UNITS)))
    work_off()
    runs.apply(ImportRun.objects.get(kind="cadres"))
    assert ImportRun.objects.get(kind="units").status == Status.CHECKED


def test_the_empty_start_has_the_same_order_and_leads_to_the_upload(office: Cadre) -> None:
    page = client_of(office).get("/")
    words = words_of(page)
    needed = [kind.label for kind in all_kinds() if kind.needed]
    places = [words.index(f" 导入{label} ") for label in needed]
    assert places == sorted(places)
    assert needed[-1] == "联户"
    assert 'href="/imports/">把现有的表传上来</a>' in page_of(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1366])
def test_the_button_in_the_browser(desk: Page, live_server, office: Cadre, width: int) -> None:
    name = f"武山县{'2015年干部花名册' * 9}.xlsx"
    send(client_of(office), ("单位.xlsx", book(UNITS)), (name, book(["姓名", "单位", "职务", "手机"])))
    ImportRun.objects.filter(kind="units").update(status=Status.DONE)
    sign_in(desk, live_server, office)
    desk.set_viewport_size({"width": width, "height": 768})
    desk.goto(f"/imports/runs/{ImportRun.objects.get(kind='units').pk}/")
    following = desk.get_by_role("link", name="下一个文件")
    expect(following).to_be_visible()
    assert_fits(desk)
    assert_accessible(desk)
    following.click()
    expect(desk.get_by_role("heading", name="导入干部")).to_be_visible()

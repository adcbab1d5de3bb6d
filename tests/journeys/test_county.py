"""A made-up county brings in its own messy lists, from the empty start to the overview."""

import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from households.models import Household, HouseholdPairing, Member
from tests.browser import follow, sign_in
from tests.factories import make_id_number
from tests.importing import work_off
from units.models import Cadre, Unit
from villages.models import VillagePairing

pytestmark = pytest.mark.django_db(transaction=True)

TOWNS = {"620524101": "城关镇", "620524102": "洛门镇", "620524103": "马力镇"}
UNITS = ["县林业局", "县畜牧局", "县审计局"]
HOUSEHOLDS = 300
SURNAMES = "王李赵陈康丁裴焦苟漆"
GIVEN = "福强英秀兰明军霞喜香才平"


def written(folder: Path, name: str, lines: Sequence[Sequence[Any]], merges: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(list(line))
    for area in merges:
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def towns(folder: Path) -> Path:
    lines = [["武山县乡镇一览表"], ["序号", "乡镇名称", "区划代码"]]
    lines += [[n, name, code] for n, (code, name) in enumerate(TOWNS.items(), start=1)]
    return written(folder, "乡镇.xlsx", [*lines, ["合计", "3个", None]], ["A1:C1"])


def villages(folder: Path) -> Path:
    """Two villages a township, whose name stands in a merged cell; 大庄村 lies in two."""
    lines: list[list[Any]] = [["所在乡镇", "行政村", "统计用区划代码"]]
    for code, town in TOWNS.items():
        lines += [
            [town, f"{town[0]}庄村", f"{code}201"],
            [None, "大庄村" if code < "620524103" else "石峰村", f"{code}202"],
        ]
    return written(folder, "村.xlsx", lines, ["A2:A3", "A4:A5", "A6:A7"])


def units(folder: Path) -> Path:
    lines = [["单位名称", "单位性质", "联络员"], [None, None, "姓名", "电话"]]
    lines += [[name, "县直单位", "王建明", f"1399385000{n}"] for n, name in enumerate(UNITS)]
    return written(folder, "双联单位.xlsx", [*lines, ["填表人：王建明"]], ["A1:A2", "B1:B2", "C1:D1"])


def cadres(folder: Path) -> Path:
    """Five cadres a unit, whose name stands in a merged cell; ranks in the words of the county."""
    lines: list[list[Any]] = [["单位", "姓名", "职级", "手机号码"]]
    for number, unit in enumerate(UNITS):
        for one in range(5):
            rank = ["正科级", "科员", "四级主任科员", "科员", "科员"][one]
            name = f"{SURNAMES[number]}{GIVEN[one]}{GIVEN[number + 5]}"
            lines.append([unit if one == 0 else None, name, rank, f"137{number:04d}{one:04d}"])
    return written(folder, "干部.xlsx", lines, ["A2:A6", "A7:A11", "A12:A16"])


def village_pairings(folder: Path) -> Path:
    lines: list[list[Any]] = [["双联单位", "乡镇", "村", "时间"]]
    for unit, town in zip(UNITS, TOWNS.values(), strict=True):
        lines += [
            [unit, town, f"{town[0]}庄村", "2012年3月"],
            [None, None, "大庄村" if town != "马力镇" else "石峰村", None],
        ]
    areas = [f"{column}{row}:{column}{row + 1}" for row in (2, 4, 6) for column in "ABD"]
    return written(folder, "联村.xlsx", lines, areas)


def roster(folder: Path) -> Path:
    """300 households with their cadres, township and village merged over fifty rows each."""
    draw = random.Random(2015)
    lines: list[list[Any]] = [
        ["武山县2015年贫困户结对花名册"],
        ["序号", "乡镇", "村", "户主", None, None, "类型", "致贫原因", "人口", "联户干部", None, "联户时间"],
        [None, None, None, "姓名", "身份证号", "性别", None, None, None, "姓名", "单位", None],
    ]
    merges = ["A1:L1", "D2:F2", "J2:K2"]
    people = [(f"{SURNAMES[n]}{GIVEN[m]}{GIVEN[n + 5]}", UNITS[n]) for n in range(3) for m in range(5)]
    for number in range(HOUSEHOLDS):
        group, first = divmod(number, 50)
        town = list(TOWNS.values())[group // 2]
        village = f"{town[0]}庄村" if group % 2 == 0 else ("石峰村" if town == "马力镇" else "大庄村")
        sex = draw.choice("12")
        name = f"{draw.choice(SURNAMES)}{draw.choice(GIVEN)}{draw.choice(GIVEN)}"
        cadre, unit = people[(group // 2) * 5 + number % 5]
        lines.append([
            number + 1, town if first == 0 and group % 2 == 0 else None, village if first == 0 else None,
            name, make_id_number(sex=sex), "男" if sex == "1" else "女",
            draw.choice(["一般户", "低保户", "特困供养户"]), draw.choice(["疾病", "缺劳动力", "因学", "缺少资金"]),
            draw.randint(1, 7), cadre, unit, "2012年3月5日",
        ])  # fmt: skip
        if first == 0:
            row = len(lines)
            merges += [f"C{row}:C{row + 49}"] + ([f"B{row}:B{row + 99}"] if group % 2 == 0 else [])
    return written(folder, "花名册.xlsx", [*lines, ["合计 300 户"], ["审核人：李强"]], merges)


def checked(page: Page) -> None:
    """Do the check; the page comes to its result by itself."""
    work_off()
    expect(page.locator(".steps [aria-current=step]")).to_have_text("确认")


def bring_in(page: Page, kind: str, path: Path, *answers: dict[str, str]) -> None:
    """Upload a list, answer what must be answered, and import it."""
    page.goto(f"/imports/{kind}/")
    page.get_by_label("工作簿").set_input_files(path)
    follow(page.get_by_role("button", name="上传并检查"))
    checked(page)
    for answered in answers:
        for label, answer in answered.items():
            page.get_by_label(label, exact=True).select_option(answer)
        follow(page.get_by_role("button", name="用这些答案再检查"))
        checked(page)
    expect(page.locator(".fig").filter(has_text="要改").locator(".val")).to_have_text("0行")
    follow(page.get_by_role("button", name="导入").last)
    if page.get_by_label("的密码").count():
        page.get_by_label("的密码").fill("石峰村九月")
        follow(page.locator("main form button[type=submit]"))
    work_off()
    expect(page.get_by_text("已导入：新增")).to_be_visible()


def test_a_county_of_messy_lists(desk: Page, live_server, office: Cadre, tmp_path: Path) -> None:
    page = desk
    sign_in(page, live_server, office)
    page.goto("/")
    expect(page.get_by_role("link", name="行政区划").first).to_be_visible()
    bring_in(page, "divisions", towns(tmp_path))
    bring_in(page, "villages", villages(tmp_path))
    bring_in(page, "units", units(tmp_path))
    bring_in(page, "cadres", cadres(tmp_path), {"级别 四级主任科员": "一般"})
    bring_in(
        page, "village_pairings", village_pairings(tmp_path), {"时间": "开始日期"}, {"开始日期": "算第一天"}
    )
    bring_in(page, "households", roster(tmp_path))
    assert Unit.objects.filter(name__in=UNITS, level="county", contact="王建明").count() == 3
    assert VillagePairing.objects.count() == 6
    assert (Household.objects.count(), Member.objects.count(), HouseholdPairing.objects.count()) == (
        300,
        300,
        300,
    )
    assert set(Household.objects.values_list("village__division__name", flat=True)) == set(TOWNS.values())
    page.goto("/")
    expect(page.locator("main")).to_contain_text("300")
    expect(page.get_by_role("heading", name="总览")).to_be_visible()

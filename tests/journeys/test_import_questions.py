"""A clerk answers what a check could not know, and imports a list as the county keeps it."""

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from core.models import ImportRun, Spelling
from households.models import Household
from tests.browser import assert_accessible, assert_fits, follow, sign_in
from tests.factories import make_division, make_id_number, make_village
from tests.importing import work_off
from units.models import Cadre

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(desk: Page, live_server, office: Cadre) -> Page:
    make_village(name="榜沙村", town=make_division(code="620524105", name="马力镇"), code="620524105217")
    for town, code in (("温泉镇", "620524106"), ("龙台镇", "620524107")):
        make_village(name="大庄村", town=make_division(code=code, name=town), code=f"{code}201")
    sign_in(desk, live_server, office)
    return desk


def messy() -> bytes:
    """Two heading rows, places merged downwards, unknown headings and words, a total, a hidden row."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["武山县2015年贫困户花名册"],
        ["序号", "乡镇", "村", "户主", None, None, "类型", "主要致贫原因", "电话", "人口", "备注2"],
        [None, None, None, "姓名", "身份证号", "性别"],
        [1, "马力镇", "榜沙村", "漆改香", make_id_number(sex="2"), "女", "一般户", "老病", "无", 4, "党员户"],
        [2, None, None, "丁俊杰", make_id_number(), "男", "低保", "缺少劳动力", 13993850001, 3, None],
        [3, None, None, "苟进才", make_id_number(), "男", "低保", "缺少劳动力", "无", 2, None],
        [4, None, "大庄村", "裴秋霞", make_id_number(sex="2"), "女", "低保", "因学", None, 5, None],
        [5, None, "大庄村", "焦来喜", "6205241970", "男", "低保", "因学", None, 5, None],
        ["合计 5 户", None, None, None, None, None, None, None, None, 19, None],
        ["填表人：王建明"],
    ):
        sheet.append(row)
    for area in ("A1:K1", "D2:F2", "A2:A3", "B2:B3", "C2:C3", "B4:B6", "C4:C6"):
        sheet.merge_cells(area)
    sheet.row_dimensions[6].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_questions_of_a_messy_list(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "贫困户花名册.xlsx"
    path.write_bytes(messy())
    page.goto("/imports/households/")
    page.get_by_label("工作簿").set_input_files(path)
    follow(page.get_by_role("button", name="上传并检查"))
    work_off()
    expect(page.get_by_role("heading", name="列名在第 2、3 行")).to_be_visible()
    for width in (360, 1024, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        assert_fits(page)
    assert_accessible(page)
    expect(page.locator("main")).to_contain_text(
        "第 9 行“合计 5 户”、第 10 行“填表人：王建明”不是数据，已跳过。"
    )
    expect(page.get_by_label("主要致贫原因 缺少劳动力")).to_have_value("缺劳力")
    expect(page.get_by_role("button", name="导入其余")).to_have_count(0)

    page.get_by_label("村 大庄村").select_option("温泉镇大庄村")
    page.get_by_label("主要致贫原因 老病").select_option("因病")
    follow(page.get_by_role("button", name="用这些答案再检查"))
    work_off()
    follow(page.get_by_role("button", name="导入其余 4 行"))
    work_off()
    expect(page.get_by_text("已导入：新增 4 行")).to_be_visible()
    assert set(Household.objects.values_list("village__division__name", flat=True)) == {"马力镇", "温泉镇"}
    assert ImportRun.objects.get().answers["词"]["村"] == {"大庄村": "温泉镇大庄村"}
    assert Spelling.objects.filter(column="主要致贫原因", shown="缺少劳动力", meaning="缺劳力").exists()

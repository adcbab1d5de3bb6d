"""A draft is exported as a workbook, changed in Excel, and imported again."""

import io
from typing import Any

import openpyxl
import pytest

from surveys.definition.definition_workbook import (
    Edit,
    all_items,
    differences,
    next_version,
    read_draft,
    write_draft,
)
from surveys.definition.document import DefinitionError, load
from surveys.definition.items import Item
from surveys.definition.presets import FILES, preset

pytestmark = pytest.mark.once


def book_of(doc: dict[str, Any]) -> openpyxl.Workbook:
    out = io.BytesIO()
    write_draft(out, doc)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(book: openpyxl.Workbook, code: str, heading: str, sheet: str = "题目") -> Any:
    table = book[sheet]
    column = [found.value for found in table[1]].index(heading) + 1
    row = next(row for row in range(2, table.max_row + 1) if table.cell(row, 1).value == code)
    return table.cell(row, column)


def plain(item: Item) -> dict[str, Any]:
    """Return an item without its compiled parts."""
    return {name: value for name, value in item.given.items() if name not in {"condition", "calculation"}}


@pytest.mark.parametrize("subject", FILES)
def test_a_draft_comes_back_as_it_went_out(subject):
    before = preset(subject)
    after = read_draft(saved(book_of(before)), "草稿.xlsx")
    assert differences(before, after) == []
    assert [plain(item) for item in load(after).asked] == [plain(item) for item in load(before).asked]


def test_what_was_changed_in_excel_is_told():
    book = book_of(preset("household"))
    cell(book, "A01", "题目").value = "住房建筑面积"
    cell(book, "A01", "最大").value = 800
    cell(book, "A06", "选项").value = "01 自来水\n02 井水；99 其他"
    cell(book, "X04", "程度", "核对规则").value = "错误"
    table = book["题目"]
    table.delete_rows(next(row for row in range(2, 90) if table.cell(row, 1).value == "D09"))
    cell(book, "A06", "好坏").value = "01 > 02"
    changed = differences(preset("household"), read_draft(saved(book), "草稿.xlsx"))
    assert Edit("题 A01", "题目", "住房面积", "住房建筑面积") in changed
    assert Edit("题 A01", "最大", "1000", "800") in changed
    assert Edit("规则 X04", "程度", "提醒", "错误") in changed
    assert Edit("题 D09", "删去", "致富打算、最满意和最不满意的事、对干部的意见建议", "") in changed
    assert any(row.what == "题 A06" and row.after == "01 自来水\n02 井水\n99 其他" for row in changed)


@pytest.mark.parametrize(
    ("code", "heading", "value", "said"),
    [
        ("A01", "题型", "图片", "“题目”第"),
        ("A01", "最大", "很大", "不是数"),
        ("A02", "选项", "没有代码的选项", "没有代码"),
        ("A02", "显示条件", "Z99 > 0", "没有题号 Z99"),
        ("A05", "显示条件", "A02 == '77'", "A02 没有选项 77"),
        ("B16", "计算", "B16 / H08", "计算绕成了圈"),
        ("A02", "题号", "A01", "题号 A01 用了两次"),
        ("A02", "部分", "Z", "没有“Z”这一部分"),
        ("A02", "档案资料", "household.colour", "没有“household.colour”这项档案资料"),
    ],
)
def test_a_wrong_cell_is_named(code, heading, value, said):
    book = book_of(preset("household"))
    cell(book, code, heading).value = value
    with pytest.raises(DefinitionError, match=said):
        read_draft(saved(book), "草稿.xlsx")


def test_a_workbook_without_its_sheets_is_refused():
    book = book_of(preset("household"))
    del book["核对规则"]
    with pytest.raises(DefinitionError, match="没有工作表“核对规则”"):
        read_draft(saved(book), "草稿.xlsx")


def test_the_next_version_carries_every_item_on():
    after = next_version(load(preset("household")), "2013.1")
    assert after["version"] == "2013.1"
    assert all(item["continues"] == item["code"] for item in all_items(after))
    assert load(after).code == "HH-SURVEY"

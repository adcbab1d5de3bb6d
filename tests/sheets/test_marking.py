"""Her own workbook comes back, with the wrong cells marked."""

import io
import zipfile

import openpyxl
import pytest

from core import sheets
from core.sandbox.sheets import marking
from core.sheets import SheetError
from tests.sheets.workbooks import HEADINGS, ROW, changed, old_workbook, saved, workbook

pytestmark = pytest.mark.once


def her_workbook():
    """A title, headings with a style and a drop-down, a note of her own, a text like a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名单"
    for row in [
        ["贫困户名单"],
        ["户编号", *HEADINGS],
        [None, *ROW],
        ["620524100201-002", *ROW],
        [None, *ROW],
    ]:
        sheet.append(row)
    sheet["C3"].font = openpyxl.styles.Font(bold=True)
    sheet["B3"].comment = openpyxl.comments.Comment("问过村主任", "周敏")
    sheet["B5"].value = "=1+1"
    sheet["B5"].data_type = "s"
    rule = openpyxl.worksheet.datavalidation.DataValidation("list", '"大庄村,二庄村"')
    rule.add("B3:B99")
    sheet.add_data_validation(rule)
    return saved(book)


MARKS = {(2, 1): "对得上两个村", (4, 3): "=校验码不对"}
EXTRAS = {
    "户编号": {2: "620524100201-001", 3: "别的", 4: "=1+1"},
    "导入结果": {2: "要改", 3: "没有变化", 4: "要改"},
}


def test_marked_cells_keep_everything_else():
    sheet = openpyxl.load_workbook(
        io.BytesIO(sheets.mark_workbook(her_workbook(), "a.xlsx", "名单", MARKS, EXTRAS, 1))
    ).active
    assert sheet["B3"].comment.text.startswith("对得上两个村")
    assert "问过村主任" in sheet["B3"].comment.text
    assert sheet["B3"].fill.fgColor.rgb.endswith("FFE3A8")
    assert sheet["D5"].comment.text == "=校验码不对"
    assert sheet["C3"].font.bold
    assert sheet.data_validations.dataValidation[0].formula1 == '"大庄村,二庄村"'
    assert [cell.value for cell in sheet["A"]][1:] == [
        "户编号",
        "620524100201-001",
        "620524100201-002",
        "=1+1",
    ]
    assert [cell.value for cell in sheet["F"]][1:] == ["导入结果", "要改", "没有变化", "要改"]
    assert (sheet["A5"].data_type, sheet["B5"].data_type, sheet["B5"].value) == ("s", "s", "=1+1")
    assert sheet["B3"].value == "大庄村"


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", " -5", "\x01=1+1", "＠甲"])
def test_what_is_filled_in_stays_text_after_editing(text):
    extras = {"户编号": {2: text}}
    marked = sheets.mark_workbook(her_workbook(), "a.xlsx", "名单", {}, extras, 1)
    cell = openpyxl.load_workbook(io.BytesIO(marked)).active["A3"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_what_is_wrong_is_not_left_hidden():
    book = openpyxl.load_workbook(io.BytesIO(her_workbook()))
    sheet = book.active
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions.group("B", "C", hidden=True)
    sheet.column_dimensions["E"].hidden = True
    marked = sheets.mark_workbook(saved(book), "a.xlsx", "名单", MARKS, {}, 1)
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).active
    assert [sheet.row_dimensions[row].hidden for row in (3, 4)] == [False, True]
    assert [sheet.column_dimensions[column].hidden for column in ("B", "E")] == [False, True]


def test_marks_go_once_they_are_put_right():
    once = sheets.mark_workbook(her_workbook(), "a.xlsx", "名单", MARKS, EXTRAS, 1)
    twice = sheets.mark_workbook(once, "a.xlsx", "名单", {(2, 2): "名字太长"}, {"导入结果": {2: "要改"}}, 1)
    sheet = openpyxl.load_workbook(io.BytesIO(twice)).active
    assert sheet["B3"].comment.text == "问过村主任"
    assert sheet["B3"].fill.fill_type is None
    assert sheet["D5"].comment is None
    assert sheet["C3"].comment.text == "名字太长"
    assert [sheet[cell].value for cell in ("F2", "F3", "F4")] == ["导入结果", "要改", None]
    assert sheet.max_column == 6


@pytest.mark.parametrize(
    ("data", "filename", "name"),
    [
        (old_workbook([["题"], HEADINGS, ROW, ROW]), "a.xls", "名单"),
        (
            "题,,,\n村,户主姓名,身份证号,人数\n大庄村,王有福,620524199001011231,4\n大庄村,王有福,620524199001011231,4".encode(),
            "a.csv",
            "",
        ),
    ],
)
def test_other_files_come_back_as_a_marked_copy(data, filename, name):
    marked = sheets.mark_workbook(data, filename, name, {(2, 2): "校验码不对"}, {"导入结果": {2: "=要改"}}, 1)
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).active
    assert [cell.value for cell in sheet[2]] == [*HEADINGS, "导入结果"]
    assert [str(cell.value) for cell in sheet[3]] == [*map(str, ROW), "=要改"]
    assert {sheet["C3"].data_type, sheet["E3"].data_type} == {"s"}
    assert sheet["C3"].comment.text == "校验码不对"
    assert sheet["C4"].comment is None


def test_a_workbook_that_openpyxl_cannot_open_comes_back_as_a_copy():
    data = changed(workbook([HEADINGS, ROW], names=["名单"]), "xl/styles.xml", "<styleSheet/>nonsense")
    marked = sheets.mark_workbook(data, "a.xlsx", "名单", {(1, 0): "没有这个村"}, {}, 0)
    assert openpyxl.load_workbook(io.BytesIO(marked)).active["A2"].comment.text == "没有这个村"


def test_a_strict_workbook_of_which_openpyxl_reads_no_cell_comes_back_whole():
    data = her_workbook()
    for entry in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            content = book.read(entry)
        plain, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
        data = changed(
            data, entry, content.replace(plain + b"spreadsheetml/2006/main", strict + b"spreadsheetml/main")
        )
    back = sheets.mark_workbook(data, "a.xlsx", "名单", MARKS, EXTRAS, 1)
    sheet = openpyxl.load_workbook(io.BytesIO(back)).active
    assert [cell.value for cell in sheet["C"]][1:] == ["户主姓名", "王有福", "王有福", "王有福"]
    assert sheet["B3"].comment.text == "对得上两个村"


def test_of_a_large_workbook_only_the_wrong_rows_come_back(monkeypatch):
    monkeypatch.setattr(marking, "MAX_MARKED_ROWS", 3)
    data = workbook([["题"], HEADINGS, *[ROW] * 5], names=["名单"])
    marks = [(3, 1, "太长"), (6, 0, "没有")]
    marked = b"".join(
        marking.mark(data, "a.xlsx", "名单", marks, {"导入结果": {"3": "要改"}}, 1, styled=True)
    )
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).active
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows()] == [
        ["原行号", "村", "户主姓名"],
        [4, "大庄村", "王有福"],
        [7, "大庄村", "王有福"],
    ]
    assert sheet["C2"].comment.text == "太长"
    assert sheet["F2"].value == "要改"


def test_a_sheet_that_is_gone_is_told():
    with pytest.raises(SheetError, match="没有“别的”这张表"):
        sheets.mark_workbook(her_workbook(), "a.xlsx", "别的", {}, {}, 0)

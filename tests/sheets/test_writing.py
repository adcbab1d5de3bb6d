"""Workbooks out: text stays text, a template helps."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sheets
from core.sheets import TemplateColumn, splitting
from tests.sheets.workbooks import (
    CELL_TEXT,
    HEADINGS,
    ROW,
    rows_at_once,
    rows_of,
)

pytestmark = pytest.mark.once


# --- writing -------------------------------------------------------------------------------------

FORMULA_LIKE = ["=1+1", "+8613800001234", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://a.b", "{=1}"]


def written(headings, rows):
    out = io.BytesIO()
    sheets.write_rows(out, headings, rows)
    return out.getvalue()


def test_texts_that_look_like_formulas_stay_text():
    sheet = openpyxl.load_workbook(io.BytesIO(written(["甲"], [[value] for value in FORMULA_LIKE]))).active
    assert [cell.value for cell in sheet["A"][1:]] == FORMULA_LIKE
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert {cell.number_format for cell in sheet["A"][1:]} == {"@"}


@pytest.mark.parametrize("rows", [[], [["王有福", 3]]])
def test_lines_above_the_headings_stay_apart_and_are_recognised(rows):
    out = io.BytesIO()
    sheets.write_rows(
        out, ["户主", "人口"], rows, above=["=贫困户", "时段：不限", f"{sheets.EXPORTED}汪玉琪"]
    )
    [sheet] = sheets.read(out.getvalue(), "名单.xlsx").sheets
    firsts = [row[0] for row in sheet.rows[:4]]
    assert firsts == ["=贫困户", "时段：不限", "导出：汪玉琪", ""]
    assert [list(row) for row in sheet.rows[4:]] == [["户主", "人口"], *rows]
    assert sheets.is_own_export(sheet.rows)
    assert not sheets.is_own_export(sheet.rows[1:])


@pytest.mark.parametrize("write", [sheets.write_sheets, sheets.write_large_sheets])
def test_several_sheets_in_one_workbook(write):
    out = io.BytesIO()
    parts = [("代码", ["户", "A01"], iter([["=1", 4]])), ("题目", ["题号"], [["A01"]]), ("空", ["甲"], [])]
    write(out, [sheets.PlainSheet(*part) for part in parts])
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    assert {sheet.title: [[c.value for c in row] for row in sheet] for sheet in book} == {
        "代码": [["户", "A01"], ["=1", 4]],
        "题目": [["题号"], ["A01"]],
        "空": [["甲"]],
    }


def write_one(out, sheets_to_write):
    [part] = sheets_to_write
    sheets.write_rows(out, part.headings, part.rows)


@pytest.mark.parametrize("write", [sheets.write_sheets, sheets.write_large_sheets, write_one])
@pytest.mark.parametrize("in_memory", [2, 5000])
def test_a_table_goes_on_to_the_next_sheet_above_the_row_limit(monkeypatch, write, in_memory):
    assert splitting.MOST_ROWS == 2**20 - 1
    monkeypatch.setattr(splitting, "MOST_ROWS", 3)
    monkeypatch.setattr(splitting, "IN_MEMORY", in_memory)
    out = io.BytesIO()
    write(out, [sheets.PlainSheet("名单", ["号", "人"], ([f"{n}", n] for n in range(7)))])
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    pages = {page.title: [[cell.value for cell in row] for row in page] for page in book}
    assert list(pages) == ["名单", "名单（2）", "名单（3）"]
    assert all(page[0] == ["号", "人"] for page in pages.values())
    assert [row for page in pages.values() for row in page[1:]] == [[f"{n}", n] for n in range(7)]


def csv_of(headings, rows):
    out = io.BytesIO()
    sheets.write_csv(out, headings, iter(rows))
    return out.getvalue()


def test_a_csv_has_its_mark_and_no_formula():
    data = csv_of(["户", "A01"], [["=1+1", 4.5], ["王“有”福,\n三组", None], ["@x", -3]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["户", "A01"],
        ["'=1+1", "4.5"],
        ["王“有”福,\n三组", ""],
        ["'@x", "-3"],
    ]


SPACES = ["", " ", "　", "\u00a0", "\ufeff", "\u200b", "\t", "\r", "\n", " \t "]


@pytest.mark.parametrize("lead", "=+-@＝＋－＠﹢﹣﹦﹫")
def test_no_text_of_a_csv_begins_like_a_formula(lead):
    texts = [f"{space}{quote}{lead}1" for space in SPACES for quote in ("", "'")]
    data = csv_of([f"{lead}题"], [[text] for text in texts])
    cells = [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert {cell[0] for text, cell in zip([lead, *texts], cells, strict=True) if "'" not in text} == {"'"}
    assert [cell.strip(" 　\u00a0\ufeff\u200b\t\r\n")[0] for cell in cells] == ["'"] * len(cells)


def test_a_number_of_a_csv_stays_one():
    data = csv_of(["数", "文字"], [[-5, "-5"], [-0.5, "+86 138"], [Decimal("-412.60"), "5"]])
    assert data.decode("utf-8-sig").splitlines()[1:] == ["-5,'-5", "-0.5,'+86 138", "-412.6,5"]


TRICKY = st.text(st.sampled_from("=+-@＝＋－＠' 　\u00a0\n\ra1王\""), max_size=6)


@pytest.mark.slow
@given(st.lists(st.tuples(TRICKY, st.sampled_from(["", "\t"]), TRICKY), min_size=1))
def test_a_csv_is_read_as_what_was_exported(cells):
    rows = [["户", f"{tab}{one}", other, "止"] for one, tab, other in cells]
    data = csv_of(["甲", "乙", "丙", "丁"], rows)
    assert sheets.read(data, "a.csv").sheets[0].rows[1:] == rows


def test_a_csv_of_another_program_keeps_its_quotes():
    data = "甲,乙\n'起来',''70年代\n'=1,'王".encode()
    assert sheets.read(data, "a.csv").sheets[0].rows[1:] == [["'起来'", "''70年代"], ["=1", "'王"]]


@pytest.mark.parametrize("write", [sheets.write_rows, None])
def test_a_text_below_empty_cells_has_the_format_of_texts(write):
    """Whoever edits the cell gets a text again, not a formula."""
    out = io.BytesIO()
    rows = [["620524", None, 3], ["620524", "＝1+1", None], ["620524", " =1+1", 4]]
    if write:
        write(out, ["甲", "乙", "丙"], rows)
    else:
        sheets.write_large_sheets(out, [sheets.PlainSheet("名单", ["甲", "乙", "丙"], rows)])
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert [sheet[place].number_format for place in ("A3", "B3", "B4", "C2")] == ["@", "@", "@", "General"]
    assert [sheet[place].value for place in ("B3", "B4")] == ["＝1+1", " =1+1"]


def test_rows_come_back_as_written():
    moment = dt.datetime(2015, 9, 16, 0, 30, tzinfo=dt.UTC)
    row = [
        "620524199001011231",
        "13800001234",
        4,
        2.5,
        Decimal("412.60"),
        dt.date(2015, 9, 16),
        moment,
        True,
        None,
    ]
    data = written([str(number) for number in range(9)], iter([row, [None] * 9]))
    assert rows_of(data)[1] == [
        "620524199001011231",
        "13800001234",
        4.0,
        2.5,
        412.6,
        "2015-09-16",
        "2015-09-16 08:30",
        "是",
        "",
    ]


def test_no_rows_leave_the_headings():
    assert rows_of(written(HEADINGS, [])) == [HEADINGS]


def test_headings_must_differ():
    with pytest.raises(ValueError, match="unique"):
        written(["甲", "甲"], [])


def test_long_numbers_and_long_texts_are_kept():
    data = written(["甲", "乙"], [[10**17 + 1, "长" * 40_000]])
    assert rows_of(data)[1] == ["100000000000000001", "长" * 32_766 + "…"]


@given(st.lists(st.tuples(CELL_TEXT, st.none() | st.integers(-(10**14), 10**14), st.none() | CELL_TEXT)))
def test_anything_written_is_read_again(rows):
    read = rows_at_once(written(["甲", "乙", "丙"], rows))[1:]
    expected = [["" if cell is None else cell for cell in row] for row in rows]
    assert read == expected[: len(read)]
    assert not any(str(cell).strip() for row in expected[len(read) :] for cell in row)


def test_a_printable_table():
    out = io.BytesIO()
    facts = ["填报单位：武山县双联办", "制表人：周敏", "日期：2015-09-16"]
    sheets.write_table(
        out,
        "联户花名册",
        facts,
        HEADINGS,
        [ROW, ["=1+1", None, "", 2]],
        footer="审核人：",
        sheet_name="联户花名册",
    )
    sheet = openpyxl.load_workbook(out).active
    assert sheet["A1"].value == "联户花名册"
    assert all(fact in sheet["A2"].value for fact in facts)
    assert [cell.value for cell in sheet[3]] == HEADINGS
    assert (sheet["A5"].value, sheet["A5"].data_type) == ("=1+1", "s")
    assert sheet["A6"].value == "审核人："
    assert "A1:D1" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == (
        "landscape",
        9,
        "$3:$3",
    )
    assert sheet["A4"].border.left.style == "thin"


# --- templates -----------------------------------------------------------------------------------

COLUMNS = [
    TemplateColumn("村", "村名或 12 位代码", required=True),
    TemplateColumn("身份证号", "18 位，如 620524195009140518"),
    TemplateColumn("识别日期", kind="date"),
    TemplateColumn("人数", kind="number"),
    TemplateColumn("关系", choices=["户主", "配偶"]),
    TemplateColumn("致贫原因", choices=[f"第{number}种原因，说得很长很长" for number in range(40)]),
]


def template():
    out = io.BytesIO()
    sheets.write_template(out, "贫困户", COLUMNS)
    return out.getvalue()


def test_a_template_keeps_numbers_as_text_and_helps():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    sheet = book["贫困户"]
    assert [cell.value for cell in sheet[1]] == [column.label for column in COLUMNS]
    assert "必填" in sheet["A1"].comment.text
    assert sheet["A1"].fill.fgColor.rgb != sheet["B1"].fill.fgColor.rgb
    assert [sheet.column_dimensions[letter].number_format for letter in "ABCD"] == [
        "@",
        "@",
        "yyyy-mm-dd",
        "General",
    ]
    assert sheet.freeze_panes == "A2"
    assert book["选项"].sheet_state == "hidden"
    assert "村名或 12 位代码" in {cell.value for row in book["填写说明"].iter_rows() for cell in row}


def test_a_template_offers_its_choices():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    rules = {str(rule.sqref): rule.formula1 for rule in book["贫困户"].data_validations.dataValidation}
    assert rules["E2:E1048576"] == '"户主,配偶"'
    assert book.defined_names[rules["F2:F1048576"].lstrip("=")].attr_text == "选项!$F$1:$F$40"


def test_an_empty_template_is_read_as_its_headings():
    book = sheets.read(template(), "a.xlsx")
    assert [sheet.name for sheet in book.sheets] == ["贫困户", "填写说明"]
    assert book.sheets[0].rows == [[column.label for column in COLUMNS]]

"""Workbooks in: what is read of each kind, and the one sentence that each kind of damage gets."""

import datetime as dt
import io
import struct
import zipfile

import msoffcrypto
import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from core import sheets
from core.sandbox.sheets import text
from tests.sheets.workbooks import (
    CELL_TEXT,
    HEADINGS,
    ROW,
    old_workbook,
    refusal,
    rows_of,
    saved,
    workbook,
)

pytestmark = pytest.mark.once


# --- reading -------------------------------------------------------------------------------------


def test_cells_come_as_they_are():
    day, moment = dt.date(2015, 9, 16), dt.datetime.combine(dt.date(2015, 9, 16), dt.time(8, 30))
    table = [["a", 1, 2.5, True, day, moment, dt.time(8, 30), None]]
    assert rows_of(workbook(table)) == [["a", 1.0, 2.5, True, day, moment, dt.time(8, 30)]]


def test_rows_begin_at_the_first_cell_and_end_with_the_last_content():
    book = openpyxl.Workbook()
    book.active["C3"] = "x"
    book.active["D9"] = "  "
    assert rows_of(saved(book)) == [["", "", "", ""], ["", "", "", ""], ["", "", "x", ""]]


def test_hidden_rows_are_known():
    book, old = openpyxl.Workbook(), xlwt.Workbook()
    page = old.add_sheet("名单")
    for number in range(4):
        book.active.append([number])
        page.write(number, 0, number)
    book.active.row_dimensions[3].hidden = page.row(2).hidden = True
    for data in (saved(book), saved(old)):
        [sheet] = sheets.read(data, "a").sheets
        assert (set(sheet.hidden), len(sheet.rows)) == ({2}, 4)


def test_days_counted_from_1904():
    book, old = openpyxl.Workbook(), xlwt.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append([39511, 39511, 2012])
    old.dates_1904 = True
    row = old.add_sheet("名单").row(0)
    for column, number in enumerate([39511, 39511, 2012]):
        row.write(column, number)
    for data in (saved(book), saved(old)):
        [sheet] = sheets.read(data, "a").sheets
        sheet.count_days([0, 2])
        assert sheet.rows == [[40973.0, 39511.0, 2012.0]]


def test_only_visible_sheets_are_read():
    data = workbook([["一"]], [["二"]], [["三"]], names=["甲", "乙", "丙"], hidden=[1])
    assert [(sheet.name, sheet.rows) for sheet in sheets.read(data, "a.xlsx").sheets] == [
        ("甲", [["一"]]),
        ("丙", [["三"]]),
    ]


def test_an_old_workbook_is_read():
    assert rows_of(old_workbook([HEADINGS, [*ROW[:3], dt.date(2015, 9, 16)]]), "a.xls")[1] == [
        *ROW[:3],
        dt.date(2015, 9, 16),
    ]


def test_error_values_of_excel_are_seen():
    book = openpyxl.Workbook()
    book.active.append(["a", "#N/A", "b"])
    assert rows_of(saved(book)) == [["a", "#N/A", "b"]]
    old = xlwt.Workbook()
    sheet = old.add_sheet("a")
    sheet.row(0).set_cell_error(0, 0x2A)
    sheet.write(0, 1, "b")
    assert rows_of(saved(old), "a.xls") == [["#N/A", "b"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables(encoding, delimiter):
    lines = [HEADINGS, ["大庄村", "王有福", '="620524199001011231"', "4"], ["", "", "", ""]]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    assert rows_of(data, "名单.CSV") == [HEADINGS, ["大庄村", "王有福", "620524199001011231", "4"]]


def test_a_tab_separated_table_named_xls():
    assert rows_of("村\t人数\n大庄\t4".encode("gb18030"), "导出.xls") == [["村", "人数"], ["大庄", "4"]]


def test_quotes_commas_and_lines_within_a_text_cell():
    assert rows_of('a,b\n"一,二","上\n下"\n'.encode(), "a.csv") == [["a", "b"], ["一,二", "上\n下"]]


@given(
    st.lists(
        st.lists(CELL_TEXT.filter(lambda value: not value.startswith("=")), min_size=3, max_size=3),
        min_size=1,
    )
)
def test_a_text_table_is_read_as_written(table):
    lines = [["甲", "乙", "丙"], *table]
    data = "\n".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines
    ).encode()
    read = text.read_text(data)
    assert read == lines[: len(read)]
    assert not any(any(line) for line in lines[len(read) :])


def test_a_summary_sheet_with_formulas_does_no_harm():
    data = workbook([["=1+1"]], [HEADINGS, ROW], names=["汇总", "名单"])
    sheet, row = sheets.read(data, "a.xlsx").pick(
        lambda page: page.rows.index(HEADINGS) if HEADINGS in page.rows else None
    )
    assert (sheet.name, row) == ("名单", 0)


@pytest.mark.parametrize(
    ("data", "filename", "sentence"),
    [
        (b"", "a.xlsx", "文件是空的"),
        (b"hello", "a.xlsx", "不是 Excel 表格"),
        (b"%PDF-1.7 ...", "a.xlsx", "这是PDF 文件"),
        (b"\xff\xd8\xff\xe0 jpeg", "a.xlsx", "这是图片"),
        (b"\x89PNG\r\n", "a.xls", "这是图片"),
        (b"Rar!\x1a\x07", "a.xlsx", "这是压缩包"),
        (b"<html><table><tr><td>1</td></tr></table>", "a.xls", "网页格式的表"),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?><Workbook/>', "a.xls", "网页格式的表"),
        (b"<table><tr><td>1\t2</td></tr></table>", "a.xls", "网页格式的表"),
        (b"\x00\x01\x02\x03" * 50, "a.csv", "认不出这个文件的内容"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "已损坏"),
        (b"PK\x03\x04" + b"\0" * 600, "a.xlsx", "已损坏"),
        (b"x" * (55 << 20) + b"xx", "a.csv", "超过 55 MB"),
        (b"a,b\n" + b",".join([b"x"] * 301), "a.csv", "KO2 还有内容"),
        (b'a,b\n"' + b"x" * 200_000, "a.csv", "引号没有成对"),
    ],
)
def test_what_is_no_workbook_is_told(data, filename, sentence):
    assert sentence in refusal(data, filename)


def test_other_archives_are_told():
    def packed(*names):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            for name in names:
                file.writestr(name, "x")
        return out.getvalue()

    assert "Word 文件" in refusal(packed("word/document.xml"))
    assert ".ods" in refusal(packed("content.xml"))
    assert ".xlsb" in refusal(packed("xl/workbook.bin"))
    assert "压缩包" in refusal(packed("a.jpg", "b.jpg"))


def test_a_locked_workbook_is_told():
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook([["x"]]))).encrypt("password", locked)
    assert msoffcrypto.OfficeFile(locked).is_encrypted()
    assert "加了密码" in refusal(locked.getvalue())


def test_a_locked_old_workbook_is_told():
    data = old_workbook([["x"]])
    # A FILEPASS record where the code page stood: what a reader sees first in a locked file.
    at = data.index(struct.pack("<HH", 0x0042, 2))
    assert "加了密码" in refusal(data[:at] + struct.pack("<HH", 0x002F, 2) + data[at + 4 :], "a.xls")


@pytest.mark.parametrize("formula", ["=1+1", "=SUM(A1:A3)"])
def test_formulas_without_a_result_are_known_by_their_cells(formula):
    table = [HEADINGS, *[ROW] * 15, ["", "", "", "", "", formula], ["", "", formula]]
    [sheet] = sheets.read(workbook(table), "a.xlsx").sheets
    assert sorted(sheet.missing_formulas) == [(2, 17, 17), (5, 16, 16)]


def test_formulas_of_an_old_workbook_are_known():
    [sheet] = sheets.read(old_workbook([HEADINGS], formula=(16, 5)), "a.xls").sheets
    assert (sheet.stored_formulas, sheet.missing_formulas) == ([(5, 16, 16)], [])

"""Workbooks in: every kind of damage gets one sentence. Workbooks out: text stays text."""

import csv
import datetime as dt
import io
import struct
import time
import zipfile
from decimal import Decimal

import msoffcrypto
import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from core import sheets
from core.sheets import SheetError, TemplateColumn, archive, errors, marking, text, xlsx

pytestmark = pytest.mark.once

HEADINGS = ["村", "户主姓名", "身份证号", "人数"]
ROW = ["大庄村", "王有福", "620524199001011231", 4]
WORKSHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def workbook(*tables, names=(), hidden=()):
    """An .xlsx of these tables, one a sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, table in enumerate(tables):
        sheet = book.create_sheet(names[number] if names else None)
        for row in table:
            sheet.append(row)
        sheet.sheet_state = "hidden" if number in hidden else "visible"
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data, entry, content):
    """The same .xlsx with another content of one entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == entry else old.read(name))
    return out.getvalue()


def with_sheet_xml(inner, frame=WORKSHEET):
    return changed(workbook([["x"]]), "xl/worksheets/sheet1.xml", frame.format(inner))


def old_workbook(table, formula=None):
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell, date if isinstance(cell, dt.date) else xlwt.Style.default_style)
    if formula:
        sheet.write(*formula, xlwt.Formula("1+1"))
    return saved(book)


def rows_of(data, filename="a.xlsx"):
    return sheets.read(data, filename).sheets[0].rows


def refusal(data, filename="a.xlsx"):
    with pytest.raises(SheetError) as caught:
        rows_of(data, filename)
    sentence = str(caught.value)
    assert sentence.endswith("。")
    return sentence


# --- reading ------------------------------------------------------------------------------------


def test_cells_come_as_they_are():
    day, moment = dt.date(2015, 9, 16), dt.datetime.combine(dt.date(2015, 9, 16), dt.time(8, 30))
    table = [["a", 1, 2.5, True, day, moment, dt.time(8, 30), None]]
    assert rows_of(workbook(table)) == [["a", 1.0, 2.5, True, day, moment, dt.time(8, 30)]]


def test_rows_begin_at_the_first_cell_and_end_with_the_last_content():
    book = openpyxl.Workbook()
    book.active["C3"] = "x"
    book.active["D9"] = "  "
    assert rows_of(saved(book)) == [["", "", "", ""], ["", "", "", ""], ["", "", "x", ""]]


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


cell_text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=8,
)


@given(
    st.lists(
        st.lists(cell_text.filter(lambda value: not value.startswith("=")), min_size=3, max_size=3),
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
    sheet, row = sheets.read(data, "a.xlsx").pick(lambda rows: sheets.find_header(rows, HEADINGS))
    assert (sheet.name, row) == ("名单", 0)


def test_a_file_of_formulas_only_is_refused_when_picked():
    with pytest.raises(SheetError, match="A1 是公式"):
        sheets.read(workbook([["=1+1"]]), "a.xlsx").pick(lambda rows: None)


def test_headings_below_titles_are_found():
    table = [["武山县贫困户名单"], ["填报单位：双联办", "", "2015年"], HEADINGS, ROW]
    assert sheets.find_header(table, ["户主 姓名", "*村", "人数（必填）"]) == 2
    with pytest.raises(SheetError, match="没有找到列名，应有“单位”等列"):
        sheets.find_header(table, ["单位"])


@pytest.mark.parametrize(
    ("merged", "sentence"), [("B2:C2", "列名有合并单元格（B2:C2）"), ("A3:A5", "上下合并的单元格（A3:A5）")]
)
def test_merged_headings_and_merged_rows_are_told(merged, sentence):
    book = openpyxl.Workbook()
    for row in [["名单"], HEADINGS, ROW, ROW, ROW]:
        book.active.append(row)
    book.active.merge_cells("A1:D1")
    sheet = sheets.read(saved(book), "a.xlsx").sheets[0]
    sheet.refuse_merges(1)
    book.active.merge_cells(merged)
    with pytest.raises(SheetError, match=sentence):
        sheets.read(saved(book), "a.xlsx").sheets[0].refuse_merges(1)


# --- what is no workbook ------------------------------------------------------------------------


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
        ("村\n=A1".encode(), "a.csv", "A2 是公式"),
        (b"x" * (20 << 20) + b"xx", "a.csv", "超过 20 MB"),
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
def test_formulas_are_told_by_their_first_cell(formula):
    table = [HEADINGS, *[ROW] * 15, ["", "", "", "", "", formula], ["", "", formula]]
    assert refusal(workbook(table)) == "F17 是公式，请复制后“选择性粘贴-数值”再传。"


def test_shared_and_array_formulas_and_cells_without_address():
    assert "B2 是公式" in refusal(
        with_sheet_xml("<row/><row><c/><c><f t='shared' si='0'/><v>2</v></c></row>")
    )


def test_formulas_of_an_old_workbook_are_told():
    assert "F17 是公式" in refusal(old_workbook([HEADINGS], formula=(16, 5)), "a.xls")


# --- floods and bombs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    ['<row r="{0}"/>', '<row r="{0}" spans="1:2"><c r="A{0}" s="1"/><c r="B{0}" s="1"/></row>', "<row />"],
)
def test_a_million_empty_rows_get_one_sentence_within_seconds(row):
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>村</t></is></c></row>'
    data = with_sheet_xml(head + "".join(row.format(number) for number in range(2, 1_000_002)))
    began = time.process_time()
    assert "20 万行以上" in refusal(data)
    assert time.process_time() - began < 10


def test_some_formatted_empty_rows_are_left_out():
    empty = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(2, 100_000))
    assert rows_of(with_sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + empty)) == [[1.0]]


def test_a_million_empty_lines_of_text_get_one_sentence():
    assert "20 万行以上" in refusal(b"a,b\n" + b",\n" * 1_000_000, "a.csv")
    assert rows_of(b"a,b\n" + b",\n" * 1000, "a.csv") == [["a", "b"]]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "XFD1048576 还有内容"),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "A1048576 还有内容"),
        ('<row r="2"><c r="XFD2"><v>1</v></c></row>', "XFD2 还有内容"),
        ("<row r='2'><c\nr='XFD99999'><v>1</v></c></row>", "XFD99999 还有内容"),
        ('<row r="99999999"><c><v>1</v></c></row>', "A99999999 还有内容"),
        ('<row r="1"><c r="A99999999999"><v>1</v></c></row>', "已损坏"),
        ('<row r="99999"><c r="IV99999"><v>1</v></c></row>', "超过 600 万格"),
        ('</sheetData><sheetData><row r="9"><c r="ZZZ9"><v>1</v></c></row>', "还有内容"),
    ],
)
def test_a_stray_cell_far_out_is_named(cells, sentence):
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    assert sentence in refusal(with_sheet_xml(first + cells))
    prefixed = (
        (first + cells)
        .replace("<c", "<x:c")
        .replace("</c", "</x:c")
        .replace("<row", "<x:row")
        .replace("</row", "</x:row")
    )
    prefixed = prefixed.replace("<v", "<x:v").replace("</v", "</x:v").replace("sheetData", "x:sheetData")
    frame = '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>{}</x:sheetData></x:worksheet>'
    assert sentence in refusal(with_sheet_xml(prefixed, frame))


def test_too_many_rows_and_columns_are_named():
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, 100_012))
    assert "A100011 还有内容，超过了 100,000 行" in refusal(with_sheet_xml(rows))
    assert "KO1 还有内容" in refusal(workbook([range(301)]))
    assert len(rows_of(workbook([range(300)]))[0]) == 300


def test_a_far_cell_of_an_old_workbook_is_named():
    book = xlwt.Workbook()
    for number in range(3):
        sheet = book.add_sheet(str(number))
        sheet.write(0, 0, 1)
        sheet.write(65535, 255, 1)
    assert "超过 600 万格" in refusal(saved(book), "a.xls")


@pytest.fixture(scope="module")
def bomb():
    return with_sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * (420 << 20))


def test_a_zip_bomb_is_refused_within_seconds(bomb):
    assert len(bomb) < 1 << 20
    began = time.process_time()
    assert "超过 400 MB" in refusal(bomb)
    assert time.process_time() - began < 10


def test_a_zip_bomb_that_lies_about_its_size_is_refused_within_seconds(bomb):
    entry = zipfile.ZipFile(io.BytesIO(bomb)).getinfo("xl/worksheets/sheet1.xml")
    true = struct.pack("<II", entry.compress_size, entry.file_size)
    lie = struct.pack("<II", entry.compress_size, 100)
    assert bomb.count(true) == 2
    began = time.process_time()
    assert "超过 400 MB" in refusal(bomb.replace(true, lie))
    assert time.process_time() - began < 10


def test_a_ring_of_sectors_in_an_old_workbook_ends():
    good = old_workbook([HEADINGS, *[ROW] * 200])
    table = 512 * (1 + struct.unpack_from("<I", good, 76)[0])
    for sector in range(struct.unpack_from("<I", good, 48)[0] + 1):
        ring = bytearray(good)
        struct.pack_into("<I", ring, table + 4 * sector, sector)
        try:
            outcome = rows_of(bytes(ring), "a.xls")[1] == ROW
        except SheetError as error:
            outcome = str(error).endswith("。")
        assert outcome


def test_many_entries_are_refused():
    out = io.BytesIO(workbook([["x"]]))
    with zipfile.ZipFile(out, "a") as file:
        for number in range(archive.MAX_ENTRIES):
            file.writestr(f"xl/media/{number}", b"")
    assert "400 MB" in refusal(out.getvalue())


@pytest.mark.parametrize(
    "entry", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/theme/theme1.xml", "xl/styles.xml"]
)
def test_entities_are_refused(entry):
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert "已损坏" in refusal(changed(workbook([["x"]]), entry, bomb))


@hypothesis_settings(max_examples=150)
@given(st.data())
def test_a_damaged_workbook_is_read_or_told(data):
    good = data.draw(st.sampled_from([GOOD_NEW, GOOD_OLD]))
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)) | st.just(len(good)))
    try:
        outcome = isinstance(rows_of(bytes(damaged[:cut]), "a.xlsx"), list)
    except SheetError as error:
        outcome = str(error).endswith("。")
    assert outcome


GOOD_NEW = workbook([HEADINGS, *[ROW] * 20])
GOOD_OLD = old_workbook([HEADINGS, *[ROW] * 20])


def test_the_scan_agrees_with_the_parser():
    """What is certified unread by tag has its last content where the parser finds it."""
    for table in ([ROW] * 3, [[*ROW, *[""] * 60, "x"]], [[]] * 5 + [ROW], [["x" * 9000] * 30] * 30):
        data = workbook(table)
        pack = archive.Archive(data)
        scan = xlsx._Scan()
        for chunk in pack.chunks("xl/worksheets/sheet1.xml"):
            for at in range(0, len(chunk), 777):
                scan.feed(chunk[at : at + 777])
        assert scan.certified
        assert rows_of(data)


@given(st.integers(0, 10**6), st.integers(0, 20_000))
def test_cell_names(row, column):
    name = sheets.cell_name(row, column)
    letters = name.rstrip("0123456789")
    assert errors.column_number(letters) == column
    assert int(name[len(letters) :]) == row + 1


def test_a_cell_name():
    assert sheets.cell_name(16, 5) == "F17"


# --- writing ------------------------------------------------------------------------------------

FORMULA_LIKE = ["=1+1", "+8613800001234", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://a.b", "{=1}"]


def written(headings, rows, **options):
    out = io.BytesIO()
    sheets.write_rows(out, headings, rows, **options)
    return out.getvalue()


def test_texts_that_look_like_formulas_stay_text():
    sheet = openpyxl.load_workbook(io.BytesIO(written(["甲"], [[value] for value in FORMULA_LIKE]))).active
    assert [cell.value for cell in sheet["A"][1:]] == FORMULA_LIKE
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert {cell.number_format for cell in sheet["A"][1:]} == {"@"}


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


def test_a_csv_has_its_mark_and_no_formula():
    out = io.BytesIO()
    sheets.write_csv(out, ["户", "A01"], iter([["=1+1", 4.5], ["王“有”福,\n三组", None], ["@x", -3]]))
    text = out.getvalue().decode("utf-8-sig")
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["户", "A01"],
        ["'=1+1", "4.5"],
        ["王“有”福,\n三组", ""],
        ["'@x", "-3"],
    ]


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


@given(st.lists(st.tuples(cell_text, st.none() | st.integers(-(10**14), 10**14), st.none() | cell_text)))
def test_anything_written_is_read_again(rows):
    read = rows_of(written(["甲", "乙", "丙"], rows))[1:]
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
        totals=["合计", "", "", 6],
        footer=["审核人："],
    )
    sheet = openpyxl.load_workbook(out).active
    assert sheet["A1"].value == "联户花名册"
    assert all(fact in sheet["A2"].value for fact in facts)
    assert [cell.value for cell in sheet[3]] == HEADINGS
    assert (sheet["A5"].value, sheet["A5"].data_type) == ("=1+1", "s")
    assert (sheet["D6"].value, sheet["A7"].value) == (6, "审核人：")
    assert "A1:D1" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == (
        "landscape",
        9,
        "$3:$3",
    )
    assert sheet["A4"].border.left.style == "thin"


# --- templates ----------------------------------------------------------------------------------

COLUMNS = [
    TemplateColumn("村", "村名或 12 位代码", required=True, example="大庄村"),
    TemplateColumn("身份证号", width=22),
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
    assert "大庄村" in {cell.value for row in book["填写说明"].iter_rows() for cell in row}


def test_a_template_offers_its_choices():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    rules = {str(rule.sqref): rule.formula1 for rule in book["贫困户"].data_validations.dataValidation}
    assert rules["E2:E1048576"] == '"户主,配偶"'
    assert book.defined_names[rules["F2:F1048576"].lstrip("=")].attr_text == "选项!$F$1:$F$40"


def test_an_empty_template_is_read_as_its_headings():
    book = sheets.read(template(), "a.xlsx")
    assert [sheet.name for sheet in book.sheets] == ["贫困户", "填写说明"]
    sheet, row = book.pick(lambda rows: sheets.find_header(rows, ["村", "人数"]))
    assert (sheet.name, row, len(sheet.rows)) == ("贫困户", 0, 1)


# --- her own workbook, marked -------------------------------------------------------------------


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


def test_of_a_large_workbook_only_the_wrong_rows_come_back(monkeypatch):
    monkeypatch.setattr(marking, "MAX_MARKED_ROWS", 3)
    data = workbook([["题"], HEADINGS, *[ROW] * 5], names=["名单"])
    marked = sheets.mark_workbook(
        data, "a.xlsx", "名单", {(3, 1): "太长", (6, 0): "没有"}, {"导入结果": {3: "要改"}}, 1
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

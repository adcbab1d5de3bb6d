"""Workbooks in that would take all the memory or time there is: told within seconds."""

import io
import os
import struct
import zipfile

import pytest
import xlwt
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import sheets
from core.sandbox.sheets import archive, errors, xlsx
from core.sandbox.sheets.formatted import FormattedCells
from core.sheets import SheetError
from tests.sheets.workbooks import (
    HEADINGS,
    ROW,
    changed,
    old_workbook,
    refusal,
    rows_at_once,
    rows_of,
    saved,
    with_sheet_xml,
    workbook,
)

pytestmark = [pytest.mark.once, pytest.mark.slow]


def spent():
    """Seconds of CPU, those of the processes that read the workbooks included."""
    return sum(os.times()[:4])


@pytest.mark.parametrize(
    "row",
    ['<row r="{0}"/>', '<row r="{0}" spans="1:2"><c r="A{0}" s="1"/><c r="B{0}" s="1"/></row>', "<row />"],
)
def test_a_million_empty_rows_get_one_sentence_within_seconds(row):
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>村</t></is></c></row>'
    data = with_sheet_xml(head + "".join(row.format(number) for number in range(2, 1_000_002)))
    began = spent()
    assert "80 万行以上" in refusal(data)
    assert spent() - began < 10


def test_some_formatted_empty_rows_are_left_out():
    empty = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(2, 100_000))
    assert rows_of(with_sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + empty)) == [[1.0]]


def test_a_million_empty_lines_of_text_get_one_sentence():
    assert "80 万行以上" in refusal(b"a,b\n" + b",\n" * 1_000_000, "a.csv")
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
        ('<row r="399999"><c r="IV399999"><v>1</v></c></row>', "超过 1,200 万格"),
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
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, 400_012))
    assert "A400011 还有内容，超过了 400,000 行" in refusal(with_sheet_xml(rows))
    assert "KO1 还有内容" in refusal(workbook([range(301)]))
    assert len(rows_of(workbook([range(300)]))[0]) == 300


def test_a_far_cell_of_an_old_workbook_is_named():
    book = xlwt.Workbook()
    for number in range(3):
        sheet = book.add_sheet(str(number))
        sheet.write(0, 0, 1)
        sheet.write(65535, 255, 1)
    assert "超过 1,200 万格" in refusal(saved(book), "a.xls")


@pytest.fixture(scope="module")
def bomb():
    return with_sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * (820 << 20))


def test_a_zip_bomb_is_refused_within_seconds(bomb):
    assert len(bomb) < 1 << 20
    began = spent()
    assert "超过 800 MB" in refusal(bomb)
    assert spent() - began < 10


def test_a_zip_bomb_that_lies_about_its_size_is_refused_within_seconds(bomb):
    entry = zipfile.ZipFile(io.BytesIO(bomb)).getinfo("xl/worksheets/sheet1.xml")
    true = struct.pack("<II", entry.compress_size, entry.file_size)
    lie = struct.pack("<II", entry.compress_size, 100)
    assert bomb.count(true) == 2
    began = spent()
    assert "超过 800 MB" in refusal(bomb.replace(true, lie))
    assert spent() - began < 10


def test_a_ring_of_sectors_in_an_old_workbook_ends():
    good = old_workbook([HEADINGS, *[ROW] * 200])
    table = 512 * (1 + struct.unpack_from("<I", good, 76)[0])
    for sector in range(struct.unpack_from("<I", good, 48)[0] + 1):
        ring = bytearray(good)
        struct.pack_into("<I", ring, table + 4 * sector, sector)
        try:
            outcome = rows_at_once(bytes(ring), "a.xls")[1] == ROW
        except SheetError as error:
            outcome = str(error).endswith("。")
        assert outcome


def test_many_entries_are_refused():
    out = io.BytesIO(workbook([["x"]]))
    with zipfile.ZipFile(out, "a") as file:
        for number in range(archive.MAX_ENTRIES):
            file.writestr(f"xl/media/{number}", b"")
    assert "800 MB" in refusal(out.getvalue())


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
        outcome = isinstance(rows_at_once(bytes(damaged[:cut]), "a.xlsx"), list)
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
        scan = xlsx._Scan(FormattedCells({}))
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

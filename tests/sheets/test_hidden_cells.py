"""Hidden rows and error cells are recognised in whatever way a program writes them."""

import itertools
from pathlib import Path

import pytest
import xlwt

from core import sheets
from tests.factories import make_division, make_village
from tests.importing import check, whys
from tests.sheets.workbooks import saved, with_sheet_xml

CASES = Path(__file__).parents[1] / "cases"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def only_sheet(data: bytes, filename: str = "a.xlsx"):
    [sheet] = sheets.read(data, filename).sheets
    return sheet


def page(rows: str, prefix: str = "", namespace: str = MAIN) -> bytes:
    """A sheet of these rows, whose tags are written as <@row …>."""
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    frame = f'<@worksheet {name}="{namespace}"><@sheetData>{rows}</@sheetData></@worksheet>'
    xml = frame.replace("@", f"{prefix}:" if prefix else "")
    return with_sheet_xml("", xml.replace("{", "{{").replace("}", "}}"))


@pytest.mark.parametrize(
    "hidden",
    [
        *(
            f"{space}hidden{equals}{value}"
            for space, equals, value in itertools.product(
                [" ", "\n", "\t  "], ["=", " = "], ['"1"', '"true"', "'true'", '" 1 "', "'on'"]
            )
        ),
        ' hidden="1" ht="0" customHeight="1"',
        ' outlineLevel="1" hidden="1"',
    ],
)
@pytest.mark.parametrize("prefix", ["", "x", "ns0"])
def test_a_hidden_row_in_any_writing(hidden, prefix):
    rows = (
        f'<@row r="1"><@c r="A1"><@v>1</@v></@c></@row><@row{hidden} r="2"><@c r="A2"><@v>2</@v></@c></@row>'
    )
    sheet = only_sheet(page(rows, prefix))
    assert (set(sheet.hidden), sheet.rows) == ({1}, [[1.0], [2.0]])


@pytest.mark.parametrize(
    "shown", [' hidden="0"', ' hidden="false"', ' ht="0" customHeight="1"', ' collapsed="1"', ""]
)
@pytest.mark.parametrize("prefix", ["", "x"])
def test_a_row_that_is_shown_or_has_no_height_is_not_hidden(shown, prefix):
    assert not only_sheet(page(f'<@row{shown} r="1"><@c r="A1"><@v>1</@v></@c></@row>', prefix)).hidden


def test_hidden_rows_without_numbers_are_counted():
    rows = "<row><c><v>1</v></c></row><row hidden='1'><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    assert set(only_sheet(with_sheet_xml(rows)).hidden) == {1}


@pytest.mark.parametrize(
    "kind", [' t="e"', "\tt='e'", '\n t = "e"', ' s="0" t="e"', " t='e' s='0'", '\r\n\tt="e"']
)
@pytest.mark.parametrize("prefix", ["", "x"])
@pytest.mark.parametrize("namespace", [MAIN, STRICT])
def test_an_error_cell_in_any_writing(kind, prefix, namespace):
    cell = f'<@c r="A1"{kind}><@v>#REF!</@v></@c><@c r="B1"><@v>1</@v></@c>'
    assert only_sheet(page(f'<@row r="1">{cell}</@row>', prefix, namespace)).rows == [["#REF!", 1.0]]


def test_prefixed_cells_within_plain_tags():
    rows = f'<row r="1" xmlns:q="{MAIN}"><q:c r="A1" t="e"><q:v>#N/A</q:v></q:c><c r="B1"><v>1</v></c></row>'
    assert only_sheet(with_sheet_xml(rows)).rows == [["#N/A", 1.0]]


def test_an_old_workbook_with_groups_and_rows_without_height():
    old = xlwt.Workbook()
    table = old.add_sheet("名单")
    for number in range(4):
        table.write(number, 0, number)
    table.row(1).level, table.row(1).hidden = 1, True
    table.row(2).height_mismatch, table.row(2).height = True, 0
    assert set(only_sheet(saved(old), "a.xls").hidden) == {1}


@pytest.mark.parametrize("name", ["grouped_libreoffice.xls", "grouped_libreoffice.xlsx"])
def test_rows_that_libreoffice_hid_by_a_group_and_by_hand(name):
    sheet = only_sheet((CASES / name).read_bytes(), name)
    assert set(sheet.hidden) == {2, 4}
    assert [row[1] for row in sheet.rows[1:]] == ["#DIV/0!", 2.0, "#N/A", 4.0, 5.0]
    assert sheet.stored_formulas == [(2, 1, 5)]


@pytest.fixture
def village(db):
    return make_village(
        name="汉坪村", code="620524101200", town=make_division(code="620524101", name="洛门镇")
    )


def test_the_error_cell_behind_a_tab_is_named(office, village):
    run = check("households", office, (CASES / "households_error_cell_after_tab.xlsx").read_bytes())
    assert any("是 Excel 的错误值 #REF!" in why for why in whys(run))


def test_rows_hidden_by_a_filter_of_libreoffice_are_named(office, village):
    run = check("households", office, (CASES / "households_libreoffice_hidden_rows.xlsx").read_bytes())
    assert "在表里隐藏着" in run.message

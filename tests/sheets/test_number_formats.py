"""What the clerk sees of a number: its format is read with it, in every kind of workbook."""

import csv
from collections.abc import Iterator

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from core import sheets
from core.cells import CellError, clean_decimal, clean_int, clean_phone, clean_text
from core.dates import clean_date
from core.sandbox.sheets.number_formats import is_plain, shown
from core.shown_number import ShownNumber
from tests.sheets.libreoffice import RECORDED
from tests.sheets.workbooks import changed, rows_at_once, rows_of, saved

pytestmark = pytest.mark.once

SEEN = [
    ("000000", 123, "000123"),
    ('"WS"00000', 13, "WS00013"),
    (r"\W\S00000", 13, "WS00013"),
    ('"第"0"组"', 3, "第3组"),
    ("第0组", 3, "第3组"),
    ('General"组"', 3, "3组"),
    ("0%", 0.5, "50%"),
    ("0.00%", 0.9575, "95.75%"),
    ("000-0000-0000", 13812345678, "138-1234-5678"),
    ('[=1]"男";[=2]"女"', 2, "女"),
    ('[>=60]"合格";"不合格"', 59, "不合格"),
    ("¥#,##0.00", 1234.5, "¥1,234.50"),
    ('_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', 1234.5, "¥1,234.50"),
    ("#,##0_);[Red](#,##0)", -1234, "(1,234)"),
    ("0", 2.6, "3"),
    ("#,##0.00", 1234.567, "1,234.57"),
    (r'0\.0,"万元"', 12345, "1.2万元"),
    ('"男"', 1, "男"),
    ('[DBNum1][$-804]General"组"', 3, "三组"),
    ("[DBNum2][$-804]General", 21, "贰拾壹"),
]
UNCERTAIN = [
    ("# ?/?", 0.5),
    ("0.00E+00", 12000),
    ("[DBNum1]General", 3),
    ("[DBNum1][$-804]General", 100),
    ("[DBNum1][$-804]0", 3),
    ('[>0]"是";"否"', 0),
    ('[=1]"男";[=2]"女"', 3),
    ("aaaa", 40000),
    ("0%%", 0.5),
    ("**0", 5),
    ("0.00;[Red]0.00", -2),
    ("0;0", -0.4),
]


@pytest.mark.parametrize(("code", "number", "text"), SEEN)
def test_a_format_shows_what_the_clerk_sees(code, number, text):
    cell = shown(code, float(number))
    assert isinstance(cell, ShownNumber)
    assert (cell.text, float(cell)) == (text, number)


@pytest.mark.parametrize(("code", "number"), UNCERTAIN)
def test_what_programs_show_differently_is_uncertain(code, number):
    cell = shown(code, float(number))
    assert isinstance(cell, ShownNumber)
    assert cell.text in (None, "0")


@pytest.mark.parametrize(
    "code", ["0", "0.00", "#,##0", "#,##0.00_ ", "0_ ", "[Red]0.0", "_ * #,##0.00_ ;_ @_ "]
)
@pytest.mark.parametrize("number", [0.5, 3.0, 12345.0])
def test_the_number_written_otherwise_stays_the_number(code, number):
    cell = shown(code, number)
    assert type(cell) is float or round(number) != number


@pytest.mark.parametrize(
    "code", ["General", "@", "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "h:mm", "[h]:mm:ss", ""]
)
def test_general_text_and_dates_are_not_looked_at(code):
    assert is_plain(code)


def recorded() -> Iterator[tuple[str, float, str]]:
    with RECORDED.open(encoding="utf-8", newline="") as file:
        for code, number, text in csv.reader(file):
            yield code, float(number), " ".join(text.split())


def test_generated_formats_show_what_libreoffice_shows():
    """1,500 generated formats and numbers; two thirds are certain, and each of those is equal."""
    certain, wrong = 0, []
    for code, number, text in recorded():
        cell = shown(code, number)
        if isinstance(cell, ShownNumber) and cell.text is None:
            continue
        certain += 1
        same = cell.text == text if isinstance(cell, ShownNumber) else float(text.replace(",", "")) == number
        wrong += [] if same else [(code, number, str(cell), text)]
    assert wrong == []
    assert certain >= 950


@given(
    st.text(st.sampled_from('0#?.,%;"\\[]_*@/E+-$¥第WGeneraly=<>1! '), max_size=14),
    st.floats(allow_nan=False),
)
def test_no_format_code_breaks_the_reading(code, number):
    assert is_plain(code) or float(shown(code, number)) == number


# --- in every kind of workbook --------------------------------------------------------------------


def formatted_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row, (code, number, _) in enumerate(SEEN, start=1):
        book.active.cell(row, 2, number).number_format = code
        book.active.cell(row, 1, "名").number_format = code
    return saved(book)


def formatted_xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("名单")
    for row, (code, number, _) in enumerate(SEEN):
        style = xlwt.easyxf(num_format_str=code)
        for column in range(1, 4):
            page.write(row, column, number, style)
    return saved(book)


def test_an_xlsx_and_an_old_xls_are_read_with_their_formats():
    seen = [text for *_, text in SEEN]
    assert [str(row[1]) for row in rows_of(formatted_xlsx())] == seen
    assert [[str(cell) for cell in row[1:]] for row in rows_of(formatted_xls())] == [[t] * 3 for t in seen]


STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts><numFmt numFmtId="176" formatCode="&quot;WS&quot;00000"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{}</cellXfs>'
    '<dxfs><dxf><numFmt numFmtId="176" formatCode="0"/></dxf></dxfs></styleSheet>'
)
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def with_markup(
    cells: str, styles: str = '<xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="9"/>'
) -> bytes:
    book = changed(saved(openpyxl.Workbook()), "xl/styles.xml", STYLES.format(styles))
    return changed(book, "xl/worksheets/sheet1.xml", SHEET.format(cells))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1" s="1"><v>13</v></c><c r="B1" s="2"><v>0.5</v></c></row>',
        '<row r="1"><c r="A1" t="n" s="1"><v>13</v></c><c r="B1" t="n" s="2"><v>0.5</v></c></row>',
        "<row r='1'><c s='1' r='A1'><v>13</v></c><c s='2' r='B1'><v>0.5</v></c></row>",
        '<row><c s="1"><v>13</v></c><c s="2"><v>0.5</v></c></row>',
        '<row r="1"><c\tr="A1"\ts="1"><v>13</v></c><c\nr="B1"\ns="2"><v>0.5</v></c></row>',
        '<row r="1"><c r="A1"\n\ts="1"\n><v>13</v></c><c r="B1" s = "2"><v>0.5</v></c></row>',
    ],
)
def test_formats_are_found_however_the_cells_are_written(cells):
    assert [str(cell) for cell in rows_at_once(with_markup(cells))[0]] == ["WS00013", "50%"]


def test_the_stored_value_of_a_formula_is_shown_as_its_format_says():
    cells = '<row r="1"><c r="A1" s="1"><f>6+7</f><v>13</v></c><c r="B1" s="2"><f>1/2</f><v>0.5</v></c></row>'
    assert [str(cell) for cell in rows_at_once(with_markup(cells))[0]] == ["WS00013", "50%"]


def test_the_format_of_cells_without_a_style_counts_too():
    cells = '<row r="1"><c r="A1"><v>13</v></c><c r="B1" s="1"><v>13</v></c></row>'
    styles = '<xf numFmtId="176"/><xf numFmtId="0"/>'
    assert [str(cell) for cell in rows_at_once(with_markup(cells, styles))[0]] == ["WS00013", "13.0"]


def test_a_workbook_with_hundreds_of_styles_is_read_with_its_formats():
    styles = "".join(f'<xf numFmtId="{176 if number % 2 else 0}"/>' for number in range(300))
    cells = '<row r="1"><c r="A1" s="299"><v>13</v></c><c r="B1" s="298"><v>13</v></c></row>'
    assert [str(cell) for cell in rows_at_once(with_markup(cells, styles))[0]] == ["WS00013", "13.0"]


def test_dates_stay_dates():
    """Formats 27–36 and 50–58 are known to Chinese programs by number alone."""
    cells = '<row r="1"><c r="A1" s="1"><v>42000</v></c></row>'
    for number in (14, 22, 31, 57):
        [[cell]] = rows_at_once(with_markup(cells, f'<xf numFmtId="0"/><xf numFmtId="{number}"/>'))
        assert str(clean_date(cell)) == "2014-12-27"


def test_a_marked_copy_keeps_the_formats():
    data = formatted_xls()
    name = sheets.read(data, "a.xls").sheets[0].name
    copy = sheets.mark_workbook(data, "a.xls", name, {(0, 0): "核对"}, {}, 0)
    assert [str(row[1]) for row in rows_of(copy)] == [text for *_, text in SEEN]


# --- what each kind of column takes ---------------------------------------------------------------


def cell_of(code: str, number: float) -> float:
    return shown(code, float(number))


def why(clean, *given) -> str:
    with pytest.raises(CellError) as caught:
        clean(*given)
    return str(caught.value)


def test_a_column_of_text_takes_what_is_shown():
    assert clean_text(cell_of('"第"0"组"', 3)) == "第3组"
    assert clean_text(cell_of("0%", 0.5)) == "50%"
    assert clean_text(cell_of("#,##0", 12345)) == "12345"
    assert clean_phone(cell_of("0000-0000000", 9383412345)) == "0938-3412345"


def test_a_percentage_is_its_points_in_a_column_of_per_cent():
    assert clean_int(cell_of("0%", 0.95), 0, 100, "%") == 95
    assert clean_int(cell_of("0%", 1), 0, 100, "%") == 100
    assert clean_decimal(cell_of("0%", 0.9575), unit="%") == 95.75
    assert clean_int(cell_of('0"%"', 95), 0, 100, "%") == 95
    assert "“%”" in why(clean_decimal, cell_of("0%", 0.5), 12, 2, "元")


def test_a_column_of_numbers_takes_the_number_that_its_text_says():
    assert clean_int(cell_of("000000", 123)) == 123
    assert clean_int(cell_of('0"人"', 3), unit="人") == 3
    assert clean_decimal(cell_of("0", 2.6)) == clean_decimal(2.6)
    assert clean_decimal(cell_of('¥#,##0.00;-¥#,##0.00;"-"', 0)) == 0
    assert clean_decimal(cell_of("# ?/?", 0.5)) == 0.5
    assert "万元" in why(clean_decimal, cell_of(r'0\.0,"万元"', 12345), 12, 2, "元")
    assert why(clean_int, cell_of("0,", 12000)) == (
        "存的是 12000，表里显示成“12”。照真实的数重录这一格，格式设为“常规”。"
    )
    assert "什么也不显示" in why(clean_int, cell_of("0;-0;;@", 0))


def test_what_is_not_certain_is_asked_with_what_is_stored():
    assert why(clean_text, cell_of("# ?/?", 0.5)) == (
        "存的是 0.5，看不准表里显示成什么。整列设为“文本”，照看到的重录这一格。"
    )
    assert "什么也不显示" in why(clean_text, cell_of(";;;", 3))
    assert "620524" not in why(clean_text, cell_of("# ?/?", 620524670211101))


def test_numbers_that_are_shown_differently_are_not_one_cell():
    plain, shown_so = 3.0, cell_of('"第"0"组"', 3)
    assert len({plain, shown_so, cell_of("000", 3), cell_of('"第"0"组"', 3)}) == 3

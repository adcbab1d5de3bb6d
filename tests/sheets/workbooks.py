"""Workbooks for the tests of reading and writing them, and what is read of one."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import xlwt
from hypothesis import strategies as st

from core import sheets
from core.sandbox.sheets import rows
from core.sheets import SheetError
from core.sheets import workbook as reader

HEADINGS = ["村", "户主姓名", "身份证号", "人数"]
ROW = ["大庄村", "王有福", "620524199001011231", 4]
WORKSHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
CELL_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=8,
)
"""What people may type into a cell."""


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


def rows_at_once(data, filename="a.xlsx"):
    """As `rows_of`, but in this process: for hundreds of them."""
    lines = io.BytesIO(b"".join(rows.read(data, filename)))
    return next(reader._sheets(lines)).rows


def refusal(data, filename="a.xlsx"):
    with pytest.raises(SheetError) as caught:
        rows_of(data, filename)
    sentence = str(caught.value)
    assert sentence.endswith("。")
    return sentence

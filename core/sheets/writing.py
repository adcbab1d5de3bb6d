"""Write sheets: plain rows in constant memory, and the printable table that an office hands in.

Text stays text: what begins with = + - @ is written as a string, never as a formula, and keeps its spelling,
so that exporting and importing a sheet changes nothing.
"""

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO, NamedTuple

import xlsxwriter
from django.utils import timezone
from rustpy_xlsxwriter import Format, write_worksheets

from core.sandbox.sheets.guarding import guarded
from core.sandbox.sheets.marks import BOOK_OPTIONS
from core.sheets.splitting import split

MAX_TEXT = 32_767
EXACT = 10**15
LOOKED_AT = 100
"""Number of rows inspected to detect text columns."""
SHEET = "名单"
LINES_ABOVE = 4
"""Rows above the headings of an export: title, period and filters, who and when, and an empty one."""
EXPORTED = "导出："
"""Before the name of who exported, in the third line."""
TABLE_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}


def write_rows(
    out: BinaryIO, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, above: Sequence[str] = ()
) -> None:
    """Write plain rows in constant memory, on further sheets above Excel's row limit. Headings must be unique.

    `above` are up to three lines over the whole width, of which the first is the title; an empty row keeps them
    apart from the headings.

    Texts and numbers are written unchanged (pass phones, codes and ID numbers as str), dates as 2015-09-16,
    Decimal as number, True and False as 是 and 否.
    """
    if len(set(headings)) != len(headings):
        raise ValueError("headings must be unique")
    written = _records(headings, rows)
    first = list(islice(written, LOOKED_AT))
    top = LINES_ABOVE if above else 0
    if not first:
        _write_headings(out, headings, above, top)
        return
    columns = _text_columns(headings, first)
    parts: list[tuple[str, Any]] = [*split(SHEET, chain(first, written), above=top)]
    names = [name for name, _ in parts]
    write_worksheets(
        parts,
        out,
        header_row=dict.fromkeys(names, top),
        merge_ranges={name: _lines_above(above, len(headings)) for name in names} if above else None,
        freeze_panes={"general": {"row": top + 1, "col": 0}},
        column_widths=dict.fromkeys(names, _widths(headings, [list(first[0].values())])),
        column_formats={name: {column: _text_format() for column in columns} for name in names},
        header_format={name: _head_format() for name in names},
        ignore_errors=dict.fromkeys(names, columns),
    )


def is_own_export(rows: Sequence[Sequence[Any]]) -> bool:
    """Return whether the rows of a sheet begin with the lines that our lists put above the headings."""
    return len(rows) > LINES_ABOVE and EXPORTED in str(rows[LINES_ABOVE - 2][0])


def _text_columns(headings: Sequence[str], first: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns whose first filled cells are texts, and those without any filled cell."""
    numbers = {
        name
        for name in headings
        if isinstance(next((row[name] for row in first if row[name] is not None), None), int | float)
    }
    return [name for name in headings if name not in numbers]


def _text_format() -> Format:
    # Text format: editing a code or a leading "=" in such a cell keeps it text.
    return Format().set_num_format("@")


def _head_format() -> Format:
    return Format().set_bold().set_align("center").set_background_color("#E6F1ED")


def _lines_above(above: Sequence[str], width: int) -> list[Any]:
    """Return the merged lines; a cell alone would cut them off at the first column's width."""
    looks = [Format().set_bold().set_font_size(14), Format(), Format()]
    last = max(width - 1, 1)
    return [(at, 0, at, last, line, look) for at, (line, look) in enumerate(zip(above, looks, strict=False))]


def _write_headings(out: BinaryIO, headings: Sequence[str], above: Sequence[str], top: int) -> None:
    with xlsxwriter.Workbook(out, BOOK_OPTIONS) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write_column(0, 0, above)
        sheet.write_row(top, 0, headings)


def _records(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield dict(zip(headings, [_written(cell) for cell in row], strict=True))


def _written(value: object) -> str | int | float | None:
    """Convert a value to a cell value."""
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        # Excel keeps 15 significant digits.
        return value if abs(value) < EXACT else str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%d %H:%M")
    return str(value)[:MAX_TEXT]


def write_table(
    out: BinaryIO,
    title: str,
    facts: Sequence[str],
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    footer: str,
    sheet_name: str,
) -> None:
    """Write a table to print and hand in.

    Title over the whole width, facts (填报单位、制表人、日期) below it, ruled cells, A4 landscape one page
    wide, headings on every page, `footer` as a line under it.
    """
    body = [[_written(cell) for cell in row] for row in rows]
    last = max(len(headings) - 1, 1)
    with xlsxwriter.Workbook(out, BOOK_OPTIONS) as book:
        sheet = book.add_worksheet(sheet_name)
        head = book.add_format({**TABLE_FONT, "font_size": 18, "bold": True, "align": "center"})
        plain = book.add_format(TABLE_FONT)
        sheet.merge_range(0, 0, 0, last, title, head)
        sheet.set_row(0, 34)
        sheet.merge_range(1, 0, 1, last, "        ".join(facts), plain)
        _write_ruled(book, sheet, headings, body)
        below = 3 + len(body)
        sheet.merge_range(below, 0, below, last, footer, plain)
        for column, width in enumerate(_widths(headings, body[:200])):
            sheet.set_column(column, column, width)
        _set_up_page(sheet)


def _write_ruled(book: Any, sheet: Any, headings: Sequence[str], body: Sequence[Sequence[Any]]) -> None:
    """Write headings and rows with ruled cells, from the sheet's third row on."""
    cell = {**TABLE_FONT, "border": 1, "text_wrap": True}
    text = book.add_format({**cell, "num_format": "@"})
    number = book.add_format({**cell, "align": "right"})
    sheet.write_row(2, 0, headings, book.add_format({**cell, "bold": True, "align": "center"}))
    for at, row in enumerate(body, start=3):
        for column, value in enumerate(row):
            sheet.write(at, column, value, text if isinstance(value, str) else number)


class PlainSheet(NamedTuple):
    """One sheet of a multi-sheet workbook; `rows` are written as they are produced."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[float] = ()


def write_sheets(out: BinaryIO, sheets: Iterable[PlainSheet]) -> None:
    """Write several sheets of plain rows in constant memory; values as in `write_rows`."""
    with xlsxwriter.Workbook(out, {**BOOK_OPTIONS, "constant_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E6F1ED", "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for whole in sheets:
            for name, rows in split(whole.name, iter(whole.rows)):
                _write_plain(book.add_worksheet(name), whole._replace(rows=rows), head, text)


def _write_plain(page: Any, part: PlainSheet, head: Any, text: Any) -> None:
    page.freeze_panes(1, 0)
    for at, width in enumerate(part.widths or _widths(part.headings, [])):
        page.set_column(at, at, width)
    page.write_row(0, 0, part.headings, head)
    for number, row in enumerate(part.rows, start=1):
        for at, cell in enumerate(map(_written, row)):
            if isinstance(cell, str):
                page.write_string(number, at, cell, text)
            else:
                page.write(number, at, cell)


def write_large_sheets(out: BinaryIO, sheets: Sequence[PlainSheet]) -> None:
    """Write several very large sheets, five times as fast as `write_sheets`.

    Texts must be single-line, and the headings of a sheet unique.
    """
    parts: list[tuple[str, Any]] = []
    widths: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for sheet in sheets:
        written = _records(sheet.headings, sheet.rows)
        first = list(islice(written, LOOKED_AT)) or [dict.fromkeys(sheet.headings)]
        found = split(sheet.name, chain(first, written))
        parts += found
        for name, _ in found:
            widths[name] = list(sheet.widths or _widths(sheet.headings, []))
            texts[name] = _text_columns(sheet.headings, first)
    write_worksheets(
        parts,
        out,
        freeze_panes={"general": {"row": 1, "col": 0}},
        column_widths=widths,
        column_formats={name: dict.fromkeys(columns, _text_format()) for name, columns in texts.items()},
        header_format={name: _head_format() for name in widths},
        ignore_errors=texts,
    )


def write_csv(out: BinaryIO, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write UTF-8 with BOM, as Excel expects; texts are guarded (`core.sandbox.sheets.guarding`)."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for row in chain([headings], rows):
        writer.writerow([guarded(_written(cell)) for cell in row])
    text.detach()


def _set_up_page(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 0)
    sheet.center_horizontally()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[float]:
    """Return column widths for the widest of headings and rows, within 6…40 digits."""
    return [
        min(max([6, text_width(heading) + 2, *(text_width(row[at]) + 2 for row in rows)]), 40)
        for at, heading in enumerate(headings)
    ]


def text_width(value: Any) -> int:
    """Return the width of a text in digits: a Chinese character is two."""
    text = "" if value is None else str(value)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)

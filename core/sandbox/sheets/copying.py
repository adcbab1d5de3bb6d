"""A marked plain copy of a workbook's rows, where the workbook itself cannot be marked."""

import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import xlsxwriter

from core.cells import Cell, clean_text, label_key
from core.sandbox.sheets.marks import AMBER, AUTHOR, BOOK_OPTIONS, RESULT, ROW_NUMBER, Extras, Marks, legal
from core.shown_number import ShownNumber

Row = Sequence[Cell]


def copy(
    rows: Mapping[int, Row], marks: Marks, extra_columns: Extras, header_row: int, *, numbered: bool
) -> bytes:
    """Write these rows by number to a new workbook, marked, with the extra columns at the right.

    `numbered` puts each row's number in the clerk's own sheet in front of it.
    """
    out = io.BytesIO()
    shift = int(numbered)
    places = _extra_places(rows[header_row], extra_columns)
    with xlsxwriter.Workbook(out, {**BOOK_OPTIONS, "in_memory": True}) as book:
        sheet = book.add_worksheet("要改的行" if numbered else "")
        looks = _looks(book)
        sheet.set_column(0, len(rows[header_row]) + len(places), 14)
        sheet.freeze_panes(1 if numbered else header_row + 1, 0)
        for at, (number, row) in enumerate(rows.items()):
            cells = _with_extras(row, number, header_row, places, extra_columns)
            if numbered:
                cells.insert(0, ROW_NUMBER if number == header_row else number + 1)
            for column, value in enumerate(cells):
                reason = marks.get((number, column - shift), "")
                look = "head" if number == header_row else "wrong" if reason else "plain"
                _write(sheet, at, column, value, looks[look])
                if reason:
                    sheet.write_comment(at, column, legal(reason), {"author": AUTHOR})
    return out.getvalue()


def _extra_places(headings: Sequence[Cell], extra_columns: Extras) -> dict[str, int]:
    """Return the column of each extra heading: its existing place, else at the right."""
    standing = {label_key(str(cell)): at for at, cell in enumerate(headings)}
    places: dict[str, int] = {}
    for heading in extra_columns:
        places[heading] = standing.setdefault(
            label_key(heading), max([*standing.values(), len(headings) - 1]) + 1
        )
    return places


def _with_extras(
    row: Sequence[Cell], number: int, header_row: int, places: Mapping[str, int], extra_columns: Extras
) -> list[Cell]:
    cells = [*row]
    cells += [""] * (1 + max(places.values(), default=-1) - len(cells))
    for heading, place in places.items():
        blank = not str(cells[place]).strip()
        if blank or (heading == RESULT and number > header_row):
            cells[place] = heading if number == header_row else extra_columns[heading].get(number, "")
    return cells


class _Look:
    """The styles of one kind of cell, one for each number format."""

    def __init__(self, book: Any, properties: dict[str, Any]) -> None:
        def of_code(code: str) -> Any:
            return book.add_format({**properties, "num_format": code})

        self.of_code = lru_cache(maxsize=None)(of_code)


def _looks(book: Any) -> dict[str, _Look]:
    looks: dict[str, dict[str, Any]] = {
        "plain": {},
        "wrong": {"bg_color": f"#{AMBER}"},
        "head": {"bold": True, "bg_color": "#E6F1ED", "text_wrap": True},
    }
    return {name: _Look(book, properties) for name, properties in looks.items()}


def _write(sheet: Any, row: int, column: int, value: Cell, look: _Look) -> None:
    if isinstance(value, ShownNumber):
        sheet.write_number(row, column, value, look.of_code(value.code))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, look.of_code("General"))
    else:
        text = value if isinstance(value, str) else clean_text(value)
        if text:
            sheet.write_string(row, column, text, look.of_code("@"))
        else:
            sheet.write_blank(row, column, None, look.of_code("@"))

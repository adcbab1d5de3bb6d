"""Text files: .csv as saved by Excel (UTF-8 or GBK), and tables that old systems name .xls."""

import csv
import io
import re

from core.sandbox.sheets.errors import (
    HEAD_ROWS,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROW_TAGS,
    MAX_ROWS,
    SAVE_AS,
    SheetError,
    cell_name,
    formula_found,
    too_far,
    too_many_cells,
    too_many_rows,
)
from core.sandbox.sheets.guarding import unguarded

# Excel and old systems write ="620524…" so that a number stays text.
_QUOTED_TEXT = re.compile(r'="([^"]*)"')
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_text(data: bytes) -> list[list[str]]:
    """Return the rows of a text table, of varying length, without empty rows at the end."""
    text = decode(data)
    delimiter = _delimiter(text)
    rows: list[list[str]] = []
    used = width = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if number >= MAX_ROW_TAGS:
                raise too_many_rows()
            rows.append(_plain(row, number))
            if any(row):
                used = number + 1
                width = max(width, _filled(row))
                _check_size(used, width, row)
    except csv.Error as error:
        raise SheetError(f"第 {len(rows) + 1} 行读不下去，多半是引号没有成对。{SAVE_AS}。") from error
    del rows[used:]
    return [row[:width] + [""] * (width - len(row)) for row in rows]


def decode(data: bytes) -> str:
    """Decode UTF-8 (with or without BOM), UTF-16 with BOM, else GB 18030."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise SheetError(f"认不出这个文件的内容，不是表格。{SAVE_AS}。")


def _delimiter(text: str) -> str:
    head = "".join(text.splitlines(keepends=True)[:HEAD_ROWS]) if len(text) < 1 << 16 else text[: 1 << 16]
    return max(",\t;", key=head.count)


def _plain(row: list[str], number: int) -> list[str]:
    for column, cell in enumerate(row):
        if cell.startswith("=") and len(cell) > 1:
            quoted = _QUOTED_TEXT.fullmatch(cell)
            if not quoted:
                raise formula_found(cell_name(number, column))
            row[column] = quoted[1]
        else:
            row[column] = unguarded(cell)
    return row


def _filled(row: list[str]) -> int:
    return max(column for column, cell in enumerate(row, start=1) if cell)


def _check_size(used: int, width: int, row: list[str]) -> None:
    if used > MAX_ROWS + HEAD_ROWS or width > MAX_COLUMNS:
        raise too_far(cell_name(used - 1, _filled(row) - 1))
    if used * width > MAX_CELLS:
        raise too_many_cells()

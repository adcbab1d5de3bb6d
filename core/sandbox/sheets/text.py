"""Text files: .csv as saved by Excel (UTF-8 or GBK), and tables that old systems name .xls."""

import csv
import io
import re
from statistics import median

from core.sandbox.sheets.errors import (
    HEAD_ROWS,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROW_TAGS,
    MAX_ROWS,
    SAVE_AS,
    SheetError,
    cell_name,
    too_far,
    too_many_cells,
    too_many_rows,
)
from core.sandbox.sheets.formulas import Formulas
from core.sandbox.sheets.guarding import unguarded

# Excel and old systems write ="620524…" so that a number stays text.
_QUOTED_TEXT = re.compile(r'="([^"]*)"')
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_CLOSING = re.compile(r"[\x00\x1a][\s\x00\x1a]*\Z")
"""What DOS programs and fixed-size records leave at the end of a file."""
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 1 << 16
SEPARATORS = ",\t;"


def read_text(data: bytes, formulas: Formulas | None = None) -> list[list[str]]:
    """Return the rows of a text table, equally long, without empty rows at the end.

    A cell with a formula is returned empty and noted in `formulas`.
    """
    text = decode(data)
    formulas = formulas or Formulas()
    rows: list[list[str]] = []
    used = width = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))):
            if number >= MAX_ROW_TAGS:
                raise too_many_rows()
            if any(row):
                used = number + 1
                width = max(width, _filled(row))
                _check_size(used, width, row)
            rows.append(_plain(row, number, formulas))
    except csv.Error as error:
        raise SheetError(f"第 {len(rows) + 1} 行读不下去，多半是引号没有成对。{SAVE_AS}。") from error
    del rows[used:]
    return [row[:width] + [""] * (width - len(row)) for row in rows]


def decode(data: bytes) -> str:
    """Decode UTF-8, UTF-16 or GB 18030; a few damaged or control characters are the fault of their cells.

    Raises SheetError for what is no text.
    """
    encoding = _wide(data)
    if encoding:
        text = data[: len(data) // 2 * 2].decode(encoding, errors="replace")
    else:
        text = _utf_8(data) or data.decode("gb18030", errors="replace")
    text = _CLOSING.sub("", text.removeprefix("\ufeff"))
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if strange > 1 + len(text) // 50:
        raise SheetError(f"认不出这个文件的内容，不是表格。{SAVE_AS}。")
    return text


def beginning(data: bytes) -> str:
    """Return the first characters of a file whatever its encoding; only ASCII characters are certain."""
    head = data[:4096]
    return head.decode(_wide(data) or "latin-1", errors="replace").removeprefix("ï»¿").removeprefix("\ufeff")


def is_separated(data: bytes) -> bool:
    """Return whether one of the first lines has tabs, or two have the same other separator."""
    lines = beginning(data).splitlines()[:HEAD_ROWS]
    return any("\t" in line for line in lines) or any(
        sum(separator in line for line in lines) > 1 for separator in SEPARATORS
    )


def _wide(data: bytes) -> str:
    """Return the UTF-16 encoding of a file; '' for another. Without a mark it has a NUL beside each line end."""
    if data[:2] in _BOMS:
        return "utf-16"
    head = data[:4096].rstrip(b"\x1a\0")
    first, second = head[0::2].count(0), head[1::2].count(0)
    if second > 4 * first and b"\n\0" in head:
        return "utf-16-le"
    return "utf-16-be" if first > 4 * second and b"\0\n" in head else ""


def _utf_8(data: bytes) -> str:
    """Decode UTF-8, with a few damaged characters among many sound ones; '' for another encoding."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", errors="replace")
    damaged = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", errors="ignore")) - damaged
    return text if damaged * 10 < sound else ""


def _separator(text: str) -> str:
    """Return the separator that most of the first lines have; titles and notes above a table have none."""
    lines = [line for line in text[:_HEAD].splitlines()[:HEAD_ROWS] if line.strip()]

    def share(separator: str) -> tuple[float, int]:
        counts = [line.count(separator) for line in lines]
        return median(counts or [0]), sum(counts)

    return max(SEPARATORS, key=share)


def _plain(row: list[str], number: int, formulas: Formulas) -> list[str]:
    for column, cell in enumerate(row):
        if cell.startswith("=") and len(cell) > 1:
            quoted = _QUOTED_TEXT.fullmatch(cell)
            if not quoted:
                formulas.add(number, column, has_value=False)
            row[column] = quoted[1] if quoted else ""
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

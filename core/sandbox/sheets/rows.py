"""The task that reads a workbook: its sheets and rows as lines of JSON.

A sheet begins with a line that is an object (its name and properties); each row is a line that is an array.
JSON, because it can be parsed without trusting the child, and a million cells in a quarter of a second.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from itertools import islice

from core.cells import Cell
from core.sandbox.sheets.errors import LONGEST_LINE, SheetError
from core.sandbox.sheets.opening import open_workbook
from core.shown_number import ShownNumber


def read(data: bytes, filename: str, most_rows: int | None = None) -> Iterator[bytes]:
    """Yield the lines of all visible sheets, or of the first rows of each.

    Raises SheetError when the whole file cannot be read.
    """
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_tagged).encode
    row: Sequence[object]
    for sheet in open_workbook(data, filename):
        head = {"name": sheet.name, "hidden": sorted(sheet.hidden), "since_1904": sheet.since_1904}
        try:
            rows, merges = sheet.load()
        except SheetError as error:
            yield _line(encode({**head, "trouble": str(error)}))
            continue
        formulas = {"stored": sheet.formulas.stored, "missing": sheet.formulas.missing}
        yield _line(encode({**head, "merges": merges, "formulas": formulas}))
        for number, row in enumerate(islice(rows, most_rows), start=1):
            if ShownNumber in map(type, row):
                row = [_shown(cell) if type(cell) is ShownNumber else cell for cell in row]
            line = _line(encode(row))
            if len(line) > LONGEST_LINE:
                raise SheetError(f"第 {number} 行的内容太长，一格最多 32,767 个字。请删短再传。")
            yield line


def _line(text: str) -> bytes:
    # Text cells may contain unpaired surrogates.
    return text.encode(errors="replace") + b"\n"


def _shown(cell: ShownNumber) -> dict[str, tuple[float, str | None, bool]]:
    # JSON would encode the number alone.
    return {"shown": (float(cell), cell.text, cell.same)}


def _tagged(cell: Cell) -> dict[str, str | float]:
    """Encode types that JSON lacks: dates and times."""
    if isinstance(cell, dt.timedelta):
        return {"timedelta": cell.total_seconds()}
    assert isinstance(cell, dt.datetime | dt.date | dt.time)
    return {type(cell).__name__: cell.isoformat()}

"""Continue a table on further sheets above Excel's row limit."""

import pickle
import tempfile
from collections.abc import Iterator
from itertools import chain, islice
from typing import TypeVar

Row = TypeVar("Row")

MOST_ROWS = 1_048_575
"""Rows of a sheet below its headings."""
IN_MEMORY = 5_000
"""Rows that are held in memory; the rest waits in a file without a name until all are counted."""
LONGEST_NAME = 31


def split(name: str, rows: Iterator[Row], *, above: int = 0) -> list[tuple[str, Iterator[Row]]]:
    """Return name and rows of each sheet, which has `above` lines above its headings.

    The sheets must be read in order, since they share one iterator.
    """
    most = MOST_ROWS - above
    first = list(islice(rows, IN_MEMORY))
    more, rest = _spooled(rows) if len(first) == IN_MEMORY else (0, iter(()))
    every = chain(first, rest)
    count = -(-(len(first) + more) // most)
    return [(sheet_name(name, number), islice(every, most)) for number in range(1, max(count, 1) + 1)]


def sheet_name(name: str, number: int) -> str:
    """Return 名单 for the first sheet, 名单（2） for the second."""
    if number == 1:
        return name
    end = f"（{number}）"
    return f"{name[: LONGEST_NAME - len(end)]}{end}"


def _spooled(rows: Iterator[Row]) -> tuple[int, Iterator[Row]]:
    """Write the rows to a temporary file; return their count and an iterator over them."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the iterator)
    count = 0
    while chunk := list(islice(rows, IN_MEMORY)):
        pickle.dump(chunk, file)
        count += len(chunk)
    file.seek(0)

    def again() -> Iterator[Row]:
        with file:
            read = 0
            while read < count:
                chunk: list[Row] = pickle.load(file)  # noqa: S301 (written above)
                read += len(chunk)
                yield from chunk

    return count, again()

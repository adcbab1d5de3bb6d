"""Cells that hold a formula: read by the value that the file stores, or refused where it stores none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.sandbox.sheets.errors import cell_name, too_many_formulas

# A formula filled down is one span; a sheet with more spans than this is no list.
MAX_SPANS = 50_000
MAX_VALUELESS = 100_000
Span = list[int]
"""Column, first row and last row, counted from 0."""


@dataclass
class Formulas:
    stored: list[Span] = field(default_factory=list)
    """Cells with a stored value."""
    missing: list[Span] = field(default_factory=list)
    """Cells without one: the file was written by a program that does not calculate."""
    _last: dict[tuple[int, bool], Span] = field(default_factory=dict)
    _valueless: int = 0

    def add(self, row: int, column: int, has_value: bool) -> None:
        """Add a cell, row by row. Raises SheetError when there are too many."""
        last = self._last.get((column, has_value))
        if last and last[2] == row - 1:
            last[2] = row
        else:
            span = self._last[column, has_value] = [column, row, row]
            (self.stored if has_value else self.missing).append(span)
        self._valueless += not has_value
        if len(self.stored) + len(self.missing) > MAX_SPANS or self._valueless > MAX_VALUELESS:
            raise too_many_formulas(cell_name(row, column))


def cells(spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """Yield (row, column) of each cell."""
    return ((row, column) for column, first, last in spans for row in range(first, last + 1))

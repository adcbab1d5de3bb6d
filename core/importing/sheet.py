"""The kinds of sheet, as each app declares them; a job finds its kind by key."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from core.cells import Cell
from core.importing.columns import SheetColumn

if TYPE_CHECKING:
    from core.display import Lines
    from core.importing.heading import HeadingRow
    from core.importing.planning import Plan
    from core.importing.table import Table

Created = dict[str, list[dict[str, Any]]]
"""Rows about to be inserted, by model label."""


class ImportSheet:
    """One kind of sheet. Subclasses declare its columns and plan what its rows mean."""

    key: ClassVar[str]
    label: ClassVar[str]
    intro: ClassVar[str] = ""
    """One sentence above the upload form and on the blank workbook: what a row is."""
    after: ClassVar[tuple[str, ...]] = ()
    """Kinds whose rows this one names, to be imported first."""
    either: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Of each of these groups of columns at least one must be there."""
    free_with: ClassVar[tuple[str, ...]] = ()
    """Columns that name a stored row by themselves: beside one, required columns may be missing."""
    main: ClassVar[type[models.Model]]
    """The model that a row stands for; a row's outcome and primary key are those of this model."""

    traces: ClassVar[tuple[str, ...]] = ()
    """Columns of new rows that must still be known when an undo has deleted them."""

    def declare(self) -> Iterable[SheetColumn]:
        raise NotImplementedError

    def fitted(
        self, place: str, rows: Sequence[Sequence[Cell]] = (), heading: "HeadingRow | None" = None
    ) -> "ImportSheet":
        """Return the sheet as an office of `place` fills it. One whose columns follow a form gives another
        sheet: for the form that these rows name below a heading found with the columns known beforehand,
        else for the one in use. Raises Refused.
        """
        return self

    def plan(self, table: "Table", plan: "Plan") -> None:
        """Look up what the rows name in sets and say what to write; errors go to the table."""
        raise NotImplementedError

    def before_insert(self, created: Created) -> None:
        """Prepare new rows inside the transaction before they are written, for example give them numbers."""

    def after_insert(self, created: Created) -> None:
        """Write dependent bookkeeping inside the transaction, after the rows are written."""

    def after_undo(self, gone: list[dict[str, Any]]) -> None:
        """Undo bookkeeping inside the transaction of an undo; `gone` holds the `traces` of the deleted rows."""

    def field_lines(self, rows: Sequence[int]) -> "Lines":
        """Writers of the preview's lines for long fields of these stored rows of `main`, by field name."""
        return {}

    def given(self, row: dict[str, Any]) -> str:
        """Return the number the system gave a new row, to be shown beside it."""
        return ""

    @cached_property
    def columns(self) -> dict[str, SheetColumn]:
        return {column.key: column for column in self.declare()}

    def labels(self, keys: Iterable[str]) -> str:
        return "、".join(f"“{self.columns[key].label}”" for key in keys)


_kinds: dict[str, ImportSheet] = {}


def register(sheets: Iterable[ImportSheet]) -> None:
    _kinds.update({sheet.key: sheet for sheet in sheets})


def all_kinds() -> list[ImportSheet]:
    """Return all kinds in the order in which a county fills them."""
    return list(_kinds.values())


def find_kind(key: str) -> ImportSheet | None:
    return _kinds.get(key)


def kind_of(key: str) -> ImportSheet:
    return _kinds[key]

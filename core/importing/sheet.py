"""Kinds of sheet, declared by each app; a job looks up its kind by key."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from core.cells import Cell
from core.importing.columns import SheetColumn
from core.places import under

if TYPE_CHECKING:
    from core.display import Lines
    from core.importing.heading import HeadingRow
    from core.importing.planning import Plan
    from core.importing.table import Table
    from core.sheets import Workbook

Created = dict[str, list[dict[str, Any]]]
"""Rows about to be inserted, by model label."""


class ImportSheet:
    """One kind of sheet. Subclasses declare its columns and plan what its rows mean."""

    key: ClassVar[str]
    label: ClassVar[str]
    intro: ClassVar[str] = ""
    """One sentence above the upload form and on the blank workbook: what a row is."""
    after: ClassVar[tuple[str, ...]] = ()
    """Kinds that this one refers to, to be imported first."""
    either: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Groups of columns of which at least one each must exist."""
    computed: ClassVar[str] = ""
    """Pattern of headings (as `heading_key` writes them) that our own list adds and the system computes.

    They are passed over silently in a workbook of that list, and reported in any other.
    """
    parts: ClassVar[tuple[str, ...]] = ()
    """Kinds whose columns this one reads together."""
    needed: ClassVar[bool] = True
    """Whether a new county imports this kind before it begins to work."""
    counter: ClassVar[str] = "条"
    """The measure word of its rows."""
    free_with: ClassVar[tuple[str, ...]] = ()
    """Columns that identify a stored row; with one of them, required columns may be missing."""
    main: ClassVar[type[models.Model]]
    """The model that a row stands for; a row's outcome and primary key refer to it."""

    traces: ClassVar[tuple[str, ...]] = ()
    """Columns of new rows that are still needed after an undo has deleted the rows."""
    traced: ClassVar[type[models.Model] | None] = None
    """The model of those columns, if not `main`."""

    def declare(self) -> Iterable[SheetColumn]:
        raise NotImplementedError

    def fitted(
        self, place: str, rows: Sequence[Sequence[Cell]] = (), heading: "HeadingRow | None" = None
    ) -> "ImportSheet":
        """Return the sheet definition for an office of `place` and these rows.

        A kind whose columns depend on a survey form returns the definition for the form that the rows name
        below the heading, else for the form in use. Raises Refused.
        """
        return self

    def translate(self, book: "Workbook") -> None:
        """Rewrite in place, before the heading is looked for, what another program wrote for this kind.

        Cells keep their rows and columns. Raises ImportRefused.
        """

    def told_apart(self, texts: dict[int, str]) -> dict[int, str]:
        """Return the headings by column, those renamed whose meaning their place tells."""
        return texts

    def widened(self, rows: Sequence[Sequence[Cell]]) -> "ImportSheet | None":
        """Return a kind that also reads what this one does, for rows with a heading that occurs twice here."""
        return None

    def plan(self, table: "Table", plan: "Plan") -> None:
        """Look up the names in the rows with set queries and plan the writes; errors go to the table."""
        raise NotImplementedError

    def stored(self, place: str) -> models.QuerySet[Any]:
        """Return the rows of this kind under a place."""
        return self.main._default_manager.filter(under(place))

    def count_from_start(self, place: str) -> int:
        """Return how many of these rows are there without an import of this kind."""
        return 0

    def before_insert(self, created: Created) -> None:
        """Hook inside the transaction before new rows are written, for instance to assign numbers."""

    def after_insert(self, created: Created) -> None:
        """Hook inside the transaction after the rows are written, for derived bookkeeping."""

    def after_undo(self, gone: list[dict[str, Any]]) -> None:
        """Hook inside the transaction that undid the rows; `gone` holds `traces` of the deleted rows."""

    def field_lines(self, rows: Sequence[int]) -> "Lines":
        """Return formatters for long fields of these stored rows of `main`, by field name."""
        return {}

    def given(self, row: dict[str, Any]) -> str:
        """Return the number that the system assigned to a new row, to show beside it."""
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

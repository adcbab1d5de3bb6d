"""Plan with model instances: for kinds of a few thousand rows, where the model's `fill()` is the only rule."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from core.importing.columns import CLEAR, NOTHING
from core.importing.planning import Plan, emptied
from core.importing.table import Table
from core.places import lies_under
from core.records import Record

NOT_YOURS = "不在您管的区划里"
LEAVE_IT = "删去这一行，或请管这里的双联办导入"


def row_of(record: models.Model) -> dict[str, Any]:
    """Return the columns of a record by attname."""
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


def put(record: Record, table: Table, index: int, names: Iterable[str]) -> None:
    """Set the attributes that the row gives: an empty cell keeps the value, a clearing cell empties it."""
    for name in names:
        value = table.values[name][index]
        if value is CLEAR:
            setattr(record, name, emptied(type(record), name))
        elif value is not NOTHING:
            setattr(record, name, value)


class Drafts:
    """Records described by a sheet's rows, new or stored; their differences from stored rows become the
    plan.
    """

    def __init__(self, plan: Plan, model: type[Record]) -> None:
        self.plan = plan
        self.model = model
        self.drafts: list[tuple[int, Any, dict[str, Any] | None]] = []
        """(index, record, stored row or None); the records are instances of the sheet's model."""
        self.seen_only: dict[int, str] = {}

    def start(self, index: int, stored: Record | None, *, seen_only: str = "") -> Any:
        """Return the record to set the row's values on.

        `seen_only` is the column to report an error on if the row would change a record that the office can
        see but not
        edit, as in an exported list.
        """
        if seen_only:
            self.seen_only[index] = seen_only
        record = stored or self.model()
        self.drafts.append((index, record, row_of(stored) if stored else None))
        return record

    def fresh(self) -> list[Any]:
        """Return the new records of rows without errors."""
        return [r for index, r, stored in self.drafts if stored is None and not self.plan.table.wrong(index)]

    def finish(self) -> None:
        """Fill derived columns and plan every row without errors."""
        fresh: list[tuple[int, Record]] = []
        for index, record, stored in self.drafts:
            if self.plan.table.wrong(index):
                continue
            record.fill()
            if stored is None:
                fresh.append((index, record))
            elif index in self.seen_only and row_of(record) != stored:
                self.plan.table.error(index, self.seen_only[index], NOT_YOURS, LEAVE_IT)
            else:
                self.plan.rows[index] = record.pk
                self.plan.change(self.model, index, stored, row_of(record))
        if fresh:
            self.plan.create(self.model, [index for index, _ in fresh], _columns([r for _, r in fresh]))


def _columns(records: Sequence[Record]) -> dict[str, list[Any]]:
    names = [field.attname for field in records[0]._meta.concrete_fields if not field.primary_key]
    return {name: [getattr(record, name) for record in records] for name in names}


def refuse_outside(plan: Plan, index: int, key: str, place: str) -> bool:
    """Refuse a row whose place lies outside the office's place; return whether it does."""
    if lies_under(place, plan.by.place):
        return False
    plan.table.error(index, key, NOT_YOURS, LEAVE_IT)
    return True


def reachable(place: str, by: Any) -> bool:
    """Return whether a place is under the office's place or above it (省直、市直), so that pairings may name it."""
    return lies_under(place, by.place) or lies_under(by.place, place)


def warn_of_new_name(table: Table, index: int, key: str, stored: Any) -> None:
    """Warn if a row found by number or code has another name: a renaming, or an error in the row."""
    name = table.get(key, index)
    if stored is not None and name and name != stored.name:
        table.warn(index, key, f"系统里是{stored.name}，会改名", "不是改名就核对号码和名字")

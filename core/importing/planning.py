"""The plan of an import: made by a check, kept encrypted, applied later or never.

A plan is columnar (one list per column), so that 35,000 rows pack and unpack fast. It holds plain JSON
values: dates and decimals as text, ID numbers as ciphertext.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from core import history
from core.importing.columns import CLEAR, NOTHING
from core.importing.table import Table
from core.models import ImportRow
from core.records import Record

Outcome = ImportRow.Outcome
FORMAT = 1
EFFECTS_SHOWN = 8


@dataclass
class Creation:
    """New rows of one model. `links` names columns that hold the primary key of another new row."""

    model: str
    numbers: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    links: dict[str, tuple[str, list[int | None]]] = field(default_factory=dict)


@dataclass
class Update:
    """Updates of one model: the stored rows, the columns to set, and the history of each row."""

    model: str
    numbers: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, list[Any]]] = field(default_factory=list)


@dataclass
class Absence:
    """Rows that the check did not find: if they exist at the time of the import, the plan is stale."""

    model: str
    fields: list[str]
    where: dict[str, Any]
    values: list[list[Any]]


class Plan:
    """Filled by `ImportSheet.plan`; `by` is the cadre whose place limits what may be written."""

    def __init__(self, table: Table, by: Any) -> None:
        self.table = table
        self.by = by
        self.outcomes: list[str] = [Outcome.SAME] * len(table)
        self.rows: list[int | None] = [None] * len(table)
        self.creations: dict[str, Creation] = {}
        self.updates: dict[str, Update] = {}
        self.leans: dict[str, dict[int, int]] = {}
        self.absences: list[Absence] = []

    def create(
        self,
        model: type[models.Model],
        indexes: Sequence[int],
        columns: Mapping[str, Sequence[Any]],
        links: dict[str, tuple[type[models.Model], list[int | None]]] | None = None,
        *,
        outcome: str = Outcome.CREATED,
    ) -> None:
        """Plan one new row per index; once per model, since links refer to rows by position."""
        label = model._meta.label_lower
        self.creations[label] = Creation(
            label,
            [self.table.numbers[index] for index in indexes],
            {name: list(values) for name, values in columns.items()},
            {name: (target._meta.label_lower, places) for name, (target, places) in (links or {}).items()},
        )
        for index in indexes:
            if self.outcomes[index] == Outcome.SAME or outcome == Outcome.CREATED:
                self.outcomes[index] = outcome

    def change(
        self, model: type[Record], index: int, stored: dict[str, Any], after: Mapping[str, Any]
    ) -> bool:
        """Plan to set the differing columns of a stored row; return whether any differs."""
        names = {f.attname: f.name for f in history.tracked_fields(model)}
        differing = {name: value for name, value in after.items() if stored[name] != value}
        changes = {names[n]: [stored[n], value] for n, value in differing.items() if n in names}
        if not changes:
            return False
        label = model._meta.label_lower
        update = self.updates.setdefault(label, Update(label))
        update.numbers.append(self.table.numbers[index])
        update.rows.append({**stored, **differing})
        update.changes.append(changes)
        if self.outcomes[index] == Outcome.SAME:
            self.outcomes[index] = Outcome.CHANGED
        return True

    def lean(self, model: type[models.Model], versions: Mapping[int, int]) -> None:
        """Make the plan stale once one of these rows (pk → version) changes."""
        self.leans.setdefault(model._meta.label_lower, {}).update(versions)

    def absent(
        self, model: type[models.Model], fields: Sequence[str], values: Iterable[Sequence[Any]], **where: Any
    ) -> None:
        """Make the plan stale once a row of the model has these values of the fields."""
        found = [list(value) for value in values]
        if found:
            self.absences.append(Absence(model._meta.label_lower, list(fields), where, found))

    def finish(self) -> None:
        """Drop the rows that turned out to have errors; order messages by column."""
        for said in (*self.table.errors.values(), *self.table.warnings.values()):
            said.sort(key=lambda one: (len(one["cell"]), one["cell"]))
        for index in self.table.errors:
            self.outcomes[index] = Outcome.WRONG

    def effects(self) -> list[tuple[str, int]]:
        """Return what the import will do: (new or changed rows of a model, or one of its fields, count)."""
        found = [(f"新增{_name(made.model)}", len(made.numbers)) for made in self.creations.values()]
        for update in self.updates.values():
            found.append((f"更新{_name(update.model)}", len(update.numbers)))
            labels = {f.name: str(f.verbose_name) for f in apps.get_model(update.model)._meta.concrete_fields}
            fields = Counter(labels[name] for change in update.changes for name in change)
            found += [(f"其中 {label}", count) for label, count in fields.most_common(EFFECTS_SHOWN)]
        return found

    def pack(self, **head: Any) -> bytes:
        """Return the plan as compressed JSON."""
        whole = {
            **head,
            "format": FORMAT,
            "creations": [vars(creation) for creation in self.creations.values()],
            "updates": [_columnar(update) for update in self.updates.values()],
            "leans": self.leans,
            "absences": [vars(absence) for absence in self.absences],
        }
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=str)
        return zlib.compress(text.encode(), 1)


def _name(label: str) -> str:
    return str(apps.get_model(label)._meta.verbose_name)


def _columnar(update: Update) -> dict[str, Any]:
    """Keep only the columns that change in some row; rows in which one does not change keep its value."""
    attnames = {f.name: f.attname for f in apps.get_model(update.model)._meta.concrete_fields}
    changed = {attnames[name] for change in update.changes for name in change}
    names = ["id", "version", *sorted(changed | _derived(update.model))]
    return {
        "model": update.model,
        "numbers": update.numbers,
        "columns": {name: [row[name] for row in update.rows] for name in names},
        "changes": update.changes,
    }


def _derived(label: str) -> set[str]:
    """Return derived columns (place, pinyin …), which are written along with their sources."""
    model = apps.get_model(label)
    kept_apart = {"version", "last_login", "last_serial", "password", "code_expires_at"}
    return set(model.untracked) - kept_apart if issubclass(model, Record) else set()


def unpack(packed: bytes) -> dict[str, Any]:
    """Unpack the result of `pack`."""
    whole: dict[str, Any] = json.loads(zlib.decompress(packed))
    return whole


def values_for_new(
    model: type[models.Model], table: Table, keys: Mapping[str, str], indexes: Sequence[int]
) -> dict[str, list[Any]]:
    """Return column values of new rows (attname → column key); an empty cell gives the field's default."""
    columns = {}
    for name, key in keys.items():
        field: Any = model._meta.get_field(name)
        default = field.get_default()
        values = table[key]
        columns[name] = [
            default if values[i] is NOTHING or values[i] is CLEAR else values[i] for i in indexes
        ]
    return columns


def values_for_stored(
    model: type[models.Model], table: Table, keys: Mapping[str, str], index: int
) -> dict[str, Any]:
    """Return the columns given for a stored row: an empty cell gives none, a clearing cell the default."""
    after = {}
    for name, key in keys.items():
        value = table.values[key][index]
        if value is CLEAR:
            after[name] = emptied(model, name)
        elif value is not NOTHING:
            after[name] = value
    return after


def emptied(model: type[models.Model], name: str) -> str | None:
    field: Any = model._meta.get_field(name)
    return None if field.null else ""

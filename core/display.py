"""Format stored values for people: labels for codes, names for keys, masked ID numbers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from json import dumps
from typing import Any, NamedTuple

from django.db import models
from django.utils.timezone import localtime

from core import identity
from core.history import changes_of
from core.models import Change
from core.records import Record
from core.templatetags.look import time_cn

# Django's get_…_display builds this dict at each call.
ACTS, SOURCES = dict(Change.Act.choices), dict(Change.Source.choices)


ANOTHER = "换成了另一个号码"


class FieldChange(NamedTuple):
    """One changed field: its label, the old value, the new value."""

    label: str
    old: str
    new: str


Fields = Mapping[str, models.Field[Any, Any]]
Pairs = Mapping[str, Sequence[Any]]
"""Old and new stored values by field name."""
Lines = Mapping[str, Callable[[Any, Any], list[FieldChange]]]
"""Formatters for long fields: lines describing the old and new value, by field name."""


class Entry(NamedTuple):
    """One Change as shown by `_history.html`; `what` names a row other than the page's own."""

    act: str
    what: str
    who: str
    at: Any
    source: str
    lines: list[FieldChange]

    @property
    def attribution(self) -> str:
        """Return who made the change, when, and through which source."""
        return f"{self.who or '系统'}，{time_cn(localtime(self.at))}，{self.source}"


def shown(field: models.Field[Any, Any], value: Any, names: dict[tuple[str, Any], str] | None = None) -> str:
    """Format a stored value of a field; `names` holds the names of rows behind foreign keys."""
    if value is None or value == "":
        return ""
    if field.name == "id_cipher":
        return identity.mask(identity.decrypt(value))
    if isinstance(field, models.ForeignKey):
        return (names or {}).get((field.name, value), str(value))
    if isinstance(value, dict | list):
        return dumps(value, ensure_ascii=False)
    if isinstance(field, models.DateTimeField):
        return time_cn(localtime(field.to_python(value)))
    if isinstance(field, models.BooleanField):
        return "是" if value else "否"
    return str(dict(field.flatchoices).get(value, value))


def history_of(
    record: Record,
    limit: int = 20,
    *,
    also: Iterable[tuple[str, Record]] = (),
    show_phones: bool = True,
    told: Lines | None = None,
) -> list[Entry]:
    """Return the newest changes of a row and of related rows `also` (title, row), ready for display.

    Makes a constant number of queries: one for the changes, and one per foreign key that occurs in them.
    """
    rows = [("", record), *also]
    what = {(row._meta.label_lower, row.pk): name for name, row in rows}
    fields = {
        table: fields_of(model) for table, model in {(row._meta.label_lower, type(row)) for _, row in rows}
    }
    changes = changes_of([row for _, row in rows], limit)
    names = {
        table: names_in(fields[table], [change.changes or {} for change in changes if change.table == table])
        for table in {change.table for change in changes}
    }
    return [
        Entry(
            ACTS[change.act],
            what[change.table, change.row],
            change.by_name or "",
            change.at,
            SOURCES[change.source],
            lines_of(
                fields[change.table],
                change.changes or {},
                names[change.table],
                show_phones=show_phones,
                told=told,
            ),
        )
        for change in changes
    ]


def fields_of(model: type[models.Model]) -> Fields:
    return {field.name: field for field in model._meta.concrete_fields}


def lines_of(
    fields: Fields,
    changes: Pairs,
    names: dict[tuple[str, Any], str],
    *,
    show_phones: bool = True,
    told: Lines | None = None,
) -> list[FieldChange]:
    """Return the changes of a row, field by field."""
    lines = []
    for name, pair in changes.items():
        if told and name in told:
            lines += told[name](*pair)
        elif name in fields:
            old, new = (shown(fields[name], value, names) for value in pair)
            masked_phone = name.endswith("phone") and not show_phones
            if masked_phone:
                old, new = identity.mask_phone(old), identity.mask_phone(new)
            if old == new and (masked_phone or name == "id_cipher"):
                new = ANOTHER  # two numbers may share a mask
            lines.append(FieldChange(str(fields[name].verbose_name), old, new))
    return lines


def _target(field: models.Field[Any, Any]) -> type[models.Model]:
    model = field.related_model
    assert model is not None
    return model


def names_in(fields: Fields, changes: Iterable[Pairs]) -> dict[tuple[str, Any], str]:
    """Map (field name, key) to a name, with one query per foreign key that occurs."""
    keys: dict[str, set[Any]] = {}
    for change in changes:
        for name, pair in change.items():
            if isinstance(fields.get(name), models.ForeignKey):
                keys.setdefault(name, set()).update(value for value in pair if value is not None)
    return {
        (name, row.pk): str(row)
        for name, wanted in keys.items()
        for row in _target(fields[name])._base_manager.filter(pk__in=wanted)
    }

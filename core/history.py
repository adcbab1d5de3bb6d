"""Audit trail: `acting` sets the actor; `Record.save` and the bulk functions write `Change` rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from core.models import Change

if TYPE_CHECKING:
    from core.records import Record


@dataclass(frozen=True)
class Actor:
    """Who writes: a cadre's pk or None, the source, and the import run if there is one."""

    by: int | None
    source: str
    run: int | None = None


NOBODY = Actor(None, Change.Source.COMMAND)
_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


@contextmanager
def acting(by: int | None, source: str, run: int | None = None) -> Iterator[None]:
    """Attribute everything written inside the block to this person and source."""
    token = _actor.set(Actor(by, source, run))
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    return _actor.get()


def tracked_fields(model: type["Record"]) -> list[models.Field[Any, Any]]:
    """Return the concrete fields whose changes are kept."""
    return [f for f in model._meta.concrete_fields if not f.primary_key and f.name not in model.untracked]


def difference(old: "Record", new: "Record") -> dict[str, list[Any]]:
    """Return {field name: [before, after]} of the tracked fields that differ; secrets are listed without
    values.
    """
    changes: dict[str, list[Any]] = {}
    for field in tracked_fields(type(new)):
        before, after = field.value_from_object(old), field.value_from_object(new)
        if before != after:
            changes[field.name] = ["***", "***"] if field.name in new.secret else [before, after]
    return changes


def snapshot(record: "Record") -> dict[str, list[Any]]:
    """Return the values of a row being deleted as {field name: [before, None]}."""
    return {
        field.name: [field.value_from_object(record), None]
        for field in tracked_fields(type(record))
        if field.name not in record.secret and field.value_from_object(record) not in (None, "")
    }


def write(record: "Record", act: str, changes: dict[str, list[Any]] | None) -> None:
    """Append one Change for one row."""
    actor = current_actor()
    Change.objects.create(
        table=record._meta.label_lower,
        row=record.pk,
        act=act,
        changes=changes,
        by_id=actor.by,
        source=actor.source,
        run_id=actor.run,
    )


def changes_of(records: Iterable["Record"], limit: int) -> Sequence[Any]:
    """Return the newest changes of these rows with `by_name`, in one query."""
    keys: dict[str, list[int]] = defaultdict(list)
    for record in records:
        keys[record._meta.label_lower].append(record.pk)
    rows = models.Q()
    for table, pks in keys.items():
        rows |= models.Q(table=table, row__in=pks)
    return list(Change.objects.filter(rows).annotate(by_name=models.F("by__name")).order_by("-pk")[:limit])


def was_set_on(record: "Record", name: str) -> date | None:
    """Return the day on which a change gave the field its present value; None if it was set at creation."""
    changes = Change.objects.filter(
        table=record._meta.label_lower, row=record.pk, act=Change.Act.CHANGED, changes__has_key=name
    )
    newest = changes.order_by("-pk").first()
    return timezone.localdate(newest.at) if newest else None


def change_rows(
    table: str, act: str, rows: Iterable[tuple[int, dict[str, list[Any]] | None, int | None]]
) -> Iterator[dict[str, Any]]:
    """Yield column values of many Changes; `rows` are (pk, changes, row number in the sheet)."""
    actor, now = current_actor(), timezone.now()
    for pk, changes, number in rows:
        yield {
            "table": table,
            "row": pk,
            "act": act,
            "changes": changes,
            "by_id": actor.by,
            "source": actor.source,
            "run_id": actor.run,
            "number": number,
            "at": now,
        }

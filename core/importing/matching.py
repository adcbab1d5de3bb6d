"""Looking up in sets: how many queries a check makes follows from its columns, not from its rows."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import models

CHUNK = 10_000
"""Values in one IN: below SQLite's limit of 32,766, planned in milliseconds by PostgreSQL."""


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def rows_in(
    queryset: models.QuerySet[Any], field: str, values: Iterable[Any], *columns: str
) -> Iterator[dict[str, Any]]:
    """The rows whose `field` is one of the values, as dicts of the columns."""
    for chunk in chunks(sorted(set(values))):
        yield from queryset.filter(**{f"{field}__in": chunk}).values(*columns)


def stored_rows(model: type[models.Model], pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Whole rows as they are stored, by primary key, columns by attname."""
    names = [field.attname for field in model._meta.concrete_fields]
    return {row["id"]: row for row in rows_in(model._base_manager.all(), "pk", pks, *names)}


def records_in(queryset: models.QuerySet[Any], field: str, values: Iterable[Any]) -> Iterator[Any]:
    """The same as model instances."""
    for chunk in chunks(sorted(set(values))):
        yield from queryset.filter(**{f"{field}__in": chunk})

"""Read rows by key in chunks, with one query per chunk instead of one per row."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

CHUNK = 10_000
"""Values per IN clause: below SQLite's limit of 32,766, and planned within milliseconds by PostgreSQL."""


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def rows_in(
    queryset: QuerySet[Any], field: str, values: Iterable[Any], *columns: str
) -> Iterator[dict[str, Any]]:
    """Yield the rows whose `field` is one of the values, as dicts of the columns."""
    for chunk in chunks(sorted(set(values))):
        yield from queryset.filter(**{f"{field}__in": chunk}).values(*columns)


def stored_rows(model: type[Model], pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return whole stored rows by primary key, columns by attname."""
    names = [field.attname for field in model._meta.concrete_fields]
    return {row["id"]: row for row in rows_in(model._base_manager.all(), "pk", pks, *names)}


def records_in(queryset: QuerySet[Any], field: str, values: Iterable[Any]) -> Iterator[Any]:
    """Yield the rows whose `field` is one of the values, as model instances."""
    for chunk in chunks(sorted(set(values))):
        yield from queryset.filter(**{f"{field}__in": chunk})


def grouped(rows: QuerySet[Any], select: str, group: Sequence[str]) -> list[tuple[Any, ...]]:
    """Run `SELECT group…, select FROM (rows) GROUP BY group…`, since Django cannot group a DISTINCT
    subquery.
    """
    inner, params = rows.query.sql_with_params()
    keys = ", ".join(group)
    by = f" GROUP BY {keys}" if group else ""
    columns = f"{keys}, {select}" if group else select
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ({inner}) AS d{by}", params)  # noqa: S608 (our own words)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found

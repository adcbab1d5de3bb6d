"""Set-based writes of many rows: COPY on PostgreSQL, prepared statements on SQLite.

Nothing else in the project may use `bulk_create`, `bulk_update` or `QuerySet.update` on a Record:
these functions write one Change a row beside the rows. Columns are named by attname (`village_id`);
values are Python values, as a model instance would hold them.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from core import history
from core.chunked_queries import chunks
from core.models import Change
from core.records import Record

CHUNK = 5000
PLAIN = {str, int, type(None)}
"""Value types that both databases accept unchanged."""
NULL = r"\N"
COPY_ESCAPES = {"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"}
COPY_SIGNS = re.compile(r"[\\\n\t\r]")
JSON = DjangoJSONEncoder(ensure_ascii=False)
EMPTY = (None, "")
Row = Mapping[str, Any]


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve `count` primary keys, ascending. Call inside the transaction that inserts the rows.

    History rows refer to the keys, and COPY, unlike INSERT, does not return them.
    """
    table = model._meta.db_table
    if count == 0:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # SQLite: the write lock is held (BEGIN IMMEDIATE), so no other process can take a number.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + count))


def insert(
    model: type[Record], rows: Sequence[dict[str, Any]], numbers: Sequence[int | None] | None = None
) -> list[int]:
    """Insert rows with their `created` Changes in one transaction; return their primary keys in order.

    Missing columns take the field's default. `numbers` are the sheet's row numbers, for an import.
    Rows without an `id` get one in place.
    """
    with transaction.atomic():
        fresh = [row for row in rows if "id" not in row]
        for row, pk in zip(fresh, reserve_ids(model, len(fresh)), strict=True):
            row["id"] = pk
        insert_plain(model, rows)
        sheet_numbers = numbers or [None] * len(rows)
        written = ((row["id"], None, number) for row, number in zip(rows, sheet_numbers, strict=True))
        insert_plain(Change, history.change_rows(model._meta.label_lower, Change.Act.CREATED, written))
    return [row["id"] for row in rows]


def insert_plain(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Insert rows without history, for logs and bookkeeping tables."""
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return
    fields = [f for f in model._meta.concrete_fields if not f.primary_key or f.attname in first]
    whole = chain([first], iterator)
    if connection.vendor == "postgresql":
        _copy(model._meta.db_table, fields, whole)
    else:
        _insert_many(model._meta.db_table, fields, whole)


def update(
    model: type[Record],
    columns: Sequence[str],
    rows: Sequence[Row],
    changes: Sequence[dict[str, list[Any]]],
    numbers: Sequence[int | None] | None = None,
) -> int:
    """Set `columns` of the rows (each holds `id`, `version` and the columns) and increment their versions.

    `changes` holds {field: [before, after]} for each row. Only rows whose stored version equals the given
    one change;
    return how many did, so that the caller can refuse a stale plan and roll back.
    """
    named = {"id", "version", *columns}
    with transaction.atomic():
        changed = _update_from(model, rows, named, keys=("id", "version"), raising="version")
        sheet_numbers = numbers or [None] * len(rows)
        written = (
            (row["id"], change, number)
            for row, change, number in zip(rows, changes, sheet_numbers, strict=True)
        )
        insert_plain(Change, history.change_rows(model._meta.label_lower, Change.Act.CHANGED, written))
        model.after_changes({row["id"]: change for row, change in zip(rows, changes, strict=True)})
    return changed


def update_plain(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Row], keys: Sequence[str] = ("id",)
) -> int:
    """Set `columns` of the rows matched by `keys`, without history, for bookkeeping.

    Return how many changed.
    """
    with transaction.atomic():
        return _update_from(model, rows, {*keys, *columns}, keys=keys)


def _update_from(
    model: type[models.Model], rows: Sequence[Row], named: set[str], *, keys: Sequence[str], raising: str = ""
) -> int:
    """Update the columns of `named` from a VALUES list joined on `keys`; increment the column `raising`.

    Django's `bulk_update` sends a CASE for every row and column instead.
    """
    table, scratch = model._meta.db_table, f"bulk_{model._meta.model_name}"
    fields = [f for f in model._meta.concrete_fields if f.attname in named]
    quoted = {f.attname: connection.ops.quote_name(str(f.column)) for f in fields}
    sets = [f"{name} = s.{name}" for attname, name in quoted.items() if attname not in keys]
    if raising:
        sets.append(f"{quoted[raising]} = {table}.{quoted[raising]} + 1")
    matching = " AND ".join(f"{table}.{quoted[key]} = s.{quoted[key]}" for key in keys)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {scratch}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {scratch} AS SELECT {', '.join(quoted.values())} FROM {table} LIMIT 0"  # noqa: S608
        )
        if connection.vendor == "postgresql":
            _copy(scratch, fields, rows)
        else:
            _insert_many(scratch, fields, rows)
        cursor.execute(f"UPDATE {table} SET {', '.join(sets)} FROM {scratch} AS s WHERE {matching}")  # noqa: S608
        changed: int = cursor.rowcount
        cursor.execute(f"DROP TABLE {scratch}")
    return changed


def delete(model: type[Record], pks: Sequence[int]) -> int:
    """Delete rows and write `deleted` Changes with their last values. Return how many were deleted."""
    gone = 0
    with transaction.atomic():
        fields = [f for f in history.tracked_fields(model) if f.name not in model.secret]
        for chunk in chunks(pks, CHUNK):
            stored = list(model._base_manager.filter(pk__in=chunk).values("id", *(f.attname for f in fields)))
            written = (
                (
                    row["id"],
                    {f.name: [row[f.attname], None] for f in fields if row[f.attname] not in EMPTY},
                    None,
                )
                for row in stored
            )
            insert_plain(Change, history.change_rows(model._meta.label_lower, Change.Act.DELETED, written))
            gone += model._base_manager.filter(pk__in=[row["id"] for row in stored])._raw_delete("default")
    return gone


def _columns(
    fields: Sequence[Any], rows: Sequence[Row], convert: Callable[[Any], Any]
) -> Iterator[Sequence[Any]]:
    """Transpose the rows to one list per column, which Python converts three times as fast as rows."""
    for field in fields:
        name = field.attname
        try:
            values = [row[name] for row in rows]
        except KeyError:
            values = [row[name] if name in row else field.get_default() for row in rows]
        if isinstance(field, models.JSONField):
            yield [None if value is None else JSON.encode(value) for value in values]
        elif set(map(type, values)) <= PLAIN:
            yield values
        else:
            # Dates, amounts and times repeat, so each distinct value is converted once.
            converted = {value: value if type(value) in PLAIN else convert(value) for value in set(values)}
            yield [converted[value] for value in values]


def _insert_many(table: str, fields: Sequence[Any], rows: Iterable[Row]) -> None:
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['?'] * len(fields))})"  # noqa: S608
    with connection.cursor() as cursor, connection.wrap_database_errors:
        raw = cursor.connection.cursor()
        for chunk in chunks(rows, CHUNK):
            raw.executemany(statement, zip(*_columns(fields, chunk, _for_sqlite), strict=True))


def _for_sqlite(value: object) -> object:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, UUID):
        return value.hex
    return value


def _copy(table: str, fields: Sequence[Any], rows: Iterable[Row]) -> None:
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        for chunk in chunks(rows, CHUNK):
            columns = [_copy_column(values) for values in _columns(fields, chunk, _for_postgres)]
            lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.StringIO(lines + "\n"))


def _for_postgres(value: Any) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


def _copy_column(values: Sequence[Any]) -> Sequence[str]:
    """Return the column in COPY's text format."""
    texts = [NULL if value is None else str(value) for value in values]
    if not COPY_SIGNS.search("".join(value for value in values if type(value) is str)):
        return texts
    return [
        text if value is None else COPY_SIGNS.sub(lambda sign: COPY_ESCAPES[sign[0]], text)
        for value, text in zip(values, texts, strict=True)
    ]

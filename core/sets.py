"""Set-based reading that a queryset cannot say by itself."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def grouped(rows: QuerySet[Any], select: str, group: Sequence[str]) -> list[tuple[Any, ...]]:
    """`SELECT group…, select FROM (rows) GROUP BY group…`: Django cannot group a DISTINCT subquery."""
    inner, params = rows.query.sql_with_params()
    keys = ", ".join(group)
    by = f" GROUP BY {keys}" if group else ""
    columns = f"{keys}, {select}" if group else select
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ({inner}) AS d{by}", params)  # noqa: S608 (our own words)
        return cursor.fetchall()

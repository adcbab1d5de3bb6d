"""Importing 35,000 households into PostgreSQL, against reading and COPY."""

from typing import Any

from bench.imports import Household, Member, measure_against_insert, prepare
from core.bulk import insert_plain


def copy(households: list[dict[str, Any]], heads: list[dict[str, Any]]) -> None:
    insert_plain(Household, households)
    insert_plain(Member, heads)


if __name__ == "__main__":
    prepare()
    measure_against_insert("import-postgres", 5, copy, "COPY")

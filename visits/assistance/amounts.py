"""Sums of help in which no 元 counts twice: a household's sum adds its shares, all others add items."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Aggregate, Count, Q, QuerySet, Sum

from visits.models import Assistance, AssistanceShare

FEN = Decimal("0.01")


def in_fen(amount: Any) -> Decimal:
    """Return a sum to the 分: SQLite adds decimals as floats and drops trailing zeros."""
    return Decimal(amount or 0).quantize(FEN)


class Sums(NamedTuple):
    """Items with amounts and people. Cash and goods paid by a project are in neither: the project's funds
    hold them.
    """

    items: int
    cash: Decimal
    goods_value: Decimal
    loan: Decimal
    people: int


def sums(rows: QuerySet[Assistance] | QuerySet[AssistanceShare]) -> Sums:
    """Return the sums of counted items of a place, unit or cadre, or of the shares of a household."""
    found: Any = rows
    return _sums(found.counted().aggregate(**_amounts(rows)))


def _amounts(rows: QuerySet[Any]) -> dict[str, Aggregate]:
    project = "project" if rows.model is Assistance else "assistance__project"
    outside = Q(**{project: None})
    return {
        "n": Count("pk"),
        "cash_sum": Sum("cash", filter=outside),
        "goods_sum": Sum("goods_value", filter=outside),
        "loan_sum": Sum("loan"),
        "people_sum": Sum("people"),
    }


def _sums(row: dict[str, Any]) -> Sums:
    cash, goods, loan = (in_fen(row[name]) for name in ("cash_sum", "goods_sum", "loan_sum"))
    return Sums(row["n"], cash, goods, loan, row["people_sum"] or 0)

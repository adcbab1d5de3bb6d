"""Counting visits for everybody who went: the cadre and the companions, each in the own name and unit."""

from typing import Any

from django.db.models import QuerySet

from visits.models import Visit, VisitCompanion


def with_companions(visits: QuerySet[Visit], *columns: str) -> QuerySet[Any]:
    """The distinct values of `columns` for who went and for who went along, each in the own name and unit."""
    along = VisitCompanion.objects.filter(visit__in=visits.values("pk")).order_by()
    own = {"cadre", "unit"}
    return visits.values_list(*columns).union(
        along.values_list(*(name if name in own else f"visit__{name}" for name in columns))
    )

"""Count visits for the cadre and each companion, each under their own key and unit."""

from typing import Any

from django.db.models import QuerySet

from visits.models import Visit, VisitCompanion


def with_companions(visits: QuerySet[Visit], *columns: str) -> QuerySet[Any]:
    """Return the distinct values of `columns` for cadres and companions, each with their own cadre and
    unit.
    """
    along = VisitCompanion.objects.filter(visit__in=visits.values("pk")).order_by()
    own = {"cadre", "unit"}
    return visits.values_list(*columns).union(
        along.values_list(*(name if name in own else f"visit__{name}" for name in columns))
    )

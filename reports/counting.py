"""Counting visits as domain.md says, in sets.

入户户次 = household-days: two visits to one household on one day count once. 进村 = unit-village-days.
住村夜数 = once a cadre and date. Phone contact is no 入户; 作废 counts nowhere; 补录 counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.places import CITY, COUNTY, PROVINCE, TOWN, VILLAGE, under
from units.models import Cadre
from visits.models import Visit, VisitCompanion

CHILD_LENGTH = {PROVINCE: CITY, CITY: COUNTY, COUNTY: TOWN, TOWN: VILLAGE}
"""How long the codes are that lie one level under a place."""


@dataclass(frozen=True)
class Period:
    """From `since` to `until`, both included."""

    since: date
    until: date
    label: str

    def last_year(self) -> "Period":
        return Period(_year_before(self.since), _year_before(self.until), "上年同期")

    @property
    def query(self) -> str:
        """As the lists of visits and households take it."""
        return f"since={self.since:%Y-%m-%d}&until={self.until:%Y-%m-%d}"


def _year_before(day: date) -> date:
    """The same day a year before; 29 February becomes the 28th."""
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def visits_in(user: Cadre, period: Period) -> QuerySet[Visit]:
    """Counted visits at the user's place in the period, without an order."""
    return _within(Visit.objects.counted(), user, period)


def entering_in(user: Cadre, period: Period) -> QuerySet[Visit]:
    """Those of them that are 入户."""
    return _within(Visit.objects.entering(), user, period)


def _within(visits: QuerySet[Visit], user: Cadre, period: Period) -> QuerySet[Visit]:
    in_period = visits.filter(visited_on__range=(period.since, period.until))
    return in_period.filter(under(user.place)).order_by()


def with_companions(visits: QuerySet[Visit], *columns: str) -> QuerySet[Any]:
    """The distinct values of `columns` for who went and for who went along, each in the own name and unit."""
    along = VisitCompanion.objects.filter(visit__in=visits.values("pk")).order_by()
    own = {"cadre", "unit"}
    return visits.values_list(*columns).union(
        along.values_list(*(name if name in own else f"visit__{name}" for name in columns))
    )


def grouped(rows: QuerySet[Any], select: str, group: Sequence[str]) -> list[tuple[Any, ...]]:
    """`SELECT group…, select FROM (rows) GROUP BY group…`: Django cannot group a DISTINCT subquery."""
    inner, params = rows.query.sql_with_params()
    keys = ", ".join(group)
    by = f" GROUP BY {keys}" if group else ""
    columns = f"{keys}, {select}" if group else select
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ({inner}) AS d{by}", params)  # noqa: S608 (our own words)
        return cursor.fetchall()

"""Counting visits as domain.md says, in sets.

入户户次 = household-days: two visits to one household on one day count once. 进村 = unit-village-days.
住村夜数 = once a cadre and date. Phone contact is no 入户; 作废 counts nowhere; 补录 counts.
"""

from dataclasses import dataclass
from datetime import date

from core.places import CITY, COUNTY, PROVINCE, TOWN, VILLAGE, under
from units.models import Cadre
from visits.models import Visit
from visits.visits.models import VisitQuerySet

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


def visits_in(user: Cadre, period: Period) -> VisitQuerySet:
    """Counted visits at the user's place in the period, without an order."""
    return _within(Visit.objects.counted(), user, period)


def entering_in(user: Cadre, period: Period) -> VisitQuerySet:
    """Those of them that are 入户."""
    return _within(Visit.objects.entering(), user, period)


def _within(visits: VisitQuerySet, user: Cadre, period: Period) -> VisitQuerySet:
    in_period = visits.filter(visited_on__range=(period.since, period.until))
    return in_period.filter(under(user.place)).order_by()

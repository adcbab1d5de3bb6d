"""Counting visits as domain.md says, in sets.

入户户次 = household-days: two visits to one household on one day count once. 进村 = unit-village-days.
住村夜数 = once a cadre and date. Phone contact is no 入户; 作废 counts nowhere; 补录 counts.
"""

from core.periods import Period
from core.places import CITY, COUNTY, PROVINCE, TOWN, VILLAGE, under
from units.models import Cadre
from visits.models import Visit
from visits.visits.models import VisitQuerySet

CHILD_LENGTH = {PROVINCE: CITY, CITY: COUNTY, COUNTY: TOWN, TOWN: VILLAGE}
"""How long the codes are that lie one level under a place."""


def visits_in(user: Cadre, period: Period) -> VisitQuerySet:
    """Counted visits at the user's place in the period, without an order."""
    return _within(Visit.objects.counted(), user, period)


def entering_in(user: Cadre, period: Period) -> VisitQuerySet:
    """Those of them that are 入户."""
    return _within(Visit.objects.entering(), user, period)


def _within(visits: VisitQuerySet, user: Cadre, period: Period) -> VisitQuerySet:
    in_period = visits.filter(visited_on__range=(period.since, period.until))
    return in_period.filter(under(user.place)).order_by()

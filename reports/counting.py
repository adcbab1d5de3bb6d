"""The visits that a report is about."""

from core.periods import Period
from core.places import CITY, COUNTY, PROVINCE, TOWN, VILLAGE, under
from units.models import Cadre
from visits.models import Visit
from visits.visits.models import VisitQuerySet

CHILD_LENGTH = {PROVINCE: CITY, CITY: COUNTY, COUNTY: TOWN, TOWN: VILLAGE}
"""The length of the codes one level below a place, by the length of its code."""


def visits_in(user: Cadre, period: Period) -> VisitQuerySet:
    """Return the visits at the user's place in the period that count, without an order."""
    there = Visit.objects.counted().filter(under(user.place), visited_on__range=period.days)
    return there.order_by()

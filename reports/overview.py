"""The overview's numbers: key figures, places by month, units; set-based and independent of requests."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Length, Substr

from core.periods import Period, years_of
from core.places import VILLAGE, under
from households.models import Household, HouseholdPairing
from reports.counting import CHILD_LENGTH, visits_in
from units.models import Cadre, Division, Unit
from villages.models import Village, VillagePairing
from visits.assistance.amounts import Sums, sums
from visits.indicators import (
    CADRES_OUT,
    CARD_HOUSEHOLDS,
    ENTERED_HOUSEHOLDS,
    ENTERED_TIMES,
    NIGHTS,
    VILLAGE_DAYS,
    VILLAGE_TIMES,
)
from visits.models import Activity, Assistance, Problem, Visit, VisitCompanion
from visits.visits.models import VisitQuerySet


@dataclass
class Figures:
    """The key figures of a place and period."""

    registered: int
    paired: int
    entered: int
    times: int
    times_last_year: int
    entering: int
    records: int
    phone: int
    late: int
    cards: int
    village_times: int
    nights: int
    cadres: int
    open_problems: int
    overdue_problems: int
    help: Sums
    activities: int
    people: int

    @property
    def coverage(self) -> Decimal | None:
        return percent(self.entered, self.registered)


@dataclass
class PlaceRow:
    """One township (or county, or village) of the grid."""

    code: str
    name: str
    registered: int = 0
    paired: int = 0
    entered: int = 0
    times: int = 0
    by_month: dict[int, int] = field(default_factory=dict)

    @property
    def coverage(self) -> Decimal | None:
        return percent(self.entered, self.registered)

    def month_percent(self, month: int) -> int | None:
        entered = self.by_month.get(month)
        return None if entered is None or not self.registered else round(entered * 100 / self.registered)


@dataclass
class UnitRow:
    """One unit: what it is paired with and how often its people went; `entered` are households of its own."""

    pk: int
    code: str
    name: str
    villages: str = ""
    cadres: int = 0
    households: int = 0
    entered: int = 0
    times: int = 0
    village_times: int = 0
    village_days: int = 0
    nights: int = 0

    @property
    def coverage(self) -> Decimal | None:
        return percent(self.entered, self.households)


def percent(part: int, whole: int) -> Decimal | None:
    """Return a percentage such as 93.1; None if the whole is 0."""
    return Decimal(part * 100 / whole).quantize(Decimal("0.1")) if whole else None


def figures(user: Cadre, period: Period) -> Figures:
    households = Household.objects.registered(period.on).filter(under(user.place))
    visits = visits_in(user, period)
    problems, days = Problem.objects.filter(under(user.place)), (period.since, period.until)
    held = Activity.objects.counted().filter(under(user.place), held_on__range=days)
    activities = held.order_by().aggregate(n=Count("pk"), people=Sum("people"))
    return Figures(
        registered=households.count(),
        paired=households.paired(period.on).count(),
        entered=ENTERED_HOUSEHOLDS.count(visits.filter(household__in=households)),
        times=ENTERED_TIMES.count(visits),
        times_last_year=ENTERED_TIMES.count(visits_in(user, period.last_year())),
        entering=visits.entering().count(),
        records=visits.count(),
        phone=visits.filter(kind=Visit.Kind.PHONE).count(),
        late=visits.filter(is_late=True).count(),
        cards=CARD_HOUSEHOLDS.count(visits),
        village_times=VILLAGE_TIMES.count(visits),
        nights=NIGHTS.count(visits),
        cadres=CADRES_OUT.count(visits),
        open_problems=problems.open(period.on).count(),
        overdue_problems=problems.overdue(period.on).count(),
        help=sums(Assistance.objects.filter(under(user.place), given_on__range=days)),
        activities=activities["n"],
        people=activities["people"] or 0,
    )


def places(user: Cadre, period: Period) -> list[PlaceRow]:
    """Return one row for each place directly under the user's, by code; months are those of the period's last
    year.
    """
    length = CHILD_LENGTH[len(user.place)]
    rows = {code: PlaceRow(code, name) for code, name in children(user, length)}
    households = Household.objects.registered(period.on).filter(under(user.place)).order_by()
    visits = visits_in(user, period).annotate(c=Substr("place", 1, length))
    registered = visits.filter(household__in=households)
    counts = {
        "registered": dict(_by_place(households, length, Count("pk"))),
        "paired": dict(_by_place(households.paired(period.on), length, Count("pk"))),
        "entered": ENTERED_HOUSEHOLDS.by(registered, "c"),
        "times": ENTERED_TIMES.by(visits, "c"),
    }
    for attribute, found in counts.items():
        for code in found.keys() & rows.keys():
            setattr(rows[code], attribute, found[code])
    this_year = registered.filter(month__gte=period.until.year * 100)
    for (code, month), count in ENTERED_HOUSEHOLDS.by(this_year, "c", "month").items():
        if code in rows:
            rows[code].by_month[month % 100] = count
    return list(rows.values())


def _by_place(rows: QuerySet[Any], length: int, counted: Count) -> "QuerySet[Any, tuple[str, int]]":
    """Return (code, count) of rows by the first digits of their place."""
    by_code = rows.annotate(c=Substr("place", 1, length)).values_list("c")
    counts: QuerySet[Any, tuple[str, int]] = by_code.annotate(n=counted)
    return counts


def children(user: Cadre, length: int) -> list[tuple[str, str]]:
    """Return (code, name) of the divisions or villages of this code length at the user's place."""
    if length == VILLAGE:
        villages = Village.objects.filter(under(user.place)).order_by("code")
        return list(villages.values_list("code", "name"))
    divisions = Division.objects.filter(under(user.place, "code")).order_by("code")
    return list(divisions.annotate(n=Length("code")).filter(n=Value(length)).values_list("code", "name"))


def total_of_places(rows: Sequence[PlaceRow]) -> PlaceRow:
    """Return the sum of the places; a household is in one place, so nothing is counted twice."""
    whole = PlaceRow("", "合计")
    for row in rows:
        whole.registered += row.registered
        whole.paired += row.paired
        whole.entered += row.entered
        whole.times += row.times
        for month, count in row.by_month.items():
            whole.by_month[month] = whole.by_month.get(month, 0) + count
    return whole


def years(user: Cadre) -> set[int]:
    """Return the years in which anything was recorded at the user's place."""
    here = under(user.place)
    return Visit.objects.filter(here).years() | years_of(
        (Problem.objects.filter(here), "raised_on"),
        (Assistance.objects.filter(here), "given_on"),
        (Activity.objects.filter(here), "held_on"),
    )


def months(user: Cadre, period: Period) -> dict[int, int]:
    """入户户次 by month 1–12 of a year."""
    counts = ENTERED_TIMES.by(visits_in(user, period), "month")
    return {month % 100: count for month, count in counts.items()}


def units(user: Cadre, period: Period) -> list[UnitRow]:
    """Return one row for each unit that is or was at work at the place, by code, with its households and days
    there.
    """
    found = Unit.objects.visible_to(user).order_by("code", "pk").values_list("pk", "code", "name")
    rows = {pk: UnitRow(pk, code, name) for pk, code, name in found}
    names: dict[int, list[str]] = defaultdict(list)
    villages = VillagePairing.objects.current(period.on).filter(under(user.place)).order_by("village__code")
    for unit, name in villages.values_list("unit", "village__name"):
        names[unit].append(name)
    pairings = HouseholdPairing.objects.current(period.on).filter(under(user.place)).order_by()
    for unit, cadres, households in pairings.values_list("unit").annotate(
        cadres=Count("cadre", distinct=True), households=Count("household", distinct=True)
    ):
        if unit in rows:
            rows[unit].cadres, rows[unit].households = cadres, households
    _count_work(rows, user, period)
    for pk, row in rows.items():
        row.villages = "、".join(names[pk])
    return list(rows.values())


def _count_work(rows: dict[int, UnitRow], user: Cadre, period: Period) -> None:
    """Fill in what the units' cadres did in the period."""
    visits = visits_in(user, period)
    counts = {
        "entered": _entered_pairings(user, visits, period),
        "times": ENTERED_TIMES.by(visits, "unit"),
        "village_times": VILLAGE_TIMES.by(visits, "unit"),
        "village_days": VILLAGE_DAYS.by(visits, "unit"),
        "nights": NIGHTS.by(visits, "unit"),
    }
    for attribute, found in counts.items():
        for unit in found.keys() & rows.keys():
            setattr(rows[unit], attribute, found[unit])


def _entered_pairings(user: Cadre, visits: VisitQuerySet, period: Period) -> dict[int, int]:
    """Return how many households paired with each unit were entered by its people, companions included."""
    there = visits.entering().filter(household=OuterRef("household"))
    own = Exists(there.filter(unit=OuterRef("unit")))
    along = VisitCompanion.objects.filter(
        visit__in=visits.entering().values("pk"),
        visit__household=OuterRef("household"),
        unit=OuterRef("unit"),
    )
    pairings = HouseholdPairing.objects.current(period.on).filter(under(user.place)).order_by()
    entered = pairings.filter(own | Exists(along)).values_list("unit")
    return dict(entered.annotate(n=Count("household", distinct=True)))


def total_of_units(rows: Sequence[UnitRow]) -> UnitRow:
    """Return the sum of the units; what two of them did together counts for each."""
    whole = UnitRow(0, "", "合计")
    for name in ("cadres", "households", "entered", "times", "village_times", "village_days", "nights"):
        setattr(whole, name, sum(getattr(row, name) for row in rows))
    return whole

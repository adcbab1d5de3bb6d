"""What is owed (要求台账): needed, done and still owed for every cadre and unit, reckoned from the records in sets.

The rules of counting stand in docs/fieldwork.md; `visits.explaining` says of every single visit whether
it counted. Nobody is ranked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core.places import above
from core.sets import grouped
from households.choices import PairingKind
from households.models import HouseholdAway, HouseholdPairing
from units.models import Cadre, Leave, Requirement, Unit
from villages.models import VillagePairing
from visits.models import Visit, VisitCompanion

Indicator = Requirement.Indicator
OF_CADRES = (
    Indicator.VISIT_TIMES,
    Indicator.VISIT_DAYS,
    Indicator.VISITED_HOUSEHOLDS,
    Indicator.CONTACT_HOUSEHOLDS,
    Indicator.HELP_HOUSEHOLDS,
    Indicator.PAIRED_HOUSEHOLDS,
)
OF_UNITS = (Indicator.VILLAGE_TIMES, Indicator.VILLAGE_DAYS, Indicator.PAIRED_VILLAGES)
STANDING = {
    Indicator.CONTACT_HOUSEHOLDS,
    Indicator.HELP_HOUSEHOLDS,
    Indicator.PAIRED_HOUSEHOLDS,
    Indicator.PAIRED_VILLAGES,
}
"""How much is held on a day, which no share of the year makes less."""
MEASURES = {
    Indicator.VISIT_TIMES: "户次",
    Indicator.VISIT_DAYS: "天",
    Indicator.VISITED_HOUSEHOLDS: "户",
    Indicator.CONTACT_HOUSEHOLDS: "户",
    Indicator.HELP_HOUSEHOLDS: "户",
    Indicator.PAIRED_HOUSEHOLDS: "户",
    Indicator.VILLAGE_TIMES: "次",
    Indicator.VILLAGE_DAYS: "天",
    Indicator.PAIRED_VILLAGES: "个",
}


@dataclass(frozen=True)
class Span:
    """The part of a year on which something is asked: from the first pairing to the last, without leave."""

    since: date
    until: date
    days_off: int = 0

    @property
    def days(self) -> int:
        return max((self.until - self.since).days + 1 - self.days_off, 0)


@dataclass(frozen=True)
class Duty:
    """One obligation: `minimum` is the year's, `needed` what is left of it for the span."""

    indicator: str
    minimum: int
    needed: int
    done: int
    span: Span

    @property
    def owed(self) -> int:
        return max(self.needed - self.done, 0)

    @property
    def label(self) -> str:
        return str(Indicator(self.indicator).label)

    @property
    def measure(self) -> str:
        return MEASURES[Indicator(self.indicator)]

    @property
    def is_shortened(self) -> bool:
        return self.needed < self.minimum

    @property
    def next_on(self) -> date | None:
        """By which day the next one is needed to keep an even pace through the span; None when nothing is owed."""
        if not self.owed or self.indicator in STANDING:
            return None
        length = (self.span.until - self.span.since).days + 1
        return self.span.since + timedelta(days=ceil(length * (self.done + 1) / self.needed) - 1)


@dataclass(frozen=True)
class Minima:
    """The minima of one year at a place: the nearest place decides, there the unit's own, then the rank's."""

    rows: tuple[Requirement, ...]

    def of(self, indicator: str, rank: str, unit: int) -> int:
        fitting = [
            row
            for row in self.rows
            if row.indicator == indicator and row.unit_id in (None, unit) and row.rank in ("", rank)
        ]
        if not fitting:
            return 0
        nearest = max(fitting, key=lambda row: (len(row.place), row.unit_id is not None, row.rank != ""))
        return nearest.minimum or 0

    @property
    def indicators(self) -> list[Indicator]:
        asked = {row.indicator for row in self.rows}
        return [indicator for indicator in Indicator if indicator in asked]


def minima(place: str, year: int) -> Minima:
    """Those set for a year at a place and above it."""
    found = Requirement.objects.filter(place__in=above(place), year=year, minimum__gt=0)
    return Minima(tuple(found))


def cadre_duties(cadres: QuerySet[Cadre], *, place: str, year: int, on: date) -> dict[int, list[Duty]]:
    """The duties of each of these cadres, by pk, in a constant number of queries. No minimum, no duty."""
    asked = minima(place, year)
    indicators = [indicator for indicator in OF_CADRES if indicator in asked.indicators]
    people = list(cadres.values_list("pk", "rank", "unit")) if indicators else []
    spans = _cadre_spans(cadres, year)
    done = _cadre_counts(cadres, year, on) if indicators else {}
    found = {}
    for pk, rank, unit in people:
        minimum = {indicator: asked.of(indicator, rank, unit) for indicator in indicators}
        found[pk] = _duties(minimum, spans.get(pk), done.get(pk, {}), year)
    return found


def unit_duties(units: QuerySet[Unit], *, place: str, year: int, on: date) -> dict[int, list[Duty]]:
    """The duties of each of these units, by pk."""
    asked = minima(place, year)
    indicators = [indicator for indicator in OF_UNITS if indicator in asked.indicators]
    spans = _unit_spans(units, year)
    done = _unit_counts(units, year, on) if indicators else {}
    return {
        pk: _duties(
            {indicator: asked.of(indicator, "", pk) for indicator in indicators},
            spans.get(pk),
            done.get(pk, {}),
            year,
        )
        for pk in (units.values_list("pk", flat=True) if indicators else ())
    }


def _duties(
    minimum: Mapping[Indicator, int], span: Span | None, done: Mapping[str, int], year: int
) -> list[Duty]:
    """Nothing is asked of who was paired with nobody that year."""
    if span is None:
        return []
    return [
        Duty(indicator, least, needed(indicator, least, span, year), done.get(indicator, 0), span)
        for indicator, least in minimum.items()
        if least
    ]


def needed(indicator: str, minimum: int, span: Span, year: int) -> int:
    """The minimum's share for a span, rounded up; what stands on a day is asked whole."""
    if indicator in STANDING:
        return minimum
    return ceil(minimum * span.days / _length(year))


def bounds(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _length(year: int) -> int:
    first, last = bounds(year)
    return (last - first).days + 1


# --- how long -------------------------------------------------------------------------------------


def _cadre_spans(cadres: QuerySet[Cadre], year: int) -> dict[int, Span]:
    off = days_off(Leave.objects.filter(cadre__in=cadres.values("pk")), year)
    pairings = HouseholdPairing.objects.filter(cadre__in=cadres.values("pk"))
    spans = _spans(pairings, "cadre", year)
    return {
        pk: Span(since, until, sum(since <= day <= until for day in off.get(pk, ())))
        for pk, since, until in spans
    }


def _unit_spans(units: QuerySet[Unit], year: int) -> dict[int, Span]:
    pairings = VillagePairing.objects.filter(unit__in=units.values("pk"))
    return {pk: Span(since, until) for pk, since, until in _spans(pairings, "unit", year)}


def _spans(pairings: QuerySet[Any], of: str, year: int) -> list[tuple[int, date, date]]:
    """(pk, first day, last day) within the year of everybody who had a pairing in it."""
    first, last = bounds(year)
    within = pairings.filter(Q(ended_on=None) | Q(ended_on__gte=first), started_on__lte=last)
    found = (
        within.order_by()
        .values_list(of)
        .annotate(since=Min("started_on"), until=Max(Coalesce("ended_on", Value(last))))
    )
    return [(pk, max(since, first), min(until, last)) for pk, since, until in found]


def days_off(leaves: Iterable[Leave], year: int) -> dict[int, set[date]]:
    """The days of the year on which each cadre was on leave; leaves may overlap."""
    first, last = bounds(year)
    off: dict[int, set[date]] = {}
    for leave in leaves:
        since, until = max(leave.started_on, first), min(leave.ended_on, last)
        days = {since + timedelta(days=n) for n in range((until - since).days + 1)}
        off[leave.cadre_id] = off.get(leave.cadre_id, set()) | days
    return off


# --- how much -------------------------------------------------------------------------------------


def _cadre_counts(cadres: QuerySet[Cadre], year: int, on: date) -> dict[int, dict[str, int]]:
    """Done by each cadre, by indicator."""
    counts: dict[int, dict[str, int]] = {}
    distinct = _went(cadres, year)
    select = "COUNT(CASE WHEN own = 1 THEN 1 END), COUNT(DISTINCT visited_on), COUNT(DISTINCT household)"
    for pk, times, days, households in grouped(distinct, select, ("cadre",)):
        counts[pk] = {
            Indicator.VISIT_TIMES: times,
            Indicator.VISIT_DAYS: days,
            Indicator.VISITED_HOUSEHOLDS: households,
        }
    for pk, contact, help_, households in _holding(cadres, on):
        counts[pk] = {
            **counts.get(pk, {}),
            Indicator.CONTACT_HOUSEHOLDS: contact,
            Indicator.HELP_HOUSEHOLDS: help_,
            Indicator.PAIRED_HOUSEHOLDS: households,
        }
    return counts


def _went(cadres: QuerySet[Cadre], year: int) -> QuerySet[Any]:
    """The distinct (cadre, household, day, own) of whoever went; `own` is 1 at a household paired that day."""
    who = cadres.values("pk")
    visits = reached(Visit.objects.counted()).filter(visited_on__range=bounds(year), cadre__in=who).order_by()
    along = reached(
        VisitCompanion.objects.filter(
            visit__voided_on=None, visit__visited_on__range=bounds(year), cadre__in=who
        ),
        "visit__",
    ).order_by()
    return (
        visits.annotate(own=_own(""))
        .values_list("cadre", "household", "visited_on", "own")
        .union(
            along.annotate(own=_own("visit__")).values_list(
                "cadre", "visit__household", "visit__visited_on", "own"
            )
        )
    )


def reached(rows: QuerySet[Any], visit: str = "") -> QuerySet[Any]:
    """Not by phone, but while the family is away for work, when a call counts."""
    away = HouseholdAway.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=OuterRef(f"{visit}visited_on")),
        household=OuterRef(f"{visit}household"),
        started_on__lte=OuterRef(f"{visit}visited_on"),
    )
    return rows.filter(~Q(**{f"{visit}kind": Visit.Kind.PHONE}) | Exists(away))


def _own(visit: str) -> Case:
    pairing = HouseholdPairing.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=OuterRef(f"{visit}visited_on")),
        cadre=OuterRef("cadre"),
        household=OuterRef(f"{visit}household"),
        started_on__lte=OuterRef(f"{visit}visited_on"),
    )
    return Case(When(Exists(pairing), then=Value(1)), default=Value(0), output_field=IntegerField())


def _holding(cadres: QuerySet[Cadre], on: date) -> QuerySet[Any]:
    """(cadre, 联系 households, 帮扶 households, all) on a day."""
    held = HouseholdPairing.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=on), cadre__in=cadres.values("pk"), started_on__lte=on
    )
    return (
        held.order_by()
        .values_list("cadre")
        .annotate(
            contact=Count("household", distinct=True, filter=Q(kind=PairingKind.CONTACT)),
            help=Count("household", distinct=True, filter=Q(kind=PairingKind.HELP)),
            households=Count("household", distinct=True),
        )
    )


def _unit_counts(units: QuerySet[Unit], year: int, on: date) -> dict[int, dict[str, int]]:
    """Done by each unit, by indicator: a village-day counts once, however many of its people went."""
    counts: dict[int, dict[str, int]] = {}
    for pk, times, days in grouped(
        _unit_went(units, year), "COUNT(*), COUNT(DISTINCT visited_on)", ("unit",)
    ):
        counts[pk] = {Indicator.VILLAGE_TIMES: times, Indicator.VILLAGE_DAYS: days}
    held = VillagePairing.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=on), unit__in=units.values("pk"), started_on__lte=on
    )
    for pk, villages in held.order_by().values_list("unit").annotate(n=Count("village", distinct=True)):
        counts.setdefault(pk, {})[Indicator.PAIRED_VILLAGES] = villages
    return counts


def _unit_went(units: QuerySet[Unit], year: int) -> QuerySet[Any]:
    """The distinct (unit, village, day) in villages paired that day, of whoever of the unit went."""
    which = units.values("pk")
    visits = Visit.objects.inside().filter(
        _paired_village(""), unit__in=which, visited_on__range=bounds(year)
    )
    along = VisitCompanion.objects.filter(
        _paired_village("visit__"),
        visit__in=Visit.objects.inside().filter(visited_on__range=bounds(year)).values("pk"),
        unit__in=which,
    )
    return (
        visits.order_by()
        .values_list("unit", "village", "visited_on")
        .union(along.order_by().values_list("unit", "visit__village", "visit__visited_on"))
    )


def _paired_village(visit: str) -> Exists:
    return Exists(
        VillagePairing.objects.filter(
            Q(ended_on=None) | Q(ended_on__gte=OuterRef(f"{visit}visited_on")),
            unit=OuterRef("unit"),
            village=OuterRef(f"{visit}village"),
            started_on__lte=OuterRef(f"{visit}visited_on"),
        )
    )


def owing(duties: Mapping[int, Sequence[Duty]]) -> list[int]:
    """Who still owes something."""
    return [pk for pk, found in duties.items() if any(duty.owed for duty in found)]

"""Compute duties (要求台账): what each cadre and unit needs, has done and still owes, in a constant number of
queries.

docs/development/fieldwork-rules.md states the rules; `visits.duty.duty_audit` explains every visit. Nobody is ranked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from django.db.models import QuerySet

from core.places import COUNTY, above
from units.models import Cadre, Leave, Requirement, Unit, nearest_requirement
from units.unit_history import former_postings
from visits.duty.duty_sql import (
    HELD_BY_CADRES,
    HELD_BY_UNITS,
    Tenure,
    done_by_cadres,
    done_by_units,
    held_by_cadres,
    held_by_units,
)
from visits.indicators import REQUIRED

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
STANDING = {*HELD_BY_CADRES, *HELD_BY_UNITS}
"""What is held on a day, which is not pro-rated."""


@dataclass(frozen=True)
class DutySpan:
    """The part of a year on which something is required: from the first pairing to the last, without leave."""

    since: date
    until: date
    days_off: int = 0

    @property
    def days(self) -> int:
        return max((self.until - self.since).days + 1 - self.days_off, 0)


@dataclass(frozen=True)
class Duty:
    """One obligation: `minimum` for the whole year, `needed` pro-rated for the span."""

    indicator: str
    minimum: int
    needed: int
    done: int
    span: DutySpan

    @property
    def owed(self) -> int:
        return max(self.needed - self.done, 0)

    @property
    def label(self) -> str:
        return str(Indicator(self.indicator).label)

    @property
    def measure(self) -> str:
        return REQUIRED[Indicator(self.indicator)].measure

    @property
    def is_shortened(self) -> bool:
        return self.needed < self.minimum

    @property
    def next_on(self) -> date | None:
        """Return the day by which the next one is needed at an even pace through the span; None if nothing
        is owed.
        """
        if not self.owed or self.indicator in STANDING:
            return None
        length = (self.span.until - self.span.since).days + 1
        return self.span.since + timedelta(days=ceil(length * (self.done + 1) / self.needed) - 1)


class RequirementTarget(NamedTuple):
    """Whom a requirement addresses: place, rank ('' for a unit itself), unit."""

    place: str
    rank: str
    unit: int


def cadre_duties(cadres: QuerySet[Cadre], *, year: int, on: date) -> dict[int, list[Duty]]:
    """Return the duties of each cadre, by key, in a constant number of queries.

    Without a minimum there is no duty; nothing is required of a cadre who was not paired that year.
    """
    first, last = bounds(year)
    tenures = held_by_cadres(cadres, first, last, min(on, last))
    former = former_postings(min(on, last))
    asked = {}
    for pk, place, rank, unit in cadres.values_list("pk", "place", "rank", "unit"):
        if pk in tenures:
            unit, rank = former.get(pk, (unit, rank))
            asked[pk] = RequirementTarget(_at_work(place, tenures[pk]), rank, unit)
    minima = _minima(asked.values(), OF_CADRES, year)
    if not any(minima.values()):
        return {}
    done = done_by_cadres(cadres, first, last)
    off = days_off(Leave.objects.filter(cadre__in=cadres.order_by().values("pk")), year)
    return {
        pk: _duties(minima[who], tenures[pk], done.get(pk, {}), off.get(pk, ()), year)
        for pk, who in asked.items()
    }


def unit_duties(units: QuerySet[Unit], *, year: int, on: date) -> dict[int, list[Duty]]:
    """Return the duties of each unit, by key."""
    first, last = bounds(year)
    tenures = held_by_units(units, first, last, min(on, last))
    asked = {
        pk: RequirementTarget(_at_work(place, tenures[pk]), "", pk)
        for pk, place in units.values_list("pk", "place")
        if pk in tenures
    }
    minima = _minima(asked.values(), OF_UNITS, year)
    if not any(minima.values()):
        return {}
    done = done_by_units(units, first, last)
    return {pk: _duties(minima[who], tenures[pk], done.get(pk, {}), (), year) for pk, who in asked.items()}


def _at_work(place: str, tenure: Tenure) -> str:
    """Return the place whose requirements apply: for 省直 and 市直 units, which lie above the county, that
    of their pairings.
    """
    return place if len(place) >= COUNTY else tenure.place


def _duties(
    minima: Mapping[Indicator, int],
    tenure: Tenure,
    done: Mapping[str, int],
    off: Collection[date],
    year: int,
) -> list[Duty]:
    span = DutySpan(
        tenure.since, tenure.until, days_off=sum(tenure.since <= day <= tenure.until for day in off)
    )
    count = {**tenure.held, **done}
    return [
        Duty(indicator, least, needed(indicator, least, span, year), count.get(indicator, 0), span)
        for indicator, least in minima.items()
    ]


def needed(indicator: str, minimum: int, span: DutySpan, year: int) -> int:
    """Return the minimum pro-rated for a span, rounded up; what is held on a day is not pro-rated."""
    if indicator in STANDING:
        return minimum
    return ceil(minimum * span.days / _length(year))


def bounds(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _length(year: int) -> int:
    first, last = bounds(year)
    return (last - first).days + 1


# --- what is asked --------------------------------------------------------------------------------


def _minima(
    asked: Iterable[RequirementTarget], of: Sequence[Indicator], year: int
) -> dict[RequirementTarget, dict[Indicator, int]]:
    """Return the minima of each target, in the order of the indicators."""
    kinds = set(asked)
    places = {code for who in kinds for code in above(who.place)}
    at: dict[str, list[Requirement]] = {}
    for row in Requirement.objects.filter(place__in=places, year=year, minimum__gt=0, indicator__in=of):
        at.setdefault(row.place, []).append(row)
    found = {}
    for who in kinds:
        rows = [row for code in above(who.place) for row in at.get(code, ())]
        minima = {indicator: _minimum(rows, indicator, who) for indicator in of}
        found[who] = {indicator: minimum for indicator, minimum in minima.items() if minimum}
    return found


def _minimum(rows: Iterable[Requirement], indicator: str, who: RequirementTarget) -> int:
    """Return the minimum that applies, 0 if there is none."""
    of_indicator = (row for row in rows if row.indicator == indicator)
    nearest = nearest_requirement(of_indicator, rank=who.rank, unit=who.unit)
    return (nearest.minimum or 0) if nearest else 0


# --- leave ----------------------------------------------------------------------------------------


def days_off(leaves: Iterable[Leave], year: int) -> dict[int, set[date]]:
    """Return the days of the year on which each cadre was on leave; leaves may overlap."""
    first, last = bounds(year)
    off: dict[int, set[date]] = {}
    for leave in leaves:
        since, until = max(leave.started_on, first), min(leave.ended_on, last)
        days = {since + timedelta(days=n) for n in range((until - since).days + 1)}
        off[leave.cadre_id] = off.get(leave.cadre_id, set()) | days
    return off


def owing(duties: Mapping[int, Sequence[Duty]]) -> list[int]:
    """Return the keys of those who still owe something."""
    return [pk for pk, found in duties.items() if any(duty.owed for duty in found)]

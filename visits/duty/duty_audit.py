"""Explain for every visit of a year whether it counted towards a duty, and if not, why."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from households.models import HouseholdAway, HouseholdPairing
from units.models import Cadre, Requirement, Unit
from villages.models import VillagePairing
from visits.duty.rules import bounds
from visits.models import Visit

Indicator = Requirement.Indicator
VOID = "已作废"
PHONE = "电话联系，不算入户"
NO_HOUSEHOLD = "没有到户"
NO_VILLAGE = "没有到村"
SAME_DAY = "同一天已经算过"
SAME_HOUSEHOLD = "这户已经算过"
SAME_HOUSEHOLD_DAY = "同一天同一户已经算过"
SAME_VILLAGE_DAY = "同一天同一村已经算过"


class Verdict(NamedTuple):
    """A visit and the reason why it did not count, '' if it did."""

    visit: Visit
    why: str

    @property
    def counts(self) -> bool:
        return not self.why


class PairedSpan(NamedTuple):
    """The days of one pairing."""

    key: int
    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def explain_cadre(cadre: Cadre, indicator: str, year: int) -> list[Verdict]:
    """Return a verdict on each visit of the cadre's year, oldest first. Four queries."""
    visits = list(
        Visit.objects.of(cadre)
        .filter(visited_on__range=bounds(year))
        .with_head()
        .select_related("household", "village")
        .order_by("visited_on", "pk")
    )
    reached = _reached(visits)
    if indicator == Indicator.VISIT_DAYS:
        return _verdicts(visits, [reached], lambda visit: visit.visited_on, SAME_DAY)
    if indicator == Indicator.VISITED_HOUSEHOLDS:
        return _verdicts(visits, [_at_household, reached], lambda visit: visit.household_id, SAME_HOUSEHOLD)
    pairings = HouseholdPairing.objects.filter(cadre=cadre).order_by("started_on")
    own = _paired(
        [PairedSpan(*row) for row in pairings.values_list("household", "started_on", "ended_on")],
        lambda visit: visit.household_id,
        "联系户",
    )
    return _verdicts(
        visits,
        [_at_household, reached, own],
        lambda visit: (visit.household_id, visit.visited_on),
        SAME_HOUSEHOLD_DAY,
    )


def explain_unit(unit: Unit, indicator: str, year: int) -> list[Verdict]:
    """Return a verdict on each visit of the unit's cadres in a year, oldest first."""
    visits = (
        Visit.objects.of_unit(unit.pk)
        .with_head()
        .filter(visited_on__range=bounds(year))
        .select_related("household", "village", "cadre")
        .order_by("visited_on", "pk")
    )
    villages = VillagePairing.objects.filter(unit=unit).values_list("village", "started_on", "ended_on")
    homes = HouseholdPairing.objects.filter(unit=unit)
    in_villages = homes.values_list("household__village", "started_on", "ended_on").distinct()
    paired = _paired(
        sorted((PairedSpan(*row) for row in [*villages, *in_villages]), key=lambda span: span.since),
        lambda visit: visit.village_id,
        "联系村",
    )
    rules = [_in_village, _not_by_phone, paired]
    if indicator == Indicator.VILLAGE_DAYS:
        return _verdicts(list(visits), rules, lambda visit: visit.visited_on, SAME_DAY)
    return _verdicts(
        list(visits), rules, lambda visit: (visit.village_id, visit.visited_on), SAME_VILLAGE_DAY
    )


Rule = Callable[[Visit], str]
"""Returns why a visit does not count by itself, '' if it does."""


def _verdicts(
    visits: Iterable[Visit], rules: Sequence[Rule], key: Callable[[Visit], Any], again: str
) -> list[Verdict]:
    """Return each visit with the first rule that it breaks; of visits with the same key only the first
    counts.
    """
    seen, found = set(), []
    for visit in visits:
        why = VOID if visit.is_void else next(filter(None, (rule(visit) for rule in rules)), "")
        if not why and key(visit) in seen:
            why = again
        if not why:
            seen.add(key(visit))
        found.append(Verdict(visit, why))
    return found


def _at_household(visit: Visit) -> str:
    return "" if visit.household_id else NO_HOUSEHOLD


def _in_village(visit: Visit) -> str:
    return "" if visit.village_id else NO_VILLAGE


def _not_by_phone(visit: Visit) -> str:
    return PHONE if visit.kind == Visit.Kind.PHONE else ""


def _reached(visits: Sequence[Visit]) -> Rule:
    """Return the rule that a call counts only while the family is away."""
    called = {visit.household_id for visit in visits if visit.kind == Visit.Kind.PHONE}
    aways = HouseholdAway.objects.filter(household__in=called).values_list(
        "household", "started_on", "ended_on"
    )
    spans = [PairedSpan(*row) for row in aways]

    def rule(visit: Visit) -> str:
        if visit.kind != Visit.Kind.PHONE:
            return ""
        away = any(span.key == visit.household_id and span.holds(visit.visited_on) for span in spans)
        return "" if away else PHONE

    return rule


def _paired(spans: Sequence[PairedSpan], key: Callable[[Visit], Any], what: str) -> Rule:
    """Return the rule that a visit counts only during a pairing; its reason says whether it was too early,
    too late, or never paired.
    """

    def rule(visit: Visit) -> str:
        own = [span for span in spans if span.key == key(visit)]
        if any(span.holds(visit.visited_on) for span in own):
            return ""
        if not own:
            return f"不是{what}"
        if visit.visited_on < own[0].since:
            return f"结对以前（{own[0].since:%Y-%m-%d} 起才是{what}）"
        return f"那天不是{what}"

    return rule

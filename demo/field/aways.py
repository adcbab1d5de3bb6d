"""举家外出 (families away): absences for work between two days on which the family was seen, and calls to them."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from demo.draw import uuid4
from demo.field.findings import Findings
from demo.field.known import KnownFieldwork
from demo.homes import Home
from demo.topics import ticked
from households.choices import MigrantWork
from units.days import month_of
from visits.models import Visit

GO = 0.1
"""Share of the families that may go."""
OLDEST, LARGEST = 62, 5
SHORTEST, LONGEST = 50, 240
"""In days."""
LEAVES_AFTER, BACK_BEFORE = (5, 20), (3, 14)
"""Days from the last sighting until a family leaves, and from its return until the next sighting."""
STILL_AWAY = 0.75
"""Share of the families not seen since."""
BETWEEN_CALLS = (35, 90)
REASONS: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {
    MigrantWork.IN_PROVINCE: (
        ("去兰州工地打工，孩子跟着上学", (2, 3, 4, 5, 8)),
        ("去酒泉种制种玉米", (3, 4, 5, 6)),
        ("在天水市里开小饭馆", (1, 2, 3, 6, 9)),
        ("去张掖摘花、收洋葱", (6, 7, 8, 9)),
    ),
    MigrantWork.ELSEWHERE: (
        ("全家去新疆摘棉花", (8, 9, 10)),
        ("去新疆包地种棉花", (2, 3, 4)),
        ("去江苏进厂，老板管住", (2, 3, 5, 7)),
        ("去内蒙古工地干活", (3, 4, 5, 6)),
        ("去西安做装修，租房住", (2, 3, 6, 9, 11)),
    ),
}
"""By where the family's workers go, with the months in which people leave for it."""
ANY = "外出务工，全家都去"
CALLS = (
    "打电话问了在外的情况，一家人都好，活能干到年底。",
    "电话里说工钱按月发，惦记着家里的地，答应托邻居看着。",
    "打电话说了补贴到账的事，让存折交给亲戚代取。",
    "电话里问孩子转学的手续，查清了回过去。",
    "打电话问啥时回来，说活完了就回，家里的门窗请组长看着。",
    "电话里把合作医疗缴费的时间说了，钱托组长垫上。",
)


class Aways:
    """Draws the absences of one village after another."""

    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.next_away = 1

    def of(self, rng: Random, found: Findings) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return (families away, calls to them)."""
        rows: list[dict[str, Any]] = []
        calls: list[dict[str, Any]] = []
        for home in found.place.homes:
            gaps = self._gaps(found, home) if _may_go(home) and rng.random() < GO else []
            if gaps:
                since, until = self._span(rng, *rng.choice(gaps))
                rows.append(self._row(home, since, until, _reason(rng, home, since)))
                calls += self._calls(rng, home, since, until or self.known.year.last)
        return rows, calls

    def _gaps(self, found: Findings, home: Home) -> list[tuple[date, date | None]]:
        """Return the periods in which nobody saw the family at home; the last one is open."""
        trips = self.known.trips.get((home.place.pk, home.pk), ())
        seen = {trip.day for trip in trips if trip.kind != Visit.Kind.PHONE}
        seen |= {sheet["surveyed_on"] for sheet in found.sheets.get(home.pk, ())}
        days = sorted(day for day in seen if day >= self.known.year.days[0])
        least = timedelta(days=SHORTEST + LEAVES_AFTER[1] + BACK_BEFORE[1])
        gaps: list[tuple[date, date | None]] = [
            (one, other) for one, other in pairwise(days) if other - one >= least
        ]
        if days and self.known.year.last - days[-1] >= least:
            gaps.append((days[-1], None))
        return gaps

    def _span(self, rng: Random, seen: date, again: date | None) -> tuple[date, date | None]:
        """Return (left, back); back is None while the family is still away."""
        since = seen + timedelta(days=rng.randint(*LEAVES_AFTER))
        if again is None and rng.random() < STILL_AWAY:
            return since, None
        latest = (again or self.known.year.last) - timedelta(days=rng.randint(*BACK_BEFORE))
        return since, min(latest, since + timedelta(days=rng.randint(SHORTEST, LONGEST)))

    def _calls(self, rng: Random, home: Home, since: date, until: date) -> Iterator[dict[str, Any]]:
        day = since + timedelta(days=rng.randint(*BETWEEN_CALLS))
        while day <= until:
            if link := self.known.helper(home, day):
                yield self._call(rng, home, day, link.worker.pk, self.known.posting(link.worker, day))
            day += timedelta(days=rng.randint(*BETWEEN_CALLS))

    def _row(self, home: Home, since: date, until: date | None, reason: str) -> dict[str, Any]:
        pk, self.next_away = self.next_away, self.next_away + 1
        span = {"started_on": since, "ended_on": until, "reason": reason}
        return {"id": pk, "household_id": home.pk, **span, "place": home.place.code}

    def _call(
        self, rng: Random, home: Home, day: date, worker: int, posting: tuple[int, str]
    ) -> dict[str, Any]:
        pk, self.known.next_visit = self.known.next_visit, self.known.next_visit + 1
        unit, rank = posting
        ref, content = uuid4(rng), rng.choice(CALLS)
        return {
            "id": pk,
            "ref": ref,
            "cadre_id": worker,
            "unit_id": unit,
            "rank": rank,
            "village_id": home.place.pk,
            "household_id": home.pk,
            "visited_on": day,
            "month": month_of(day),
            "nights": 0,
            "kind": Visit.Kind.PHONE,
            "reasons": "",
            "content": content,
            "topics": ticked(ref, content),
            "card_given": False,
            "promised_on": None,
            "outing": ref,
            "entered_by_id": worker,
            "recorded_at": self.known.at(rng, day, (18, 22)),
            "is_late": False,
            "place": home.place.code,
        }


def _may_go(home: Home) -> bool:
    """Return whether the family may leave: somebody already works away, and no old person would stay behind."""
    away = any(person.is_away for person in home.family)
    return away and home.size <= LARGEST and all(person.age <= OLDEST for person in home.family)


def _reason(rng: Random, home: Home, day: date) -> str:
    work = next(person.migrant_work for person in home.family if person.is_away)
    fitting = [reason for reason, months in REASONS[work] if day.month in months]
    return rng.choice(fitting or [ANY])

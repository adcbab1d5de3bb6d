"""Problems as they are reported: in a survey, on a visit, by phone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from demo import CADRE_PHONE
from demo.draw import WeightedChoice
from demo.field import solutions
from demo.field.known import KnownFieldwork, Trip
from demo.homes import Home, Place
from visits.choices import Category

COUNTS = WeightedChoice({0: 59.5, 1: 29, 2: 8.5, 3: 3})
"""Problems per household in the two years."""
OF_VILLAGE = 0.5
"""Share of villages in which a problem was seen."""
RECENT = 3
"""Days since the report of the problem on the home page of the sample cadre login."""
Sheets = Mapping[int, Sequence[Mapping[str, Any]]]
"""Responses that count, by household."""


class Told(NamedTuple):
    """A reported problem: who registered it and when, and its source."""

    home: Home | None
    day: date
    category: Category
    description: str
    worker: int
    unit: int
    rank: str
    entered_by: int
    recorded_at: datetime
    trip: int | None = None
    response: int | None = None
    ref: UUID | None = None

    @property
    def is_by_telephone(self) -> bool:
        return self.trip is None and self.response is None


class Telling:
    """Draws the reported problems of one village after another."""

    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.waits_for_login = True

    def of(self, rng: Random, place: Place, sheets: Sheets) -> Iterator[Told]:
        for home in place.homes:
            if count := COUNTS.pick(rng):
                told = [*self._on_sheets(rng, home, sheets.get(home.pk, ())), *self._on_visits(home)]
                yield from _some(rng, told, count)
            yield from self._to_the_login(rng, home)
        seen = [
            _on_trip(None, trip, text, category)
            for trip in self.known.trips.get((place.pk, None), ())
            for text, category in solutions.SEEN.items()
            if text in trip.content
        ]
        if seen and rng.random() < OF_VILLAGE:
            yield rng.choice(seen)

    def _on_sheets(self, rng: Random, home: Home, sheets: Sequence[Mapping[str, Any]]) -> Iterator[Told]:
        """Yield problems raised from a survey answer, like `visits.problems.rules.of_answer`."""
        for sheet in sheets:
            day, worker, unit = sheet["surveyed_on"], sheet["surveyor_id"], sheet["unit_id"]
            if not self.known.has(worker, unit, home, day):
                continue
            for code in sheet["answers"].get("D03", ()):
                yield Told(
                    home,
                    day,
                    Category(code),
                    f"{day:%Y-%m-%d} 调查时说最急需解决的困难：{Category(code).label}",
                    worker,
                    unit,
                    sheet["rank"],
                    worker,
                    min(sheet["recorded_at"] + timedelta(minutes=rng.randint(3, 600)), self.known.now),
                    response=sheet["id"],
                    ref=uuid5(sheet["ref"], f"{code}:0"),
                )

    def _on_visits(self, home: Home) -> Iterator[Told]:
        for trip in self.known.visits_to(home):
            for text, category in solutions.TOLD.items():
                if text in trip.content:
                    yield _on_trip(home, trip, text, category)

    def _to_the_login(self, rng: Random, home: Home) -> Iterator[Told]:
        """Yield a problem that is still open for the sample cadre login."""
        day = self.known.working_day(self.known.year.last - timedelta(days=RECENT))
        link = self.known.helper(home, day)
        if self.waits_for_login and link and link.worker.phone == CADRE_PHONE:
            self.waits_for_login = False
            pk, at = link.worker.pk, self.known.at(rng, day)
            told = solutions.BY_TELEPHONE[day.month in solutions.FROSTY]
            yield Told(home, day, Category.WATER, told, pk, link.unit, link.rank, pk, at)


def _some(rng: Random, told: Sequence[Told], count: int) -> list[Told]:
    """Return at most this many, each of another category, in the order reported."""
    by_category: dict[Category, list[Told]] = defaultdict(list)
    for one in told:
        by_category[one.category].append(one)
    categories = rng.sample(sorted(by_category), min(count, len(by_category)))
    chosen = [rng.choice(by_category[category]) for category in categories]
    return sorted(chosen, key=lambda one: one.day)


def _on_trip(home: Home | None, trip: Trip, text: str, category: Category) -> Told:
    who = trip.worker, trip.unit, trip.rank, trip.entered_by
    return Told(home, trip.day, category, text, *who, trip.recorded_at, trip.pk)

"""活动 (activities): meetings and lessons recorded in the diary, campaigns in villages, study sessions of units."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from random import Random
from typing import Any, NamedTuple

from demo.draw import WeightedChoice, uuid4
from demo.field import gifts, meetings
from demo.field.known import KnownFieldwork, Trip
from demo.field.meetings import Meeting
from demo.homes import Place
from demo.staff import Team
from visits.activities.rules import MATERIALS
from visits.models import Activity

HELD, TAUGHT = 0.7, 0.9
"""Share of the diary's meetings and lessons that the unit also records as activities."""
SPREAD = WeightedChoice({0: 8, 1: 27, 2: 34, 3: 21, 4: 10})
"""Campaigns in a village in the two years."""
ASSEMBLED, STARTED = 0.55, 0.3
"""Shares of villages and years."""
STUDIES = WeightedChoice({3: 20, 4: 30, 5: 28, 6: 22})
"""Study sessions per unit and year."""
PRESENT = (0.62, 0.96)
"""Range of the share of a unit's cadres who attend."""
Row = dict[str, Any]


class Held(NamedTuple):
    """An activity of a unit, in a village or at the unit; who entered it, and when."""

    unit: int
    day: date
    entered_by: int
    recorded_at: datetime
    place: Place | None = None


class Activities:
    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.next_activity = 1
        self.days: dict[tuple[int, int], list[date]] = defaultdict(list)
        for day in known.working_days:
            if day <= known.year.last:
                self.days[day.year, day.month].append(day)
        self.years = sorted({year for year, _ in self.days})

    def of_village(self, rng: Random, place: Place, helped: Iterable[Mapping[str, Any]]) -> list[Row]:
        """Return the village's activities; `helped` holds its help items, of which lessons state the attendance."""
        rows = [*self._from_visits(rng, place, helped)]
        for _ in range(SPREAD.pick(rng)):
            rows += self._some_day(rng, place, rng.choice(meetings.IN_VILLAGES), rng.choice(self.years))
        for year in self.years:
            if rng.random() < ASSEMBLED:
                rows += self._some_day(rng, place, rng.choice(meetings.ASSEMBLIES), year)
            if rng.random() < STARTED:
                rows += self._some_day(rng, place, meetings.STARTS, year)
        return rows

    def of_unit(self, rng: Random, team: Team) -> list[Row]:
        rows: list[Row] = []
        for year in self.years:
            titles = rng.sample(meetings.STUDIES, STUDIES.pick(rng))
            studies = [Meeting(Activity.Kind.STUDY, title, text) for title, text in titles]
            for meeting in [meetings.OF_UNITS, *studies]:
                for day in self._days(rng, meeting, year):
                    staff = self.known.staff(team.pk, day)
                    present = round(len(staff) * rng.uniform(*PRESENT))
                    held = Held(team.pk, day, rng.choice(staff).pk, self.known.at(rng, day, (15, 20)))
                    rows.append(self._row(rng, meeting, held, present) | {"place": team.office.place})
        return rows

    def _from_visits(self, rng: Random, place: Place, helped: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
        came = {row["visit_id"]: row["people"] for row in helped if row["people"]}
        for trip in self.known.trips.get((place.pk, None), ()):
            for text, meeting in meetings.TOLD.items():
                if text in trip.content and rng.random() < HELD:
                    yield self._row(rng, meeting, _on(trip, place), rng.randint(*meeting.people))
            for text, lesson in gifts.LESSONS.items():
                if text in trip.content and trip.pk in came and rng.random() < TAUGHT:
                    meeting = Meeting(Activity.Kind.TRAINING, lesson.content, meetings.TAUGHT)
                    yield self._row(rng, meeting, _on(trip, place), came[trip.pk])

    def _some_day(self, rng: Random, place: Place, meeting: Meeting, year: int) -> Iterator[Row]:
        """Yield one activity of the year, if its months lie within the fieldwork."""
        for day in self._days(rng, meeting, year):
            unit = self.known.unit_of(place, day)
            by = rng.choice(self.known.staff(unit, day))
            held = Held(unit, day, by.pk, self.known.at(rng, day, (17, 21)), place)
            yield self._row(rng, meeting, held, rng.randint(*meeting.people))

    def _days(self, rng: Random, meeting: Meeting, year: int) -> list[date]:
        """Return one day in its months of the year, or an empty list outside the two years."""
        days = [day for month in meeting.months for day in self.days.get((year, month), ())]
        return [rng.choice(days)] if days else []

    def _row(self, rng: Random, meeting: Meeting, held: Held, people: int) -> Row:
        pk, self.next_activity = self.next_activity, self.next_activity + 1
        return {
            "id": pk,
            "ref": uuid4(rng),
            "kind": meeting.kind,
            "title": meeting.title,
            "held_on": held.day,
            "unit_id": held.unit,
            "village_id": held.place.pk if held.place else None,
            "people": people,
            **{name: rng.randint(*getattr(meeting, name)) for name in MATERIALS},
            "text": meeting.text,
            "entered_by_id": held.entered_by,
            "recorded_at": held.recorded_at,
            "place": held.place.code if held.place else "",
        }


def _on(trip: Trip, place: Place) -> Held:
    return Held(trip.unit, trip.day, trip.entered_by, trip.recorded_at, place)

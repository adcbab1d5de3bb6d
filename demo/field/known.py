"""What the fieldwork depends on: who had which household and village on a day, who was there, and working days."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from demo import OFFICE_PHONE
from demo.homes import Home, Place
from demo.pairings import Link, VillageTenure, lasts
from demo.rounds import survey_rounds
from demo.season import SampleYear
from demo.staff import Team, Worker
from households.choices import PairingKind
from units.presets import PROBLEM_DAYS
from units.roles import Role
from units.workdays import works_by_calendar

AHEAD = 60
"""Days after today up to which working days are needed."""


class Trip(NamedTuple):
    """A counted visit to a household or a village."""

    pk: int
    day: date
    worker: int
    unit: int
    rank: str
    kind: str
    content: str
    entered_by: int
    recorded_at: datetime
    outing: UUID
    household: int | None


class KnownFieldwork:
    """Pairings, postings and noted visits by day.

    `since` is the first day of the fieldwork; visits must be noted first.
    """

    def __init__(
        self,
        teams: Sequence[Team],
        tenures: Sequence[VillageTenure],
        links: Sequence[Link],
        year: SampleYear,
        now: datetime,
    ) -> None:
        self.teams, self.year, self.now = teams, year, now
        self.since = survey_rounds(year)[0].first
        self.workers = {worker.pk: worker for team in teams for worker in team.workers}
        self.office = next(w for w in self.workers.values() if w.phone == OFFICE_PHONE)
        self.trips: dict[tuple[int, int | None], list[Trip]] = defaultdict(list)
        self.at_work: dict[int, set[date]] = defaultdict(set)
        self.next_visit = 1
        self.links: dict[Home, list[Link]] = defaultdict(list)
        self.tenures: dict[Place, list[VillageTenure]] = defaultdict(list)
        for link in links:
            if link.kind == PairingKind.HELP:
                self.links[link.home].append(link)
        for tenure in tenures:
            self.tenures[tenure.place].append(tenure)
        days = [self.since + timedelta(days=n) for n in range((year.last - self.since).days + AHEAD)]
        self.working_days = [day for day in days if works_by_calendar(day)]

    def note(self, visits: Iterable[Mapping[str, Any]], companions: Iterable[Mapping[str, Any]]) -> None:
        """Record who visited what."""
        days: dict[int, date] = {}
        for row in visits:
            days[row["id"]] = row["visited_on"]
            self.next_visit = row["id"] + 1
            self.at_work[row["cadre_id"]].add(row["visited_on"])
            if "voided_on" not in row:
                trip = Trip(
                    row["id"],
                    row["visited_on"],
                    row["cadre_id"],
                    row["unit_id"],
                    row["rank"],
                    row["kind"],
                    row["content"],
                    row["entered_by_id"],
                    row["recorded_at"],
                    row["outing"],
                    row["household_id"],
                )
                self.trips[row["village_id"], row["household_id"]].append(trip)

        for row in companions:
            self.at_work[row["cadre_id"]].add(days[row["visit_id"]])

    def note_work(self, rows: Iterable[Mapping[str, Any]], who: str, when: str) -> None:
        """Record who did something on a day, as given by these columns."""
        for row in rows:
            day = row[when]
            self.at_work[row[who]].add(day.date() if isinstance(day, datetime) else day)

    def visits_to(self, home: Home) -> list[Trip]:
        """Return the visits of whoever was paired with the household that day, in order; a stay may outlast its
        pairing.
        """
        found = self.trips.get((home.place.pk, home.pk), ())
        return [trip for trip in found if self.has(trip.worker, trip.unit, home, trip.day)]

    def has(self, worker: int, unit: int, home: Home, day: date) -> bool:
        return any(
            link.worker.pk == worker and link.unit == unit and lasts(link, day, self.year)
            for link in self.links.get(home, ())
        )

    def helper(self, home: Home, day: date) -> Link | None:
        """Return the cadre paired with a household on a day."""
        return next((link for link in self.links.get(home, ()) if lasts(link, day, self.year)), None)

    def unit_of(self, place: Place, day: date) -> int:
        """Return the unit paired with a village on a day."""
        return next(tenure.unit for tenure in self.tenures[place] if lasts(tenure, day, self.year))

    def posting(self, worker: Worker, day: date) -> tuple[int, str]:
        """Return (unit, rank) on a day."""
        if worker.former_unit and day < self.year.day(worker.moved_at):
            return worker.former_unit, worker.former_rank
        return worker.unit, worker.rank

    def staff(self, unit: int, day: date) -> list[Worker]:
        """Return the serving cadres of a unit on a day."""
        return [w for w in self.teams[unit - 1].workers if self.posting(w, day)[0] == unit]

    def chief(self, unit: int, day: date) -> Worker | None:
        """Return the leader of a unit."""
        return next((worker for worker in self.staff(unit, day) if worker.role == Role.LEADER), None)

    def due(self, day: date) -> date:
        """Return the deadline of a problem registered on that day."""
        return self.working_days[bisect_right(self.working_days, day) + PROBLEM_DAYS - 1]

    def working_day(self, day: date) -> date:
        """Return the day itself, or the next working day."""
        found = self.working_days[bisect_right(self.working_days, day - timedelta(days=1))]
        return found if found <= self.year.last else day

    def at(self, rng: Random, day: date, hours: tuple[int, int] = (8, 18)) -> datetime:
        """Return a time on a day, not later than now."""
        clock = time(rng.randint(*hours), rng.randrange(60), rng.randrange(60))
        return min(datetime.combine(day, clock, self.now.tzinfo), self.now)

"""Choose who surveyed which subject on which day: during a visit if there was one, else by the pairing of that day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple

from demo.homes import Home, Place
from demo.pairings import Link, VillageTenure, lasts
from demo.rounds import survey_rounds
from demo.season import SampleYear
from demo.staff import Team
from households.choices import PairingKind
from units.roles import Role
from visits.models import Visit

PREFERRED = {Visit.Kind.SURVEY, Visit.Kind.COMMITTEES}
"""Kinds of visits on which a form is most likely filled in."""
TYPED_LATER = 0.1


class Interview(NamedTuple):
    """The cadre (by key) who surveyed on a day, unit and rank of that day, and how it was entered."""

    day: date
    worker: int
    unit: int
    rank: str
    entered_by: int
    recorded_at: datetime
    is_survey: bool = True


class Askers:
    """Chooses interviews for rounds 0 and 1; all visits must be noted first."""

    def __init__(
        self,
        teams: Sequence[Team],
        tenures: Sequence[VillageTenure],
        links: Sequence[Link],
        year: SampleYear,
        now: datetime,
    ) -> None:
        self.teams, self.year, self.now = teams, year, now
        self.rounds = survey_rounds(year)
        self.links: dict[Home, list[Link]] = defaultdict(list)
        self.tenures: dict[Place, list[VillageTenure]] = defaultdict(list)
        self.visits: dict[tuple[int, int | None], list[Interview]] = defaultdict(list)
        for link in links:
            if link.kind == PairingKind.HELP:
                self.links[link.home].append(link)
        for tenure in tenures:
            self.tenures[tenure.place].append(tenure)

    def note(self, visits: Iterable[Mapping[str, Any]]) -> None:
        """Remember who visited what during a round."""
        for row in visits:
            day, kind = row["visited_on"], row["kind"]
            is_in_round = day in self.rounds[0] or day in self.rounds[1]
            if is_in_round and kind != Visit.Kind.PHONE and "voided_on" not in row:
                asked = Interview(
                    day,
                    row["cadre_id"],
                    row["unit_id"],
                    row["rank"],
                    row["entered_by_id"],
                    row["recorded_at"],
                    kind in PREFERRED,
                )
                self.visits[row["village_id"], row["household_id"]].append(asked)

    def of_home(self, rng: Random, number: int, home: Home) -> Interview | None:
        """Return the interview, or None for a household without a pairing."""
        if asked := self._on_a_visit(rng, number, home.place.pk, home.pk):
            return asked
        day = self.rounds[number].day(rng, since=home.identified_on)
        link = next((link for link in self.links.get(home, ()) if lasts(link, day, self.year)), None)
        return self._some_day(rng, day, link.worker.pk, link.unit, link.rank) if link else None

    def of_village(self, rng: Random, number: int, place: Place) -> Interview:
        if asked := self._on_a_visit(rng, number, place.pk, None):
            return asked
        day = self.rounds[number].day(rng, since=date.min)
        unit = next(tenure.unit for tenure in self.tenures[place] if lasts(tenure, day, self.year))
        workers = [w for w in self.teams[unit - 1].workers if w.role == Role.CADRE and not w.former_unit]
        worker = rng.choice(workers)
        return self._some_day(rng, day, worker.pk, unit, worker.rank)

    def _on_a_visit(self, rng: Random, number: int, village: int, household: int | None) -> Interview | None:
        found = self.visits.get((village, household), ())
        visits = [asked for asked in found if asked.day in self.rounds[number]]
        if not visits:
            return None
        return rng.choice([asked for asked in visits if asked.is_survey] or visits)

    def _some_day(self, rng: Random, day: date, worker: int, unit: int, rank: str) -> Interview:
        typed = day + timedelta(days=rng.randint(1, 6)) if rng.random() < TYPED_LATER else day
        clock = time(rng.randint(12, 21), rng.randrange(60), rng.randrange(60))
        recorded_at = min(datetime.combine(typed, clock, self.now.tzinfo), self.now)
        return Interview(day, worker, unit, rank, worker, recorded_at)

"""The moves of a problem from 登记 (registration) until today: who made them, when, with which text."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from demo.draw import WeightedChoice
from demo.field import solutions
from demo.field.gifts import Gift
from demo.field.known import KnownFieldwork, Trip
from demo.field.solutions import Solution
from demo.field.telling import Told
from demo.staff import Worker
from visits.models import ProblemStatus

S = ProblemStatus
Path = tuple[ProblemStatus, ...]
ENDS: dict[Path, float] = {
    (S.SOLVED, S.CONFIRMED, S.CLOSED): 77,
    (S.SHELVED, S.CONFIRMED): 7,
    (S.SHELVED,): 7,
    (S.SOLVED, S.CONFIRMED): 4,
    (S.SOLVED, S.HANDLING, S.SOLVED, S.CONFIRMED, S.CLOSED): 3,
    (S.HANDLING,): 1.5,
}
"""Weights of final states; 办理 means that the problem is still open and overdue."""
SOLVABLE = {path: share for path, share in ENDS.items() if S.SHELVED not in path}
END, SOLVABLE_END = WeightedChoice(ENDS), WeightedChoice(SOLVABLE)
STUCK = (S.HANDLING,)
WAYS: WeightedChoice[Path] = WeightedChoice(
    {
        (S.HANDLING,): 52,
        (): 20,
        (S.HANDLING, S.TO_UNIT): 10,
        (S.TO_UNIT, S.HANDLING): 6,
        (S.HANDLING, S.TO_UNIT, S.TO_TOWN, S.HANDLING): 4,
        (S.HANDLING, S.TO_TOWN): 4,
        (S.TO_UNIT, S.TO_OFFICE, S.HANDLING): 2.5,
        (S.HANDLING, S.TO_OFFICE): 1.5,
    }
)
"""Weights of the states between 登记 (registration) and the end."""
GAPS: dict[ProblemStatus, tuple[int, int]] = {
    S.HANDLING: (0, 3),
    S.TO_UNIT: (1, 4),
    S.TO_TOWN: (1, 3),
    S.TO_OFFICE: (1, 3),
    S.SOLVED: (1, 7),
    S.SHELVED: (1, 7),
    S.CONFIRMED: (2, 30),
    S.CLOSED: (0, 6),
}
"""Days since the previous move."""
LATE, LATER = 0.05, (20, 40)
"""Share of problems that are solved after their deadline, and by how many days."""
STUCK_WITHIN = timedelta(days=200)
"""Greatest age of a problem that is still open."""
ASKED_WITHIN = timedelta(days=45)
"""Greatest time between the solution and the visit on which the family is asked."""
CLOSED_BY_LEADER = 0.6


class Move(NamedTuple):
    """One step at a time by a cadre (by key); `owner` is set when the problem was handed over."""

    status: ProblemStatus
    at: datetime
    by: int
    word: str = ""
    owner: int | None = None
    visit: int | None = None
    gift: Gift | None = None


class Ways:
    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known

    def of(self, rng: Random, told: Told) -> list[Move]:
        """Return the moves up to today; later ones are dropped."""
        way = [registered(told)]
        owner, late = told.worker, rng.random() < LATE
        for status in self._path(rng, told):
            before = way[-1]
            visit = self._looked_in(told, before.at, status)
            at = visit.recorded_at if visit else self._when(rng, before.at, status, late=late)
            if at is None:
                break
            follower = self._follower(told, at.date())
            by = visit.worker if visit else self._who(rng, told, follower, status, before.status, at.date())
            said = _say(rng, told, status, before.status)
            handed = follower.pk if follower.pk != owner else None
            owner = follower.pk
            way.append(Move(status, at, by, said.word, handed, visit.pk if visit else None, said.gift))
        return way

    def _path(self, rng: Random, told: Told) -> Iterator[ProblemStatus]:
        """Yield the states of a problem in order, each at most once."""
        may_shelve = told.home is not None and told.category in solutions.SHELVED
        end = (END if may_shelve else SOLVABLE_END).pick(rng)
        path = [*WAYS.pick(rng), *end]
        if end == STUCK and told.day < self.known.year.last - STUCK_WITHIN:
            path = [S.HANDLING, S.SOLVED, S.CONFIRMED, S.CLOSED]
        if told.is_by_telephone:
            path = [S.HANDLING]
        return (status for n, status in enumerate(path) if not n or status != path[n - 1])

    def _when(self, rng: Random, before: datetime, status: ProblemStatus, *, late: bool) -> datetime | None:
        """Return a time after the previous move, in office hours; None if it is still to come."""
        least, most = LATER if late and status == S.SOLVED else GAPS[status]
        day = self.known.working_day(before.date() + timedelta(days=rng.randint(least, most)))
        if day > self.known.year.last:
            return None
        at = self.known.at(rng, day)
        if at <= before:
            at = before + timedelta(minutes=rng.randint(5, 90))
        return at if at < self.known.now else None

    def _looked_in(self, told: Told, before: datetime, status: ProblemStatus) -> Trip | None:
        """Return the visit on which the family was asked whether the problem is solved."""
        if told.home is None or status != S.CONFIRMED:
            return None
        least, most = before.date(), before.date() + ASKED_WITHIN
        after = [trip for trip in self.known.visits_to(told.home) if least < trip.day <= most]
        return next((trip for trip in after if trip.recorded_at < self.known.now), None)

    def _follower(self, told: Told, day: date) -> Worker:
        """Return who is responsible on a day: the household's cadre, else who registered the problem."""
        link = self.known.helper(told.home, day) if told.home else None
        return link.worker if link else self.known.workers[told.worker]

    def _who(
        self,
        rng: Random,
        told: Told,
        follower: Worker,
        status: ProblemStatus,
        before: ProblemStatus,
        day: date,
    ) -> int:
        """Return who makes the move: the cadre; superiors return escalated problems, and leaders close them."""
        if before == S.TO_OFFICE:
            return self.known.office.pk
        from_above = before in {S.TO_UNIT, S.TO_TOWN} and status in {S.HANDLING, S.TO_TOWN, S.TO_OFFICE}
        if from_above or (status == S.CLOSED and rng.random() < CLOSED_BY_LEADER):
            chief = self.known.chief(told.unit, day)
            return chief.pk if chief else follower.pk
        return follower.pk


def registered(told: Told) -> Move:
    return Move(S.REGISTERED, told.recorded_at, told.entered_by)


def is_reopening(before: ProblemStatus, status: ProblemStatus) -> bool:
    return before == S.SOLVED and status == S.HANDLING


def _say(rng: Random, told: Told, status: ProblemStatus, before: ProblemStatus) -> Solution:
    """Return the text of a step, and the help given with it."""
    if status == S.SOLVED and told.home:
        return rng.choice(solutions.SOLUTIONS[told.category])
    if status == S.SOLVED:
        return Solution(solutions.OF_VILLAGE[told.category])
    if is_reopening(before, status):
        return Solution(solutions.REOPENED)
    words: dict[ProblemStatus, Sequence[str]] = {
        S.HANDLING: solutions.HANDLED[told.category] if before == S.REGISTERED else solutions.RETURNED,
        S.SHELVED: solutions.SHELVED.get(told.category, ()),
        S.CONFIRMED: solutions.CONFIRMED,
        S.CLOSED: solutions.CLOSED,
        **solutions.RAISED_UP,
    }
    return Solution(rng.choice(words[status]))

"""请假 (leave): periods in which a cadre recorded nothing else."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

from demo.draw import WeightedChoice
from demo.field.known import KnownFieldwork
from demo.staff import Team, Worker
from households.choices import Sex
from units.roles import Rank

ON_LEAVE = 0.1
"""Share of the cadres per year."""

LATER = 3
"""Up to one part in LATER of a leave may lie after today."""


class LeaveKind(NamedTuple):
    """A kind of leave; `days` is its range. An illness is never named: a leave states only its kind."""

    reason: str
    days: tuple[int, int]


WEDDING = LeaveKind("婚假", (10, 18))
MARRYING, MARRIED = range(23, 30), 0.2
MATERNITY = LeaveKind("产假", (128, 158))
MOTHERS, TAKEN = range(24, 38), 0.5
ORDINARY: WeightedChoice[LeaveKind] = WeightedChoice(
    {
        LeaveKind("病假", (14, 75)): 40,
        LeaveKind("事假", (8, 25)): 24,
        LeaveKind("探亲假", (15, 25)): 10,
        LeaveKind("脱产培训", (20, 60)): 20,
    }
)
OF_HEADS: WeightedChoice[LeaveKind] = WeightedChoice(
    {
        LeaveKind("党校学习", (30, 90)): 50,
        LeaveKind("挂职锻炼", (120, 300)): 22,
        LeaveKind("病假", (14, 60)): 28,
    }
)


class Leaves:
    """Draws the leaves of one unit after another; all other work must be noted first."""

    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.next_leave = 1

    def of(self, rng: Random, team: Team) -> Iterator[dict[str, Any]]:
        for worker in team.workers:
            if worker.is_login or rng.random() >= ON_LEAVE:
                continue
            kind = _kind(rng, worker)
            length = rng.randint(*kind.days)
            if starts := self._start(rng, worker, length):
                ends = starts + timedelta(days=length - 1)
                row = {"cadre_id": worker.pk, "started_on": starts, "ended_on": ends, "reason": kind.reason}
                yield {"id": self.next_leave, **row, "place": team.office.place}
                self.next_leave += 1

    def _start(self, rng: Random, worker: Worker, length: int) -> date | None:
        """Return the first day of an idle period of this length; the leave may end after today."""
        year, last = self.known.year.days[0], self.known.year.last
        worked = sorted(day for day in self.known.at_work.get(worker.pk, ()) if year <= day)
        ends = [*worked, last + timedelta(days=length // LATER)]
        free = [
            one + timedelta(days=n)
            for one, other in pairwise([year, *ends])
            for n in range(1, (other - one).days - length + 1)
        ]
        return rng.choice(free) if free else None


def _kind(rng: Random, worker: Worker) -> LeaveKind:
    if worker.sex == Sex.FEMALE and worker.age in MOTHERS and rng.random() < TAKEN:
        return MATERNITY
    if worker.age in MARRYING and rng.random() < MARRIED:
        return WEDDING
    return (ORDINARY if worker.rank == Rank.GENERAL else OF_HEADS).pick(rng)

"""The problems of households and villages, with all their moves until today."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import Any, NamedTuple

from demo.draw import uuid4
from demo.field.gifts import Gift
from demo.field.known import KnownFieldwork
from demo.field.telling import Sheets, Telling, Told
from demo.field.ways import Move, Ways, is_reopening, registered
from demo.homes import Home, Place
from visits.choices import Category
from visits.models import OPEN, ProblemStatus

SHARED, JOINED = {Category.WATER, Category.ROAD}, 0.3
"""Categories shared by several families of a village, and how often such a problem is joined into the first one."""


class Settled(NamedTuple):
    """A problem that was solved with help."""

    problem: int
    home: Home
    day: date
    gift: Gift


class Problems:
    """Draws the problems of one village after another."""

    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.telling, self.ways = Telling(known), Ways(known)
        self.next_problem = self.next_move = 1

    def of(
        self, rng: Random, place: Place, sheets: Sheets
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Settled]]:
        """Return (problems, moves, problems solved with help) of a village."""
        rows: list[dict[str, Any]] = []
        moves: list[dict[str, Any]] = []
        settled: list[Settled] = []
        first_of: dict[tuple[Category, int], int] = {}
        for told in self.telling.of(rng, place, sheets):
            key = told.category, told.day.year
            shared = told.home is not None and told.category in SHARED and not told.is_by_telephone
            joined_into = first_of.get(key) if shared and rng.random() < JOINED else None
            way = [registered(told)] if joined_into else self.ways.of(rng, told)
            row = {**self._row(rng, place, told, way), "joined_into_id": joined_into}
            if shared:
                first_of.setdefault(key, row["id"])
            rows.append(row)
            moves += self._move_rows(row["id"], told, way)
            if told.home and row["status"] not in OPEN:
                settled += _settled(row["id"], told.home, way)
        return rows, moves, settled

    def _row(self, rng: Random, place: Place, told: Told, way: Sequence[Move]) -> dict[str, Any]:
        pk, self.next_problem = self.next_problem, self.next_problem + 1
        return {
            "id": pk,
            "ref": told.ref or uuid4(rng),
            "category": told.category,
            "description": told.description,
            "household_id": told.home.pk if told.home else None,
            "village_id": place.pk,
            "raised_on": told.day,
            "raised_by_id": told.worker,
            "unit_id": told.unit,
            "rank": told.rank,
            "visit_id": told.trip,
            "response_id": told.response,
            "owner_id": next((move.owner for move in reversed(way) if move.owner), told.worker),
            "entered_by_id": told.entered_by,
            "recorded_at": told.recorded_at,
            "place": place.code,
            **self._standing(told, way),
        }

    def _standing(self, told: Told, way: Sequence[Move]) -> dict[str, Any]:
        """Return the state that follows from the moves; those before a reopening are ignored."""
        since = max(
            (n for n in range(1, len(way)) if is_reopening(way[n - 1].status, way[n].status)), default=0
        )
        said = [
            move.word for move in way[since:] if move.status in {ProblemStatus.SOLVED, ProblemStatus.SHELVED}
        ]
        confirmed = [move.at.date() for move in way[since:] if move.status == ProblemStatus.CONFIRMED]
        return {
            "due_on": self.known.due(way[since].at.date() if since else told.day),
            "status": way[-1].status,
            "status_on": way[-1].at.date() if len(way) > 1 else told.day,
            "outcome": said[-1] if said else "",
            "confirmed_on": confirmed[-1] if confirmed else None,
        }

    def _move_rows(self, problem: int, told: Told, way: Sequence[Move]) -> Iterator[dict[str, Any]]:
        due = self.known.due(told.day)
        for before, move in zip([None, *way], way, strict=False):
            reopened = before is not None and is_reopening(before.status, move.status)
            yield {
                "id": self.next_move,
                "problem_id": problem,
                "status": move.status,
                "by_id": move.by,
                "on": move.at.date() if before else told.day,
                "due_before": due if reopened else None,
                "at": move.at,
                "word": move.word,
                "owner_id": move.owner,
                "visit_id": move.visit,
            }
            self.next_move += 1
            due = self.known.due(move.at.date()) if reopened else due


def _settled(problem: int, home: Home, way: Sequence[Move]) -> Iterator[Settled]:
    """Yield the problem if its last solution included help."""
    solved = [move for move in way if move.status == ProblemStatus.SOLVED][-1:]
    for move in solved:
        if move.gift:
            yield Settled(problem, home, move.at.date(), move.gift)

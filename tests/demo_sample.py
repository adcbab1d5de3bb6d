"""The rows of the sample county on several days, shared by the tests of the demo."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from demo.county import build
from demo.scales import SAMPLE
from households.models import HouseholdPairing
from tests.demo_figures import end_of
from visits.models import Problem, ProblemMove

DAYS = [date(2026, 11, 24), date(2026, 2, 20), date(2025, 7, 1)]
Row = dict[str, Any]


class Sample:
    """The rows of a sample that ends on a day, by model."""

    def __init__(self, day: date) -> None:
        self.now = end_of(day.year, day.month, day.day)
        self.rows: dict[type, list[Row]] = defaultdict(list)
        for batch in build(SAMPLE, now=self.now, password=""):
            self.rows[batch.model] += batch.rows
        self.pairings = defaultdict(list)
        for row in self.rows[HouseholdPairing]:
            self.pairings[row["household_id"]].append(row)

    def paired(self, household: int, day: date) -> list[Row]:
        """Return the pairings of a household that were open on a day."""
        return [
            row
            for row in self.pairings[household]
            if row["started_on"] <= day <= (row["ended_on"] or date.max)
        ]

    def problems(self) -> Iterator[tuple[Row, list[Row]]]:
        """Return each problem with its moves."""
        moves = defaultdict(list)
        for row in self.rows[ProblemMove]:
            moves[row["problem_id"]].append(row)
        return ((row, moves[row["id"]]) for row in self.rows[Problem])


@cache
def sample_of(day: date) -> Sample:
    return Sample(day)

"""一户一策 (household plans): measures that fit a household's cause of poverty, wishes and house, year by year."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Any

from demo.answers import known
from demo.field import measures
from demo.field.findings import Answers, Findings, is_safe, is_tapped
from demo.field.known import KnownFieldwork
from demo.field.measures import Means
from demo.homes import Home
from households.choices import Kind
from households.models import HouseholdPlan, Measure

PLANNED = 0.94
"""Share of the paired households."""
WRITTEN_AFTER = (15, 150)
"""Days after the household was identified."""
FIRST_PAIRED = (6, 1)
"""Month and day, two years ago, by which all cadres had been assigned households."""
TWO_A_YEAR = 0.2
AHEAD, NEXT_YEAR_FROM = 0.35, 10
"""Share of plans with measures for next year, and the month from which these are planned."""
DONE, DAYS_OF_YEAR, DAYS_OF_GAIN = 0.9, (60, 340), (230, 360)
"""Share done, and days of the year; what earns money is done after the harvest, when income is counted."""
BY_SHEET = ((measures.HOUSE, is_safe), (measures.TAP, is_tapped))
"""Measures whose completion the responses show."""
RISE = (1.5, 2.1)
"""Ratio of the plan's goal to the income when identified."""
LEAST_GOAL, MORE = 2800, 1.15


class Plans:
    """Draws the plans of one village after another."""

    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.next_plan = self.next_measure = 1

    def of(self, rng: Random, found: Findings) -> dict[type[Any], list[dict[str, Any]]]:
        rows: dict[type[Any], list[dict[str, Any]]] = {HouseholdPlan: [], Measure: []}
        for home in found.place.homes:
            day = self._written_on(rng, home)
            link = self.known.helper(home, day)
            if link and rng.random() < PLANNED:
                row = self._row(rng, found, home, day, link.worker.pk)
                rows[HouseholdPlan].append(row)
                rows[Measure] += self._measures(rng, found, home, row)
        return rows

    def _written_on(self, rng: Random, home: Home) -> date:
        paired = date(self.known.year.last.year - 2, *FIRST_PAIRED)
        return max(home.identified_on, paired) + timedelta(days=rng.randint(*WRITTEN_AFTER))

    def _row(self, rng: Random, found: Findings, home: Home, day: date, worker: int) -> dict[str, Any]:
        pk, self.next_plan = self.next_plan, self.next_plan + 1
        workers = sum(person.is_worker for person in home.family)
        words = measures.SITUATIONS[home.cause] if workers else measures.OF_THE_WEAK
        people = f"{home.size}口人，{f'{workers}个' if workers else '没有'}劳力"
        return {
            "id": pk,
            "household_id": home.pk,
            "written_on": day,
            "written_by_id": worker,
            "situation": f"{people}，{rng.choice(words)}。",
            "goal": _goal(rng, found, home, self.known.year.last.year),
            "place": home.place.code,
        }

    def _measures(
        self, rng: Random, found: Findings, home: Home, plan: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        last = self.known.year.last
        years = [last.year - 1, last.year]
        if last.month >= NEXT_YEAR_FROM and rng.random() < AHEAD:
            years.append(last.year + 1)
        fitting = iter(_fitting(rng, found, home))
        for year in years:
            for means in islice(fitting, 2 if rng.random() < TWO_A_YEAR else 1):
                yield self._measure(rng, found, home, plan, year, means)

    def _measure(
        self, rng: Random, found: Findings, home: Home, plan: dict[str, Any], year: int, means: Means
    ) -> dict[str, Any]:
        pk, self.next_measure = self.next_measure, self.next_measure + 1
        gain = rng.randrange(*means.gain, 100) if means.gain else 0
        day = self._done_on(rng, found, home, year, means)
        done_on = day if day and day > plan["written_on"] else None
        return {
            "id": pk,
            "plan_id": plan["id"],
            "year": year,
            "text": means.text,
            "target": means.target,
            "expected_gain": Decimal(gain) if gain else None,
            "done_on": done_on,
            "result": self._result(rng, year, means, gain, done=done_on is not None),
        }

    def _done_on(self, rng: Random, found: Findings, home: Home, year: int, means: Means) -> date | None:
        """Return the day a measure was done: house and tap as the responses show, others usually on a day of its
        year.
        """
        if is_well := dict(BY_SHEET).get(means):
            return found.since(home, is_well)
        days = DAYS_OF_GAIN if means.gain else DAYS_OF_YEAR
        day = date(year, 1, 1) + timedelta(days=rng.randint(*days))
        return day if rng.random() < DONE and day <= self.known.year.last else None

    def _result(self, rng: Random, year: int, means: Means, gain: int, *, done: bool) -> str:
        if not done:
            return rng.choice(measures.NOT_DONE) if year < self.known.year.last.year else ""
        if gain:
            return f"当年增收约{round(gain * rng.uniform(0.6, 1.25) / 100) * 100}元"
        return rng.choice(means.told)


def _fitting(rng: Random, found: Findings, home: Home) -> list[Means]:
    """Return measures by fit: first those for the cause, then for a wish, then the rest in random order."""
    answers = found.first_answers(home)
    weak = not any(person.is_worker for person in home.family)
    of_cause = _shuffled(rng, measures.FOR_THE_WEAK if weak else measures.FOR_CAUSE[home.cause])
    of_wishes = (
        []
        if weak
        else [
            rng.choice(measures.FOR_WISH[code])
            for code in answers.get("D05", ())
            if code in measures.FOR_WISH
        ]
    )
    there, missing = _of_house(found, home, answers)
    rest = [*of_cause[1:], *of_wishes[1:], *missing, *measures.FOR_ALL]
    return [*there, *of_cause[:1], *of_wishes[:1], *_shuffled(rng, rest)]


def _of_house(found: Findings, home: Home, answers: Answers) -> tuple[list[Means], list[Means]]:
    """Return (improvements of the house so far, those still missing)."""
    there: list[Means] = []
    missing: list[Means] = []
    for means, is_well in BY_SHEET if answers else ():
        if found.since(home, is_well):
            there.append(means)
        elif not is_well(answers) and found.better(is_well):
            missing.append(means)
    return there, missing


def _shuffled(rng: Random, some: Sequence[Means]) -> list[Means]:
    return rng.sample(some, len(some))


def _goal(rng: Random, found: Findings, home: Home, year: int) -> str:
    """Return an income goal above both the income when identified and that of the first round."""
    if home.standing.kind == Kind.FIVE_GUARANTEES:
        return measures.GOAL_OF_THE_WEAK
    told = known(found.first_answers(home).get("B16", 0)) * MORE
    income = round(max(home.standing.income * rng.uniform(*RISE), told, LEAST_GOAL) / 100) * 100
    return measures.GOAL.format(year=year, income=income, ends=measures.ENDS[home.cause])

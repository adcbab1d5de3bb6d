"""A village's plan with its goals by year, and its dated notes."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

from demo.answers.remarks import village_plan
from demo.draw import WeightedChoice
from demo.field import village_words as words
from demo.field.findings import Findings
from demo.field.known import KnownFieldwork
from demo.field.projects import Site
from villages.models import Project, VillageGoal, VillageNote, VillagePlan

Status = Project.Status
PLANNED = 0.96
"""Share of the villages."""
WRITTEN_AFTER = (70, 300)
"""Days from the spring two years ago in which villages were assigned to units."""
GOALS_A_YEAR = WeightedChoice({2: 55, 3: 45})
REACHED, DAYS_OF_YEAR = 0.84, (100, 358)
ROUND_FROM = 100
"""Larger figures are rounded to tens."""
NOTES = WeightedChoice({0: 14, 1: 32, 2: 32, 3: 22})
"""Notes per village in the two years, besides disasters."""
NOTED = 0.45
"""Share of the reported disasters."""


class VillagePlans:
    """Draws the plans of one village after another."""

    def __init__(self, known: KnownFieldwork) -> None:
        self.known = known
        self.next_plan = self.next_goal = self.next_note = 1

    def of(
        self, rng: Random, found: Findings, sites: Sequence[Site]
    ) -> dict[type[Any], list[dict[str, Any]]]:
        plans = [self._plan(rng, found)] if rng.random() < PLANNED else []
        return {
            VillagePlan: plans,
            VillageGoal: [goal for plan in plans for goal in self._goals(rng, plan, sites)],
            VillageNote: [*self._notes(rng, found)],
        }

    def _first_spring(self) -> date:
        return date(self.known.year.last.year - 2, 3, 1)

    def _plan(self, rng: Random, found: Findings) -> dict[str, Any]:
        pk, self.next_plan = self.next_plan, self.next_plan + 1
        day = self._first_spring() + timedelta(days=rng.randint(*WRITTEN_AFTER))
        return {
            "id": pk,
            "village_id": found.place.pk,
            "unit_id": self.known.unit_of(found.place, day),
            "written_on": day,
            "problems": "；".join(words.PROBLEMS[code] for code in found.limits) + "。",
            "approach": village_plan(found.industries, found.limits),
            "industry": "、".join(words.INDUSTRIES[code] for code in found.industries),
            "place": found.place.code,
        }

    def _goals(self, rng: Random, plan: dict[str, Any], sites: Sequence[Site]) -> Iterator[dict[str, Any]]:
        """Yield goals of last year, this year and next: the projects due in a year, and others."""
        last = self.known.year.last
        others = iter(rng.sample(words.GOALS, len(words.GOALS)))
        for year in range(last.year - 1, last.year + 2):
            goals = [
                (f"{site.work.name}按期完成", site.finishes_on if site.status == Status.FINISHED else None)
                for site in sites
                if site.due_on.year == year and site.status != Status.DROPPED
            ]
            for text, figures in islice(others, max(GOALS_A_YEAR.pick(rng) - len(goals), 1)):
                day = date(year, 1, 1) + timedelta(days=rng.randint(*DAYS_OF_YEAR))
                reached = day <= last and rng.random() < REACHED
                number = rng.randint(*figures)
                round_number = number if number <= ROUND_FROM else number // 10 * 10
                goals.append((text.format(n=round_number), day if reached else None))
            for text, day_done in goals:
                row = {"plan_id": plan["id"], "year": year, "text": text, "done_on": day_done}
                yield {"id": self.next_goal, **row}
                self.next_goal += 1

    # --- notes ------------------------------------------------------------------------------------

    def _notes(self, rng: Random, found: Findings) -> Iterator[dict[str, Any]]:
        drawn = [*self._ordinary(rng), *self._disasters(rng, found)]
        for day, kind, text in sorted(drawn, key=lambda note: note[0]):
            by = rng.choice(self.known.staff(self.known.unit_of(found.place, day), day)).pk
            row = {"village_id": found.place.pk, "kind": kind, "on": day, "text": text, "by_id": by}
            yield {"id": self.next_note, **row, "place": found.place.code}
            self.next_note += 1

    def _ordinary(self, rng: Random) -> Iterator[tuple[date, str, str]]:
        since, last = self.known.since, self.known.year.last
        for _ in range(NOTES.pick(rng)):
            kind = words.KINDS.pick(rng)
            days = [
                date(year, month, rng.randint(1, 28))
                for year in range(since.year, last.year + 1)
                for month in words.SEASONS[kind]
            ]
            day = rng.choice([day for day in days if since <= day <= last])
            yield day, kind, _note(rng, kind)

    def _disasters(self, rng: Random, found: Findings) -> Iterator[tuple[date, str, str]]:
        """Yield notes on disasters; a response reports those of the year before it."""
        for year, codes in found.struck.items():
            for code in codes:
                if code in words.DISASTERS and rng.random() < NOTED:
                    text, months = words.DISASTERS[code]
                    day = date(year - 1, rng.choice(months), rng.randint(1, 28))
                    if day > self._first_spring():
                        told = text.format(crop=rng.choice(words.CROPS), acres=rng.randint(4, 40) * 5)
                        yield day, VillageNote.Kind.DISASTER, told


def _note(rng: Random, kind: VillageNote.Kind) -> str:
    lack, advice = rng.choice(words.LACKS)
    return rng.choice(words.NOTES[kind]).format(
        n=rng.randint(*words.NUMBERS[kind]),
        acres=rng.randint(4, 40) * 5,
        rent=rng.randint(8, 30) * 20,
        ph=rng.randint(74, 86) / 10,
        humus=rng.randint(82, 168) / 10,
        lack=lack,
        advice=advice,
        whom=rng.choice(words.TAKERS),
        crop=rng.choice(words.CROPS),
    )

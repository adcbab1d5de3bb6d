"""What a village's answers show about it, and which households improved between the two rounds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from demo.homes import Home, Place

Answers = Mapping[str, Any]
Sheets = Mapping[int, Sequence[Mapping[str, Any]]]
"""Responses that count, by household, in the order of the rounds."""


class Better(NamedTuple):
    """Households that gained something between the rounds, and the days between which they got it."""

    homes: list[Home]
    since: date
    until: date


class Findings(NamedTuple):
    """Findings of a village, as codes of V101, V303 and V311; `struck` holds V115 by the year reported."""

    place: Place
    sheets: Sheets
    terrain: str
    households: int
    people: int
    industries: list[str]
    limits: list[str]
    struck: dict[int, list[str]]

    def better(self, now: Callable[[Answers], bool]) -> Better | None:
        """Return households for which a condition holds only in the second round; None if there are none."""
        homes: list[Home] = []
        days: list[tuple[date, date]] = []
        for home in self.place.homes:
            if second := self.since(home, now):
                homes.append(home)
                days.append((self.sheets[home.pk][0]["surveyed_on"], second))
        if not homes:
            return None
        return Better(homes, max(first for first, _ in days), min(second for _, second in days))

    def first_answers(self, home: Home) -> Answers:
        """Return the first round's answers; None for a household that was not surveyed."""
        both = self.sheets.get(home.pk, ())
        return both[0]["answers"] if both else {}

    def since(self, home: Home, now: Callable[[Answers], bool]) -> date | None:
        """Return the day on which a household first reported the condition `now`."""
        both = self.sheets.get(home.pk, ())
        changed = len(both) == 2 and now(both[1]["answers"]) and not now(both[0]["answers"])
        day: date | None = both[1]["surveyed_on"] if changed else None
        return day


def is_tapped(answers: Answers) -> bool:
    return str(answers["A06"]) == "01"


def is_paved(answers: Answers) -> bool:
    return answers["A10"] in {"03", "04"}


def is_safe(answers: Answers) -> bool:
    """Return whether the house is not dangerous."""
    return answers.get("A04") == 0


def findings(place: Place, sheets: Sheets, own: Sequence[Mapping[str, Any]]) -> Findings:
    """Collect the findings; `own` are the village's responses, of which the first round is complete."""
    first = own[0]["answers"]
    struck = {row["year"]: row["answers"]["V115"] for row in own if "V115" in row["answers"]}
    return Findings(
        place,
        sheets,
        first["V101"],
        first["V103"],
        first["V104"],
        first["V303"],
        first["V311"],
        struck,
    )

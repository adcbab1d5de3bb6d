"""A village's answers in both rounds: its own facts, and totals of its poor households' answers in the same round."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from demo.answers import UNKNOWN_SHARE, Answers
from demo.answers.grounds import Ground
from demo.answers.hamlets import draw_hamlet, first, later
from demo.answers.household import HouseholdAnswers
from demo.answers.remarks import COUNT_DIFFERS, village_plan
from demo.answers.tallies import draw_rates, tally
from demo.homes import Place
from surveys.definition.language import UNKNOWN

COUNT_RULE, DIFFERS = "Y07", 0.06
"""Rule and share of villages whose own count of poor households differs from the register."""
PLAN_SHARE = 0.7


class VillageAnswers(NamedTuple):
    """The answers of one village in one round; `confirmed` holds the explanation of each warning, by rule."""

    answers: Answers
    confirmed: dict[str, str]


def answer(
    rng: Random, place: Place, ground: Ground, sheets: Sequence[tuple[HouseholdAnswers, HouseholdAnswers]]
) -> tuple[VillageAnswers, VillageAnswers]:
    """Return both rounds; `sheets` holds the answers of all its poor households."""
    hamlet = draw_hamlet(rng, place, ground)
    rates = draw_rates(rng, hamlet)
    then, now = [both[0] for both in sheets], [both[1] for both in sheets]
    before = first(rng, hamlet) | tally(hamlet, rates, then, later=False)
    after = later(rng, hamlet, before) | tally(hamlet, rates, now, later=True)
    return _sheet(rng, before), _sheet(rng, after)


def _sheet(rng: Random, answers: Answers) -> VillageAnswers:
    confirmed = {}
    if rng.random() < DIFFERS:
        answers["V107"] += rng.choice((1, 2))
        confirmed[COUNT_RULE] = rng.choice(COUNT_DIFFERS)
    if rng.random() < PLAN_SHARE:
        answers["V312"] = village_plan(answers["V303"], answers["V311"])
    for code in ("V211", "V513"):
        if rng.random() < UNKNOWN_SHARE:
            answers[code] = UNKNOWN
    return VillageAnswers(dict(sorted(answers.items())), confirmed)

"""A household's complete answers in both rounds."""

from datetime import date
from random import Random
from typing import NamedTuple

from demo.answers import Answers, farming, housing, needs, support
from demo.answers.case import Case
from demo.answers.fortunes import Members, draw_fortune, members_before, members_now
from demo.answers.grounds import Ground
from demo.answers.remarks import ALL_WELL, INCOME_CHANGED, NOT_AT_WORK
from demo.homes import Home
from households.choices import Cause

MEAN_INCOME = 1700
"""Mean 元 per head when identified."""
INCOME_RULE, LABOUR_RULE, HEALTH_RULE = "X15", "X11", "X13"
UNWELL = {Cause.ILLNESS, Cause.DISABILITY}
MOST_CHANGE = 0.5
"""Change of income, as a share of the previous one, above which the form warns."""


class HouseholdAnswers(NamedTuple):
    """The answers of one household in one round; `confirmed` holds the explanation of each warning, by rule."""

    answers: Answers
    members: Members
    confirmed: dict[str, str]


def answer(
    rng: Random, home: Home, ground: Ground, days: tuple[date, date]
) -> tuple[HouseholdAnswers, HouseholdAnswers]:
    """Return the answers of both rounds, surveyed on these days."""
    fortune = draw_fortune(rng, home, ground)
    means = (home.standing.income / MEAN_INCOME) ** 0.7 * rng.lognormvariate(0, 0.2)
    before = Case(rng, home, ground, days[0].year, members_before(home, days[0], fortune), means)
    before.answers |= housing.first(before)
    before.answers |= farming.first(before)
    before.answers |= support.first(before)
    _finish(before)
    members = members_now(home, days[1])
    case = Case(rng, home, ground, days[1].year, members, means, fortune.turn, before.answers)
    case.answers |= housing.again(case, before.answers)
    case.answers |= farming.again(case, before.answers)
    case.answers |= support.again(case, before.answers)
    _finish(case)
    return _sheet(before), _sheet(case)


def _finish(case: Case) -> None:
    """Add the income, which needs land and transfers, then the needs, which depend on everything else."""
    case.answers |= farming.income(case)
    case.answers |= needs.answer(case)
    case.answers["H08"] = case.size


def _sheet(case: Case) -> HouseholdAnswers:
    confirmed = {}
    if case.idle:
        confirmed[LABOUR_RULE] = case.rng.choice(NOT_AT_WORK)
    if case.well == case.size and case.home.cause in UNWELL:
        confirmed[HEALTH_RULE] = case.rng.choice(ALL_WELL)
    if case.turn and case.before and _leaps(case.before, case.answers):
        confirmed[INCOME_RULE] = case.rng.choice(INCOME_CHANGED[case.turn])
    return HouseholdAnswers(dict(sorted(case.answers.items())), case.members, confirmed)


def _leaps(before: Answers, after: Answers) -> bool:
    then, now = before["B15"], after["B15"]
    return isinstance(then, int) and isinstance(now, int) and abs(now - then) > MOST_CHANGE * abs(then)

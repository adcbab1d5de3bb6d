"""Section C: allowances, insurance, subsidies and help received."""

from random import Random

from demo.answers import UNKNOWN_SHARE, Answers, known, whole
from demo.answers.case import Case
from demo.answers.fortunes import Turn
from demo.draw import several
from households.choices import Kind
from surveys.definition.language import UNKNOWN

NOTHING, ALLOWANCE, HOUSE, INDUSTRY, LOAN, WOMENS_LOAN, MUTUAL_FUND = "00", "01", "02", "04", "05", "06", "07"
TRAINING, SCHOOL, MEDICAL, WORKS, COMFORT = "08", "09", "10", "11", "12"
LOANS = {LOAN, WOMENS_LOAN, MUTUAL_FUND}
MOVED, OTHER = "03", "99"
ON_ALLOWANCE = {Kind.ALLOWANCE, Kind.ALLOWANCE_POOR}
A_HEAD = (62, 108)
"""元 of 低保 per month."""
GUARANTEED = (1500, 1900)
"""元 of 五保 per year."""
PENSION = 660
"""元 per year from the age of 60."""


def first(case: Case) -> Answers:
    rng = case.rng
    on_allowance = _on_allowance(rng, case.home.standing.kind, case.size)
    return {**_of_members(case, on_allowance), **_help(case, [])}


def again(case: Case, before: Answers) -> Answers:
    """Return the answers a year later: the same recipients if still members; help once received stays listed."""
    on_allowance = min(before["C02"], case.size)
    if case.home.standing.kind in ON_ALLOWANCE and case.turn == Turn.ILL:
        on_allowance = min(on_allowance + 1, case.size)
    had = [code for code in before["C06"] if code != NOTHING]
    answers = {**_of_members(case, on_allowance), **_help(case, had)}
    answers["C08"] = before["C08"] or answers["C08"]
    return answers


def _on_allowance(rng: Random, kind: Kind, size: int) -> int:
    if kind not in ON_ALLOWANCE:
        return 0
    return size if rng.random() < 0.38 else rng.randint(1, size)


def _of_members(case: Case, on_allowance: int) -> Answers:
    rng = case.rng
    return {
        "C01": case.home.standing.kind,
        "C02": on_allowance,
        "C03": case.insured,
        "C04": UNKNOWN if rng.random() < UNKNOWN_SHARE else case.pensions,
        "C05": _transfers(case, on_allowance),
    }


def _transfers(case: Case, on_allowance: int) -> float:
    """Return the 元 of all subsidies (land, forest, allowances, pensions), which rise slightly each year."""
    rng, answers, before = case.rng, case.answers, case.before
    if before:
        more = (on_allowance - before["C02"]) * 12 * A_HEAD[1]
        return whole(max(before["C05"] * rng.uniform(1.02, 1.12) + more, 0) / 10) * 10
    total = answers["B01"] * rng.uniform(58, 82) + answers["B04"] * 125
    total += on_allowance * 12 * rng.uniform(*A_HEAD)
    if case.home.standing.kind == Kind.FIVE_GUARANTEES:
        total += case.size * rng.uniform(*GUARANTEED)
    total += PENSION * case.pensioners
    return whole(total / 10) * 10


def _help(case: Case, had: list[str]) -> Answers:
    """Return the help received so far with its value, loans and training."""
    rng = case.rng
    new = set(several(rng, _chances(case), 5))
    support = sorted({*had, *new}) or [NOTHING]
    value = rng.randint(2, 30) * 50 if new & {INDUSTRY, COMFORT, WORKS} else 0
    if HOUSE in new:
        value += rng.randint(20, 30) * 500
    trained = TRAINING in support
    return {
        "C06": support,
        "C07": UNKNOWN if rng.random() < UNKNOWN_SHARE else value,
        "C08": int(rng.random() < (0.24 if INDUSTRY in support else 0.06)),
        "C09": rng.randint(1, 3) if trained else int(rng.random() < 0.05),
        "C10": UNKNOWN if rng.random() < UNKNOWN_SHARE else _loan(case, bool(LOANS & new)),
    }


def _chances(case: Case) -> dict[str, float]:
    """Return the share that got each kind of help since; 02 and 11 follow from the house."""
    before, workers = case.before, min(case.workers, 2)
    chances = {
        ALLOWANCE: 1.0 if case.home.standing.kind not in {Kind.ORDINARY, Kind.LOW_INCOME} else 0.0,
        INDUSTRY: 0.075 * workers,
        LOAN: 0.05 * workers,
        WOMENS_LOAN: 0.011 * workers,
        MUTUAL_FUND: 0.016 * workers,
        TRAINING: 0.055 * workers,
        SCHOOL: 0.24 if case.pupils else 0.0,
        MEDICAL: 0.17 if case.ill else 0.008,
        COMFORT: 0.24,
        OTHER: 0.006,
    }
    if before is None:
        return {**chances, HOUSE: 0.045, MOVED: 0.006, WORKS: 0.09}
    rebuilt = case.answers.get("A03") != before.get("A03") and case.answers.get("A04") == 0
    works = case.answers["A06"] != before["A06"] or case.answers["A10"] != before["A10"]
    return {**chances, HOUSE: float(rebuilt), WORKS: 0.85 if works else 0.01}


def _loan(case: Case, is_new: bool) -> float:
    """Return the 元 still owed: a new loan, or the rest of an old one."""
    rng = case.rng
    if is_new:
        return rng.choice((3000, 5000, 10000, 10000, 20000, 20000, 30000, 50000))
    old = known(case.before["C10"]) if case.before else 0
    return whole(old * rng.choice((0, 0.5, 1, 1)) / 1000) * 1000

"""Section D: causes of poverty, most urgent difficulties, and wishes."""

from demo.answers import Answers
from demo.answers.case import Case
from demo.answers.farming import CRAFT, FAR
from demo.answers.fortunes import Turn
from demo.answers.grounds import Terrain
from demo.answers.housing import GRAVEL, MUD
from demo.answers.remarks import household_remark
from demo.draw import several
from households.choices import Cause, Kind

WATER, ROAD, POWER, SCHOOL, HEALTH, HOUSE, WORK, FUNDS = (f"0{number}" for number in range(1, 9))
SKILL, SUPPLIES, SALES, QUARREL, POLICY, OTHER = "09", "10", "11", "12", "13", "99"
"""Options of D03."""
FOR_CAUSE = {
    Cause.ILLNESS: HEALTH,
    Cause.DISABILITY: HEALTH,
    Cause.SCHOOLING: SCHOOL,
    Cause.DISASTER: HOUSE,
    Cause.LAND: WORK,
    Cause.WATER: WATER,
    Cause.SKILL: SKILL,
    Cause.LABOUR: POLICY,
    Cause.FUNDS: FUNDS,
    Cause.TRANSPORT: ROAD,
    Cause.MOTIVATION: WORK,
    Cause.OTHER: OTHER,
}
LASTS, NEWLY = 0.7, 0.42
"""Probability that a true difficulty of the first round is named again, and factor for new ones in the second
round.
"""
MARRIAGE, CAUSES_TOLD = "13", 2
"""因婚, only named among other causes; and the greatest number of causes."""

NO_WISH, VEGETABLES, FRUIT, HERBS, GRAIN, CATTLE, SHEEP = "00", "01", "02", "03", "04", "05", "06"
PIGS, CHICKENS, LEAVING, TRADE, CRAFTS = "07", "08", "09", "10", "11"
WISHES = {
    Terrain.VALLEY: {VEGETABLES: 0.62, FRUIT: 0.22, HERBS: 0.04, GRAIN: 0.16, CATTLE: 0.1, PIGS: 0.2},
    Terrain.SLOPE: {VEGETABLES: 0.2, FRUIT: 0.4, HERBS: 0.24, GRAIN: 0.3, CATTLE: 0.26, PIGS: 0.26},
    Terrain.MOUNTAIN: {FRUIT: 0.14, HERBS: 0.42, GRAIN: 0.4, CATTLE: 0.42, SHEEP: 0.24, PIGS: 0.24},
}
FARMED = {VEGETABLES, FRUIT, HERBS, GRAIN}
HERDED = {CATTLE, SHEEP, PIGS, CHICKENS}
TRAINING = {"03": 0.2, "04": 0.24, "05": 0.1, "06": 0.12, "07": 0.2, "08": 0.1}
"""Options of D07 for those who would leave to work elsewhere."""


def answer(case: Case) -> Answers:
    """Return section D; both rounds are drawn alike, except for lasting difficulties."""
    needs = _needs(case)
    wishes = _wishes(case)
    answers = {
        "D01": case.home.cause,
        **_other_causes(case),
        "D03": needs,
        "D04": _services(case, needs),
        "D05": wishes,
        "D06": _funds(case, needs),
        "D07": _training(case, wishes),
    }
    if case.rng.random() < 0.95:
        answers["D08"] = int(case.rng.random() < _would_move(case))
    remark = household_remark(case.rng, case.turn, needs, wishes)
    return {**answers, "D09": remark} if remark else answers


def _other_causes(case: Case) -> Answers:
    if case.before:
        return {"D02": case.before["D02"]} if "D02" in case.before else {}
    causes = [str(cause.value) for cause in case.home.standing.other_causes]
    if case.rng.random() < 0.02 and len(causes) < CAUSES_TOLD:
        causes.append(MARRIAGE)
    return {"D02": causes} if causes else {}


def _needs(case: Case) -> list[str]:
    """Return at most three needs, fewer in the second round: solved ones are dropped, real ones may last."""
    shares = _pressing(case)
    if case.before:
        told = case.before["D03"]
        shares = {
            code: LASTS if code in told and share > 0.1 else share * NEWLY for code, share in shares.items()
        }
        if case.turn == Turn.ILL:
            shares[HEALTH] = 0.95
        if case.turn == Turn.STRUCK:
            shares[SUPPLIES] = 0.4
    return several(case.rng, shares, 3) or [FOR_CAUSE[case.home.cause]]


def _pressing(case: Case) -> dict[str, float]:
    """Return how likely each difficulty is named, given the answers of the other sections."""
    answers, cause, works = case.answers, case.home.cause, case.workers > 0
    shares = {
        WATER: 0.72 if answers["A07"] else 0.015,
        ROAD: {MUD: 0.24, GRAVEL: 0.09}.get(answers["A10"], 0.008),
        POWER: 0.9 if not answers["A09"] else (0.012 if answers["B11"] else 0.05),
        SCHOOL: 0.42 if case.pupils else 0.012,
        HEALTH: 0.46 if case.ill else 0.03,
        HOUSE: 0.56 if answers.get("A04") or answers["A01"] == 0 else 0.03,
        WORK: 0.12 if works and case.away == 0 else 0.03,
        FUNDS: 0.27 if works else 0.05,
        SKILL: 0.16 if works else 0.0,
        SUPPLIES: 0.09,
        SALES: 0.2 if answers["B06"] or answers["B05"] not in {0, "unknown"} else 0.04,
        QUARREL: 0.45 if "信访" in case.home.standing.tags else 0.012,
        POLICY: 0.22 if case.home.standing.kind == Kind.ORDINARY and case.ill else 0.05,
        OTHER: 0.012,
    }
    solved = (cause == Cause.WATER and not answers["A07"]) or (
        cause == Cause.TRANSPORT and answers["A10"] not in {MUD, GRAVEL}
    )
    if not solved and cause != Cause.DISASTER:
        shares[FOR_CAUSE[cause]] = max(shares[FOR_CAUSE[cause]], 0.78)
    return shares


def _services(case: Case, needs: list[str]) -> list[str]:
    """Return at least one of the 八送 services that fit the needs."""
    works = case.workers > 0
    shares = {
        "1": 0.55 if POLICY in needs else 0.3,
        "2": 0.7 if QUARREL in needs else 0.06,
        "3": 0.1,
        "4": 0.75 if SKILL in needs else (0.33 if works else 0.08),
        "5": 0.55 if FUNDS in needs else 0.16,
        "6": 0.55 if WORK in needs or SALES in needs else 0.14,
        "7": 0.78 if HEALTH in needs else 0.12,
        "8": 0.24,
    }
    return several(case.rng, shares, 4, least=1)


def _wishes(case: Case) -> list[str]:
    rng = case.rng
    if case.workers == 0 and rng.random() < 0.8:
        return [NO_WISH]
    if case.before and NO_WISH not in case.before["D05"] and rng.random() < 0.75:
        return list(case.before["D05"])
    shares = {
        **WISHES[case.ground.terrain],
        CHICKENS: 0.12,
        LEAVING: 0.5 if FAR in case.answers["B14"] else 0.14,
        TRADE: 0.035,
        CRAFTS: 0.3 if CRAFT in case.answers["B14"] else 0.02,
    }
    if case.home.cause == Cause.MOTIVATION and rng.random() < 0.35:
        return [NO_WISH]
    return several(rng, shares, 3, least=1)


def _funds(case: Case, needs: list[str]) -> int:
    """Return the 元 that the household would like to borrow."""
    rng = case.rng
    if FUNDS in needs:
        return rng.choice((10, 10, 20, 20, 30, 30, 50, 50, 80)) * 1000
    return rng.choice((5, 10, 20)) * 1000 if case.workers and rng.random() < 0.12 else 0


def _training(case: Case, wishes: list[str]) -> list[str]:
    if wishes == [NO_WISH]:
        return ["00"]
    shares = {"01": 0.0, "02": 0.0, **dict.fromkeys(TRAINING, 0.01)}
    if FARMED.intersection(wishes):
        shares["01"] = 0.62
    if HERDED.intersection(wishes):
        shares["02"] = 0.56
    if LEAVING in wishes:
        shares |= TRAINING
    return several(case.rng, shares, 3) or ["00"]


def _would_move(case: Case) -> float:
    answers = case.answers
    remote = case.ground.terrain == Terrain.MOUNTAIN
    return 0.34 if remote and (answers.get("A04") or answers["A07"]) else (0.08 if remote else 0.03)

"""Section B: land, livestock, labour and income."""

from random import Random

from demo.answers import UNKNOWN_SHARE, Answers, known, whole
from demo.answers.case import WORKERS, Case
from demo.answers.fortunes import Turn
from demo.answers.grounds import Terrain
from households.choices import Cause, Kind, MigrantWork
from surveys.definition.language import UNKNOWN
from surveys.filling.checking import rounded

T = Terrain
LAND = {T.VALLEY: 1.15, T.SLOPE: 2.1, T.MOUNTAIN: 3.0}
"""亩 per head."""
WATERED = {T.VALLEY: (0.9, 0.4, 0.95), T.SLOPE: (0.34, 0.05, 0.35), T.MOUNTAIN: (0.06, 0.02, 0.2)}
"""(share that has any, least and greatest part of the land)."""
WOODS = {T.VALLEY: (0.16, 1.5), T.SLOPE: (0.55, 3.0), T.MOUNTAIN: (0.72, 5.0)}
"""(share that has any, greatest 亩)."""
FRUIT = {T.VALLEY: 0.24, T.SLOPE: 0.33, T.MOUNTAIN: 0.16}
SHEDS = {T.VALLEY: 0.2, T.SLOPE: 0.03, T.MOUNTAIN: 0.0}
CATTLE = {T.VALLEY: 0.1, T.SLOPE: 0.3, T.MOUNTAIN: 0.46}
SHEEP = {T.VALLEY: 0.04, T.SLOPE: 0.1, T.MOUNTAIN: 0.18}
PIGS = {T.VALLEY: 0.32, T.SLOPE: 0.44, T.MOUNTAIN: 0.48}
POULTRY = {T.VALLEY: 0.35, T.SLOPE: 0.5, T.MOUNTAIN: 0.58}
POWERED = {T.VALLEY: 0.93, T.SLOPE: 0.8, T.MOUNTAIN: 0.64}
YIELD = {T.VALLEY: 480, T.SLOPE: 290, T.MOUNTAIN: 205}
"""元 per 亩 and year."""

CROPS, STOCK, ORCHARD, NEAR, FAR, TRADE, CRAFT, GRANTS, REST = (f"0{number}" for number in range(1, 10))
"""Options of B14."""
LUCK = {
    Turn.UP: (1.1, 1.42),
    Turn.LEVEL: (0.98, 1.12),
    Turn.ILL: (0.84, 0.98),
    Turn.STRUCK: (0.85, 1.0),
    Turn.AWAY: (1.0, 1.12),
}
HARVEST_LOST = (0.4, 0.7)
"""Range of the share of crops and orchards that a disaster leaves."""


def first(case: Case) -> Answers:
    rng, terrain = case.rng, case.ground.terrain
    idle = case.workers == 0
    land = _land(case)
    has_water, least, most = WATERED[terrain]
    watered = land * rng.uniform(least, most) if rng.random() < has_water else 0
    has_woods, largest = WOODS[terrain]
    woods = whole(rng.uniform(0.3, largest), 1) if rng.random() < has_woods else 0
    fruit = whole(min(rng.uniform(0.3, 2.8), land), 1) if rng.random() < FRUIT[terrain] else 0
    return {
        "B01": land,
        "B02": min(whole(watered, 1), land),
        "B03": woods,
        "B04": whole(woods * rng.uniform(0.3, 1), 1) if woods and rng.random() < 0.7 else 0,
        "B05": UNKNOWN if rng.random() < UNKNOWN_SHARE else fruit,
        "B06": rng.choice((1, 1, 1, 2, 2, 3)) if not idle and rng.random() < SHEDS[terrain] else 0,
        **_animals(rng, terrain, 0.2 if idle else 1.0),
        "B11": int(rng.random() < POWERED[terrain]),
        **_labour(case),
    }


def again(case: Case, before: Answers) -> Answers:
    """Return the answers a year later: the same land, some new sheds, animals bought and sold."""
    rng = case.rng
    answers = {code: before[code] for code in CODES if code in before}
    if answers["B05"] == UNKNOWN:
        answers["B05"] = 0
    if case.workers and rng.random() < (0.05 if case.ground.terrain == T.VALLEY else 0.004):
        answers["B06"] += 1
    up = case.turn in {Turn.UP, Turn.AWAY}
    for code, share in (("B07", 0.16), ("B08", 0.14), ("B09", 0.3), ("B10", 0.4)):
        if rng.random() < share:
            answers[code] = _other_stock(rng, answers[code], up)
    if up and case.workers and rng.random() < 0.05:
        answers["B07"] += 1
    answers["B11"] = answers["B11"] or int(rng.random() < 0.16)
    return {**answers, **_labour(case)}


CODES = tuple(f"B{number:02}" for number in range(1, 12))


def income(case: Case) -> Answers:
    """Return B14 to B16 from land, livestock, wages and the transfers of section C."""
    rng, answers = case.rng, case.answers
    parts = _parts(case)
    total = sum(parts.values())
    if case.before and case.turn in {Turn.UP, Turn.LEVEL}:
        last = case.before["B15"] if case.before["B15"] != UNKNOWN else total
        total = min(max(total, last * 0.56), last * 1.44)
    told = whole(total / 100) * 100 if rng.random() < 0.5 else whole(total / 10) * 10
    told = max(told, answers["C05"] + 50)
    sources = _sources(parts, total)
    if rng.random() < UNKNOWN_SHARE:
        return {"B14": sources, "B15": UNKNOWN}
    return {"B14": sources, "B15": told, "B16": a_head(told, case.size)}


def a_head(total: float, size: int) -> float:
    """Return B16 as the form computes it."""
    return whole(rounded(total / size, 2), 2)


def _land(case: Case) -> float:
    rng, standing = case.rng, case.home.standing
    land = LAND[case.ground.terrain] * len(case.home.family) * rng.lognormvariate(0, 0.32)
    if standing.kind == Kind.FIVE_GUARANTEES:
        land *= rng.choice((0, 0.4, 0.8))
    if standing.cause == Cause.LAND:
        land *= 0.45
    return min(whole(land, 1), 46)


def _animals(rng: Random, terrain: Terrain, share: float) -> Answers:
    many = rng.random() < 0.025
    return {
        "B07": rng.choice((1, 1, 1, 2, 2, 3)) if rng.random() < CATTLE[terrain] * share else 0,
        "B08": rng.randint(3, 25) if rng.random() < SHEEP[terrain] * share else 0,
        "B09": (rng.randint(6, 25) if many else rng.choice((1, 1, 2, 2, 3)))
        if rng.random() < PIGS[terrain] * share
        else 0,
        "B10": rng.randint(3, 16) if rng.random() < POULTRY[terrain] * share else 0,
    }


def _other_stock(rng: Random, number: int, up: bool) -> int:
    """Return the other animals, bought in good years, sold or eaten in bad ones."""
    if up:
        return number + rng.randint(0, 1 + number // 2)
    return max(0, number - rng.randint(0, 1 + number // 2))


def _labour(case: Case) -> Answers:
    return {"B12": case.workers, "B13": case.away}


def _parts(case: Case) -> dict[str, float]:
    """Return 元 by option of B14; depends on the family's means and the luck of the year."""
    rng, answers, means = case.rng, case.answers, case.means
    luck = rng.uniform(*LUCK[case.turn]) if case.turn else 1.0
    harvest = rng.uniform(*HARVEST_LOST) if case.turn == Turn.STRUCK else 1.0
    near, far = _wages(case)
    at_home = max(case.workers - case.away, 0.35)
    tilled = min(answers["B01"], 5 * at_home)
    crops = tilled * YIELD[case.ground.terrain] + answers["B02"] * 160 + answers["B06"] * 3300
    stock = answers["B07"] * 620 + answers["B08"] * 110 + answers["B09"] * 240 + answers["B10"] * 14
    earned = {
        CROPS: crops * harvest,
        STOCK: stock,
        ORCHARD: known(answers["B05"]) * 620 * harvest,
        NEAR: near + (rng.uniform(300, 1400) if case.workers else 0),
        FAR: far,
        TRADE: rng.uniform(2500, 6000) if case.workers > 1 and case.home.pk % 23 == 0 else 0,
        CRAFT: rng.uniform(400, 1500) if case.workers and case.home.pk % 19 == 0 else 0,
        REST: rng.uniform(800, 3000) if case.home.pk % 61 == 0 else 0,
    }
    return {**{code: part * means * luck for code, part in earned.items()}, GRANTS: answers["C05"]}


def _wages(case: Case) -> tuple[float, float]:
    """Return the 元 brought home by those who work inside and outside the county, after their cost of living there."""
    near = far = 0.0
    for member in case.members:
        if member["M09"] in WORKERS and member["M11"]:
            if member["M10"] in {MigrantWork.IN_PROVINCE, MigrantWork.ELSEWHERE}:
                far += member["M11"] * 430
            else:
                near += member["M11"] * 380
    return near, far


def _sources(parts: dict[str, float], total: float) -> list[str]:
    """Return the main sources of income: one to three, each at least an eighth of the total."""
    largest = sorted(parts, key=parts.__getitem__, reverse=True)[:3]
    return sorted(code for number, code in enumerate(largest) if number == 0 or parts[code] > total / 8)

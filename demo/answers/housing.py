"""Section A: house, water, electricity, road."""

from random import Random

from demo.answers import UNKNOWN_SHARE, Answers, whole
from demo.answers.case import Case
from demo.answers.fortunes import Turn
from demo.answers.grounds import DROUGHT, Terrain
from demo.draw import WeightedChoice
from households.choices import Cause
from surveys.definition.language import UNKNOWN

CONCRETE, BRICK, TIMBER, STONE_CAVE, ADOBE, CAVE, THATCH, OTHER = (
    *("01", "02", "03", "04"),
    *("05", "06", "07", "99"),
)
STRUCTURES = {
    Terrain.VALLEY: WeightedChoice({CONCRETE: 4, BRICK: 30, TIMBER: 36, ADOBE: 29, OTHER: 1}),
    Terrain.SLOPE: WeightedChoice(
        {CONCRETE: 1.5, BRICK: 17, TIMBER: 31, STONE_CAVE: 0.5, ADOBE: 48, CAVE: 1.5, OTHER: 0.5}
    ),
    Terrain.MOUNTAIN: WeightedChoice(
        {CONCRETE: 0.5, BRICK: 9, TIMBER: 24, ADOBE: 62, CAVE: 4, THATCH: 0.3, OTHER: 0.2}
    ),
}
AGES = {CONCRETE: (1, 9), BRICK: (1, 16), TIMBER: (5, 32), ADOBE: (16, 48), CAVE: (25, 55)}
"""Age of the house in years."""
UNSAFE = {
    CONCRETE: 0.004,
    BRICK: 0.02,
    TIMBER: 0.1,
    STONE_CAVE: 0.3,
    ADOBE: 0.37,
    CAVE: 0.46,
    THATCH: 0.9,
    OTHER: 0.2,
}
GRADES = WeightedChoice({"3": 45, "4": 27, "9": 21, "2": 7})
NO_HOUSE = 0.007

TAP, WELL, OPEN_WELL, RIVER, CISTERN, BOTTLES = "01", "02", "03", "04", "05", "06"
OTHER_WATER = {
    Terrain.VALLEY: WeightedChoice({WELL: 58, OPEN_WELL: 40, RIVER: 1, BOTTLES: 1}),
    Terrain.SLOPE: WeightedChoice({WELL: 30, OPEN_WELL: 42, RIVER: 4, CISTERN: 24}),
    Terrain.MOUNTAIN: WeightedChoice({WELL: 13, OPEN_WELL: 33, RIVER: 4, CISTERN: 50}),
}
HARD_WATER = {TAP: 0.03, WELL: 0.09, OPEN_WELL: 0.34, RIVER: 0.62, CISTERN: 0.42, BOTTLES: 0.3}
SAFE_WATER = {TAP: 0.97, WELL: 0.82, OPEN_WELL: 0.3, RIVER: 0.06, CISTERN: 0.5, BOTTLES: 0.9}

MUD, GRAVEL, CEMENT, ASPHALT = "01", "02", "03", "04"
ROADS = {
    Terrain.VALLEY: WeightedChoice({MUD: 24, GRAVEL: 23, CEMENT: 51, ASPHALT: 2}),
    Terrain.SLOPE: WeightedChoice({MUD: 43, GRAVEL: 26, CEMENT: 30, ASPHALT: 1}),
    Terrain.MOUNTAIN: WeightedChoice({MUD: 60, GRAVEL: 25, CEMENT: 15}),
}
FUELS = {
    Terrain.VALLEY: WeightedChoice({"01": 32, "03": 51, "04": 16, "99": 1}),
    Terrain.SLOPE: WeightedChoice({"01": 50, "02": 2, "03": 38, "04": 9, "99": 1}),
    Terrain.MOUNTAIN: WeightedChoice({"01": 63, "02": 7, "03": 25, "04": 4, "99": 1}),
}
TOILETS = {Terrain.VALLEY: 0.42, Terrain.SLOPE: 0.27, Terrain.MOUNTAIN: 0.16}
REBUILT, REPAIRED, DAMAGED = 0.17, 0.1, 0.13
CONNECTED, PAVED_NOW, DRIED_UP = 0.62, 0.55, 0.08


def first(case: Case) -> Answers:
    rng, terrain, cause = case.rng, case.ground.terrain, case.home.cause
    water = TAP if rng.random() < case.ground.tapped else OTHER_WATER[terrain].pick(rng)
    if cause == Cause.WATER and water == TAP and rng.random() < 0.7:
        water = OTHER_WATER[terrain].pick(rng)
    hard = 0.9 if cause == Cause.WATER and water != TAP else HARD_WATER[water]
    return {
        **_house(case),
        "A06": water,
        "A07": int(rng.random() < hard),
        "A08": _safe(rng, water),
        "A09": int(rng.random() < 0.996),
        "A10": MUD if cause == Cause.TRANSPORT and rng.random() < 0.7 else ROADS[terrain].pick(rng),
        "A11": FUELS[terrain].pick(rng),
        "A12": int(rng.random() < TOILETS[terrain]),
    }


def again(case: Case, before: Answers) -> Answers:
    """Return the answers a year later: what was built since; a disaster may have damaged the house."""
    rng, ground = case.rng, case.ground
    answers = {code: before[code] for code in CODES if code in before}
    if answers.get("A04") and rng.random() < REBUILT:
        answers |= _new_house(case)
        answers.pop("A05", None)
    elif answers.get("A04") and rng.random() < REPAIRED:
        answers["A04"] = 0
        answers.pop("A05", None)
    elif case.turn == Turn.STRUCK and answers.get("A04") == 0 and rng.random() < DAMAGED:
        answers |= {"A04": 1, "A05": GRADES.pick(rng)}
    if ground.water_works and answers["A06"] != TAP and rng.random() < CONNECTED:
        answers |= {"A06": TAP, "A07": 0, "A08": 1}
    elif DROUGHT in ground.disasters[1] and answers["A06"] != TAP and rng.random() < DRIED_UP:
        answers["A07"] = 1
    if ground.road_works and answers["A10"] in {MUD, GRAVEL} and rng.random() < PAVED_NOW:
        answers["A10"] = CEMENT
    answers["A09"] = answers["A09"] or int(rng.random() < 0.7)
    if answers["A11"] in {"01", "02"} and rng.random() < 0.09:
        answers["A11"] = "03" if rng.random() < 0.6 else "04"
    if answers["A12"] == 0 and rng.random() < 0.08:
        answers["A12"] = 1
    if answers["A08"] == UNKNOWN:
        answers["A08"] = _safe(rng, answers["A06"])
    return answers


CODES = tuple(f"A{number:02}" for number in range(1, 13))


def _house(case: Case) -> Answers:
    rng = case.rng
    if rng.random() < NO_HOUSE:
        return {"A01": 0}
    structure = STRUCTURES[case.ground.terrain].pick(rng)
    unsafe = rng.random() < UNSAFE[structure]
    grade = {"A05": GRADES.pick(rng)} if unsafe else {}
    newest, oldest = AGES.get(structure, (10, 40))
    built = UNKNOWN if rng.random() < UNKNOWN_SHARE else case.year - rng.randint(newest, oldest)
    return {"A01": _area(rng, case.size), "A02": structure, "A03": built, "A04": int(unsafe), **grade}


def _new_house(case: Case) -> Answers:
    rng = case.rng
    structure = BRICK if rng.random() < 0.8 else TIMBER
    area = whole(45 + case.size * rng.uniform(6, 12))
    return {"A01": area, "A02": structure, "A03": case.year - rng.randint(0, 1), "A04": 0}


def _area(rng: Random, size: int) -> float:
    """Return an area in 平方米, nearly always a whole number."""
    area = min(max(rng.gauss(46 + 13 * size, 18), 24), 260)
    return whole(area) if rng.random() < 0.93 else whole(area, 1)


def _safe(rng: Random, water: str) -> int | str:
    if water != TAP and rng.random() < 3 * UNKNOWN_SHARE:
        return UNKNOWN
    return int(rng.random() < SAFE_WATER[water])

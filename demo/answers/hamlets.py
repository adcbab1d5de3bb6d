"""A village as a whole: its size, its economy and its facilities."""

from dataclasses import dataclass
from random import Random

from demo import words
from demo.answers import UNKNOWN_SHARE, Answers, known, whole
from demo.answers.grounds import Ground, Terrain
from demo.draw import WeightedChoice, several
from demo.homes import Place
from demo.people import given_name
from households.choices import Sex
from surveys.definition.language import UNKNOWN

T = Terrain
FIRST_VILLAGE_PHONE = 16020000000
POSTS = WeightedChoice({"村党支部书记": 64, "村委会主任": 36})
POOR_SHARE = {True: (0.2, 0.38), False: (0.09, 0.2)}
"""Share of poor households, in poor villages and in others."""
LEAST_HOUSEHOLDS = 60
DISTANCE = {T.VALLEY: (0.5, 6), T.SLOPE: (3, 14), T.MOUNTAIN: (6, 26)}
"""公里 to the town."""
INCOME = {T.VALLEY: 4500, T.SLOPE: 3750, T.MOUNTAIN: 3150}
"""元 per head of all inhabitants."""
INDUSTRIES = {
    T.VALLEY: {"01": 0.6, "02": 0.5, "03": 0.26, "06": 0.34, "07": 0.08, "09": 0.2, "10": 0.4},
    T.SLOPE: {"01": 0.06, "02": 0.34, "03": 0.46, "04": 0.3, "05": 0.34, "06": 0.3, "07": 0.2, "10": 0.5},
    T.MOUNTAIN: {"03": 0.14, "04": 0.56, "05": 0.6, "06": 0.2, "07": 0.3, "08": 0.26, "10": 0.5, "11": 0.03},
}
LIMITS = {
    T.VALLEY: {"02": 0.12, "04": 0.55, "05": 0.4, "07": 0.3, "08": 0.34, "10": 0.36, "11": 0.03},
    T.SLOPE: {"01": 0.3, "02": 0.3, "04": 0.5, "05": 0.34, "06": 0.2, "07": 0.34, "08": 0.2, "11": 0.03},
    T.MOUNTAIN: {"01": 0.5, "02": 0.24, "03": 0.34, "04": 0.44, "05": 0.26, "06": 0.26, "07": 0.2, "09": 0.2},
}
DONE, ON_THE_WAY, NOT_YET = "a", "b", "c"
WHOLE_VILLAGE = WeightedChoice({DONE: 18, ON_THE_WAY: 22, NOT_YET: 60})
"""整村推进 of a poor village (V310); others have none."""


@dataclass(slots=True)
class Hamlet:
    """A village; `poor` and `others` are numbers of households."""

    place: Place
    ground: Ground
    poor: int
    others: int


def draw_hamlet(rng: Random, place: Place, ground: Ground) -> Hamlet:
    poor = len(place.homes)
    households = max(round(poor / rng.uniform(*POOR_SHARE[place.is_poor])), LEAST_HOUSEHOLDS)
    return Hamlet(place, ground, poor, households - poor)


def first(rng: Random, hamlet: Hamlet) -> Answers:
    """Return the answers of the first round that are not sums over households."""
    return {**_head(rng, hamlet), **_works(rng, hamlet), **_trade(rng, hamlet), **_services(rng, hamlet)}


def later(rng: Random, hamlet: Hamlet, before: Answers) -> Answers:
    """Return the answers a year later: a road or a clinic built, incomes up, few losses."""
    ground, answers = hamlet.ground, {code: before[code] for code in STANDING if code in before}
    answers["V115"] = _disasters(ground, 1)
    answers["V301"] = whole(before["V301"] * rng.uniform(0.98 if ground.was_struck else 1.06, 1.16))
    answers["V302"] = whole(before["V302"] * rng.choice((1, 1, 1.1, 1.3)), 2)
    if ground.road_works:
        answers |= {"V202": 1, "V203": 0, "V206": 1}
        answers |= {"V204": before["V204"] // 2, "V205": whole(before["V205"] / 2, 1)}
    for code, share in BUILT_SHARES.items():
        answers[code] = answers[code] or int(rng.random() < share)
    for code in ("V304", "V412", "V413"):
        answers[code] += int(rng.random() < 0.16)
    if before["V310"] == ON_THE_WAY and rng.random() < 0.5:
        answers["V310"] = DONE
    elif before["V310"] == NOT_YET and hamlet.place.is_poor and rng.random() < 0.2:
        answers["V310"] = ON_THE_WAY
    answers |= _mutual_fund(rng, answers["V306"], known(before["V307"]))
    if "V502" in answers and answers["V502"] != UNKNOWN:
        answers["V502"] = whole(answers["V502"] * rng.uniform(0.86, 1.02))
    return answers


BUILT_SHARES = {"V206": 0.06, "V213": 0.3, "V214": 0.2, "V306": 0.1, "V503": 0.05, "V512": 0.25}
STANDING = (
    *("VH3", "VH4", "VH5", "V101", "V102", "V114", "V201", "V202", "V203", "V204", "V205", "V206"),
    *("V213", "V214", "V301", "V302", "V303", "V304", "V306", "V310", "V311", "V412", "V413"),
    *("V501", "V502", "V503", "V504", "V505", "V506", "V507", "V508", "V509", "V512"),
)
"""Answers copied to the second round before changes."""


def _head(rng: Random, hamlet: Hamlet) -> Answers:
    place = hamlet.place
    sex = Sex.MALE if rng.random() < 0.93 else Sex.FEMALE
    name = words.SURNAME.pick(rng) + given_name(rng, sex, rng.randint(36, 60))
    return {
        "VH3": name,
        "VH4": POSTS.pick(rng),
        "VH5": str(FIRST_VILLAGE_PHONE + place.pk),
        "V101": hamlet.ground.terrain.value,
        "V102": max(place.groups, min(12, (hamlet.poor + hamlet.others) // rng.randint(32, 60) + 1)),
        "V114": rng.randint(3, 7),
        "V115": _disasters(hamlet.ground, 0),
    }


def _disasters(ground: Ground, number: int) -> list[str]:
    return ground.disasters[number] or ["0"]


def _works(rng: Random, hamlet: Hamlet) -> Answers:
    ground, groups = hamlet.ground, max(hamlet.place.groups, 2)
    distance = whole(rng.uniform(*DISTANCE[ground.terrain]), 1)
    unpaved = min(rng.randint(0, groups // (3 if ground.terrain == T.VALLEY else 1)), hamlet.place.groups)
    return {
        "V201": distance,
        "V202": int(ground.paved),
        "V203": 0 if ground.paved else whole(distance * rng.uniform(0.2, 0.9), 1),
        "V204": unpaved,
        "V205": whole(unpaved * rng.uniform(0.6, 2.4), 1),
        "V206": int(rng.random() < (0.9 if ground.paved else 0.35)),
        "V213": int(rng.random() < 0.86),
        "V214": int(rng.random() < 0.68),
    }


def _trade(rng: Random, hamlet: Hamlet) -> Answers:
    terrain, is_poor = hamlet.ground.terrain, hamlet.place.is_poor
    has_income, has_fund = rng.random() < 0.42, rng.random() < (0.42 if is_poor else 0.12)
    return {
        "V301": whole(INCOME[terrain] * rng.uniform(0.86, 1.18) * (0.9 if is_poor else 1.0)),
        "V302": whole(rng.lognormvariate(0.4, 0.8), 2) if has_income else 0,
        "V303": several(rng, INDUSTRIES[terrain], 3, least=1),
        "V304": rng.choice((0, 0, 1, 1, 2)),
        **_mutual_fund(rng, int(has_fund), 0),
        "V310": WHOLE_VILLAGE.pick(rng) if is_poor else NOT_YET,
        "V311": several(rng, LIMITS[terrain], 3, least=1),
    }


def _mutual_fund(rng: Random, exists: int, before: float) -> Answers:
    """Return whether the village has a 互助资金 (mutual fund), and its 万元."""
    if not exists:
        return {"V306": 0, "V307": 0}
    return {"V306": 1, "V307": whole(before * 1.04 if before else rng.choice((15, 20, 20, 30, 40)), 2)}


def _services(rng: Random, hamlet: Hamlet) -> Answers:
    has_school, has_clinic = rng.random() < 0.72, rng.random() < 0.9
    people = 4 * (hamlet.poor + hamlet.others)
    pupils = UNKNOWN if rng.random() < UNKNOWN_SHARE else whole(people * rng.uniform(0.025, 0.07))
    clinic = {"V507": rng.choice((40, 60, 60, 80, 100, 120)), "V508": int(rng.random() < 0.6)}
    return {
        "V412": rng.randint(0, 4),
        "V413": rng.choice((0, 0, 0, 1, 1, 2)),
        "V501": int(has_school),
        **({"V502": pupils, "V504": int(rng.random() < 0.3)} if has_school else {}),
        "V503": int(rng.random() < (0.3 if hamlet.ground.terrain == T.VALLEY else 0.14)),
        "V505": rng.choice((0,) * 12 + (1, 2)),
        "V506": int(has_clinic),
        **(clinic if has_clinic else {}),
        "V509": rng.randint(1, 2) if has_clinic else int(rng.random() < 0.3),
        "V512": int(rng.random() < 0.62),
    }

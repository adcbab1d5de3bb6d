"""The totals of a village form: the answers of its poor households, plus a share of the others."""

from collections.abc import Callable, Sequence
from random import Random

from demo.answers import Answers, known, whole
from demo.answers.grounds import Terrain
from demo.answers.hamlets import Hamlet
from demo.answers.household import HouseholdAnswers
from demo.answers.support import MEDICAL, ON_ALLOWANCE
from households.choices import Health, Kind

Rates = dict[str, float]
"""By code: the average that a household adds if it is not poor."""


def _same(rate: float) -> dict[Terrain, float]:
    return dict.fromkeys(Terrain, rate)


def _by_terrain(valley: float, slope: float, mountain: float) -> dict[Terrain, float]:
    return {Terrain.VALLEY: valley, Terrain.SLOPE: slope, Terrain.MOUNTAIN: mountain}


def _sum_of(code: str) -> Callable[[HouseholdAnswers], float]:
    return lambda sheet: known(sheet.answers[code])


def _is(code: str, answer: object) -> Callable[[HouseholdAnswers], float]:
    return lambda sheet: sheet.answers.get(code) == answer


def _of_kind(*kinds: Kind) -> Callable[[HouseholdAnswers], float]:
    return lambda sheet: sheet.answers["C01"] in kinds


def _disabled(sheet: HouseholdAnswers) -> int:
    return sum(member["M08"] == Health.DISABLED for member in sheet.members)


SUMS: dict[str, tuple[Callable[[HouseholdAnswers], float], dict[Terrain, float]]] = {
    "V104": (_sum_of("H08"), _same(4.05)),
    "V105": (_sum_of("B12"), _same(2.4)),
    "V106": (_sum_of("B13"), _by_terrain(0.7, 0.9, 1.0)),
    "V108": (_sum_of("H08"), _same(0)),
    "V109": (_of_kind(*ON_ALLOWANCE), _same(0.03)),
    "V110": (_sum_of("C02"), _same(0.06)),
    "V111": (_of_kind(Kind.FIVE_GUARANTEES), _same(0)),
    "V112": (_disabled, _same(0.07)),
    "V113": (_is("H08", 0), _same(0.13)),
    "V208": (_is("A09", 0), _same(0)),
    "V210": (_is("H08", 0), _by_terrain(0.34, 0.16, 0.07)),
    "V211": (_is("H08", 1), _by_terrain(0.5, 0.36, 0.26)),
    "V212": (_sum_of("A09"), _same(0.94)),
    "V305": (_sum_of("C08"), _same(0)),
    "V308": (lambda sheet: known(sheet.answers["C10"]) >= 5000, _same(0.06)),
    "V309": (lambda sheet: sheet.answers["C09"] > 0, _same(0.16)),
    "V401": (_sum_of("B01"), _by_terrain(5.2, 9.4, 13.6)),
    "V402": (_sum_of("B02"), _by_terrain(3.4, 1.0, 0.2)),
    "V403": (_sum_of("B03"), _by_terrain(0.5, 2.3, 4.6)),
    "V404": (_sum_of("B04"), _by_terrain(0.2, 1.1, 2.4)),
    "V405": (_sum_of("B05"), _by_terrain(0.6, 1.0, 0.5)),
    "V406": (_is("H08", 0), _by_terrain(0, 0.4, 1.6)),
    "V407": (_sum_of("B06"), _by_terrain(0.34, 0.03, 0)),
    "V408": (_is("A08", 0), _by_terrain(0.08, 0.16, 0.26)),
    "V409": (_sum_of("A07"), _by_terrain(0.05, 0.11, 0.19)),
    "V410": (_is("A04", 1), _by_terrain(0.05, 0.1, 0.14)),
    "V411": (_is("D08", 1), _by_terrain(0.0, 0.01, 0.03)),
    "V510": (_sum_of("C03"), _same(3.94)),
    "V511": (_sum_of("C04"), _same(2.3)),
    "V513": (lambda sheet: MEDICAL in sheet.answers["C06"], _same(0.03)),
}
"""By code: what one poor household adds, and the average that others add."""
AREAS = {"V401", "V402", "V403", "V404", "V405", "V406"}
"""亩, with one decimal."""
A_YEAR_LATER = {"V210": 1.35, "V211": 1.25, "V407": 1.1, "V408": 0.9, "V409": 0.9, "V410": 0.88, "V411": 0.9}
WATER_ITEMS = {"V408", "V409"}


def draw_rates(rng: Random, hamlet: Hamlet) -> Rates:
    terrain = hamlet.ground.terrain
    rates = {code: rate[terrain] * rng.uniform(0.8, 1.2) for code, (_, rate) in SUMS.items()}
    rates["V104"] = rng.uniform(3.8, 4.3)
    rates["V510"] = rates["V104"] * rng.uniform(0.95, 0.99)
    return rates


def tally(hamlet: Hamlet, rates: Rates, sheets: Sequence[HouseholdAnswers], later: bool) -> Answers:
    """Return the totals among V103 to V513; in the second round a few more are connected and fewer in need."""
    answers: Answers = {"V103": hamlet.poor + hamlet.others, "V107": hamlet.poor}
    for code, (of_one, _) in SUMS.items():
        rate = rates[code] * (A_YEAR_LATER.get(code, 1.0) if later else 1.0)
        if later and code in WATER_ITEMS and hamlet.ground.water_works:
            rate *= 0.5
        total = sum(map(of_one, sheets)) + hamlet.others * rate
        answers[code] = whole(total, 1 if code in AREAS else 0)
    for code in ("V210", "V211", "V212"):
        answers[code] = min(answers[code], answers["V103"])
    unpowered = sum(sheet.answers["B11"] == 0 for sheet in sheets) / len(sheets)
    answers |= {"V207": 0, "V209": int(hamlet.place.groups * unpowered * 0.6)}
    return answers

"""The conditions of a village: terrain, water, road, and what was built or destroyed between the rounds."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from demo.draw import WeightedChoice, several
from demo.homes import Place
from villages.models import Village


class Terrain(StrEnum):
    """The options of V101."""

    VALLEY = "1"
    SLOPE = "2"
    MOUNTAIN = "3"


VALLEY_TOWNS = {"620524100", "620524101", "620524102", "620524106"}
"""城关, 洛门, 鸳鸯 and 山丹 lie on the 渭河."""
MOUNTAIN_TOWNS = {"620524109", "620524110", "620524112", "620524202", "620524206"}
T = Terrain
IN_VALLEY = WeightedChoice({T.VALLEY: 58, T.SLOPE: 28, T.MOUNTAIN: 14})
IN_MOUNTAINS = WeightedChoice({T.VALLEY: 2, T.SLOPE: 30, T.MOUNTAIN: 68})
BETWEEN = WeightedChoice({T.VALLEY: 14, T.SLOPE: 52, T.MOUNTAIN: 34})

TAPPED = {T.VALLEY: (0.62, 0.95), T.SLOPE: (0.3, 0.8), T.MOUNTAIN: (0.05, 0.6)}
"""Range of the share of households with tap water in the first round."""
PAVED = {T.VALLEY: 0.97, T.SLOPE: 0.82, T.MOUNTAIN: 0.56}
WATER_WORKS = {T.VALLEY: 0.1, T.SLOPE: 0.18, T.MOUNTAIN: 0.22}
ROAD_WORKS = {T.VALLEY: 0.14, T.SLOPE: 0.2, T.MOUNTAIN: 0.24}
DISASTERS = {
    T.VALLEY: {"1": 0.12, "2": 0.1, "3": 0.14, "4": 0.1, "6": 0.03},
    T.SLOPE: {"1": 0.3, "2": 0.06, "3": 0.12, "4": 0.16, "5": 0.05, "6": 0.04, "7": 0.05},
    T.MOUNTAIN: {"1": 0.4, "2": 0.04, "3": 0.1, "4": 0.2, "5": 0.06, "6": 0.05, "7": 0.08},
}
DROUGHT, FLOOD, FROST, LANDSLIDE = "1", "2", "4", "7"
GRAVE = {DROUGHT, FLOOD, FROST, LANDSLIDE}


@dataclass(slots=True)
class Ground:
    """The conditions of a village; `disasters` holds the codes of V115 for the year before each round."""

    terrain: Terrain
    tapped: float
    paved: bool
    water_works: bool
    road_works: bool
    disasters: tuple[list[str], list[str]]

    @property
    def was_struck(self) -> bool:
        """Return whether a grave disaster happened before the second round."""
        return not GRAVE.isdisjoint(self.disasters[1])


def draw_ground(rng: Random, place: Place) -> Ground:
    terrain = _terrain(rng, place)
    low, high = TAPPED[terrain]
    paved = rng.random() < PAVED[terrain]
    return Ground(
        terrain,
        tapped=rng.uniform(low, high),
        paved=paved,
        water_works=rng.random() < WATER_WORKS[terrain],
        road_works=rng.random() < ROAD_WORKS[terrain] * (1 if paved else 2),
        disasters=(several(rng, DISASTERS[terrain], 3), several(rng, DISASTERS[terrain], 3)),
    )


def _terrain(rng: Random, place: Place) -> Terrain:
    town = place.settlement.town
    if place.settlement.kind == Village.Kind.COMMUNITY or town in VALLEY_TOWNS:
        return IN_VALLEY.pick(rng)
    return (IN_MOUNTAINS if town in MOUNTAIN_TOWNS else BETWEEN).pick(rng)

"""上限: maximum numbers of households per cadre and of villages per unit, set by the office (要求).

武山 “1085”: county level 10, section level 8, others 5 households; a unit 1–2 villages. Exceeding one only
warns.
"""

from dataclasses import dataclass
from datetime import date

from core.places import above
from units.models import Requirement, nearest_requirement
from units.roles import Rank


@dataclass(frozen=True)
class Ceilings:
    """The maxima of one indicator at one place; `year` is the year they were set for, None if there are none."""

    year: int | None
    rows: tuple[Requirement, ...] = ()

    def of(self, rank: str = "", unit: int | None = None) -> int | None:
        """Return the maximum that applies to a rank in a unit, None if there is none."""
        nearest = nearest_requirement(self.rows, rank=rank, unit=unit)
        return nearest.maximum if nearest else None

    def by_rank(self) -> list[tuple[str, int]]:
        """Return (label of a rank, maximum) of the ranks that have one, highest rank first."""
        found = [(str(rank.label), self.of(rank)) for rank in Rank]
        return [(label, most) for label, most in found if most is not None]


def ceilings(indicator: str, place: str, on: date) -> Ceilings:
    """Return the maxima in force at a place on a day: of its year, else of the last year that has any."""
    set_so_far = Requirement.objects.filter(
        indicator=indicator, place__in=above(place), year__lte=on.year, maximum__isnull=False
    )
    rows = list(set_so_far)
    year = max((row.year for row in rows), default=None)
    return Ceilings(year, tuple(row for row in rows if row.year == year))


def household_ceilings(place: str, on: date) -> Ceilings:
    return ceilings(Requirement.Indicator.PAIRED_HOUSEHOLDS, place, on)


def village_ceilings(place: str, on: date) -> Ceilings:
    return ceilings(Requirement.Indicator.PAIRED_VILLAGES, place, on)

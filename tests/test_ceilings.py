"""上限 (limits): which of the office's figures applies where, to which rank and when."""

from datetime import date

import pytest

from tests.factories import make_unit
from units.ceilings import household_ceilings, village_ceilings
from units.models import Requirement
from units.roles import Rank

pytestmark = pytest.mark.django_db

VILLAGE = "620524105217"
DAY = date(2015, 9, 16)


def require(maximum: int | None, **fields):
    return Requirement.objects.create(
        **{"year": 2015, "place": "620524", "indicator": "paired_households", "maximum": maximum, **fields}
    )


def test_1085():
    for rank, most in ((Rank.COUNTY, 10), (Rank.SECTION, 8), (Rank.GENERAL, 5)):
        require(most, rank=rank)
    ceilings = household_ceilings(VILLAGE, DAY)
    assert [ceilings.of(rank) for rank in Rank] == [10, 8, 5]
    assert ceilings.by_rank() == [("县级", 10), ("科级", 8), ("一般", 5)]


def test_without_a_figure_there_is_no_ceiling():
    require(None, minimum=2)
    require(2, indicator="paired_villages")
    assert household_ceilings(VILLAGE, DAY).of(Rank.GENERAL) is None
    assert village_ceilings(VILLAGE, DAY).of() == 2


def test_the_nearest_place_decides():
    require(5)
    require(4, place="620524105")
    require(9, place="620502")
    assert household_ceilings(VILLAGE, DAY).of(Rank.GENERAL) == 4
    assert household_ceilings("620524100201", DAY).of(Rank.GENERAL) == 5


def test_a_units_own_figure_comes_before_its_rank():
    unit = make_unit()
    require(5, rank=Rank.GENERAL)
    require(7, unit=unit)
    ceilings = household_ceilings(VILLAGE, DAY)
    assert ceilings.of(Rank.GENERAL, unit.pk) == 7
    assert ceilings.of(Rank.GENERAL, make_unit().pk) == 5


def test_last_years_figure_holds_until_the_office_sets_another():
    require(6, year=2013)
    require(5, year=2014)
    require(3, year=2016)
    ceilings = household_ceilings(VILLAGE, DAY)
    assert (ceilings.of(Rank.GENERAL), ceilings.year) == (5, 2014)

"""The shares of the families add up to the whole, and no amount is counted twice."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.assistance.items import recorded
from tests.factories import make_cadre, make_household, make_project, make_village
from visits.assistance.amounts import Sums, sums
from visits.assistance.rules import Worth, split, together
from visits.models import Assistance, AssistanceShare

pytestmark = pytest.mark.django_db


MONEY = st.decimals(min_value=0, max_value=99999, places=2)


# --- splitting ------------------------------------------------------------------------------------


@given(
    st.builds(Worth, MONEY, MONEY, MONEY, MONEY, st.integers(0, 999)),
    st.integers(1, 60),
)
def test_parts_sum_to_the_whole_and_differ_by_what_does_not_divide(whole, count):
    parts = split(whole, count)
    assert together(parts) == whole
    assert len(set(parts[1:])) <= 1
    assert all(first >= other for first, other in zip(parts[0], parts[-1], strict=True))


def test_what_does_not_divide_is_the_first_ones():
    assert [part.cash for part in split(Worth(cash=Decimal(100)), 3)] == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]


def test_saplings_are_not_cut_in_pieces():
    assert [part.quantity for part in split(Worth(quantity=Decimal(100)), 3)] == [34, 33, 33]


# --- sums -----------------------------------------------------------------------------------------


ITEMS = st.lists(
    st.tuples(
        st.integers(0, 1),  # unit
        st.integers(0, 1),  # village
        st.sets(st.integers(0, 2)),  # families of that village
        st.builds(Worth, MONEY, st.just(Decimal(0)), MONEY, MONEY, st.integers(0, 99)),
        st.booleans(),  # project
        st.booleans(),  # void
    ),
    max_size=7,
)


def plain(given, part=lambda worth, families: worth):
    """Compute the sums naively, one item after the other."""
    total = Sums(0, Decimal(0), Decimal(0), Decimal(0), 0)
    for *_, families, worth, of_project, void in given:
        if void:
            continue
        own = part(worth, families)
        total = Sums(
            total.items + 1,
            total.cash + (0 if of_project else own.cash),
            total.goods_value + (0 if of_project else own.goods_value),
            total.loan + own.loan,
            total.people + own.people,
        )
    return total


class NoYuanTwice(TestCase):
    @settings(max_examples=20, deadline=None)
    @given(given=ITEMS)
    def test_as_by_hand(self, given):
        cadres = [make_cadre(), make_cadre()]
        villages = [make_village(code="620524100301"), make_village(code="620524100302")]
        projects = [make_project(village=village, unit=cadres[0].unit) for village in villages]
        families = [[make_household(village=village, head="") for _ in range(3)] for village in villages]
        for unit, village, got, worth, of_project, void in given:
            item = recorded(
                cadres[unit],
                *(families[village][n] for n in sorted(got)),
                village=villages[village],
                whole=worth,
                project=projects[village] if of_project else None,
            )
            if void:
                item.take_back(by=cadres[unit], reason="记错")
        everything = Assistance.objects.all()
        assert sums(everything) == plain(given)
        for n, cadre in enumerate(cadres):
            assert sums(everything.filter(unit=cadre.unit)) == plain([row for row in given if row[0] == n])
        for n, village in enumerate(villages):
            here = [row for row in given if row[1] == n]
            assert sums(everything.filter(village=village)) == plain(here)
            for m, family in enumerate(families[n]):
                theirs = plain(
                    [row for row in here if m in row[2]],
                    lambda worth, got, m=m: split(worth, len(got))[sorted(got).index(m)],
                )
                assert sums(AssistanceShare.objects.filter(household=family)) == theirs

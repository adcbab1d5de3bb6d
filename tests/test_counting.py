"""The counting rules of domain.md against a plain, slow reckoning: overview, units and the home of a cadre."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.periods import Period
from reports import overview
from tests.factories import make_cadre, make_household, make_unit, make_village, make_visit
from tests.pages import client_of
from units.models import Cadre, today
from units.roles import Role
from visits.models import Visit, VisitCompanion

FIRST = date(today().year, 1, 1)
YEAR = Period(FIRST, date(today().year, 12, 31), "今年")


class Went(NamedTuple):
    """One record: whose (two of one unit, one of another), at which of three households or in a village alone."""

    cadre: int
    household: int | None
    day: int
    kind: str
    nights: int
    void: bool
    along: int | None


WENT = st.lists(
    st.builds(
        Went,
        st.integers(0, 2),
        st.none() | st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from([Visit.Kind.HOME, Visit.Kind.PHONE, Visit.Kind.LABOUR, Visit.Kind.STAY]),
        st.integers(0, 1),
        st.booleans() | st.just(False),
        st.none() | st.integers(0, 2),
    ),
    max_size=12,
)
UNITS = [0, 0, 1]
"""Which unit each cadre is of."""
VILLAGES = [0, 0, 1]
"""Which village each household is in; who goes to none is in the first."""


class Counting(TestCase):
    @settings(max_examples=20, deadline=None)
    @given(WENT)
    def test_is_what_a_plain_reckoning_finds(self, went: list[Went]) -> None:
        with transaction.atomic():
            office, cadres = a_county(went)
            valid = [one for one in went if not one.void]
            seen = [one for one in valid if one.kind != Visit.Kind.PHONE]
            figures = overview.figures(office, YEAR)
            assert figures.records == len(valid)
            assert figures.phone == len(valid) - len(seen)
            assert figures.times == len({(o.household, o.day) for o in seen if o.household is not None})
            assert figures.entered == len({o.household for o in seen if o.household is not None})
            assert figures.village_times == len({(UNITS[o.cadre], village(o), o.day) for o in seen})
            assert figures.nights == len({(who, o.day) for o in seen if o.nights for who in people(o)})
            assert figures.cadres == len({who for o in valid for who in people(o)})
            self.units(office, cadres, valid, seen)
            self.homes(cadres, valid, seen)
            transaction.set_rollback(True)

    def units(self, office: Cadre, cadres: list[Cadre], valid: list[Went], seen: list[Went]) -> None:
        rows = {row.pk: row for row in overview.units(office, YEAR)}
        for unit in (0, 1):
            row = rows[cadres[UNITS.index(unit)].unit_id]
            own = [o for o in seen if UNITS[o.cadre] == unit]
            assert row.times == len({(o.household, o.day) for o in own if o.household is not None})
            assert row.village_times == len({(village(o), o.day) for o in own})
            assert row.village_days == len({o.day for o in own})
            slept = {(who, o.day) for o in seen if o.nights for who in people(o) if UNITS[who] == unit}
            assert row.nights == len(slept)

    def homes(self, cadres: list[Cadre], valid: list[Went], seen: list[Went]) -> None:
        for who, cadre in enumerate(cadres):
            done = client_of(cadre).get("/").context["done"]
            own = [o for o in seen if who in people(o)]
            assert done.days == len({o.day for o in own})
            assert done.entered == len({(o.household, o.day) for o in own if o.household is not None})
            assert done.nights == len({o.day for o in seen if o.nights and who in people(o)})


def people(went: Went) -> set[int]:
    """Who gets it: each of those who went together, of one unit."""
    return {went.cadre} | ({went.along} if along_of(went) is not None else set())


def along_of(went: Went) -> int | None:
    same = went.along is not None and went.along != went.cadre and UNITS[went.along] == UNITS[went.cadre]
    return went.along if same else None


def village(went: Went) -> int:
    return 0 if went.household is None else VILLAGES[went.household]


def a_county(went: list[Went]) -> tuple[Cadre, list[Cadre]]:
    """An office and three cadres of two units, and what they recorded."""
    office = make_cadre(unit=make_unit(), role=Role.OFFICE)
    units = [make_unit(), make_unit()]
    cadres = [make_cadre(unit=units[unit]) for unit in UNITS]
    villages = [make_village(name="上村"), make_village(name="下村")]
    households = [make_household(village=villages[at], head="") for at in VILLAGES]
    for one in went:
        a_visit(one, cadres, households, villages)
    return office, cadres


def a_visit(one: Went, cadres: list[Cadre], households: list[Any], villages: list[Any]) -> None:
    taken_back = {"voided_on": FIRST, "voided_by": cadres[0], "void_reason": "记错"} if one.void else {}
    visit = make_visit(
        cadre=cadres[one.cadre],
        household=None if one.household is None else households[one.household],
        village=villages[village(one)],
        visited_on=FIRST + timedelta(days=one.day),
        kind=one.kind,
        nights=one.nights,
        **taken_back,
    )
    along = along_of(one)
    if along is not None:
        who = cadres[along]
        VisitCompanion.objects.create(visit=visit, cadre=who, unit=who.unit, rank=who.rank)

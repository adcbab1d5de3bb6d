"""The figures of every page equal one naive count: overview, units, homes, admin, cadre's page, duties."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.periods import Period
from reports import overview
from tests.factories import (
    COUNTY,
    make_cadre,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of
from units.models import Cadre, Requirement, Unit, today
from units.roles import Role
from visits.duty.rules import cadre_duties, unit_duties
from visits.models import Visit, VisitCompanion

Asked = Requirement.Indicator

FIRST = date(today().year, 1, 1)
YEAR = Period(FIRST, date(today().year, 12, 31), "今年")


class Went(NamedTuple):
    """One record: the cadre (two of one unit, one of another), and one of three households or only a village."""

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
"""The unit of each cadre, by index."""
VILLAGES = [0, 0, 1]
"""The village of each household, by index; a visit to no household is in the first."""
PAIRED = [(0, 0), (2, 2)]
"""Pairs of cadre and household; the first unit is paired only with the first village."""
PAIRED_UNITS = {(UNITS[cadre], household) for cadre, household in PAIRED}


@pytest.mark.slow
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
            assert figures.village_times == len({(u, village(o), o.day) for o in seen for u in units_of(o)})
            assert figures.times == sum(row.times for row in overview.places(office, YEAR))
            assert figures.times == sum(overview.months(office, YEAR).values())
            assert figures.nights == len({(who, o.day) for o in seen if o.nights for who in people(o)})
            assert figures.cadres == len({who for o in valid for who in people(o)})
            self.units(office, cadres, valid, seen)
            self.homes(cadres, valid, seen)
            self.admin_home(cadres, seen)
            self.cadre_pages(office, cadres, seen)
            self.duties(cadres, seen)
            transaction.set_rollback(True)

    def units(self, office: Cadre, cadres: list[Cadre], valid: list[Went], seen: list[Went]) -> None:
        rows = {row.pk: row for row in overview.units(office, YEAR)}
        for unit in (0, 1):
            row = rows[cadres[UNITS.index(unit)].unit_id]
            own = [o for o in seen if unit in units_of(o)]
            assert row.times == len({(o.household, o.day) for o in own if o.household is not None})
            assert row.village_times == len({(village(o), o.day) for o in own})
            assert row.village_days == len({o.day for o in own})
            slept = {(who, o.day) for o in seen if o.nights for who in people(o) if UNITS[who] == unit}
            assert row.nights == len(slept)
            assert row.entered == len({o.household for o in own if (unit, o.household) in PAIRED_UNITS})

    def homes(self, cadres: list[Cadre], valid: list[Went], seen: list[Went]) -> None:
        for who, cadre in enumerate(cadres):
            done = client_of(cadre).get("/").context["done"]
            own = [o for o in seen if who in people(o)]
            assert done.days == len({o.day for o in own})
            assert done.entered == len({(o.household, o.day) for o in own if o.household is not None})
            assert done.nights == len({o.day for o in seen if o.nights and who in people(o)})

    def admin_home(self, cadres: list[Cadre], seen: list[Went]) -> None:
        leader = make_cadre(unit=cadres[0].unit, role=Role.LEADER)
        [table] = client_of(leader).get("/admin/").context["tables"]
        cells = {row.key: row.cells for row in table["rows"]}
        for who in (0, 1):
            own = [o for o in seen if who in people(o)]
            days, times, last = cells[cadres[who].pk][-3:]
            assert days == len({o.day for o in own})
            assert times == len({(o.household, o.day) for o in own if o.household is not None})
            assert last == max((FIRST + timedelta(days=o.day) for o in own), default=None)

    def cadre_pages(self, office: Cadre, cadres: list[Cadre], seen: list[Went]) -> None:
        for who, cadre in enumerate(cadres):
            shown = client_of(office).get(f"/cadres/{cadre.pk}/").context["visit_days"]
            assert shown == len({o.day for o in seen if who in people(o)})

    def duties(self, cadres: list[Cadre], seen: list[Went]) -> None:
        """Count the duties of a requirement from the pairings alone, as their labels state."""
        of = cadre_duties(Cadre.objects.filter(pk__in=[c.pk for c in cadres]), year=FIRST.year, on=today())
        done = {(pk, duty.indicator): duty.done for pk, duties in of.items() for duty in duties}
        for who, household in PAIRED:
            own = [o for o in seen if who in people(o)]
            times = {o.day for o in own if o.household == household}
            assert done[cadres[who].pk, Asked.VISIT_TIMES] == len(times)
            assert done[cadres[who].pk, Asked.VISIT_DAYS] == len({o.day for o in own})
        units = unit_duties(Unit.objects.filter(pk=cadres[0].unit_id), year=FIRST.year, on=today())
        [village_times] = [d.done for d in units[cadres[0].unit_id] if d.indicator == Asked.VILLAGE_TIMES]
        assert village_times == len({o.day for o in seen if 0 in units_of(o) and village(o) == 0})


def people(went: Went) -> set[int]:
    """Return who went: the cadre and the companion, of any unit."""
    return {went.cadre} | ({went.along} if along_of(went) is not None else set())


def units_of(went: Went) -> set[int]:
    return {UNITS[who] for who in people(went)}


def along_of(went: Went) -> int | None:
    return went.along if went.along != went.cadre else None


def village(went: Went) -> int:
    return 0 if went.household is None else VILLAGES[went.household]


def a_county(went: list[Went]) -> tuple[Cadre, list[Cadre]]:
    """Draw an office, three cadres of two units, and their records."""
    office = make_cadre(unit=make_unit(), role=Role.OFFICE)
    units = [make_unit(), make_unit()]
    cadres = [make_cadre(unit=units[unit]) for unit in UNITS]
    villages = [make_village(name="上村"), make_village(name="下村")]
    households = [make_household(village=villages[at], head="") for at in VILLAGES]
    for cadre, household in PAIRED:
        make_pairing(cadre=cadres[cadre], household=households[household], started_on=FIRST)
    make_village_pairing(unit=units[0], village=villages[0], started_on=FIRST)
    for indicator in (Asked.VISIT_TIMES, Asked.VISIT_DAYS, Asked.VILLAGE_TIMES):
        Requirement.objects.create(year=FIRST.year, place=COUNTY, indicator=indicator, minimum=4)
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

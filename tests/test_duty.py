"""Duties: the set-based computation equals a naive one, visit by visit; and quotas are pro-rated for part of a year."""

import random
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from households.choices import PairingKind
from households.models import HouseholdAway
from tests.factories import (
    COUNTY,
    make_cadre,
    make_division,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from units.models import Cadre, Leave, Requirement, Unit
from visits.duty.duty_audit import NO_HOUSEHOLD, PHONE, SAME_HOUSEHOLD_DAY, VOID, explain_cadre, explain_unit
from visits.duty.rules import Duty, DutySpan, cadre_duties, needed, owing, unit_duties
from visits.models import Visit, VisitCompanion

pytestmark = pytest.mark.django_db
Indicator = Requirement.Indicator
YEAR = 2015
END = date(2015, 12, 31)
COUNTED_BY_CADRE = (Indicator.VISIT_TIMES, Indicator.VISIT_DAYS, Indicator.VISITED_HOUSEHOLDS)
COUNTED_BY_UNIT = (Indicator.VILLAGE_TIMES, Indicator.VILLAGE_DAYS)


def ask(indicator: str, minimum: int, **fields: object) -> Requirement:
    return Requirement.objects.create(
        **{"year": YEAR, "place": COUNTY, "indicator": indicator, "minimum": minimum, **fields}
    )


def duty_of(cadre: Cadre, indicator: str) -> Duty:
    found = cadre_duties(Cadre.objects.filter(pk=cadre.pk), year=YEAR, on=END)
    return next(duty for duty in found[cadre.pk] if duty.indicator == indicator)


def counts_of(cadre: Cadre) -> list[str]:
    return [verdict.why for verdict in explain_cadre(cadre, Indicator.VISIT_TIMES, YEAR)]


@pytest.fixture
def own(cadre):
    """Create a household paired with the cadre from March on."""
    household = make_household()
    make_pairing(cadre=cadre, household=household, started_on=date(2015, 3, 1))
    return household


def test_two_visits_on_one_day_count_once(cadre, own):
    ask(Indicator.VISIT_TIMES, 4)
    for _ in range(2):
        make_visit(cadre=cadre, household=own, visited_on=date(2015, 5, 4))
    assert duty_of(cadre, Indicator.VISIT_TIMES).done == 1
    assert counts_of(cadre) == ["", SAME_HOUSEHOLD_DAY]


def test_a_call_counts_while_the_family_is_away(cadre, own):
    ask(Indicator.VISIT_TIMES, 4)
    HouseholdAway.objects.create(household=own, started_on=date(2015, 6, 1), reason="全家去新疆摘棉花")
    for day in (date(2015, 5, 4), date(2015, 6, 4)):
        make_visit(cadre=cadre, household=own, visited_on=day, kind=Visit.Kind.PHONE)
    assert duty_of(cadre, Indicator.VISIT_TIMES).done == 1
    assert counts_of(cadre) == [PHONE, ""]


def test_each_that_does_not_count_says_why(cadre, own):
    make_visit(cadre=cadre, household=own, visited_on=date(2015, 2, 4))
    make_visit(cadre=cadre, household=make_household(), visited_on=date(2015, 4, 4))
    make_visit(cadre=cadre, visited_on=date(2015, 4, 5), village=own.village, kind=Visit.Kind.LABOUR)
    taken_back = make_visit(cadre=cadre, household=own, visited_on=date(2015, 4, 6))
    taken_back.voided_on, taken_back.voided_by, taken_back.void_reason = date(2015, 4, 7), cadre, "记错"
    taken_back.save()
    assert counts_of(cadre) == ["结对以前（2015-03-01 起才是联系户）", "不是联系户", NO_HOUSEHOLD, VOID]


def test_a_companion_gets_the_visit_too(cadre, own):
    ask(Indicator.VISIT_DAYS, 10)
    colleague = make_cadre(unit=cadre.unit)
    make_pairing(cadre=colleague, household=own, kind=PairingKind.CONTACT, started_on=date(2015, 3, 1))
    visit = make_visit(cadre=cadre, household=own, visited_on=date(2015, 5, 4))
    VisitCompanion.objects.create(visit=visit, cadre=colleague, unit=colleague.unit, rank=colleague.rank)
    assert duty_of(colleague, Indicator.VISIT_DAYS).done == 1


def test_a_hand_over_in_the_middle_asks_for_a_share(cadre):
    ask(Indicator.VISIT_DAYS, 10)
    make_pairing(cadre=cadre, started_on=date(2015, 7, 2))
    duty = duty_of(cadre, Indicator.VISIT_DAYS)
    assert (duty.minimum, duty.needed, duty.is_shortened) == (10, 6, True)


def test_leave_takes_its_share_off(cadre, own):
    ask(Indicator.VISIT_DAYS, 10)
    Leave.objects.create(cadre=cadre, started_on=date(2015, 3, 1), ended_on=date(2015, 8, 31), reason="产假")
    assert duty_of(cadre, Indicator.VISIT_DAYS).needed == 4


def test_nothing_is_asked_of_who_is_paired_with_nobody(cadre):
    ask(Indicator.VISIT_DAYS, 10)
    assert cadre_duties(Cadre.objects.filter(pk=cadre.pk), year=YEAR, on=END) == {}


def test_the_units_own_minimum_goes_before_the_ranks(cadre, own):
    ask(Indicator.VISIT_TIMES, 4)
    ask(Indicator.VISIT_TIMES, 6, rank=cadre.rank)
    ask(Indicator.VISIT_TIMES, 8, unit=cadre.unit)
    assert duty_of(cadre, Indicator.VISIT_TIMES).minimum == 8


def test_of_a_provincial_unit_is_asked_what_the_county_of_its_village_asks():
    ask(Indicator.VISIT_TIMES, 4)
    ask(Indicator.VILLAGE_TIMES, 6)
    unit = make_unit(name="省某院", division=make_division(code="62", name="甘肃省"))
    make_village_pairing(unit=unit, village=make_village(), started_on=date(2015, 1, 1))
    cadre = make_cadre(unit=unit)
    make_pairing(cadre=cadre, started_on=date(2015, 1, 1))
    assert duty_of(cadre, Indicator.VISIT_TIMES).minimum == 4
    found = unit_duties(Unit.objects.filter(pk=unit.pk), year=YEAR, on=END)
    assert [duty.minimum for duty in found[unit.pk]] == [6]


def test_of_a_year_gone_by_is_held_what_was_held_on_its_last_day(cadre, own):
    ask(Indicator.PAIRED_HOUSEHOLDS, 2)
    make_pairing(cadre=cadre, household=make_household(), started_on=date(2016, 2, 1))
    found = cadre_duties(Cadre.objects.filter(pk=cadre.pk), year=YEAR, on=date(2016, 3, 1))
    assert [duty.done for duty in found[cadre.pk]] == [1]


def test_the_next_day_keeps_an_even_pace():
    duty = Duty(Indicator.VISIT_TIMES, 4, 4, 1, DutySpan(date(2015, 1, 1), END))
    assert duty.next_on == date(2015, 7, 2)


def test_two_cadres_of_a_unit_are_one_day_in_the_village(leader, cadre):
    village = make_village()
    make_village_pairing(unit=cadre.unit, village=village, started_on=date(2015, 1, 1))
    ask(Indicator.VILLAGE_TIMES, 6)
    for who in (leader, cadre):
        make_visit(cadre=who, village=village, visited_on=date(2015, 5, 4), kind=Visit.Kind.COMMITTEES)
    found = unit_duties(Unit.objects.filter(pk=cadre.unit_id), year=YEAR, on=END)
    assert [duty.done for duty in found[cadre.unit_id]] == [1]
    assert owing(found) == [cadre.unit_id]


@given(st.integers(1, 60), st.dates(date(2015, 1, 1), END), st.dates(date(2015, 1, 1), END))
def test_a_share_is_never_more_than_the_whole_and_grows_with_the_days(minimum, one, other):
    since, until = sorted([one, other])
    share = needed(Indicator.VISIT_DAYS, minimum, DutySpan(since, until), YEAR)
    longer = needed(Indicator.VISIT_DAYS, minimum, DutySpan(date(2015, 1, 1), until), YEAR)
    assert 1 <= share <= longer <= minimum


@pytest.mark.slow
class TheReckoningInSets(TestCase):
    """On any county, the set-based counts equal the sums of the single verdicts."""

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10_000))
    def test_equals_the_sum_of_the_verdicts(self, seed: int) -> None:
        with transaction.atomic():
            cadres = small_county(random.Random(seed))
            units = {cadre.unit for cadre in cadres}
            found = cadre_duties(
                Cadre.objects.filter(pk__in=[cadre.pk for cadre in cadres]), year=YEAR, on=END
            )
            for cadre in cadres:
                for duty in found.get(cadre.pk, ()):
                    verdicts = explain_cadre(cadre, duty.indicator, YEAR)
                    assert duty.done == sum(verdict.counts for verdict in verdicts), (cadre, duty)
            of_units = unit_duties(Unit.objects.all(), year=YEAR, on=END)
            for unit in units:
                for duty in of_units.get(unit.pk, ()):
                    verdicts = explain_unit(unit, duty.indicator, YEAR)
                    assert duty.done == sum(verdict.counts for verdict in verdicts), (unit, duty)
            transaction.set_rollback(True)


def small_county(draw: random.Random) -> list[Cadre]:
    """Create two units with two villages and some households, pairings, and a year of visits of every kind."""
    for indicator in (*COUNTED_BY_CADRE, *COUNTED_BY_UNIT):
        ask(indicator, 4)
    units = [make_unit(), make_unit()]
    villages = [make_village(name="上村"), make_village(name="下村")]
    for unit in units:
        for village in draw.sample(villages, draw.randint(1, 2)):
            make_village_pairing(unit=unit, village=village, started_on=some_day(draw))
    cadres = [make_cadre(unit=unit) for unit in units for _ in range(2)]
    households = [make_household(village=draw.choice(villages), head="") for _ in range(4)]
    for household in households:
        for kind in draw.sample(list(PairingKind), draw.randint(1, 2)):
            since = some_day(draw)
            until = draw.choice([None, since + timedelta(days=draw.randint(0, 200))])
            holder = draw.choice(cadres)
            if not holder.pairings.filter(household=household).exists():
                make_pairing(cadre=holder, household=household, kind=kind, started_on=since, ended_on=until)
        if draw.random() < 0.5:
            HouseholdAway.objects.create(household=household, started_on=some_day(draw), reason="务工")
    for _ in range(12):
        a_visit(draw, cadres, households, villages)
    return cadres


def some_day(draw: random.Random) -> date:
    # Only a few days, so that visits fall on the same one.
    return date(2015, draw.randint(1, 12), draw.choice([1, 15]))


def a_visit(draw: random.Random, cadres, households, villages) -> None:
    cadre, household = draw.choice(cadres), draw.choice([*households, None])
    visit = make_visit(
        cadre=cadre,
        household=household,
        village=household.village if household else draw.choice([*villages, None]),
        visited_on=some_day(draw),
        kind=draw.choice([Visit.Kind.HOME, Visit.Kind.PHONE, Visit.Kind.LABOUR]),
        **({"voided_on": END, "voided_by": cadre, "void_reason": "记错"} if draw.random() < 0.1 else {}),
    )
    for other in draw.sample(cadres, draw.randint(0, 2)):
        if other != cadre:
            VisitCompanion.objects.create(visit=visit, cadre=other, unit=other.unit, rank=other.rank)

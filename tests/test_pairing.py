"""联户 (household pairing): permissions, database constraints, warnings, and how a pairing ends."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.models import Change
from households.choices import PairingKind
from households.models import HouseholdPairing
from households.pairing import end_pairing, hand_over, pair_households, reopen
from tests.factories import (
    make_cadre,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of
from units.models import Reach, Requirement, today
from units.roles import Rank

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 5)


@pytest.fixture
def village(leader):
    village = make_village()
    make_village_pairing(unit=leader.unit, village=village)
    return village


@pytest.fixture
def ceilings(db):
    for rank, most in ((Rank.COUNTY, 10), (Rank.SECTION, 8), (Rank.GENERAL, 5)):
        Requirement.objects.create(
            year=2026, place="620524", rank=rank, indicator="paired_households", maximum=most
        )


def pair(client, village, cadre, households, **fields):
    data = {
        "households": [h.pk for h in households],
        "cadre": cadre.pk,
        "kind": "help",
        "started_on": "2026.3.5",
    }
    return client.post(f"/pairings/board/?village={village.pk}", {**data, **fields}, follow=True)


def test_pairing_keeps_unit_and_rank_of_the_day(cadre, village):
    [pairing] = pair_households(
        cadre=cadre, households=[make_household(village=village)], kind="help", started_on=DAY
    )
    cadre.rank, cadre.unit = Rank.SECTION, make_unit()
    cadre.save()
    pairing.refresh_from_db()
    assert (pairing.unit.name, pairing.rank) == ("县水务局", Rank.GENERAL)
    assert Reach.objects.filter(cadre=cadre, place=village.code).exists()
    assert Change.objects.filter(table="households.householdpairing", row=pairing.pk).count() == 1


def test_a_household_has_one_cadre_a_kind(cadre, stranger, village):
    household = make_household(village=village)
    pair_households(cadre=cadre, households=[household], kind=PairingKind.HELP, started_on=DAY)
    with pytest.raises(ValidationError, match="这户已有这种方式的联户干部"):
        pair_households(cadre=stranger, households=[household], kind=PairingKind.HELP, started_on=DAY)
    pair_households(cadre=stranger, households=[household], kind=PairingKind.CONTACT, started_on=DAY)
    assert household.pairings.current().count() == 2


def test_all_or_nothing_when_one_household_is_taken(office, cadre, stranger, village):
    free, taken = make_household(village=village), make_household(village=village)
    make_pairing(cadre=stranger, household=taken)
    html = pair(client_of(office), village, cadre, [free, taken]).content.decode()
    assert "这户已有这种方式的联户干部" in html
    assert not free.pairings.exists()


def test_the_office_pairs_on_the_board(office, cadre, village):
    households = [make_household(head=name, village=village) for name in ("苟进才", "裴秋霞", "焦来喜")]
    html = pair(client_of(office), village, cadre, households).content.decode()
    assert "李建业联上了 3 户。" in html
    assert set(HouseholdPairing.objects.current().of_cadre(cadre).values_list("started_on", flat=True)) == {
        DAY
    }


@pytest.mark.parametrize(("rank", "most"), [(Rank.GENERAL, 5), (Rank.SECTION, 8), (Rank.COUNTY, 10)])
def test_the_ceiling_warns_and_does_not_forbid(office, leader, village, ceilings, rank, most):
    cadre = make_cadre(name="陈立新", unit=leader.unit, rank=rank)
    households = [make_household(village=village) for _ in range(most + 1)]
    client = client_of(office)
    full = pair(client, village, cadre, households[:most]).content.decode()
    over = pair(client, village, cadre, households[most:]).content.decode()
    assert "超过" not in full.split("data-board")[0]
    assert f"陈立新现在联 {most + 1} 户" in over
    assert cadre.pairings.current().count() == most + 1


def test_a_cadre_of_another_unit_is_allowed_with_a_warning(office, stranger, village):
    html = pair(client_of(office), village, stranger, [make_household(village=village)]).content.decode()
    assert "县林业局没有联石峰村" in html
    assert stranger.pairings.count() == 1


def test_a_leader_pairs_the_own_unit_only(leader, cadre, stranger, village):
    client = client_of(leader)
    first, second = make_household(village=village), make_household(village=village)
    pair(client, village, cadre, [first])
    html = pair(client, village, stranger, [second]).content.decode()
    assert "干部" in html
    assert first.pairings.count() == 1
    assert not second.pairings.exists()


def test_a_leader_cannot_reach_another_village(leader, cadre):
    elsewhere = make_village(name="黎堡村")
    household = make_household(village=elsewhere)
    assert pair(client_of(leader), elsewhere, cadre, [household]).status_code == 404
    assert not household.pairings.exists()


@pytest.mark.parametrize("role", ["cadre", "viewer"])
def test_neither_cadre_nor_viewer_pairs(village, role):
    client = client_of(make_cadre(role=role))
    assert client.get(f"/pairings/board/?village={village.pk}").status_code == 403


def test_a_hand_over_ends_and_begins_on_one_day(office, leader, cadre, village):
    pairings = [
        make_pairing(cadre=cadre, household=make_household(village=village), started_on=DAY) for _ in range(3)
    ]
    heir = make_cadre(name="何秀芳", unit=leader.unit)
    client_of(office).post(
        f"/cadres/{cadre.pk}/hand-over/",
        {"pk": [p.pk for p in pairings], "on": "2026-06-01", "reason": "调离", "to": heir.pk},
    )
    assert not HouseholdPairing.objects.current().of_cadre(cadre).exists()
    assert set(heir.pairings.values_list("household", "started_on")) == {
        (pairing.household_id, date(2026, 6, 1)) for pairing in pairings
    }


def test_an_end_is_taken_back_on_the_same_day_only(cadre):
    pairing = make_pairing(cadre=cadre, started_on=DAY)
    end_pairing(pairing, on=today() - timedelta(days=3), reason="点错了")
    reopen(pairing)
    assert (pairing.ended_on, pairing.end_reason) == (None, "")
    end_pairing(pairing, on=today(), reason="调离")
    Change.objects.update(at=timezone.now() - timedelta(days=1))
    with pytest.raises(ValidationError, match="只有当天结束的"):
        reopen(pairing)


def test_a_taken_household_is_not_reopened(cadre, stranger):
    pairing = make_pairing(cadre=cadre, started_on=DAY)
    hand_over([pairing], to=stranger, on=today(), reason="调离")
    with pytest.raises(ValidationError, match="这户已有这种方式"):
        reopen(pairing)

"""联户: pairing cadres with households, ending, handing over, taking back an end."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from households.models import Household, HouseholdPairing
from units.models import Cadre, Reach, Requirement, today
from units.roles import Rank


@transaction.atomic
def pair_households(
    *, cadre: Cadre, households: Iterable[Household], kind: str, started_on: date
) -> list[HouseholdPairing]:
    """One open pairing for each household; unit and rank are those of the day.

    Raises ValidationError in the words of the constraints: a household has one cadre a kind.
    """
    pairings = []
    for household in households:
        pairing = HouseholdPairing(
            cadre=cadre,
            unit=cadre.unit,
            rank=cadre.rank,
            household=household,
            kind=kind,
            started_on=started_on,
        )
        pairing.fill()
        pairing.validate_constraints()
        pairing.save()
        Reach.objects.get_or_create(unit=cadre.unit, cadre=cadre, place=pairing.place)
        pairings.append(pairing)
    return pairings


def end_pairing(pairing: HouseholdPairing, *, on: date, reason: str) -> None:
    pairing.ended_on, pairing.end_reason = on, reason
    pairing.validate_constraints()
    pairing.save()


@transaction.atomic
def hand_over(
    pairings: Sequence[HouseholdPairing], *, to: Cadre, on: date, reason: str
) -> list[HouseholdPairing]:
    """End these pairings and begin the same with another cadre on the same day."""
    begun: list[HouseholdPairing] = []
    for pairing in pairings:
        end_pairing(pairing, on=on, reason=reason)
        begun += pair_households(cadre=to, households=[pairing.household], kind=pairing.kind, started_on=on)
    return begun


def may_reopen(pairing: HouseholdPairing) -> bool:
    """A pairing ended by mistake can be reopened on the day it was ended."""
    return pairing.ended_on == today()


def reopen(pairing: HouseholdPairing) -> None:
    """Raises ValidationError when the day is over or another cadre has taken the household."""
    if not may_reopen(pairing):
        raise ValidationError("只有当天结束的联户可以恢复，过了当天请重新结对。")
    pairing.ended_on, pairing.end_reason = None, ""
    pairing.validate_constraints()
    pairing.save()


def ceilings(place: str, year: int) -> dict[str, int]:
    """The most households a cadre of each rank is to have at a place: “1085”, as the office set it."""
    rows = Requirement.objects.filter(year=year, indicator=Requirement.Indicator.PAIRED_HOUSEHOLDS, unit=None)
    # The nearest place decides: a township's own figure before the county's.
    nearest = sorted((row for row in rows if place.startswith(row.place)), key=lambda row: len(row.place))
    return {row.rank: row.maximum for row in nearest if row.maximum is not None}


def warnings(pairings: Sequence[HouseholdPairing], year: int) -> list[str]:
    """What is unusual about new pairings: over the ceiling, or a unit that does not have the village."""
    found = []
    for cadre, own in _by_cadre(pairings).items():
        most = ceilings(own[0].place, year).get(cadre.rank)
        count = HouseholdPairing.objects.current().of_cadre(cadre).values("household").distinct().count()
        if most is not None and count > most:
            found.append(f"{cadre}现在联 {count} 户，超过{Rank(cadre.rank).label}干部的上限 {most} 户。")
        others = {
            str(pairing.household.village)
            for pairing in own
            if not pairing.household.village.pairings.current().filter(unit=cadre.unit).exists()
        }
        if others:
            found.append(f"{cadre.unit}没有联{'、'.join(sorted(others))}，请核对是不是这个单位的干部。")
    return found


def _by_cadre(pairings: Sequence[HouseholdPairing]) -> dict[Cadre, list[HouseholdPairing]]:
    grouped: dict[Cadre, list[HouseholdPairing]] = defaultdict(list)
    for pairing in pairings:
        grouped[pairing.cadre].append(pairing)
    return grouped

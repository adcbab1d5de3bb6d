"""Pairing a unit with a village, and ending that."""

from datetime import date

from django.db import transaction

from units.models import Reach, Requirement, Unit
from villages.models import Village, VillagePairing


@transaction.atomic
def pair_village(*, unit: Unit, village: Village, started_on: date) -> VillagePairing:
    """The database refuses a second open pairing of the two (IntegrityError)."""
    pairing = VillagePairing.objects.create(unit=unit, village=village, started_on=started_on)
    Reach.objects.get_or_create(unit=unit, cadre=None, place=pairing.place)
    return pairing


def end_village_pairing(pairing: VillagePairing, *, on: date, reason: str) -> None:
    pairing.ended_on, pairing.end_reason = on, reason
    pairing.save()


def village_ceiling_warning(unit: Unit, year: int) -> str:
    """One sentence when the unit is paired with more villages than required (武山: 1–2), else ''."""
    rows = Requirement.objects.filter(year=year, indicator=Requirement.Indicator.PAIRED_VILLAGES)
    limits = [row.maximum for row in rows if row.maximum is not None and unit.place.startswith(row.place)]
    count = unit.village_pairings.filter(ended_on=None).count()
    if limits and count > min(limits):
        return f"{unit}现在联 {count} 个村，超过要求的 {min(limits)} 个。"
    return ""

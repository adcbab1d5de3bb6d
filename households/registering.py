"""Register a household with its head, and close it when it leaves the register."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from core import bulk
from households.choices import Status
from households.models import Household, Member
from villages.models import Village


@transaction.atomic
def register(household: Household, head: Member) -> Household:
    """Save a new household under the next number of its village, and its head."""
    household.no = next_no(household.village)
    household.save()
    head.household = household
    head.save()
    return household


def next_no(village: Village) -> str:
    """Return 村级代码-户序 with three digits or more; a number is never reused."""
    locked = Village.objects.select_for_update().get(pk=village.pk)
    locked.last_serial += 1
    locked.save()
    return household_no(locked.code, locked.last_serial)


def next_nos(village_pks: Sequence[int]) -> list[str]:
    """Return the next numbers of many new households, one for each of these villages in this order.

    Call inside the transaction that writes the households: the villages stay locked until it ends.
    """
    villages = Village.objects.select_for_update().filter(pk__in=set(village_pks)).order_by("pk")
    codes = {village.pk: village.code for village in villages}
    serials = {village.pk: village.last_serial for village in villages}
    numbers = []
    for pk in village_pks:
        serials[pk] += 1
        numbers.append(household_no(codes[pk], serials[pk]))
    bulk.update_plain(Village, ["last_serial"], [{"id": pk, "last_serial": n} for pk, n in serials.items()])
    return numbers


def household_no(village_code: str, serial: int) -> str:
    return f"{village_code}-{serial:03d}"


@transaction.atomic
def close(household: Household, *, status: Status, on: date, successor: Household | None) -> None:
    """迁出、并入、分户、注销: end pairings and memberships on that day; the records stay."""
    household.status, household.status_on, household.successor = status, on, successor
    household.save()
    for pairing in household.pairings.current():
        pairing.ended_on, pairing.end_reason = max(on, pairing.started_on), f"户{status.label}"
        pairing.save()
    for member in household.members.current():
        member.left_on, member.left_reason = max(on, member.joined_on or on), f"户{status.label}"
        member.save()

"""联村: pair a unit with a village, end a pairing, and undo a mistaken end.

Invalid input raises ValidationError {argument: sentences} and changes nothing.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.history import was_set_on
from core.records import refuse
from units.ceilings import village_ceilings
from units.days import problem_of_day
from units.models import Reach, Unit, today
from villages.models import Village, VillagePairing

words = VillagePairing.words_of


def pair_village(*, unit: Unit, village: Village, started_on: date) -> VillagePairing:
    """Pair them; return the existing row if the same pairing from the same day exists (double submission)."""
    problems = {
        "started_on": problem_of_day(started_on),
        "unit": f"{unit}已经撤并，不能再联村。" if unit.closed_on else "",
        "village": f"{village}已经撤并，请联现在的村。" if village.ended_on else "",
    }
    existing = VillagePairing.objects.current().filter(unit=unit, village=village).first()
    if existing and existing.started_on == started_on:
        return existing
    if existing:
        problems["village"] = f"{words('village_pairing_open_once')}（{existing.started_on:%Y-%m-%d} 起）"
    refuse(problems)
    try:
        with transaction.atomic():
            pairing = VillagePairing.objects.create(unit=unit, village=village, started_on=started_on)
            Reach.objects.get_or_create(unit=unit, cadre=None, place=pairing.place)
            return pairing
    except IntegrityError as error:
        raise ValidationError({"village": words("village_pairing_open_once")}) from error


def end_village_pairing(pairing: VillagePairing, *, on: date, reason: str) -> None:
    """End the pairing. Raises StaleRecord when somebody else changed it since it was read."""
    early = f"{words('village_pairing_ends_after_start')}（{pairing.started_on:%Y-%m-%d}）"
    refuse(
        {
            "on": problem_of_day(on) or (early if on < pairing.started_on else ""),
            "reason": "" if reason.strip() else "写明为什么结束。",
            "__all__": "这条联村已经结束了。" if pairing.ended_on else "",
        }
    )
    pairing.ended_on, pairing.end_reason = on, reason
    pairing.save()


def may_reopen_village(pairing: VillagePairing) -> bool:
    """Return whether an end can be undone: on the day on which it was entered, as with households."""
    return pairing.ended_on is not None and was_set_on(pairing, "ended_on") == today()


def reopen_village_pairing(pairing: VillagePairing) -> None:
    if not may_reopen_village(pairing):
        raise ValidationError("只有当天结束的联村可以恢复，过了当天请重新联村。")
    if VillagePairing.objects.current().filter(unit=pairing.unit_id, village=pairing.village_id).exists():
        raise ValidationError(words("village_pairing_open_once"))
    pairing.ended_on, pairing.end_reason = None, ""
    try:
        with transaction.atomic():
            pairing.save()
    except IntegrityError as error:
        raise ValidationError(words("village_pairing_open_once")) from error


def village_warnings(pairing: VillagePairing) -> list[str]:
    """Warn about an unusual number of pairings: a unit should have 1–2 villages (武山)."""
    most = village_ceilings(pairing.place, today()).of(unit=pairing.unit_id)
    count = VillagePairing.objects.current().filter(unit=pairing.unit_id).count()
    if most is None or count <= most:
        return []
    return [f"{pairing.unit}现在联 {count} 个村，超过要求的 {most} 个。"]

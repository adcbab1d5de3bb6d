"""联户: pair cadres with households, end pairings, hand over, and undo a mistaken end.

Invalid input raises ValidationError {argument: sentences} and changes nothing. Unusual input (over the
ceiling, a unit not paired with the village) is accepted, and reported by `warnings` afterwards.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count

from core.history import was_set_on
from core.records import refuse
from households.choices import PairingKind, Status
from households.models import Household, HouseholdPairing, Member
from units.ceilings import household_ceilings
from units.days import problem_of_day
from units.models import Cadre, CadreQuerySet, Reach, Unit, today
from units.roles import Rank, Role
from villages.models import VillagePairing

JUST_NOW = "刚刚有人办了同样的事，请看清现在的联户再办。"
Problems = dict[str, list[str]]
words = HouseholdPairing.words_of


def pairable_cadres(user: Cadre) -> CadreQuerySet:
    """Return the cadres that the user may pair: an office everyone of the units it sees, a leader the unit's
    own.

    So an office finds the cadres of a 省直 or 市直 unit as soon as that unit is paired with one of its villages.
    """
    working = Cadre.objects.current().exclude(role=Role.VIEWER)
    if user.is_office:
        return working.filter(unit__in=Unit.objects.visible_to(user).filter(closed_on=None))
    return working.filter(unit=user.unit_id) if user.is_leader else working.none()


def pair_households(
    *, cadre: Cadre, households: Iterable[Household], kind: str, started_on: date
) -> list[HouseholdPairing]:
    """Create one open pairing per household, with the cadre's current unit and rank.

    Existing pairings from the same day are returned instead of duplicated (double submission).
    """
    wanted = list(households)
    problems = {"started_on": _listed(problem_of_day(started_on)), "households": _closed(wanted)}
    taken, same = _in_the_way(cadre, wanted, kind, started_on)
    problems["households"] += taken
    refuse(problems)
    try:
        with transaction.atomic():
            refuse({"households": _closed(_locked(wanted))})
            return [same.get(h.pk) or _begin(cadre, h, kind, started_on) for h in wanted]
    except IntegrityError as error:
        raise ValidationError(JUST_NOW) from error


def _begin(cadre: Cadre, household: Household, kind: str, started_on: date) -> HouseholdPairing:
    pairing = HouseholdPairing.objects.create(
        cadre=cadre,
        unit=cadre.unit,
        rank=cadre.rank,
        household=household,
        kind=kind,
        started_on=started_on,
    )
    Reach.objects.get_or_create(unit=cadre.unit, cadre=cadre, place=pairing.place)
    return pairing


def end_pairing(pairing: HouseholdPairing, *, on: date, reason: str) -> None:
    """End the pairing. Raises StaleRecord when somebody else changed it since it was read."""
    refuse(_problems_of_end([pairing], on, reason))
    pairing.ended_on, pairing.end_reason = on, reason
    pairing.save()


def end_pairings(pairings: Sequence[HouseholdPairing], *, on: date, reason: str) -> None:
    """End them all, or none."""
    refuse(_problems_of_end(pairings, on, reason))
    with transaction.atomic():
        for pairing in pairings:
            end_pairing(pairing, on=on, reason=reason)


def hand_over(
    pairings: Sequence[HouseholdPairing], *, to: Cadre, on: date, reason: str
) -> list[HouseholdPairing]:
    """End these pairings and begin the same with another cadre on the same day, all or none."""
    problems = _problems_of_end(pairings, on, reason)
    problems["to"] = (
        ["他自己正联着这些户，请选另一名干部。"] if any(p.cadre_id == to.pk for p in pairings) else []
    )
    refuse(problems)
    by_kind: dict[str, list[Household]] = defaultdict(list)
    for pairing in pairings:
        by_kind[pairing.kind].append(pairing.household)
    begun: list[HouseholdPairing] = []
    with transaction.atomic():
        end_pairings(pairings, on=on, reason=reason)
        for kind, households in by_kind.items():
            begun += _take_over(to, households, kind, on)
    return begun


def _take_over(to: Cadre, households: list[Household], kind: str, on: date) -> list[HouseholdPairing]:
    """Pair the successor; errors go to the field of the successor, since the households were not chosen."""
    try:
        return pair_households(cadre=to, households=households, kind=kind, started_on=on)
    except ValidationError as error:
        raise ValidationError({"to": error.messages}) from error


def may_reopen(pairing: HouseholdPairing) -> bool:
    """Return whether a mistaken end can be undone: only on the day on which it was entered."""
    return pairing.ended_on is not None and was_set_on(pairing, "ended_on") == today()


def reopen(pairing: HouseholdPairing) -> None:
    """Undo the end. Raises StaleRecord."""
    if not may_reopen(pairing):
        raise ValidationError("只有当天结束的联户可以恢复，过了当天请重新结对。")
    taken, _ = _in_the_way(pairing.cadre, [pairing.household], pairing.kind, None)
    found = [*_closed([pairing.household]), *taken]
    if pairing.cadre.left_on:
        found.append(f"{pairing.cadre}已经离岗，请另选干部。")
    if found:
        raise ValidationError(found)
    pairing.ended_on, pairing.end_reason = None, ""
    try:
        with transaction.atomic():
            if closed := _closed(_locked([pairing.household])):
                raise ValidationError(closed)
            pairing.save()
    except IntegrityError as error:
        raise ValidationError(JUST_NOW) from error


def warnings(pairings: Sequence[HouseholdPairing]) -> list[str]:
    """Return what is unusual about new pairings, one sentence each."""
    return [*_over_ceiling(pairings), *_without_village(pairings)]


def loads(cadres: Iterable[Cadre]) -> dict[int, int]:
    """Return cadre's key → number of households paired today, in any place; cadres without any are missing."""
    counted = HouseholdPairing.objects.current().filter(cadre__in=cadres).order_by().values("cadre")
    return {row["cadre"]: row["n"] for row in counted.annotate(n=Count("household", distinct=True))}


def _over_ceiling(pairings: Sequence[HouseholdPairing]) -> list[str]:
    cadres = {pairing.cadre: pairing.place for pairing in pairings}
    found = []
    now = loads(cadres)
    for cadre, place in cadres.items():
        most = household_ceilings(place, today()).of(cadre.rank, cadre.unit_id)
        if most is not None and now.get(cadre.pk, 0) > most:
            rank = Rank(cadre.rank).label
            found.append(f"{cadre}现在联 {now[cadre.pk]} 户，超过{rank}干部的上限 {most} 户。")
    return found


def _without_village(pairings: Sequence[HouseholdPairing]) -> list[str]:
    villages = {pairing.household.village for pairing in pairings}
    having = set(
        VillagePairing.objects.current().filter(village__in=villages).values_list("unit_id", "village_id")
    )
    lacking: dict[str, set[str]] = defaultdict(set)
    for pairing in pairings:
        if (pairing.unit_id, pairing.household.village_id) not in having:
            lacking[str(pairing.unit)].add(str(pairing.household.village))
    return [
        f"{unit}没有联{'、'.join(sorted(names))}，请核对是不是这个单位的干部。"
        for unit, names in lacking.items()
    ]


def _in_the_way(
    cadre: Cadre, households: Sequence[Household], kind: str, started_on: date | None
) -> tuple[list[str], dict[int, HouseholdPairing]]:
    """Return why the cadre cannot take these households, and {household's key: identical existing pairing}."""
    problems, same = [], {}
    rows = HouseholdPairing.objects.current().filter(household__in=households).select_related("cadre")
    names = _names(households)
    for row in rows.order_by("household__no", "kind"):
        own = row.cadre_id == cadre.pk
        if own and row.kind == kind and row.started_on == started_on:
            same[row.household_id] = row
        elif own:
            since = f"{PairingKind(row.kind).label}，{row.started_on:%Y-%m-%d} 起"
            problems.append(f"{names[row.household_id]}：{words('household_pairing_cadre_once')}（{since}）")
        elif row.kind == kind:
            holder = f"（{row.cadre}）"
            problems.append(f"{names[row.household_id]}：{words('household_pairing_open_once')}{holder}")
    return problems, same


def _locked(households: Sequence[Household]) -> list[Household]:
    """Lock and return the stored rows, so that a concurrent closing comes before or after."""
    rows = Household.objects.select_for_update().filter(pk__in=[household.pk for household in households])
    return list(rows.order_by("pk"))


def _closed(households: Sequence[Household]) -> list[str]:
    """Return errors for households that are no longer registered."""
    gone = [household for household in households if household.status != Status.OPEN]
    names = _names(gone) if gone else {}
    return [f"{names[h.pk]}：这户已{Status(h.status).label}，不能再结对。" for h in gone]


def _names(households: Sequence[Household]) -> dict[int, str]:
    """Return key → name of a household in a sentence: its head, else its number."""
    heads = Member.objects.heads().filter(household__in=households)
    names = {household.pk: household.no for household in households}
    return {**names, **dict(heads.values_list("household", "name"))}


def _problems_of_end(pairings: Sequence[HouseholdPairing], on: date, reason: str) -> Problems:
    on_day = _listed(problem_of_day(on))
    if any(on < pairing.started_on for pairing in pairings):
        latest = max(pairing.started_on for pairing in pairings)
        on_day.append(f"{words('household_pairing_ends_after_start')}（{latest:%Y-%m-%d}）")
    over = [pairing for pairing in pairings if pairing.ended_on is not None]
    return {
        "on": on_day,
        "reason": [] if reason.strip() else ["写明为什么结束。"],
        "__all__": ["里面有已经结束的联户，请看清现在的联户再办。"] if over else [],
    }


def _listed(sentence: str) -> list[str]:
    return [sentence] if sentence else []

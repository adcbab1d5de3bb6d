"""Transfer a cadre from a day on: what was recorded before stays with the old unit, what came later moves.

What moves carries the unit and rank of its day: visits, companions, problems raised, help, answers and activities.
A pairing that lasts over the day ends the day before and goes on under the new unit; one that is handed over ends
on the day itself. Typed late, the result equals that of a transfer typed on the day.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from core import bulk
from core.records import Record, refuse
from households.models import HouseholdPairing
from surveys.models import Response
from units.days import problem_of_day
from units.models import FROM_THE_START, Cadre, Posting, Reach, Unit
from units.roles import Rank
from visits.models import Activity, Assistance, Problem, Visit, VisitCompanion
from visits.problems.problem_handover import Passing, end_and_pass_on

A_DAY = timedelta(days=1)


class Stamped(NamedTuple):
    """A model whose rows carry the unit of the cadre named in `who` on `day`."""

    model: type[Record]
    who: str
    day: str


STAMPED = (
    Stamped(Visit, "cadre", "visited_on"),
    Stamped(VisitCompanion, "cadre", "visit__visited_on"),
    Stamped(Problem, "raised_by", "raised_on"),
    Stamped(Assistance, "cadre", "given_on"),
    Stamped(Response, "surveyor", "surveyed_on"),
    Stamped(Activity, "entered_by", "held_on"),
)


class Transfer(NamedTuple):
    """What a transfer has done: rows moved by model, pairings moved along and handed over, problems passed on."""

    moved: dict[str, int]
    along: int
    handed: int
    passed: list[Passing]


def problems_of_transfer(
    cadre: Cadre, *, unit_id: int, rank: str, on: date, handed: Sequence[HouseholdPairing] = ()
) -> dict[str, str]:
    """Return why the transfer is refused, a sentence for each field."""
    last = cadre.postings.exclude(started_on=FROM_THE_START).order_by("-started_on").first()
    day = problem_of_day(on)
    if not day and on <= FROM_THE_START:
        day = "调动日期要晚于 2012-01-01。"
    elif not day and last and on < last.started_on:
        day = f"{last.started_on} 已经调动过一次，日期不能早于那天；那一次的日期填错了，请先改那一次。"
    elif not day and cadre.left_on and on > cadre.left_on:
        day = f"{cadre.left_on} 已经离岗，调动日期不能晚于那天。"
    same = (unit_id, rank) == (cadre.unit_id, cadre.rank)
    return {
        "on": day,
        "unit": "单位和级别都没有变。" if same else "",
        "handed": _later_visits(cadre, handed, on),
    }


def _later_visits(cadre: Cadre, handed: Sequence[HouseholdPairing], on: date) -> str:
    """Refuse a hand-over on a day after which the household was still visited."""
    if any(pairing.started_on > on for pairing in handed):
        return "要交出的户里，有调动以后才结对的，请去掉。"
    households = {pairing.household_id for pairing in handed}
    later = Visit.objects.counted().of(cadre).filter(household__in=households, visited_on__gt=on)
    if not households or not (count := later.count()):
        return ""
    return f"调动以后他还去过要交出的户（{count} 次）。先让这些户随他转走，再在“联户交接”里从最后一次走访以后交出。"


@transaction.atomic
def transfer(
    cadre: Cadre,
    *,
    unit: Unit,
    rank: str,
    on: date,
    by: Cadre,
    handed: Sequence[HouseholdPairing] = (),
    to: Cadre | None = None,
) -> Transfer:
    """Give the cadre this unit and rank since a day, and move what belongs to the days since.

    `handed` are the open pairings that end on that day, handed over `to` a successor or to nobody yet; the others
    move along. Raises ValidationError {field: sentence}, StaleRecord when the cadre was changed since it was read.
    """
    refuse(problems_of_transfer(cadre, unit_id=unit.pk, rank=rank, on=on, handed=handed))
    before = (cadre.unit_id, cadre.rank)
    cadre.unit, cadre.rank = unit, rank
    Posting.begin(cadre, before=before, on=on)
    cadre.save()
    reason = f"调动到{unit}" if before[0] != unit.pk else f"级别改为{Rank(rank).label}"
    passed: list[Passing] = []
    if handed:
        _, passed = end_and_pass_on(handed, to=to, on=on, reason=reason, by=by)
    along = move_along(cadre, on, reason=reason, but=[pairing.pk for pairing in handed])
    moved = {str(each.model._meta.verbose_name): restamp(cadre, on, each) for each in STAMPED}
    return Transfer(moved, along, len(handed), passed)


def move_along(cadre: Cadre, on: date, *, reason: str, but: Iterable[int] = ()) -> int:
    """Let the pairings that last over the day go on in the present unit and rank; return how many."""
    lasting = HouseholdPairing.objects.filter(Q(ended_on=None) | Q(ended_on__gte=on), cadre=cadre)
    other = ~Q(unit=cadre.unit_id) | ~Q(rank=cadre.rank)
    count = 0
    for pairing in lasting.filter(other).exclude(pk__in=but).select_related("household"):
        if pairing.started_on < on:
            _split(pairing, cadre, on, reason)
        else:
            pairing.unit_id, pairing.rank = cadre.unit_id, cadre.rank
            pairing.save()
        Reach.objects.get_or_create(unit_id=cadre.unit_id, cadre=cadre, place=pairing.place)
        count += 1
    return count


def _split(pairing: HouseholdPairing, cadre: Cadre, on: date, reason: str) -> None:
    """End the pairing the day before and begin the same under the present unit and rank."""
    ended_on, end_reason = pairing.ended_on, pairing.end_reason
    pairing.ended_on, pairing.end_reason = on - A_DAY, reason[:100]
    pairing.save()
    HouseholdPairing.objects.create(
        cadre=cadre,
        unit_id=cadre.unit_id,
        rank=cadre.rank,
        household=pairing.household,
        kind=pairing.kind,
        started_on=on,
        ended_on=ended_on,
        end_reason=end_reason,
    )


def restamp(cadre: Cadre, on: date, each: Stamped) -> int:
    """Give the rows of the day and later the present unit and rank, with history; return how many differed."""
    names = [name for name in ("unit_id", "rank") if _has(each.model, name)]
    now = {"unit_id": cadre.unit_id, "rank": cadre.rank}
    extra = ["place"] if each.model is Visit else []
    rows, changes = [], []
    stored = each.model._base_manager.filter(**{each.who: cadre, f"{each.day}__gte": on}).order_by("pk")
    columns = ["id", "version", *names, *extra, *(["village_id"] if extra else [])]
    for row in stored.values(*columns):
        differing = {name: [row[name], now[name]] for name in names if row[name] != now[name]}
        if not differing:
            continue
        changes.append({name.removesuffix("_id"): pair for name, pair in differing.items()})
        fresh = {**row, **{name: now[name] for name in names}}
        if extra and fresh.pop("village_id") is None:
            fresh["place"] = cadre.unit.place
        rows.append(fresh)
    if rows and bulk.update(each.model, [*names, *extra], rows, changes) < len(rows):
        raise ValidationError({"on": "刚刚有人改了这些记录，请再办一次。"})
    return len(rows)


def _has(model: type[Record], attname: str) -> bool:
    return any(field.attname == attname for field in model._meta.concrete_fields)

"""Hand over a household's problems when its pairings change, so that no problem is left with a cadre who has
gone.

docs/development/fieldwork-rules.md states the rule. Every problem that is not yet 销号 is handed over, joined ones too,
since they may be separated again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core import bulk
from core.chunked_queries import records_in
from households.models import Household, HouseholdPairing
from households.pairing import end_pairings, hand_over, pair_households, reopen
from units.models import Cadre, today
from units.roles import Role
from visits.models import Problem, ProblemMove
from visits.problems.rules import owners_of


class Passing(NamedTuple):
    """A problem (with its last move), its owner until now, and who takes it; None if nobody can, and it stays."""

    problem: Any
    owner: Cadre
    heir: Cadre | None


class Handing(NamedTuple):
    """A problem that goes over, why, and from which day on."""

    passing: Passing
    word: str
    day: date


@transaction.atomic
def end_and_pass_on(
    pairings: Sequence[HouseholdPairing], *, to: Cadre | None, on: date, reason: str, by: Cadre
) -> tuple[list[HouseholdPairing], list[Passing]]:
    """End them, or hand them over `to` a successor, with what their cadres still follow there, or nothing.

    Returns the pairings begun and the problems. Raises as `end_pairings` and `hand_over`.
    """
    begun = []
    if to is None:
        end_pairings(pairings, on=on, reason=reason)
    else:
        begun = hand_over(pairings, to=to, on=on, reason=reason)
    return begun, pass_on(pairings, to=to, reason=reason, by=by)


def pass_on(
    pairings: Sequence[HouseholdPairing], *, to: Cadre | None, reason: str, by: Cadre
) -> list[Passing]:
    """Hand over what the cadres of these ended pairings still follow there."""
    passing = still_followed(pairings, to=to)
    ended = {(row.household_id, row.cadre_id): row.ended_on or today() for row in pairings}
    _hand(
        [
            Handing(
                one,
                f"{one.owner}不再联这户：{reason}",
                ended[one.problem.household_id or 0, one.problem.owner_id],
            )
            for one in passing
            if one.heir
        ],
        by,
    )
    return passing


def still_followed(pairings: Sequence[HouseholdPairing], *, to: Cadre | None = None) -> list[Passing]:
    """Return what the cadres of these pairings follow there, and who takes it once they have ended: the successor,
    else who else is paired with the household, else the leader of the unit, else nobody."""
    leaving = {(pairing.household_id, pairing.cadre_id): pairing for pairing in pairings}
    households, cadres = ({key[at] for key in leaving} for at in (0, 1))
    problems = (
        Problem.objects.pending()
        .with_last_move()
        .filter(household__in=households, owner__in=cadres)
        .select_related("owner")
        .order_by("due_on", "pk")
    )
    others = {} if to else owners_of(households, without=[pairing.pk for pairing in pairings])
    leaders = {} if to else _leaders(pairing.unit_id for pairing in pairings)
    passing = []
    for problem in problems:
        pairing = leaving.get((problem.household_id or 0, problem.owner_id))
        if pairing is not None:
            heir = to or others.get(pairing.household_id) or leaders.get(pairing.unit_id)
            passing.append(Passing(problem, problem.owner, heir if heir != problem.owner else None))
    return passing


@transaction.atomic
def pair_and_take_up(
    *, cadre: Cadre, households: Iterable[Household], kind: str, started_on: date, by: Cadre
) -> tuple[list[HouseholdPairing], int]:
    """Pair, and hand over what waited for somebody there: the pairings, and how many problems."""
    pairings = pair_households(cadre=cadre, households=households, kind=kind, started_on=started_on)
    return pairings, take_up(pairings, by=by)


@transaction.atomic
def reopen_and_take_up(pairing: HouseholdPairing, *, by: Cadre) -> int:
    """Take back a mistaken end: what nobody else paired with the household has taken comes back."""
    reopen(pairing)
    return take_up([pairing], by=by, on=today())


def take_up(pairings: Sequence[HouseholdPairing], *, by: Cadre, on: date | None = None) -> int:
    """Hand over problems of a household that had no cadre to the one paired with it now; return how many.

    It waits with the leader, or with one who was paired before. It goes over `on` a day, by default the day on
    which the pairing starts.
    """
    keys = {pairing.pk for pairing in pairings}
    once = HouseholdPairing.objects.filter(household=OuterRef("household"), cadre=OuterRef("owner"))
    pending = Problem.objects.pending().with_last_move()
    rows = pending.filter(Q(owner__role=Role.LEADER) | Exists(once)).select_related("owner")
    waiting = list(records_in(rows, "household", {pairing.household_id for pairing in pairings}))
    there = HouseholdPairing.objects.current().filter(household__in=[row.household_id for row in waiting])
    shared = {household for pk, household in there.values_list("pk", "household") if pk not in keys}
    heirs = owners_of({row.household_id for row in waiting} - shared)
    passing = [
        Passing(problem, problem.owner, heir)
        for problem in waiting
        if (heir := heirs.get(problem.household_id)) and heir != problem.owner
    ]
    starts = {pairing.household_id: on or pairing.started_on for pairing in pairings}
    _hand(
        [
            Handing(one, f"这户有了联户干部，从{one.owner}转来", starts[one.problem.household_id or 0])
            for one in passing
        ],
        by,
    )
    return len(passing)


def handover_sentences(passing: Iterable[Passing]) -> list[str]:
    """Return in sentences how many problems go to whom, and how many stay with whom."""
    going = Counter(one.heir for one in passing if one.heir)
    staying = Counter(one.owner for one in passing if one.heir is None)
    return [
        *(f"{count} 件诉求转给{heir}（{heir.unit}）。" for heir, count in going.items()),
        *(f"{count} 件诉求没有人接，还在{owner}名下。" for owner, count in staying.items()),
    ]


def _leaders(units: Iterable[int]) -> dict[int, Cadre]:
    """unit's key → its leader in office; of several the one who has been there longest."""
    found = Cadre.objects.current().filter(role=Role.LEADER, unit__in=set(units)).select_related("unit")
    return {leader.unit_id: leader for leader in found.order_by("-pk")}


def _hand(handings: Sequence[Handing], by: Cadre) -> None:
    """Hand each problem to its heir by one move, dated the day given but never before the problem's last move.

    Raises ValidationError when one has moved since.
    """
    if not handings:
        return
    rows, changes, moves, now = [], [], [], timezone.now()
    for (problem, owner, heir), word, day in handings:
        assert heir is not None
        rows.append({"id": problem.pk, "version": problem.version, "owner_id": heir.pk})
        changes.append({"owner": [owner.pk, heir.pk]})
        moves.append(
            {
                "problem_id": problem.pk,
                "status": problem.status,
                "by_id": by.pk,
                "on": max(day, problem.last_moved_on),
                "at": now,
                "word": word,
                "owner_id": heir.pk,
            }
        )
    with transaction.atomic():
        if bulk.update(Problem, ["owner_id"], rows, changes) < len(rows):
            raise ValidationError({NON_FIELD_ERRORS: ["刚刚有人办了这些户的诉求，请看清再办。"]})
        bulk.insert(ProblemMove, moves)

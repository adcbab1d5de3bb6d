"""Log entries of the last days: a few revealed numbers, a few exported lists.

Derived from the rows just written, ordered by key, so that two runs give the same entries.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from core import identity
from core.models import Download, Reveal
from households.models import HouseholdPairing, Member
from units.models import Cadre
from units.roles import Role

LOOKED_AT = 24
LISTS = (("贫困户", 400), ("联户", 320), ("干部", 120), ("走访（打印）", 60), ("困难诉求", 45), ("单位", 12))


def traces(place: str, now: datetime) -> Iterator[tuple[type[Any], list[dict[str, Any]]]]:
    """Yield (model, rows) of the days before `now`, in working hours."""
    yield Reveal, [row | {"id": pk} for pk, row in enumerate(_reveals(now), start=1)]
    yield Download, [row | {"id": pk} for pk, row in enumerate(_downloads(place, now), start=1)]


def _reveals(now: datetime) -> Iterator[dict[str, Any]]:
    """Yield reveals by cadres of numbers in their own households, one in four by search."""
    pairings = HouseholdPairing.objects.current().order_by("pk").values_list("cadre", "household")[:LOOKED_AT]
    people = Member.objects.current().exclude(id_cipher="").order_by("-pk")
    heads = {member.household_id: member for member in people.filter(household__in=[h for _, h in pairings])}
    for number, (cadre, household) in enumerate(pairings):
        member = heads.get(household)
        if member is None:
            continue
        searched = number % 4 == 3
        found = {"table": "households.member", "row": member.pk, "whose": member.name}
        yield {
            "by_id": cadre,
            "place": member.place,
            "at": _moment(now, number),
            "act": Reveal.Act.SEARCH if searched else Reveal.Act.VIEW,
            "id_hash": identity.id_hash(member.id_number),
            **({"table": "", "row": None, "whose": ""} if searched else found),
        }


def _downloads(place: str, now: datetime) -> Iterator[dict[str, Any]]:
    people = (
        Cadre.objects.filter(role__in=[Role.OFFICE, Role.LEADER]).order_by("pk").values_list("pk", flat=True)
    )
    for number, (by, (what, count)) in enumerate(zip(people[: 2 * len(LISTS)], cycle(LISTS), strict=False)):
        yield {
            "by_id": by,
            "place": place,
            "at": _moment(now, number),
            "what": what,
            "filters": "",
            "row_count": count,
        }


def _moment(now: datetime, number: int) -> datetime:
    """Return a time between nine and five on one of the last eight days."""
    day = now - timedelta(days=1 + number % 8)
    return day.replace(hour=9 + number % 8, minute=number * 7 % 60, second=0, microsecond=0)

"""Keeping Reach, by which an office sees the units and cadres paired in its place, in step with many pairings."""

from collections.abc import Iterable

from core import bulk
from core.chunked_queries import chunks
from units.models import Reach

Reached = tuple[int, int | None, str]
"""(unit, cadre or None, place)."""


def note_reach(reached: Iterable[Reached]) -> None:
    """Insert those that are missing."""
    wanted = set(reached)
    units = {unit for unit, _, _ in wanted}
    known = set(Reach.objects.filter(unit__in=units).values_list("unit_id", "cadre_id", "place"))
    missing = sorted(wanted - known, key=str)
    bulk.insert_plain(Reach, [{"unit_id": u, "cadre_id": c, "place": p} for u, c, p in missing])


def forget_reach(reached: Iterable[Reached], left: Iterable[Reached]) -> None:
    """After an undo: forget the places of pairings that are gone, but for those where some are `left`."""
    gone = set(reached) - set(left)
    units = {unit for unit, _, _ in gone}
    for pks in chunks(row.pk for row in Reach.objects.filter(unit__in=units) if _reached(row) in gone):
        Reach.objects.filter(pk__in=pks).delete()


def _reached(row: Reach) -> Reached:
    return row.unit_id, row.cadre_id, row.place

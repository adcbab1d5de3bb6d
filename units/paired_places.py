"""Maintain Reach, which lets offices see the units and cadres paired in their place, for bulk writes."""

from collections.abc import Iterable

from core import bulk
from core.chunked_queries import chunks
from units.models import Reach

Reached = tuple[int, int | None, str]
"""(unit, cadre or None, place)."""


def note_reach(reached: Iterable[Reached]) -> None:
    """Insert missing rows."""
    wanted = set(reached)
    units = {unit for unit, _, _ in wanted}
    known = set(Reach.objects.filter(unit__in=units).values_list("unit_id", "cadre_id", "place"))
    missing = sorted(wanted - known, key=str)
    bulk.insert_plain(Reach, [{"unit_id": u, "cadre_id": c, "place": p} for u, c, p in missing])


def forget_reach(reached: Iterable[Reached], left: Iterable[Reached]) -> None:
    """Delete the places of pairings removed by an undo, unless other pairings (`left`) remain there."""
    gone = set(reached) - set(left)
    units = {unit for unit, _, _ in gone}
    for pks in chunks(row.pk for row in Reach.objects.filter(unit__in=units) if _reached(row) in gone):
        Reach.objects.filter(pk__in=pks).delete()


def _reached(row: Reach) -> Reached:
    return row.unit_id, row.cadre_id, row.place

"""Keeping Reach, by which an office sees the units and cadres paired in its place, in step with many pairings."""

from collections.abc import Iterable

from core import bulk
from core.importing.matching import chunks
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


def forget_unpaired(*, of_cadres: bool, paired: set[Reached]) -> None:
    """After an undo: forget where no pairing, past or present, is left. `paired` are all that are left."""
    rows = Reach.objects.filter(cadre__isnull=not of_cadres).values_list("pk", "unit_id", "cadre_id", "place")
    gone = [pk for pk, *reached in rows.iterator() if tuple(reached) not in paired]
    for chunk in chunks(gone):
        Reach.objects.filter(pk__in=chunk).delete()

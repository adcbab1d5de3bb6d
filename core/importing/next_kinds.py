"""What a county still lacks, in the order in which it fills the kinds."""

from typing import NamedTuple

from core.importing.sheet import ImportSheet, all_kinds


class NeededKind(NamedTuple):
    """A kind that a new county needs, and how many of its rows lie under a place."""

    kind: ImportSheet
    rows: int
    from_start: int

    @property
    def is_lacking(self) -> bool:
        return self.rows <= self.from_start


def steps_of(place: str) -> list[NeededKind]:
    """Return the kinds that a new county needs, in order."""
    return [
        NeededKind(kind, kind.stored(place).count(), kind.count_from_start(place))
        for kind in all_kinds()
        if kind.needed
    ]


def is_last(kind: ImportSheet) -> bool:
    """Return whether a county that has imported this kind in order is complete."""
    last = [needed.key for needed in all_kinds() if needed.needed][-1]
    return last in {kind.key, *kind.parts}

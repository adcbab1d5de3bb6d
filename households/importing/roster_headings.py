"""Tell from the headings of a sheet whether it is a roster, and whose a phone is."""

from collections.abc import Sequence

from core.cells import Cell
from core.importing.columns import heading_key
from core.importing.heading import HEADING_WITHIN, HeadingRow
from core.importing.sheet import ImportSheet, kind_of
from core.sheets import is_own_export

CONTENTS = (
    *("external_no", "size", "kind", "main_cause", "other_causes", "tags"),
    *("identified_on", "income_when_identified"),
)
"""Columns that only a list of households has; an address or a note may stand in any."""
PHONES = {"手机号", "手机号码", "手机", "联系电话", "联系方式", "电话", "电话号码"}


def texts_of(rows: Sequence[Sequence[Cell]], heading: HeadingRow) -> list[set[str]]:
    """Return the compared forms of each column's heading: joined, and of its rows and the one below.

    A kind that does not know the groups of a heading takes its upper row alone for the heading.
    """
    if not rows:
        return []
    texts = [{heading_key(heading.texts.get(place, ""))} for place in range(len(rows[heading.row]))]
    for row in rows[heading.first : heading.row + 2]:
        for forms, cell in zip(texts, row, strict=False):
            if isinstance(cell, str):
                forms.add(heading_key(cell))
    return texts


def phones_told_apart(
    texts: dict[int, str], cadre: set[str], *, behind: str = "", before: str = ""
) -> dict[int, str]:
    """Return the headings with the phones right of the cadre's column called `behind`, those left `before`.

    An empty name leaves them as they are.
    """
    first = next((place for place, text in sorted(texts.items()) if heading_key(text) in cadre), None)
    if first is None:
        return texts
    phones = {place for place, text in texts.items() if heading_key(text) in PHONES}
    names = {place: behind if place > first else before for place in phones}
    return {place: names.get(place) or text for place, text in texts.items()}


def likely_heading(rows: Sequence[Sequence[Cell]]) -> HeadingRow:
    """Return the row with the most headings of a roster, with the row above it."""
    known = {spelling for column in kind_of("roster").columns.values() for spelling in column.spellings}

    def count(row: int) -> int:
        return sum(isinstance(cell, str) and heading_key(cell) in known for cell in rows[row])

    best = max(range(min(HEADING_WITHIN, len(rows))), key=count, default=0)
    return HeadingRow(best, first=max(0, best - 1))


def roster_or(sheet: ImportSheet, rows: Sequence[Sequence[Cell]], heading: HeadingRow) -> ImportSheet:
    """Return the roster when the headings are those of another of its three sheets too, else `sheet`.

    What our own lists add to their kind's columns is computed, so they stay what they are.
    """
    if is_own_export(rows):
        return sheet
    columns = kind_of("roster").columns
    given: set[str] = set().union(*texts_of(rows, heading))

    def has(*keys: str) -> bool:
        return any(columns[key].spellings & given for key in keys)

    parts = {
        "households": has(*CONTENTS),
        "members": has("relation"),
        # A cadre's name alone does not say who it is.
        "household_pairings": has("pairing.phone", "pairing.staff_no")
        or (has("pairing.name") and has("pairing.unit")),
    }
    others = [key for key, is_there in parts.items() if is_there and key != sheet.key]
    return kind_of("roster").fitted("", rows, heading) if others else sheet

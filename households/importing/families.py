"""Family sheets: the cells that name a household stand on its head's row, below him follow the others."""

from collections.abc import Iterator

from core.importing.columns import NOTHING
from core.importing.table import Table
from households.choices import Relation

NAMING = ("no", "head_id", "head_name")
PLACE = ("town", "village", "village_code", "group")


def name_by_heads(table: Table) -> None:
    """Let a head's row that names no household name it by his own name and ID number."""
    for index, relation in enumerate(table["relation"]):
        if relation == Relation.HEAD and not names_household(table, index):
            table.values["head_name"][index] = table["name"][index]
            table.values["head_id"][index] = table["id_number"][index]


def followed_heads(table: Table) -> dict[int, int]:
    """Return the head's row of each row below it that names no household, or his again.

    Empty unless the sheet is clearly grouped: a sheet sorted by something else would put people into the
    households of others.
    """
    heads = list(_heads(table))
    if None in heads or _two_spouses(table, heads):
        return {}
    return {index: head for index, head in enumerate(heads) if head is not None and index != head}


def _heads(table: Table) -> Iterator[int | None]:
    """Yield the row of the head above or at each row; None where the order breaks."""
    head: int | None = None
    for index in range(len(table)):
        if head is not None and belongs(table, index, head) and not _may_be_head(table, index):
            yield head
        else:
            head = index if names_household(table, index) and is_head(table, index) else None
            yield head


def belongs(table: Table, index: int, head: int) -> bool:
    """Return whether the row names no other household than the head's, nor another place."""
    return not table.unread(index, *NAMING) and all(
        table[key][index] in (NOTHING, table[key][head]) for key in (*NAMING, *PLACE)
    )


def names_household(table: Table, index: int) -> bool:
    return table.unread(index, *NAMING) or any(table[key][index] is not NOTHING for key in NAMING)


def is_head(table: Table, index: int) -> bool:
    if table.get("relation", index) == Relation.HEAD:
        return True
    name = table.get("head_name", index)
    return name is not None and name == table.get("name", index)


def _may_be_head(table: Table, index: int) -> bool:
    """Return whether a row may be another head's, as far as it could be read."""
    if table.unread(index, "relation"):
        return not any(map(table.has, NAMING))
    return is_head(table, index)


def _two_spouses(table: Table, heads: list[int | None]) -> bool:
    """Return whether a household would have two spouses, as in a sheet sorted by name."""
    married = [
        head
        for index, head in enumerate(heads)
        if table.get("relation", index) == Relation.SPOUSE and not table.get("left_on", index)
    ]
    return len(married) != len(set(married))

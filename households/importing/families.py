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
        if relation == Relation.HEAD and not _names(table, index):
            table.values["head_name"][index] = table["name"][index]
            table.values["head_id"][index] = table["id_number"][index]


def followed_heads(table: Table) -> dict[int, int]:
    """Return the head's row of each row that names no household and stands below one that does.

    Empty unless the sheet is clearly grouped: a sheet sorted by something else would put people into the
    households of others.
    """
    if all(_names(table, index) for index in range(len(table))):
        return {}
    heads = list(_heads(table))
    if None in heads or _two_spouses(table, heads):
        return {}
    follows = {index: head for index, head in enumerate(heads) if head is not None}
    return {index: head for index, head in follows.items() if index != head and not _names(table, index)}


def _heads(table: Table) -> Iterator[int | None]:
    """Yield the row of the head above or at each row; None where the order breaks."""
    head: int | None = None
    for index in range(len(table)):
        if _names(table, index):
            if head is None or not _same(table, index, head, NAMING):
                head = index if _is_head(table, index) else None
            yield head
        elif head is None or _may_be_head(table, index) or not _lives_there(table, index, head):
            head = None
            yield None
        else:
            yield head


def _names(table: Table, index: int) -> bool:
    return table.unread(index, *NAMING) or any(table[key][index] is not NOTHING for key in NAMING)


def _same(table: Table, index: int, other: int, keys: tuple[str, ...]) -> bool:
    return all(table[key][index] == table[key][other] for key in keys)


def _lives_there(table: Table, index: int, head: int) -> bool:
    """Return whether the row's place is left out or the head's."""
    return all(table[key][index] in (NOTHING, table[key][head]) for key in PLACE)


def _is_head(table: Table, index: int) -> bool:
    if table.get("relation", index) == Relation.HEAD:
        return True
    name = table.get("head_name", index)
    return name is not None and name == table.get("name", index)


def _may_be_head(table: Table, index: int) -> bool:
    """Return whether a row that names no household may be another head's, as far as it could be read."""
    if table.unread(index, "relation"):
        return not any(map(table.has, NAMING))
    return bool(table.get("relation", index) == Relation.HEAD)


def _two_spouses(table: Table, heads: list[int | None]) -> bool:
    """Return whether a household would have two spouses, as in a sheet sorted by name."""
    married = [
        head
        for index, head in enumerate(heads)
        if table.get("relation", index) == Relation.SPOUSE and not table.get("left_on", index)
    ]
    return len(married) != len(set(married))

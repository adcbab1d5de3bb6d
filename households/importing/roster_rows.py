"""Which rows of a roster are one household, which are its members, and which hold a pairing of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from core.importing.columns import NOTHING
from core.importing.table import Table
from households.importing.families import (
    NAMING,
    PLACE,
    belongs,
    followed_heads,
    is_head,
    names_household,
)

CADRE = ("pairing.name", "pairing.phone", "pairing.staff_no")
PAIRING = (
    *CADRE,
    "pairing.unit",
    "pairing.kind",
    "pairing.started_on",
    "pairing.ended_on",
    "pairing.end_reason",
)
Leads = Sequence[int | None]
"""For each row the row that stands for its household; None where the row does not say which it is."""


def leads_of_families(table: Table) -> list[int | None]:
    """Return the head's row of each household, else the first row that names it."""
    if follows := followed_heads(table):
        return [follows.get(index, index) for index in range(len(table))]
    groups: list[list[int]] = []
    known: dict[Any, list[int]] = {}
    group: list[int] = []
    for index in range(len(table)):
        if not names_household(table, index):
            continue
        own = group if group and belongs(table, index, group[0]) else known.get(_key(table, index), [])
        if not own or (is_head(table, index) and any(is_head(table, other) for other in own)):
            own = known[_key(table, index)] = []
            groups.append(own)
        own.append(index)
        group = own
    leads: list[int | None] = [None] * len(table)
    for group in groups:
        lead = next((index for index in group if is_head(table, index)), group[0])
        for index in group:
            leads[index] = lead
    return leads


def leads_of_households(table: Table) -> list[int | None]:
    """Return the first of adjacent rows that say the same of one household, each with another cadre."""
    leads: list[int | None] = []
    columns = [key for key in table.positions if key not in PAIRING]
    for index in range(len(table)):
        lead = leads[-1] if leads else None
        same = lead is not None and all(table[key][index] == table[key][lead] for key in columns)
        if same and _pairing(table, index) and not table.wrong(index):
            leads.append(lead)
            if lead is not None and not (table.get("no", index) or table.get("id_number", index)):
                table.warn(index, "head_name", f"和第 {table.numbers[lead]} 行算一户，两名干部")
        else:
            leads.append(index)
    return leads


def _key(table: Table, index: int) -> tuple[Any, ...]:
    return tuple(table[key][index] for key in (*NAMING, *PLACE))


def pairing_rows(table: Table, leads: Leads) -> Iterator[int]:
    """Yield the rows that hold a pairing which no earlier row of the household holds."""
    said: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for index, lead in enumerate(leads):
        cells = _pairing(table, index)
        if lead is None or not cells or table.unread(index, *PAIRING):
            continue
        if any(cells.items() <= earlier.items() for earlier in said[lead]):
            continue
        if not any(key in cells for key in CADRE):
            table.warn(
                index, next(iter(cells)), "没有写联户干部，这户没有结对", "补上联户干部，没有结对就空着"
            )
            continue
        said[lead].append(cells)
        yield index


def _pairing(table: Table, index: int) -> dict[str, Any]:
    """Return what a row says of a pairing."""
    return {key: table[key][index] for key in PAIRING if table[key][index] is not NOTHING}


def warn_of_other_contents(table: Table, leads: Leads, keys: Iterable[str]) -> None:
    """Warn of cells about a household that differ from its own row, which alone counts."""
    for key in filter(table.has, keys):
        values = table[key]
        for index, lead in enumerate(leads):
            if lead not in (None, index) and values[index] is not NOTHING and values[index] != values[lead]:
                where = table.numbers[lead]
                table.warn(
                    index, key, f"户的这一格只看第 {where} 行，这里写的没有用", f"要改就改第 {where} 行"
                )


def refuse_people_twice(table: Table, groups: Sequence[Sequence[int]], keys: Sequence[str | None]) -> None:
    """Refuse an ID number that two groups of rows share; what one group holds twice its own check tells."""
    shared = set.intersection(*({keys[index] for index in group} for group in groups))
    table.refuse_twice([key if key in shared else None for key in keys], "id_number", "一人只留一行")

"""Find the household that a row means: by number, by the head's ID number, or by village, group and name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from core.cells import Cell, CellError, clean_text
from core.chunked_queries import rows_in
from core.importing.columns import SheetColumn, field_column
from core.importing.model_plan import NOT_YOURS
from core.importing.table import Table
from core.places import lies_under
from households.choices import Status
from households.importing.people import Identities
from households.models import Household, Member
from units.finding import Answer, ask
from villages.models import Village

NO_SUCH = CellError("没有这个户编号", "核对编号；新户和撤销过的户这一格空着，编号由系统给")
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")}
NAMED = (
    "household_id",
    "name",
    "id_hash",
    "id_cipher",
    "household__no",
    "household__group",
    "household__village_id",
    "household__status",
)
"""What is read of a head to find a household by its name."""


def number_column(**given: Any) -> SheetColumn:
    return field_column(
        Household,
        "no",
        clean=clean_no,
        aliases=("户号", "贫困户编号"),
        clearable=False,
        identifies=True,
        decides=True,
        of_one_row=True,
        **given,
    )


def clean_no(value: Cell) -> str:
    return clean_text(value).replace(" ", "").replace("—", "-")


def group_key(text: str) -> str:
    """Normalise a group for comparison: 第三组 = 三社 = 3组."""
    bare = re.sub(r"^第|[组社队]+$", "", text.replace(" ", ""))
    if match := re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", bare):
        tens, ten, ones = match.groups()
        if bare:
            return str((_DIGITS.get(tens, 1) * 10 if ten else _DIGITS.get(tens, 0)) + _DIGITS.get(ones, 0))
    return bare


def households_by_no(table: Table) -> dict[str, dict[str, Any]]:
    """Return the households whose numbers are in the sheet, by number."""
    numbers = {value for value in table["no"] if isinstance(value, str)}
    columns = ("id", "no", "place")
    return {row["no"]: row for row in rows_in(Household.objects.all(), "no", numbers, *columns)}


class HeadNames:
    """Heads of open households, and last heads of closed ones, by village and name: for rows without a
    number.
    """

    def __init__(self, wanted: Iterable[tuple[int, str]]) -> None:
        pairs = set(wanted)
        self.heads: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
        self.closed: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
        villages = {village for village, _ in pairs}
        for head in rows_in(Member.objects.heads(), "household__village_id", villages, *NAMED):
            key = (head["household__village_id"], head["name"])
            if key in pairs:
                group = self.heads if head["household__status"] == Status.OPEN else self.closed
                group[key].append(head)

    def find(self, village: int, group: str, name: str, identities: Identities, index: int) -> Answer:
        """Return the household's primary key, None when there is none, or CellError when two match.

        A closed household matches only a row with its last head's ID number; otherwise the row must state it
        explicitly.
        """
        fitting = self.open_fitting(village, group, name, identities, index)
        if len(fitting) > 1:
            return ask_household(fitting, group)
        if fitting:
            return fitting[0]["household_id"]
        return _closed_answer(self.closed_fitting(village, group, name, identities, index), identities, index)

    def open_fitting(
        self, village: int, group: str, name: str, identities: Identities, index: int
    ) -> list[dict[str, Any]]:
        """Return the heads of open households that the row may mean; of the row's very group if any are."""
        wanted = group_key(group)
        fitting = _fitting(self.heads.get((village, name), ()), wanted, identities, index)
        exact = [head for head in fitting if wanted and group_key(head["household__group"]) == wanted]
        return exact or fitting

    def closed_fitting(
        self, village: int, group: str, name: str, identities: Identities, index: int
    ) -> list[dict[str, Any]]:
        """Return the last heads of closed households that the row may mean."""
        return _fitting(self.closed.get((village, name), ()), group_key(group), identities, index)


def ask_household(heads: Sequence[dict[str, Any]], group: str) -> CellError:
    """Return the error that names the households of which the row may mean one."""
    remedy = "填上户编号" if group else "填上组，或填户编号"
    return ask([named_head(head) for head in heads], "户", remedy)


def _fitting(
    heads: Iterable[dict[str, Any]], group: str, identities: Identities, index: int
) -> list[dict[str, Any]]:
    """Return the heads of the row's group whose ID number is compatible with the row's."""
    return [
        head
        for head in heads
        if _same_group(group, head["household__group"]) and identities.may_be_of(index, head)
    ]


def _closed_answer(closed: Sequence[dict[str, Any]], identities: Identities, index: int) -> Answer:
    certain = [head for head in closed if identities.is_of(index, head)]
    if len(certain) == 1:
        return certain[0]["household_id"]
    if not closed:
        return None
    label = Status(closed[0]["household__status"]).label
    why = f"和已{label}的户 {named_head(closed[0])} 同村同名"
    return CellError(why, "是那一户就填户编号；是新户先在页面上登记，再填户编号")


def _same_group(wanted: str, stored: str) -> bool:
    return not wanted or not stored or group_key(stored) == wanted


def named_head(head: dict[str, Any]) -> str:
    group = head["household__group"]
    return f"{head['household__no']}（{group}）" if group else str(head["household__no"])


def village_problem(stored_place: str, village: Village | None, place: str) -> CellError | None:
    """Return why a stored household cannot be the one meant by this row of this office, or None."""
    if not lies_under(stored_place, place):
        return CellError(NOT_YOURS, "核对这一格")
    if village is not None and village.code != stored_place:
        return CellError("系统里这户在别的村", "核对户和村；换村要先办迁出，再作新户登记")
    return None

"""The household that a row of members, pairings, visits or answers names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from core.cells import CellError, UnclearName, clean_name
from core.chunked_queries import records_in, rows_in
from core.importing.columns import SheetColumn, field_column
from core.importing.planning import Plan
from core.importing.table import Table
from core.places import under
from households.choices import Status
from households.closing import problem_of_row
from households.importing.finding import (
    HeadNames,
    ask_household,
    named_head,
    number_column,
    village_problem,
)
from households.importing.people import Identities, id_to_find
from households.models import Household, Member
from villages.finding import find_villages, village_columns

GROUP_ALIASES = ("组", "社", "组别", "自然村", "村民小组")
NAMED_BY = (("no", "head_id", "head_name"), ("no", "head_id", "village", "village_code"))
"""`ImportSheet.either` of a sheet whose every row names a household."""
KEYS = ("no", "head_id", "head_name", "village", "village_code", "town", "group")
Found = tuple[str, Household | CellError | None]
"""The column that decided, and the household or why there is none; None when the column says nothing."""


class NamedHouseholds:
    """The households of a sheet's rows: by number, else by the head's ID number, else by village and head.

    `day` is the column whose date lets a row mean a household that was closed later.
    """

    def __init__(self, table: Table, plan: Plan, day: str = "") -> None:
        self.table, self.place, self.day = table, plan.by.place, day
        households = Household.objects.select_related("village__division")
        numbers = (value for value in table["no"] if isinstance(value, str))
        self.by_no = {household.no: household for household in records_in(households, "no", numbers)}
        self.identities = Identities(table, "head_id")
        self.by_hash = self._by_hash()
        self.numbered = [self._numbered(index) for index in range(len(table))]
        stored = [found.place if isinstance(found, Household) else None for _, found in self.numbered]
        # A sheet of answers names households by number only.
        self.by_head = "village" in table.columns
        self.villages = find_villages(table, plan, needed=False, stored=stored) if self.by_head else []
        self.heads = HeadNames(self._wanted())
        heads = (
            head
            for group in (self.heads.heads, self.heads.closed)
            for found in group.values()
            for head in found
        )
        pks = (head["household_id"] for head in heads)
        self.by_pk = {household.pk: household for household in records_in(households, "pk", pks)}

    def named(self, index: int) -> bool:
        """Return whether a row names a household at all."""
        keys = ("no", "head_id", "head_name") if self.by_head else ("no", "head_id")
        return any(self.table.get(key, index) for key in keys)

    def whose(self, index: int) -> str:
        """Return the column by which a row names its household."""
        return self.answers[index][0]

    def find(self, index: int) -> Household | None:
        """Return the household of a row, or None after writing an error."""
        if self.table.unread(index, *KEYS):
            return None
        key, answer = self.answers[index]
        if isinstance(answer, CellError):
            self.table.error(index, key, answer.why, answer.remedy)
        return answer if isinstance(answer, Household) else None

    @cached_property
    def answers(self) -> list[Found]:
        """The column that decided and the household, by row; None where an error was written before."""
        return [self._answer(index) for index in range(len(self.table))]

    def _answer(self, index: int) -> Found:
        key, answer = self.numbered[index]
        if isinstance(answer, Household):
            return self._contradiction(index, answer) or (key, answer)
        if key == "no" and answer:
            return key, answer
        if self.by_head and self.table.get("head_name", index):
            by_name = self._by_name(index)
            # An ID number that nobody has says more than that nobody has the name.
            return by_name if answer is None or not isinstance(by_name[1], CellError) else (key, answer)
        return (key, answer) if answer else self._unnamed()

    # --- by number ------------------------------------------------------------------------------

    def _by_hash(self) -> dict[str, Household]:
        heads = Member.objects.heads().filter(under(self.place))
        wanted = (value for hashes in self.identities.hashes for value in hashes)
        rows = list(rows_in(heads, "id_hash", wanted, "household_id", "id_hash", "left_on"))
        # If a person has a closed and an open household, use the open one.
        rows.sort(key=lambda row: (row["left_on"] is None, row["left_on"]))
        pks = {row["id_hash"]: row["household_id"] for row in rows}
        households = records_in(Household.objects.select_related("village__division"), "pk", pks.values())
        by_pk = {household.pk: household for household in households}
        return {value: by_pk[pk] for value, pk in pks.items()}

    def _numbered(self, index: int) -> Found:
        number = self.table.get("no", index)
        if number:
            found = self.by_no.get(number)
            return "no", found or CellError("没有这个户编号", "核对编号，或先导入贫困户")
        if self.identities.masked[index]:
            return "head_id", CellError("号码中间是星号", "填户编号，或填完整的户主身份证号")
        hashes = self.identities.hashes[index]
        if not hashes:
            return "no", None
        found = next((self.by_hash[value] for value in hashes if value in self.by_hash), None)
        return "head_id", found or CellError("没有户主是这个号码的户", "核对号码，或先导入贫困户")

    def _unnamed(self) -> Found:
        keys = ("no", "head_id", "head_name") if self.by_head else ("no", "head_id")
        key = next((key for key in keys if self.table.has(key)), "no")
        remedy = "填户编号、户主身份证号，或填村和户主姓名" if self.by_head else "填户编号，或填户主身份证号"
        return key, CellError("不知道是哪一户", remedy)

    def _contradiction(self, index: int, household: Household) -> Found | None:
        """Return what the row says of its household that is not so."""
        key = "no" if self.table.get("no", index) else "head_id"
        if problem := village_problem(household.place, None, self.place):
            return key, problem
        hashes, stored = self.identities.hashes[index], self.hash_of.get(household.pk)
        if hashes and stored and stored not in hashes:
            why = f"不是 {household.no} 这户户主的号码"
            return "head_id", CellError(why, "核对两格，或只留户编号")
        if not self.by_head:
            return None
        village, name = self.villages[index], self.table.get("head_name", index)
        if village and village.pk != household.village_id:
            key = "village_code" if self.table.get("village_code", index) else "village"
            own = household.village
            alike = own.name == village.name and own.division_id != village.division_id
            town = own.division.name if alike else ""
            return key, CellError(f"这户在{town}{own.name}", "核对村和户")
        if name and name not in self.names_of[household.pk]:
            why = f"{household.no} 这户没有叫{name}的人"
            return "head_name", CellError(why, "核对户编号和户主姓名，看行有没有错开")
        return None

    @cached_property
    def hash_of(self) -> dict[int, str]:
        """The hashes of heads whose households are named by number and by ID number, by household."""
        twice = {
            found.pk
            for hashes, (key, found) in zip(self.identities.hashes, self.numbered, strict=True)
            if hashes and key == "no" and isinstance(found, Household)
        }
        heads = Member.objects.heads().filter(under(self.place))
        rows = rows_in(heads, "household_id", twice, "household_id", "id_hash")
        return {row["household_id"]: row["id_hash"] for row in rows}

    @cached_property
    def names_of(self) -> dict[int, set[str]]:
        """Everybody, past or present, of the households that are named by number and by name."""
        pks = {
            found.pk
            for index, (_, found) in enumerate(self.numbered)
            if isinstance(found, Household) and self.table.get("head_name", index)
        }
        names: dict[int, set[str]] = defaultdict(set)
        for row in rows_in(Member.objects.all(), "household_id", pks, "household_id", "name"):
            names[row["household_id"]].add(row["name"])
        return names

    # --- by village and head --------------------------------------------------------------------

    def _wanted(self) -> Iterable[tuple[int, str]]:
        """Yield village and head of the rows that no number answers."""
        for index, village in enumerate(self.villages):
            name = self.table.get("head_name", index)
            if village and name and not isinstance(self.numbered[index][1], Household):
                yield village.pk, name

    def _by_name(self, index: int) -> Found:
        village, name = self.villages[index], self.table.get("head_name", index)
        if village is None:
            if self.table.get("village", index) or self.table.get("village_code", index):
                return "village", None
            return "village", CellError("没有写是哪个村", "填村，或填户编号")
        group = self.table.get("group", index, "")
        row = (village.pk, group, name, self.identities, index)
        fitting = self.heads.open_fitting(*row)
        closed = self.heads.closed_fitting(*row)
        fitting += [head for head in closed if self._may_be_past(head, index)]
        if len(fitting) > 1:
            return "head_name", self._chosen(index, fitting, f"{village.name}{group}{name}")
        if fitting:
            return "head_name", self.by_pk[fitting[0]["household_id"]]
        if closed:
            label = Status(closed[0]["household__status"]).label
            return "head_name", CellError(f"{named_head(closed[0])}已{label}", "是那一户就填户编号")
        return "head_name", CellError(
            f"{village.name}{group}没有户主叫{name}的户", "核对村、组和户主姓名，或先导入贫困户"
        )

    def _chosen(self, index: int, fitting: Sequence[dict[str, Any]], text: str) -> Household | CellError:
        """Return the one of these households that the clerk chose for all rows of this text."""
        problem = ask_household(fitting, self.table.get("group", index, ""))
        by_name = {named_head(head): head["household_id"] for head in fitting}
        unclear = UnclearName(problem.why, problem.remedy, by_name, must=False)
        chosen = self.table.asked(index, "head_name", unclear, text)
        return self.by_pk[by_name[chosen]] if chosen in by_name else problem

    def _may_be_past(self, head: dict[str, Any], index: int) -> bool:
        """Return whether a closed household may be meant: by its head's number, or on a day before."""
        if self.identities.is_of(index, head):
            return True
        day = self.table.get(self.day, index) if self.day else None
        return day is not None and not problem_of_row(self.by_pk[head["household_id"]], day)


def naming_columns(*aliases: str) -> list[SheetColumn]:
    """Return the two columns by which a sheet names a household by number.

    `aliases` are other headings of the ID number, for sheets without a second person's ID number.
    """
    return [
        number_column(help="填这一格，或填户主身份证号"),
        SheetColumn(
            "head_id",
            "户主身份证号",
            id_to_find,
            help="没有户编号时填",
            aliases=("户主身份证号码", "户主证件号码", "户主身份证", *aliases),
            secret=True,
            of_one_row=True,
            decides=True,
            identifies=True,
            clearable=False,
        ),
    ]


def household_columns(*aliases: str, heads: Iterable[str] = ()) -> list[SheetColumn]:
    """Return the columns by which a sheet names a household: by number, or by village and head.

    `heads` are other headings of the head's name.
    """
    number, head_id = naming_columns(*aliases)
    return [
        replace(number, help="填这一格，或填户主身份证号，或填村和户主姓名"),
        head_id,
        *village_columns(),
        field_column(Household, "group", aliases=GROUP_ALIASES, help="同村同名时填"),
        SheetColumn(
            "head_name",
            "户主姓名",
            clean_name,
            help="和村一起认户，有户编号时核对用",
            aliases=("户主", *heads),
            clearable=False,
            decides=True,
            identifies=True,
        ),
    ]

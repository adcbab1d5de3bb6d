"""Import sheet of 家庭成员: one row is one person of a household."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from core.cells import Cell
from core.chunked_queries import chunks, rows_in, stored_rows
from core.importing.columns import SheetColumn, field_column
from core.importing.heading import HeadingRow
from core.importing.planning import Plan, values_for_new, values_for_stored
from core.importing.sheet import ImportSheet
from core.importing.table import Table
from core.places import under
from households.choices import Relation, Status
from households.importing.families import followed_heads, name_by_heads, names_household
from households.importing.naming import NamedHouseholds, household_columns
from households.importing.people import (
    FOLLOWING,
    STORED_A_STEP,
    Identities,
    change_person,
    holders,
    may_be_new,
    new_person,
    person_columns,
    refuse_mask,
    refuse_other_holder,
)
from households.importing.roster_headings import likely_heading, roster_or
from households.importing.spellings import SPELLINGS
from households.models import Household, Member
from units.finding import ask

STAY = ("joined_on", "left_on", "left_reason")
KNOWN_BY = ("id", "household_id", "name", "relation", "id_cipher", "id_hash", "left_on")
OWN = (*Member.PERSON, *STAY)


class MemberSheet(ImportSheet):
    key, label, main = "members", "家庭成员", Member
    intro = (
        "一行一人。户按户编号、户主身份证号，或村和户主姓名认，可以只写在户主那一行；"
        "人按身份证号认，没有号码按姓名认。"
    )
    after = ("households",)
    counter = "人"
    either = (("no", "head_id", "village", "village_code", "id_number"),)

    def count_from_start(self, place: str) -> int:
        """Count the heads, who come with their households."""
        return Household.objects.filter(under(place)).count()

    def declare(self) -> Iterable[SheetColumn]:
        return [
            # Merged over a family, a cell belongs to the household once.
            *(replace(column, of_one_row=False) for column in household_columns()),
            field_column(
                Member,
                "name",
                required=True,
                aliases=("成员姓名", "家庭成员姓名", "家庭成员", "成员"),
                clearable=False,
                identifies=True,
            ),
            field_column(
                Member,
                "relation",
                required=True,
                aliases=("关系", "与户主的关系", "家庭关系"),
                spellings=SPELLINGS["relation"],
                clearable=False,
            ),
            *person_columns(),
            field_column(Member, "joined_on"),
            field_column(Member, "left_on", help="迁出、去世、出嫁等，在家的空着"),
            field_column(Member, "left_reason"),
        ]

    def fitted(
        self, place: str, rows: Sequence[Sequence[Cell]] = (), heading: HeadingRow | None = None
    ) -> ImportSheet:
        return roster_or(self, rows, heading) if heading else self

    def widened(self, rows: Sequence[Sequence[Cell]]) -> ImportSheet | None:
        found = roster_or(self, rows, likely_heading(rows))
        return found if found is not self else None

    def plan(self, table: Table, plan: Plan) -> None:
        name_by_heads(table)
        follows = followed_heads(table)
        below = [index for index in follows if not names_household(table, index)]
        households = _households(table, plan, follows)
        MemberCheck(table, plan, households).run()
        if below:
            table.notes.append(f"有 {len(below)} 行没有写是哪一户，归到上面户主的那一户。")
            _warn_of_other_sizes(table, households, follows, {follows[index] for index in below})


def _households(table: Table, plan: Plan, follows: Mapping[int, int]) -> list[Household | None]:
    """Return the household of each row; rows below a head share his."""
    named = NamedHouseholds(table, plan)
    found = [None if index in follows else named.find(index) for index in range(len(table))]
    for index, head in follows.items():
        found[index] = found[head]
        table.values["no"][index] = table["no"][head]
        if found[head] is None:
            refuse_without_household(table, index, head)
    return found


def refuse_without_household(table: Table, index: int, head: int, key: str = "name") -> None:
    where = table.numbers[head]
    table.error(index, key, f"第 {where} 行的户没有认出来", f"改好第 {where} 行")


def _warn_of_other_sizes(
    table: Table, households: Sequence[Household | None], follows: Mapping[int, int], heads: Iterable[int]
) -> None:
    """Warn if more or fewer people stand below a head than his household has."""
    others = Counter(follows.values())
    for head in heads:
        household, size = households[head], others[head] + 1
        if household and household.size != size and not table.wrong(head):
            why = f"表里这户 {size} 人，系统里家庭人口是 {household.size}"
            table.warn(head, "name", why, "核对下面的人是不是都是这户的")


class MemberCheck:
    """The check of one sheet, given the household of each row.

    `heads` names the heads of households that are planned only, by their (negative) keys.
    """

    def __init__(
        self,
        table: Table,
        plan: Plan,
        households: Sequence[Household | None],
        heads: Mapping[int, str] | None = None,
    ) -> None:
        self.table, self.plan = table, plan
        self.households, self.heads = households, heads or {}
        self.identities = Identities(table)
        self.known = self.identities.known()
        pks = {household.pk for household in self.households if household}
        self.members: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for member in rows_in(Member.objects.all(), "household_id", pks, *KNOWN_BY):
            self.members[member["household_id"]].append(member)
        self.found: list[dict[str, Any] | None] = [None] * len(table)

    def run(self) -> None:
        for index in list(self.table.sound()):
            household = self.households[index]
            if household and self.table.require(index, "name"):
                self.found[index] = self._match(index, household)
        self._refuse_twice()
        sound = list(self.table.sound())
        self._plan_stored([(index, member["id"]) for index in sound if (member := self.found[index])])
        self._plan_new([index for index in sound if not self.found[index] and self._may_be_new(index)])

    def _match(self, index: int, household: Household) -> dict[str, Any] | None:
        """Return the stored person a row means; write an error if it is ambiguous."""
        own = self.members[household.pk]
        others = holders(self.identities, self.known, index, household.place)
        if any(person["household_id"] != household.pk for person in others):
            elsewhere = [person for person in others if person["household_id"] != household.pk]
            refuse_other_holder(self.table, index, elsewhere, household.pk, self.plan.by)
            return None
        if others:
            return next(member for member in own if member["id"] == others[0]["id"])
        return self._by_name(index, own)

    def _by_name(self, index: int, own: list[dict[str, Any]]) -> dict[str, Any] | None:
        name, left_on = self.table.get("name", index), self.table.get("left_on", index)
        alike = [m for m in own if m["name"] == name and self.identities.may_be_of(index, m)]
        fitting = [member for member in alike if member["left_on"] is None]
        fitting = fitting or [member for member in alike if left_on and member["left_on"] == left_on]
        if len(fitting) > 1:
            question = ask(
                [f"{m['name']}（{Relation(m['relation']).label}）" for m in fitting], "人", "填上身份证号"
            )
            self.table.error(index, "name", question.why, question.remedy)
        return fitting[0] if len(fitting) == 1 else None

    def _refuse_twice(self) -> None:
        self.table.refuse_twice(self.identities.keys(), "id_number", "一人只留一行")
        found = [None if self.table.wrong(i) or not m else m["id"] for i, m in enumerate(self.found)]
        self.table.refuse_twice(found, "name", "一人只留一行")
        alike: list[Any] = [None] * len(self.table)
        heads: list[Any] = [None] * len(self.table)
        for index in list(self.table.sound()):
            household = self.households[index]
            if household and self.found[index] is None:
                if not self.identities.whole(index):
                    alike[index] = (
                        household.pk,
                        self.table.get("name", index),
                        self.table.get("left_on", index),
                    )
                if self._is_open_head(index):
                    heads[index] = household.pk
        self.table.refuse_twice(alike, "name", "是两个人就都填上身份证号")
        self.table.refuse_twice(heads, "relation", "一户只有一个户主")

    def _is_open_head(self, index: int) -> bool:
        return self.table.get("relation", index) == Relation.HEAD and not self.table.get("left_on", index)

    def _plan_stored(self, found: list[tuple[int, int]]) -> None:
        """Plan in chunks: whole rows of 70,000 members at once would take 200 MB."""
        for step in chunks(found, STORED_A_STEP):
            stored = stored_rows(Member, (pk for _, pk in step))
            for index, pk in step:
                self._change(index, stored[pk])

    def _change(self, index: int, member: dict[str, Any]) -> None:
        self.plan.rows[index] = member["id"]
        relation = self.table.get("relation", index, member["relation"])
        if relation != member["relation"] and Relation.HEAD in (relation, member["relation"]):
            was = Relation(member["relation"]).label
            self.table.error(index, "relation", f"系统里是“{was}”", "换户主在户的页面上办")
            return
        if refuse_mask(self.table, self.identities, index, member, "name"):
            return
        if self.table.get("left_on", index) and member["relation"] == Relation.HEAD and not member["left_on"]:
            self.table.warn(index, "left_on", "户主离开后这户就没有户主了", "在户的页面上定新户主")
        stay = values_for_stored(Member, self.table, {name: name for name in STAY}, index)
        self._check_stay(
            index, stay.get("joined_on", member["joined_on"]), stay.get("left_on", member["left_on"])
        )
        change_person(
            self.table, self.plan, self.identities, index, member, "name", relation=relation, **stay
        )

    def _check_stay(self, index: int, joined_on: date | None, left_on: date | None) -> None:
        if joined_on and left_on and left_on < joined_on:
            self.table.error(index, "left_on", f"早于迁入日期 {joined_on:%Y-%m-%d}", "核对两个日期")

    def _may_be_new(self, index: int) -> bool:
        self._check_stay(index, self.table.get("joined_on", index), self.table.get("left_on", index))
        household = self.households[index]
        assert household is not None
        if household.status != Status.OPEN:
            label = Status(household.status).label
            self.table.error(index, "name", f"这户已{label}，不能添人", "核对户编号")
        stored = next((m["name"] for m in self.members[household.pk] if _open_head(m)), None)
        head = self.heads.get(household.pk, stored)
        if head and self._is_open_head(index):
            self.table.error(index, "relation", f"这户的户主是{head}", "换户主在户的页面上办")
        return may_be_new(self.table, self.identities, index, "relation")

    def _plan_new(self, fresh: list[int]) -> None:
        if not fresh:
            return
        table, households = self.table, [h for h in (self.households[index] for index in fresh) if h]
        people = [new_person(table, self.identities, i, table.get("name", i)) for i in fresh]
        columns = {
            **values_for_new(Member, table, {name: name for name in OWN}, fresh),
            **{name: [person[name] for person in people] for name in FOLLOWING},
            "relation": [table.get("relation", index) for index in fresh],
            "household_id": [household.pk for household in households],
            "place": [household.place for household in households],
        }
        self.plan.create(Member, fresh, columns)
        self.plan.lean(Household, {household.pk: household.version for household in households})
        unnumbered = [i for i in fresh if not self.identities.numbers[i] and not table.get("left_on", i)]
        keys = [(self.households[i], table.get("name", i)) for i in unnumbered]
        named = [(household.pk, name) for household, name in keys if household]
        self.plan.absent(Member, ["household_id", "name"], named, left_on=None)


def _open_head(member: dict[str, Any]) -> bool:
    return bool(member["relation"] == Relation.HEAD and member["left_on"] is None)

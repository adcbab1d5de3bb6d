"""Import sheet of 花名册: households, members and pairings in one sheet, planned and undone together."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.cells import Cell
from core.chunked_queries import records_in
from core.importing.columns import NOTHING, SheetColumn
from core.importing.heading import HeadingRow
from core.importing.planning import Plan
from core.importing.sheet import Created, ImportSheet
from core.importing.table import Table
from core.importing.table_view import TableView
from households.choices import Relation, Status
from households.importing.families import is_head, name_by_heads
from households.importing.households import HOUSEHOLD, HouseholdCheck, HouseholdSheet
from households.importing.members import STAY, MemberCheck, MemberSheet, refuse_without_household
from households.importing.pairings import HouseholdPairingSheet, PairingCheck
from households.importing.people import Identities
from households.importing.roster_headings import likely_heading, phones_told_apart, texts_of
from households.importing.roster_joining import join, note_outcomes, planned_key
from households.importing.roster_rows import (
    Leads,
    leads_of_families,
    leads_of_households,
    pairing_rows,
    refuse_people_twice,
    warn_of_other_contents,
)
from households.models import Household, HouseholdPairing, Member

PERSON = ("id_number", *Member.PERSON)
CONTENTS = (*(name for name in HOUSEHOLD if name != "group"), "status")
"""What stands on a household's own row alone."""
CADRES = {
    "name": ("联户干部", ("姓名",)),
    "unit": ("联户干部单位", ()),
    "phone": ("联户干部手机号", ("手机", "手机号码", "联系电话", "联系方式", "电话")),
    "staff_no": ("联户干部工号", ()),
    "kind": ("结对方式", ()),
    "started_on": ("联户开始日期", ()),
    "ended_on": ("联户结束日期", ()),
    "end_reason": ("联户结束原因", ()),
}
"""The columns of a pairing: the label, and the headings that mean another's column here."""


class RosterSheet(ImportSheet):
    key, label, main = "roster", "花名册", Household
    intro = (
        "贫困户、家庭成员、联户写在一张表里的，一次导入：一行一人，户和联户干部写在户主那一行；"
        "没有“与户主关系”一列的，一行一户。"
    )
    after = ("cadres", "villages")
    needed = False
    parts = ("households", "members", "household_pairings")
    free_with = ("no",)
    either = HouseholdSheet.either
    traces, traced = HouseholdPairingSheet.traces, HouseholdPairing

    def __init__(self, *, of_people: bool = True) -> None:
        """`of_people`: a row is a person, not a household."""
        self.of_people = of_people

    def declare(self) -> Iterable[SheetColumn]:
        homes = dict(HouseholdSheet().columns)
        people = MemberSheet().columns
        phone, note = homes.pop("phone"), homes.pop("note")
        homes["size"] = replace(homes["size"], required=False)
        person = [homes.pop(key) for key in PERSON]
        head = homes.pop("head_name")
        for column in (*homes.values(), phone):
            # Merged over a family, a cell belongs to the household once.
            yield replace(column, of_one_row=False) if self.of_people else column
        if self.of_people:
            yield people["head_name"]
            yield people["head_id"]
            yield people["name"]
            yield people["relation"]
            yield from (people[key] for key in (*PERSON, *STAY))
        else:
            yield head
            yield from person
        for key, column in HouseholdPairingSheet().columns.items():
            if key in CADRES:
                yield self._of_cadre(key, column)
        yield note

    def _of_cadre(self, key: str, column: SheetColumn) -> SheetColumn:
        label, others = CADRES[key]
        names = [name for name in (column.label, *column.aliases) if name not in {label, *others}]
        if key == "phone":
            names = [name for name in names if name != column.label]
            names += ["联户干部联系电话", "帮扶干部联系电话", "干部联系电话"]
        asked = column.of_one_row and not self.of_people
        aliases = tuple(dict.fromkeys(names))
        return replace(column, key=f"pairing.{key}", label=label, aliases=aliases, of_one_row=asked)

    def fitted(
        self, place: str, rows: Sequence[Sequence[Cell]] = (), heading: HeadingRow | None = None
    ) -> ImportSheet:
        """Return the sheet of people if the relation to the head stands there, else that of households."""
        if heading is None:
            return self
        texts = texts_of(rows, heading)
        relation = MemberSheet().columns["relation"]
        return type(self)(of_people=bool(relation.spellings & set().union(*texts)))

    def told_apart(self, texts: dict[int, str]) -> dict[int, str]:
        cadre = self.columns["pairing.name"].spellings
        return phones_told_apart(texts, cadre, behind=self.columns["pairing.phone"].label)

    def widened(self, rows: Sequence[Sequence[Cell]]) -> ImportSheet:
        return self.fitted("", rows, likely_heading(rows))

    def plan(self, table: Table, plan: Plan) -> None:
        _Roster(table, plan, of_people=self.of_people).run()

    def before_insert(self, created: Created) -> None:
        HouseholdSheet().before_insert(created)

    def after_insert(self, created: Created) -> None:
        HouseholdPairingSheet().after_insert(created)

    def after_undo(self, gone: list[dict[str, Any]]) -> None:
        HouseholdPairingSheet().after_undo(gone)

    def given(self, row: dict[str, Any]) -> str:
        return HouseholdSheet().given(row)


class _Roster:
    """The check of one sheet: households first, then their members and pairings on them."""

    def __init__(self, table: Table, plan: Plan, *, of_people: bool) -> None:
        self.table, self.whole, self.of_people = table, plan, of_people
        if of_people:
            name_by_heads(table)
        self.leads: Leads = leads_of_families(table) if of_people else leads_of_households(table)
        self.own = sorted({lead for lead in self.leads if lead is not None})
        """The rows that stand for the households, in the order of the sheet."""
        self.heads = {index for index in self.own if not of_people or is_head(table, index)}
        self.households: dict[int, Household] = {}

    def run(self) -> None:
        warn_of_other_contents(self.table, self.leads, CONTENTS)
        people = self._people() if self.of_people else []
        self._refuse_unnamed()
        parts = [self._plan_households()]
        self._refuse_without_household()
        if people:
            parts.append(self._plan_members(people))
        parts.append(self._plan_pairings({*self.own, *people}))
        self._refuse_without_household()
        join(self.whole, parts)

    def _people(self) -> list[int]:
        """Return the rows of people other than heads, after comparing their numbers with the heads'."""
        table = self.table
        rows = [
            index
            for index, lead in enumerate(self.leads)
            if lead is not None
            and index not in self.heads
            and (table.get("name", index) or table.get("relation", index) or not self._is_pairing(index))
        ]
        refuse_people_twice(table, [sorted(self.heads), rows], Identities(table).keys())
        return rows

    def _is_pairing(self, index: int) -> bool:
        return any(self.table[f"pairing.{key}"][index] is not NOTHING for key in CADRES)

    def _refuse_unnamed(self) -> None:
        for index, lead in enumerate(self.leads):
            if lead is None:
                key = next((key for key in ("no", "head_name") if self.table.has(key)), "name")
                remedy = "填村和户主姓名，或填户编号；只写在户主那一行的，户主排在最前面"
                self.table.error(index, key, "不知道是哪一户", remedy)

    # --- households -----------------------------------------------------------------------------

    def _plan_households(self) -> Plan:
        keys = {key: key for key in HouseholdSheet().columns}
        if not self.table.has("head_name"):
            keys["head_name"] = "name"
        view = TableView(self.table, self.own, keys)
        if self.of_people:
            self._fill_heads(view)
        plan = Plan(view, self.whole.by)
        sizes = self._sizes() if self.of_people else {}
        headless = [
            place
            for place, index in enumerate(self.own)
            if index not in self.heads and view["id_number"][place] is NOTHING
        ]
        check = HouseholdCheck(view, plan, sizes, headless)
        check.run()
        self._note_sizes(view, check, sizes)
        note_outcomes(self.whole, plan, self.own)
        for place, index in enumerate(self.own):
            self.whole.rows[index] = plan.rows[place]
        self._keep_households(view, plan, check)
        return plan

    def _sizes(self) -> dict[int, int]:
        """Return the number of people of each household who have not left, by its place in `own`.

        A head without a row of his own is one more.
        """
        table = self.table
        there = (i for i in range(len(table)) if table.get("name", i) and not table.get("left_on", i))
        people = Counter(self.leads[index] for index in there)
        return {place: people[index] + (index not in self.heads) for place, index in enumerate(self.own)}

    def _fill_heads(self, view: TableView) -> None:
        """Set the head's columns from his own row; a row that is not his says nothing of his person."""
        table = self.table
        for place, index in enumerate(self.own):
            view.values["head_name"][place] = table["head_name"][index]
            if index in self.heads:
                self._refuse_contradiction(index)
                if table["head_name"][index] is NOTHING:
                    view.values["head_name"][place] = table["name"][index]
            else:
                for key in PERSON:
                    view.values[key][place] = NOTHING
            if view["id_number"][place] is NOTHING:
                view.values["id_number"][place] = table["head_id"][index]

    def _refuse_contradiction(self, index: int) -> None:
        table = self.table
        head, name = table.get("head_name", index), table.get("name", index)
        if head and name and head != name:
            table.error(index, "name", f"关系是户主，户主姓名写的是{head}", "核对两格")
        elif table.get("relation", index, Relation.HEAD) != Relation.HEAD:
            table.error(index, "relation", "姓名就是户主姓名，关系不是户主", "核对两格")
        head_id, number = table.get("head_id", index), table.get("id_number", index)
        if head_id and number and head_id != number:
            table.error(index, "head_id", "和户主自己的身份证号不一样", "核对两格")
        for key in STAY:
            if table[key][index] is not NOTHING:
                table.error(index, key, "户主的这一格不在花名册里导入", "空着，另用家庭成员的表填")

    def _note_sizes(self, view: TableView, check: HouseholdCheck, sizes: Mapping[int, int]) -> None:
        if check.counted:
            view.notes.append(f"有 {len(check.counted)} 户没有写家庭人口，照表里的人数算。")
        for place, people in sizes.items():
            size = view.get("size", place)
            if size and people > 1 and size != people:
                view.warn(
                    place, "size", f"表里这户有 {people} 人", "核对家庭人口，和下面的人是不是都是这户的"
                )

    def _keep_households(self, view: TableView, plan: Plan, check: HouseholdCheck) -> None:
        """Keep the household of each own row; one that is only planned has a negative key."""
        stored = {pk: index for index, pk in zip(self.own, plan.rows, strict=True) if pk is not None}
        for household in records_in(Household.objects.select_related("village__division"), "pk", stored):
            self.households[stored[household.pk]] = household
        created = plan.creations.get(Household._meta.label_lower)
        at = {number: place for place, number in enumerate(view.numbers)}
        for position, number in enumerate(created.numbers if created else ()):
            place = at[number]
            village = check.villages[place]
            assert village is not None
            self.households[self.own[place]] = Household(
                pk=planned_key(position),
                village=village,
                place=village.code,
                group=view.get("group", place, ""),
                size=view.get("size", place),
                status=Status.OPEN,
            )

    # --- members and pairings -------------------------------------------------------------------

    def _household(self, index: int) -> Household | None:
        lead = self.leads[index]
        return None if lead is None else self.households.get(lead)

    def _refuse_without_household(self) -> None:
        """Refuse the rows of a new household whose own row is wrong; a stored one is there all the same."""
        for index, lead in enumerate(self.leads):
            if lead is None or index == lead or not self.table.wrong(lead) or self.table.wrong(index):
                continue
            household = self.households.get(lead)
            if household is None or household.pk < 0:
                refuse_without_household(self.table, index, lead, "name" if self.of_people else "head_name")

    def _plan_members(self, rows: list[int]) -> Plan:
        view = TableView(self.table, rows, {key: key for key in MemberSheet().columns})
        for place, index in enumerate(rows):
            view.values["no"][place] = self.table["no"][self.leads[index] or 0]
        plan = Plan(view, self.whole.by)
        names = {
            household.pk: self.table.get("head_name", lead) or self.table.get("name", lead)
            for lead, household in self.households.items()
            if household.pk < 0
        }
        MemberCheck(view, plan, [self._household(index) for index in rows], names).run()
        note_outcomes(self.whole, plan, rows)
        return plan

    def _plan_pairings(self, subjects: Collection[int]) -> Plan:
        """Plan the pairings; `subjects` are the rows that stand for a household or a person."""
        rows = list(pairing_rows(self.table, self.leads))
        keys = {key: f"pairing.{key}" for key in CADRES}
        view = TableView(self.table, rows, {"no": "no", "head_name": "head_name", **keys})
        plan = Plan(view, self.whole.by)
        whose = "no" if self.table.has("no") else "head_name"
        PairingCheck(view, plan, [self._household(index) for index in rows], lambda _: whose).run()
        note_outcomes(self.whole, plan, rows, subjects)
        return plan

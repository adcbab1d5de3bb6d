"""The members that a device recorded in a repeat: imported by the rules of the members' own sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from core.cells import Cell
from core.importing.planning import Creation, Outcome, Plan, Update
from core.importing.table import Table
from households.choices import Relation
from households.importing.members import MemberSheet
from households.models import Member
from surveys.definition.document import Definition
from surveys.filling.checking import Known
from surveys.filling.facts import OTHER, member_answers

LABEL = Member._meta.label_lower
NOT_OFFERED = {OTHER, "其他"}
"""The form offers two of the 56 peoples; its 其他 says nothing of a stored one."""
Given = Sequence[tuple[int, Mapping[str, Cell]]]
"""Members of one response: row in the repeat's sheet, filled cells by column key."""


class RepeatedMembers:
    """The plan of the repeated members, made beside the plan of the responses and merged into it.

    `rows` are (row index, household, members) of the responses. Errors go to the response's row, at `whose`.
    """

    def __init__(self, table: Table, whole: Plan, whose: str, rows: Sequence[tuple[int, Any, Given]]) -> None:
        self.table, self.whole, self.whose = table, whole, whose
        self.parents: list[int] = []
        self.plan = Plan(self._read(rows), whole.by)
        if not self.parents:
            return
        self.plan.table.clean(lambda done: None)
        MemberSheet().plan(self.plan.table, self.plan)
        self.parent_of = dict(zip(self.plan.table.numbers, self.parents, strict=True))
        self._report()

    def _read(self, rows: Sequence[tuple[int, Any, Given]]) -> Table:
        columns = MemberSheet().columns
        given = dict.fromkeys(key for _, _, members in rows for _, facts in members for key in facts)
        keys = ["no", *(key for key in given if key in columns)]
        lines, numbers = [], []
        for index, household, members in rows:
            for number, facts in members:
                told = {k: v for k, v in facts.items() if not (k == "ethnicity" and str(v) in NOT_OFFERED)}
                lines.append([household.no, *(told.get(key, "") for key in keys[1:])])
                numbers.append(number)
                self.parents.append(index)
        return Table(columns, {key: at for at, key in enumerate(keys)}, lines, numbers)

    def _report(self) -> None:
        """Report what is wrong with a member, and who would be added, at the response's row."""
        own = self.plan.table
        for index, messages in own.errors.items():
            for said in messages:
                self.table.error(self.parents[index], self.whose, _sentence(own, index, said), said["remedy"])
        for index, messages in own.warnings.items():
            for said in messages:
                self.table.warn(self.parents[index], self.whose, _sentence(own, index, said), said["remedy"])
        self.table.held += own.held
        for number, columns in self._new():
            who = f"{columns['name']}（{Relation(columns['relation']).label}）"
            remedy = "不是新添的就核对姓名和身份证号"
            self.table.warn(self.parent_of[number], self.whose, f"会给这户添一口人：{who}", remedy)

    def _new(self) -> list[tuple[int, dict[str, Any]]]:
        """Return (number, columns) of each planned new member."""
        creation = self.plan.creations.get(LABEL, Creation(LABEL))
        rows = zip(*creation.columns.values(), strict=True)
        return [
            (number, dict(zip(creation.columns, row, strict=True)))
            for number, row in zip(creation.numbers, rows, strict=False)
        ]

    def known(self, form: Definition, household: int, known: Known, day: date) -> Known:
        """Return what is known of a household once its members are as the device recorded them."""
        if not self.parents:
            return known
        update = self.plan.updates.get(LABEL, Update(LABEL))
        changed = {row["id"]: row for row in update.rows if row["household_id"] == household}
        added = [columns for _, columns in self._new() if columns["household_id"] == household]
        members = [
            member_answers(form, Member(**changed[old["pk"]]), day) if old["pk"] in changed else old
            for old in known.members
        ]
        members += [{**member_answers(form, Member(**columns), day), "pk": 0} for columns in added]
        return replace(known, members=members)

    def merge(self) -> None:
        """Add the planned members of responses without errors to the plan of the responses."""
        if not self.parents:
            return
        for label, creation in self.plan.creations.items():
            kept = self._kept(creation.numbers)
            columns = {name: [values[at] for at in kept] for name, values in creation.columns.items()}
            numbers = [self._number(creation.numbers[at]) for at in kept]
            if kept:
                self.whole.creations[label] = Creation(label, numbers, columns)
        for label, update in self.plan.updates.items():
            kept = self._kept(update.numbers)
            if kept:
                self.whole.updates[label] = Update(
                    label,
                    [self._number(update.numbers[at]) for at in kept],
                    [update.rows[at] for at in kept],
                    [update.changes[at] for at in kept],
                )
        for label, versions in self.plan.leans.items():
            self.whole.leans[label] = {**self.whole.leans.get(label, {}), **versions}
        self.whole.absences += self.plan.absences

    def _kept(self, numbers: Sequence[int]) -> list[int]:
        """Return the positions whose response has no error, and mark the response as changed."""
        kept = [at for at, number in enumerate(numbers) if not self.table.wrong(self.parent_of[number])]
        for at in kept:
            parent = self.parent_of[numbers[at]]
            if self.whole.outcomes[parent] == Outcome.SAME:
                self.whole.outcomes[parent] = Outcome.CHANGED
        return kept

    def _number(self, number: int) -> int:
        return self.table.numbers[self.parent_of[number]]


def _sentence(table: Table, index: int, said: Mapping[str, str]) -> str:
    return f"家庭成员表第 {table.numbers[index]} 行“{said['column']}”{said['why']}"

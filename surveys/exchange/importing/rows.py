"""A row of a filled form: subject, surveyor, date. Rows that nobody filled in are skipped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.chunked_queries import rows_in
from core.importing.columns import CLEAR, NOTHING
from core.importing.planning import Plan
from core.importing.table import Table
from core.places import lies_under
from households.choices import Status
from households.closing import problem_of_row
from households.importing.naming import NamedHouseholds
from households.models import Household, Member
from surveys.definition.lineage import earlier_answers
from surveys.exchange.importing.editions import edition_of, is_named
from surveys.exchange.importing.surveyors import Subjects, Surveyors
from surveys.models import Survey
from units.days import problem_of_day
from villages.finding import find_villages

NO_DAY = ("没有写调查日期", "补上；没有去的就清空这一行的答案，或删去这一行")


@dataclass(frozen=True)
class ResponseRow:
    """A filled row; `cadre` holds the surveyor's columns, None where the row names none."""

    index: int
    subject: Any
    cadre: dict[str, Any] | None
    day: date


def counts_members(table: Table, index: int) -> bool:
    """Return whether a row comes with its members: then its 家庭人口 is imported too."""
    return "members" in table.columns and table.get("members", index) is not None


class Rows:
    """The rows of a table with their lookups; errors are added to the table."""

    def __init__(self, survey: Survey, table: Table, plan: Plan) -> None:
        self.survey, self.table, self.plan = survey, table, plan
        self.subjects = self._subjects()
        surveyors = Surveyors(table, plan, self.subjects)
        self.cadres = [surveyors.find(index) for index in range(len(table))]

    def _subjects(self) -> Subjects:
        if not self.survey.is_of_households:
            return find_villages(self.table, self.plan)
        named = NamedHouseholds(self.table, self.plan)
        return [named.find(index) for index in range(len(self.table))]

    @property
    def whose(self) -> str:
        """Return the column that identifies the subject."""
        keys = ("no", "head_id") if self.survey.is_of_households else ("village_code", "village")
        return next(key for key in keys if self.table.has(key))

    def filled(self) -> list[ResponseRow]:
        """Return the rows with a subject and a date, with or without errors, one per subject and year."""
        rows = [row for index in range(len(self.table)) if (row := self._row(index))]
        self._refuse_undated()
        keys: list[Any] = [None] * len(self.table)
        for row in rows:
            keys[row.index] = (row.subject.pk, row.day.year)
        self.table.refuse_twice(keys, self.whose, "一年只留一行")
        if self.survey.is_of_households:
            self._check_known(rows)
        return rows

    def _row(self, index: int) -> ResponseRow | None:
        subject, day = self.subjects[index], self.table.get("surveyed_on", index)
        self._check_version(index)
        if subject is None:
            return None
        if day is None:
            return None
        if not lies_under(subject.place, self.survey.place):
            self.table.error(index, self.whose, f"不归{self.survey}管", "核对这一格和版本")
        self._check_day(index, day)
        return ResponseRow(index, subject, self.cadres[index], day)

    def _check_version(self, index: int) -> None:
        named = self.table.get("version", index)
        if named and not is_named(self.survey, named):
            self.table.error(
                index, "version", f"前面的行是 {edition_of(self.survey)}", "一个文件只放一个版本，分开传"
            )

    def _check_day(self, index: int, day: date) -> None:
        problem, cadre = problem_of_day(day), self.cadres[index]
        if problem:
            self.table.refuse(index, "surveyed_on", problem)
        elif cadre and cadre["left_on"] and day > cadre["left_on"]:
            left = f"{cadre['name']} {cadre['left_on']:%Y-%m-%d} 已离岗"
            self.table.error(index, "surveyed_on", left, "核对日期和调查人")

    def _refuse_undated(self) -> None:
        """Refuse filled rows without a date; skip those with only the pre-filled answers of last time."""
        codes = [item.code for item in self.survey.form.asked if not item.calculation]
        given: dict[int, dict[str, Any]] = {}
        for index in self.table.sound():
            if self.table.get("surveyed_on", index) is None:
                cells = {code: self.table[code][index] for code in codes}
                given[index] = {c: v for c, v in cells.items() if v is not NOTHING and v is not CLEAR}
        rows = {index: found.pk for index in given if given[index] and (found := self.subjects[index])}
        last = earlier_answers(self.survey, rows.values())
        for index, pk in rows.items():
            before = last[pk][-1][1] if pk in last else {}
            if any(before.get(code) != answer for code, answer in given[index].items()):
                self.table.error(index, "surveyed_on", *NO_DAY)

    def _check_known(self, rows: Iterable[ResponseRow]) -> None:
        """Check that pre-filled facts still stand beside the right household, in case rows were sorted
        wrongly.
        """
        table = self.table
        heads: dict[int, str] = {}
        if table.has("head_name"):
            pks = {row.subject.pk for row in rows}
            heads = {
                m["household_id"]: m["name"]
                for m in rows_in(Member.objects.heads(), "household_id", pks, "household_id", "name")
            }
        for row in rows:
            household: Household = row.subject
            name, size = table.get("head_name", row.index), table.get("size", row.index)
            head = heads.get(household.pk, name)
            if name and name != head:
                table.error(row.index, "head_name", f"系统里这户的户主是{head}", "核对户编号，别把行错开")
            if size and size != household.size and counts_members(table, row.index):
                why = f"系统里是 {household.size} 人，会改成 {size} 人"
                table.warn(row.index, "size", why, "不是的就改这一格")
            elif size and size != household.size:
                table.warn(
                    row.index, "size", f"系统里是 {household.size} 人，按它核对", "不对就先改户的人口和成员"
                )
            if why := problem_of_row(household, row.day):
                table.refuse(row.index, "surveyed_on", why)
            elif household.status != Status.OPEN:
                table.warn(row.index, self.whose, f"这户已{Status(household.status).label}")

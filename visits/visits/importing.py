"""走访 as a sheet: a diary or ledger kept elsewhere, one visit per row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from core.cells import clean_words, one_line
from core.chunked_queries import records_in, rows_in
from core.dates import clean_date
from core.importing.columns import SheetColumn, field_column
from core.importing.model_plan import refuse_outside
from core.importing.planning import Plan
from core.importing.sheet import ImportSheet
from core.importing.table import Table
from core.places import under
from core.word_lists import split_words
from households.closing import problem_of_row
from households.importing.naming import NamedHouseholds, household_columns
from households.models import Household
from units.days import month_of, problem_of_day
from units.finding import Cadres, cadre_columns, find_units
from units.models import Cadre
from units.unit_history import Postings
from villages.models import Village
from visits.models import Visit, VisitCompanion, recorded_late
from visits.visits.companions import KEY, Companions
from visits.visits.outing import COLUMNS
from visits.visits.rules import NEED_HOUSEHOLD, problem_of_card, problem_of_nights

CONTENT = (
    "id",
    "cadre_id",
    "visited_on",
    "household_id",
    "village_id",
    "kind",
    "content",
    "nights",
    "voided_on",
)
NAMES = ("name", "phone", "staff_no")
"""By what a sheet names a companion."""
DEFAULTS = {field.name: field.get_default() for field in Visit._meta.fields if field.name in COLUMNS}
"""What an empty cell means, by column."""


class VisitSheet(ImportSheet):
    key, label, main = "visits", "走访", Visit
    needed = False
    intro = (
        "一行一名干部一天走访一户（或一个村）。同一干部、同一天、同一户、内容一样的，是同一条，不会重复记。"
    )
    after = ("cadres", "households")
    either = (("phone", "staff_no", "name"),)
    computed = "代录|标记"

    def declare(self) -> Iterable[SheetColumn]:
        return [
            *cadre_columns(),
            field_column(
                Visit,
                "visited_on",
                required=True,
                aliases=("日期", "走访时间", "入户日期", "入户时间", "时间"),
                clearable=False,
            ),
            *household_columns(
                "身份证号", "身份证号码", heads=("贫困户姓名", "农户姓名", "走访对象", "走访户")
            ),
            field_column(Visit, "kind", aliases=("走访方式", "方式"), clearable=False),
            field_column(
                Visit, "reasons", clean=lambda value: clean_words(value, 60), aliases=("走访缘由", "事由")
            ),
            field_column(Visit, "topics", clean=lambda value: clean_words(value, 40), aliases=("八送",)),
            field_column(
                Visit, "card_given", aliases=("连心卡", "连心卡发放", "发放民情连心卡"), clearable=False
            ),
            field_column(
                Visit,
                "content",
                required=True,
                aliases=("走访内容", "走访情况", "内容", "民情日记"),
                clearable=False,
            ),
            field_column(Visit, "nights"),
            field_column(Visit, "promised_on", clean=clean_date),
            field_column(Visit, "promise"),
            SheetColumn(
                KEY,
                str(VisitCompanion._meta.verbose_name),
                lambda value: clean_words(value, 200),
                help="本单位的同事，几个人之间用顿号；有同名的写手机号",
                aliases=("同行人员", "同行干部", "一同走访", "陪同人员"),
                clearable=False,
            ),
        ]

    def plan(self, table: Table, plan: Plan) -> None:
        _Visits(table, plan).run()


class _Visits:
    """One check of one sheet."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.table, self.plan = table, plan
        units = find_units(table, plan)
        cadres = Cadres(table, plan, units)
        self.named = named = NamedHouseholds(table, plan, "visited_on")
        self.households = [named.find(i) if named.named(i) else None for i in range(len(table))]
        self.villages = named.villages
        self.cadres = [
            cadres.find(i, units[i], self._visitors) if not table.wrong(i) else None
            for i in range(len(table))
        ]

    def run(self) -> None:
        for index in list(self.table.sound()):
            self._check(index)
        keys = [None if self.table.wrong(index) else self._key(index) for index in range(len(self.table))]
        stored = self._stored()
        # What is stored twice, an exported list holds twice.
        fresh_keys = [None if key in stored else key for key in keys]
        self.table.refuse_twice(fresh_keys, "content", "同一次走访只留一行")
        fresh = []
        for index in list(self.table.sound()):
            found = stored.get(keys[index])
            if found is None:
                fresh.append(index)
                continue
            self.plan.rows[index] = found["id"]
            if found["voided_on"]:
                self.table.warn(index, "content", "这条在系统里已作废，没有再记")
        self._compare_companions(keys, stored)
        self._plan_new(fresh)

    def _compare_companions(self, keys: Sequence[Any], stored: Mapping[Any, dict[str, Any]]) -> None:
        """Report stored visits that the sheet gives other companions: a stored visit is not changed."""
        given = {
            index: set(split_words(names))
            for index in self.table.sound()
            if keys[index] in stored and (names := self.table.get(KEY, index, ""))
        }
        if not given:
            return
        pks = {pk for index in given for pk in self.alike[keys[index]]}
        known: dict[int, list[set[str]]] = defaultdict(list)
        columns = [f"cadre__{name}" for name in NAMES]
        for row in rows_in(VisitCompanion.objects.all(), "visit", pks, "visit", *columns):
            known[row["visit"]].append({row[column] for column in columns})
        for index, names in given.items():
            if not any(_same_people(names, known[pk]) for pk in self.alike[keys[index]]):
                self.table.warn(
                    index, KEY, "和系统里这条的同去的人不同，没有改", "要改就在这条走访的页面上改"
                )

    def _check(self, index: int) -> None:
        table = self.table
        if not table.require(index, "visited_on", "content"):
            return
        day, cadre = table.get("visited_on", index), self.cadres[index]
        promised = table.get("promised_on", index)
        table.refuse(index, "visited_on", problem_of_day(day))
        if promised and promised <= day:
            table.error(index, "promised_on", "要晚于这次走访", "核对日期，没有约就空着")
        if cadre and cadre["left_on"] and day > cadre["left_on"]:
            table.error(
                index, "visited_on", f"{cadre['name']} {cadre['left_on']:%Y-%m-%d} 已离岗", "核对日期和干部"
            )
        self._check_place(index)

    def _check_place(self, index: int) -> None:
        household, village, cadre = self.households[index], self.villages[index], self.cadres[index]
        kind, day = self.table.get("kind", index, Visit.Kind.HOME.value), self.table.get("visited_on", index)
        if household is None and kind in NEED_HOUSEHOLD:
            label = Visit.Kind(kind).label
            self.table.error(index, "no", f"“{label}”要写是哪一户", "填户编号，或改“做什么”一列")
        self.table.refuse(index, "nights", problem_of_nights(kind, self.table.get("nights", index, 0)))
        if self.table.get("card_given", index, False):
            self.table.refuse(index, "card_given", problem_of_card(kind, at_household=bool(household)))
        if household:
            self.table.refuse(index, "visited_on", problem_of_row(household, day))
        if household is None and village is None and cadre:
            refuse_outside(self.plan, index, "village", cadre["place"])

    def _visitors(self, index: int) -> set[int]:
        """Return the cadres at work on that day: of two with one name and unit, the row means the one of
        that day.
        """
        household, village = self.households[index], self._village(index)
        place = (household.pk if household else None, village.pk if village else None)
        return self.known_visitors[(self.table.get("visited_on", index), *place)]

    @cached_property
    def known_visitors(self) -> dict[tuple[Any, ...], set[int]]:
        """Return known visitors by day, household and village."""
        visitors: dict[tuple[Any, ...], set[int]] = defaultdict(set)
        days = {day for day in self.table["visited_on"] if isinstance(day, date)}
        visits = Visit.objects.filter(under(self.plan.by.place))
        for visit in rows_in(visits, "visited_on", days, "visited_on", "household", "village", "cadre"):
            visitors[visit["visited_on"], visit["household"], visit["village"]].add(visit["cadre"])
        return visitors

    def _village(self, index: int) -> Village | None:
        household = self.households[index]
        return household.village if household else self.villages[index]

    def _key(self, index: int) -> tuple[Any, ...]:
        """Return what makes two rows the same visit."""
        cadre, household, village = self.cadres[index], self.households[index], self._village(index)
        return (
            cadre and cadre["id"],
            self.table.get("visited_on", index),
            household and household.pk,
            village and village.pk,
            self.table.get("kind", index, Visit.Kind.HOME.value),
            self.table.get("content", index),
        )

    def _stored(self) -> dict[Any, dict[str, Any]]:
        """Return stored visits of these cadres and days by key; collect nights on the side."""
        days = [day for day in (self.table.get("visited_on", i) for i in self.table.sound()) if day]
        self.slept: set[tuple[int, Any]] = set()
        self.alike: dict[Any, set[int]] = defaultdict(set)
        if not days:
            return {}
        between = Visit.objects.filter(visited_on__range=(min(days), max(days)))
        cadres = {cadre["id"] for cadre in self.cadres if cadre}
        stored: dict[Any, dict[str, Any]] = {}
        for visit in rows_in(between, "cadre_id", cadres, *CONTENT):
            # On a page a text keeps its lines, in a sheet it is one.
            key = (*(visit[name] for name in CONTENT[1:6]), one_line(visit["content"]))
            self.alike[key].add(visit["id"])
            if key not in stored or stored[key]["voided_on"]:
                stored[key] = visit
            if visit["nights"] and not visit["voided_on"]:
                self.slept.add((visit["cadre_id"], visit["visited_on"]))
        return stored

    def _nights(self, index: int, cadre: int) -> int:
        """Count a night once per cadre and date, in the sheet and in the database."""
        nights = self.table.get("nights", index, 0)
        evening = (cadre, self.table.get("visited_on", index))
        if nights and evening in self.slept:
            self.table.warn(index, "nights", "这一夜已经记在另一条上，这条记 0 夜")
            return 0
        if nights:
            self.slept.add(evening)
        return int(nights)

    def _plan_new(self, fresh: list[int]) -> None:
        if not fresh:
            return
        rows = list(self._rows(fresh))
        visits = [
            (index, row["cadre_id"], row["unit_id"], row["visited_on"])
            for index, row in zip(fresh, rows, strict=True)
        ]
        companions = Companions(self.table, visits)
        self.plan.create(Visit, fresh, {name: [row[name] for row in rows] for name in rows[0]})
        households = [household for household in (self.households[index] for index in fresh) if household]
        self.plan.lean(Household, {household.pk: household.version for household in households})
        companions.plan(self.plan, fresh, {index: day for index, _, _, day in visits})
        cadres = [cadre for cadre in (self.cadres[index] for index in fresh) if cadre]
        self.plan.lean(Cadre, {cadre["id"]: cadre["version"] for cadre in cadres})

    def _rows(self, fresh: list[int]) -> Iterable[dict[str, Any]]:
        table, now = self.table, timezone.now()
        pks = {cadre["id"] for cadre in (self.cadres[index] for index in fresh) if cadre}
        people = {cadre.pk: cadre for cadre in records_in(Cadre.objects.all(), "pk", pks)}
        postings = Postings(list(people.values()), min(table.get("visited_on", index) for index in fresh))
        for index in fresh:
            cadre, household, village = self.cadres[index], self.households[index], self._village(index)
            assert cadre is not None
            day = table.get("visited_on", index)
            unit, rank = postings.on(people[cadre["id"]], day)
            yield {
                "cadre_id": cadre["id"],
                "unit_id": unit,
                "rank": rank,
                "household_id": household.pk if household else None,
                "village_id": village.pk if village else None,
                "visited_on": day,
                "month": month_of(day),
                "nights": self._nights(index, cadre["id"]),
                "reasons": table.get("reasons", index, ""),
                "topics": table.get("topics", index, ""),
                "card_given": table.get("card_given", index, False),
                **{name: table.get(name, index, default) for name, default in DEFAULTS.items()},
                "entered_by_id": self.plan.by.pk,
                "is_late": recorded_late(day, now),
                "place": village.code if village else cadre["place"],
            }


def _same_people(given: set[str], stored: Sequence[set[str]]) -> bool:
    """Return whether each companion is named, by name or number, and nobody else."""
    return len(given) == len(stored) and all(names & given for names in stored)

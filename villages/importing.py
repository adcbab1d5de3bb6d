"""Import sheets of 村 (villages) and 联村 (unit–village pairings)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from core.cells import clean_name
from core.importing.columns import SheetColumn, field_column
from core.importing.model_plan import Drafts, put, refuse_outside, warn_of_new_name
from core.importing.planning import Plan
from core.importing.sheet import Created, ImportSheet
from core.importing.table import Table
from core.places import TOWN
from units.ceilings import village_ceilings
from units.days import problem_of_day
from units.division_names import NamedDivisions
from units.finding import find_units, given_values
from units.models import Division, Unit, today
from units.paired_places import forget_reach, note_reach
from villages.finding import find_villages, village_code, village_columns
from villages.models import Village, VillagePairing
from villages.naming import kind_of, short_name

NO_START = "不知道从哪天起，就算不出欠几次"
"""Why a new pairing needs its start date."""
STARTED = ("开始时间", "结对时间", "结对日期", "联村时间", "帮扶开始时间")
"""Other headings of the start date of a pairing."""


def village_name(value: Any) -> str:
    """Shorten a village name to everyday use: 大庄村民委员会 → 大庄村."""
    return short_name(clean_name(value, 40))


class VillageSheet(ImportSheet):
    key, label, main = "villages", "村", Village
    computed = "联村单位|在册户|已结对户"
    intro = "一行一个村或社区，按 12 位村级代码认。"
    counter = "个"
    after = ("divisions",)

    def declare(self) -> Iterable[SheetColumn]:
        return [
            field_column(
                Village,
                "code",
                clean=village_code,
                required=True,
                identifies=True,
                of_one_row=True,
                aliases=("村代码", "行政村代码", "统计用区划代码", "代码"),
            ),
            field_column(
                Village,
                "name",
                clean=village_name,
                required=True,
                aliases=("村", "村名称", "行政村", "行政村名称"),
            ),
            SheetColumn(
                "town",
                "乡镇",
                clean_name,
                help="核对用，乡镇由代码前 9 位定",
                aliases=("所在乡镇", "乡镇名称"),
                clearable=False,
            ),
            field_column(Village, "kind", clearable=False),
            field_column(Village, "is_poor", aliases=("是否贫困村",), clearable=False),
            field_column(Village, "ended_on"),
            field_column(
                Village, "merged_into", key="merged_into", clean=village_code, help="并入的村的代码"
            ),
        ]

    def plan(self, table: Table, plan: Plan) -> None:
        codes = [table.get("code", i) for i in range(len(table))]
        table.refuse_twice(codes, "code", "一个村只留一行")
        towns = {d.code: d for d in Division.objects.filter(level=Division.Level.TOWN)}
        wanted = given_values(table, "code") | given_values(table, "merged_into")
        stored = {
            village.code: village
            for village in Village.objects.select_related("division").filter(code__in=wanted)
        }
        drafts, names = Drafts(plan, Village), NamedDivisions(plan.by.place)
        for index in list(table.sound()):
            if table.require(index, "code") and not refuse_outside(plan, index, "code", codes[index]):
                town = towns.get(codes[index][:TOWN])
                _refuse_other_town(table, index, town, names)
                self._draft(table, plan, drafts, index, town, stored)
        for index, record, _ in drafts.drafts:
            if table.get("merged_into", index) and record.merges_into_itself():
                table.error(index, "merged_into", "绕了一圈又并回这个村", "核对并入的村")
        drafts.finish()

    def _draft(
        self,
        table: Table,
        plan: Plan,
        drafts: Drafts,
        index: int,
        town: Division | None,
        stored: dict[str, Village],
    ) -> None:
        code = table.get("code", index)
        if town is None:
            table.error(index, "code", f"没有代码是 {code[:TOWN]} 的乡镇", "核对代码，或先导入行政区划")
            return
        found = stored.get(code)
        if found is None and not table.require(index, "name"):
            return
        record = drafts.start(index, found)
        warn_of_new_name(table, index, "name", found)
        record.division = town
        plan.lean(Division, {town.pk: town.version})
        if found is None:
            record.kind = kind_of(table.get("name", index))
        put(record, table, index, ["code", "name", "kind", "is_poor", "ended_on"])
        into = table.get("merged_into", index)
        if into and into not in stored:
            table.error(index, "merged_into", "没有这个代码的村", "先导入并入的村，再填这一格")
        elif into:
            record.merged_into = stored[into]
        if record.merged_into_id and not record.ended_on:
            table.error(index, "ended_on", "并入别村的村要填撤并日期", "补上撤并日期")


class VillagePairingSheet(ImportSheet):
    key, label, main = "village_pairings", "联村", VillagePairing
    computed = "在村里联的户"
    intro = "一行一个单位联一个村。填了结束日期的，是结束了的联村。"
    after = ("units", "villages")
    either = (("village", "village_code"),)
    traces = ("unit_id", "place")

    def declare(self) -> Iterable[SheetColumn]:
        return [
            SheetColumn("unit", "单位", clean_name, required=True, help="单位全称或简称", clearable=False,
                   aliases=("联村单位", "单位全称", "单位名称", "帮扶单位", "双联单位")),
            *village_columns(),
            field_column(VillagePairing, "started_on", aliases=STARTED, clearable=False, missing=NO_START),
            field_column(VillagePairing, "ended_on"),
            field_column(VillagePairing, "end_reason"),
        ]  # fmt: skip

    def plan(self, table: Table, plan: Plan) -> None:
        units, villages = find_units(table, plan), find_villages(table, plan)
        stored = _stored_pairings(units)
        drafts = Drafts(plan, VillagePairing)
        taken: dict[Any, int] = {}
        for index in list(table.sound()):
            unit, village = units[index], villages[index]
            if unit is None or village is None:
                table.require(index, "unit")
                continue
            self._draft(table, plan, drafts, index, (unit, village), stored[unit.pk, village.pk], taken)
        drafts.finish()
        _warn_over_ceiling(table, plan, drafts)
        fresh = [
            (r.unit_id, r.village_id) for i, r, was in drafts.drafts if was is None and not table.wrong(i)
        ]
        ending = {(r.unit_id, r.village_id) for _, r, was in drafts.drafts if was and r.ended_on}
        plan.absent(VillagePairing, ["unit_id", "village_id"], set(fresh) - ending, ended_on=None)

    def _draft(
        self,
        table: Table,
        plan: Plan,
        drafts: Drafts,
        index: int,
        pair: tuple[Unit, Village],
        stored: list[VillagePairing],
        taken: dict[Any, int],
    ) -> None:
        unit, village = pair
        if said_before(table, index, "unit", (unit.pk, village.pk), taken):
            return
        found = match_period(table, index, stored)
        if found:
            stored.remove(found)
        record = drafts.start(index, found)
        record.unit, record.village = unit, village
        plan.lean(Unit, {unit.pk: unit.version})
        plan.lean(Village, {village.pk: village.version})
        if found is None:
            table.decide(index, "started_on")
        put(record, table, index, ["started_on", "ended_on", "end_reason"])
        check_period(table, index, record.started_on, record.ended_on)

    def after_insert(self, created: Created) -> None:
        note_reach(
            (row["unit_id"], None, row["place"]) for row in created.get(VillagePairing._meta.label_lower, [])
        )

    def after_undo(self, gone: list[dict[str, Any]]) -> None:
        reached = {(row["unit_id"], None, row["place"]) for row in gone}
        left = VillagePairing.objects.filter(unit__in={row["unit_id"] for row in gone})
        pairs = left.values_list("unit_id", "place").distinct()
        forget_reach(reached, ((unit, None, place) for unit, place in pairs))


def _refuse_other_town(table: Table, index: int, town: Division | None, names: NamedDivisions) -> None:
    named = table.get("town", index)
    if named and town and town.pk not in {division.pk for division in names.fitting(named)}:
        table.error(index, "town", f"代码前 9 位是{town.name}的", "核对乡镇和村级代码")


def _stored_pairings(units: Iterable[Unit | None]) -> dict[tuple[int, int], list[VillagePairing]]:
    stored: dict[tuple[int, int], list[VillagePairing]] = defaultdict(list)
    of_units = VillagePairing.objects.select_related("unit", "village").order_by("started_on")
    for pairing in of_units.filter(unit__in={unit.pk for unit in units if unit}):
        stored[pairing.unit_id, pairing.village_id].append(pairing)
    return stored


def match_period(table: Table, index: int, stored: Iterable[Any]) -> Any:
    """Return the stored pairing that a row means: with the same start, else the same end, else the open
    one.
    """
    started, ended = table.get("started_on", index), table.get("ended_on", index)
    same_start = [p for p in stored if started and p.started_on == started]
    same_end = [p for p in stored if ended and p.ended_on == ended and not started]
    still_open = [p for p in stored if p.ended_on is None and (ended is None or p.started_on <= ended)]
    found = same_start or same_end or still_open
    return found[-1] if found else None


def said_before(table: Table, index: int, key: str, pair: tuple[Any, ...], taken: dict[Any, int]) -> bool:
    """Return whether an earlier row gives the same pair for the same period, or both as still open."""
    started, ended = table.get("started_on", index), table.get("ended_on", index)
    said = (*pair, started if ended else None, ended)
    if said in taken:
        for one, two in ((index, taken[said]), (taken[said], index)):
            table.error(one, key, f"和第 {table.numbers[two]} 行相同", "同一对结对只留一行")
        return True
    taken[said] = index
    return False


def check_period(table: Table, index: int, started_on: date, ended_on: date | None) -> None:
    for key, day in (("started_on", started_on), ("ended_on", ended_on)):
        if day:
            table.refuse(index, key, problem_of_day(day))
    if table.get("end_reason", index) and not ended_on:
        table.error(index, "end_reason", "写了结束原因，没有结束日期", "补上结束日期，没有结束就空着")
    if ended_on and ended_on < started_on:
        table.error(index, "ended_on", f"早于开始日期 {started_on:%Y-%m-%d}", "核对两个日期")


def _warn_over_ceiling(table: Table, plan: Plan, drafts: Drafts) -> None:
    most = village_ceilings(plan.by.place, today())
    still_open = VillagePairing.objects.current().values_list("unit_id", flat=True)
    counts = Counter(still_open)
    for index, record, was in drafts.drafts:
        if table.wrong(index) or record.ended_on:
            continue
        if was is None:
            counts[record.unit_id] += 1
        limit = most.of(unit=record.unit_id)
        if was is None and limit is not None and counts[record.unit_id] > limit:
            table.warn(index, "unit", f"联了 {counts[record.unit_id]} 个村，超过要求的 {limit} 个")

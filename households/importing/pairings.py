"""Import sheet of 联户: one row is a cadre paired with a household."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from core.cells import Cell
from core.chunked_queries import records_in
from core.importing.columns import SheetColumn, field_column, heading_key
from core.importing.heading import HeadingRow
from core.importing.model_plan import Drafts, put
from core.importing.planning import Plan
from core.importing.sheet import Created, ImportSheet
from core.importing.table import Table
from households.choices import PairingKind
from households.closing import problem_of_row
from households.importing.naming import NAMED_BY, NamedHouseholds, household_columns
from households.importing.roster_headings import likely_heading, phones_told_apart, roster_or
from households.models import Household, HouseholdPairing
from units.ceilings import household_ceilings
from units.finding import Cadres, cadre_columns, find_units
from units.models import Cadre, today
from units.paired_places import forget_reach, note_reach
from units.roles import Rank
from villages.importing import NO_START, STARTED, check_period, match_period, said_before
from villages.models import VillagePairing

HEADS = ("贫困户", "贫困户姓名", "农户姓名", "联系户", "结对户", "帮扶户", "帮扶对象")
"""Other headings of the head's name beside a cadre's."""
BEGUN = (*STARTED, "联户时间", "联户日期", "联系时间", "帮扶时间")
PERIOD = ("started_on", "ended_on", "end_reason")


class HouseholdPairingSheet(ImportSheet):
    key, label, main = "household_pairings", "联户", HouseholdPairing
    computed = "级别"
    intro = "一行一名干部联一户。填了结束日期的，是结束了的联户。"
    after = ("cadres", "households")
    traces = ("unit_id", "cadre_id", "place")
    either = (*NAMED_BY, ("phone", "staff_no", "name"))

    def declare(self) -> Iterable[SheetColumn]:
        return [
            *cadre_columns(),
            *household_columns("身份证号", "身份证号码", heads=HEADS),
            field_column(HouseholdPairing, "kind", aliases=("方式", "结对类型"), clearable=False),
            field_column(HouseholdPairing, "started_on", aliases=BEGUN, clearable=False, missing=NO_START),
            field_column(HouseholdPairing, "ended_on"),
            field_column(HouseholdPairing, "end_reason"),
        ]

    def fitted(
        self, place: str, rows: Sequence[Sequence[Cell]] = (), heading: HeadingRow | None = None
    ) -> ImportSheet:
        return roster_or(self, rows, heading) if heading else self

    def told_apart(self, texts: dict[int, str]) -> dict[int, str]:
        """A phone between the head and the cadre is the household's, which this sheet does not take."""
        heads = [
            place for place, text in texts.items() if heading_key(text) in self.columns["head_name"].spellings
        ]
        behind_head = {place: text for place, text in texts.items() if heads and place > heads[0]}
        cadre = self.columns["name"].spellings
        return texts | phones_told_apart(behind_head, cadre, before="户主联系电话")

    def widened(self, rows: Sequence[Sequence[Cell]]) -> ImportSheet | None:
        found = roster_or(self, rows, likely_heading(rows))
        return found if found is not self else None

    def plan(self, table: Table, plan: Plan) -> None:
        named = NamedHouseholds(table, plan, "ended_on")
        PairingCheck(table, plan, [named.find(index) for index in range(len(table))], named.whose).run()

    def after_insert(self, created: Created) -> None:
        rows = created.get(HouseholdPairing._meta.label_lower, [])
        note_reach((row["unit_id"], row["cadre_id"], row["place"]) for row in rows)

    def after_undo(self, gone: list[dict[str, Any]]) -> None:
        left = HouseholdPairing.objects.filter(unit__in={row["unit_id"] for row in gone})
        reached = ((row["unit_id"], row["cadre_id"], row["place"]) for row in gone)
        forget_reach(reached, left.values_list("unit_id", "cadre_id", "place").distinct())


class PairingCheck:
    """The check of one sheet. Open pairings are tracked row by row, so one row may end what another begins.

    `whose` gives the column by which a row names its household.
    """

    def __init__(
        self,
        table: Table,
        plan: Plan,
        households: Sequence[Household | None],
        whose: Callable[[int], str],
    ) -> None:
        self.table, self.plan = table, plan
        self.households, self.whose = households, whose
        units = find_units(table, plan)
        cadres = Cadres(table, plan, units)
        self.drafts = Drafts(plan, HouseholdPairing)
        self.stored: dict[int, list[HouseholdPairing]] = defaultdict(list)
        of_households = HouseholdPairing.objects.select_related("cadre", "unit").order_by("started_on")
        pks = {household.pk for household in self.households if household}
        for pairing in records_in(of_households, "household_id", pks):
            self.stored[pairing.household_id].append(pairing)
        self.cadres = [
            cadres.find(i, units[i], self._holders) if not table.wrong(i) else None for i in range(len(table))
        ]
        self.open = {
            (p.household_id, p.kind): p for rows in self.stored.values() for p in rows if not p.ended_on
        }
        self.by_row: dict[int, int] = {}
        self.taken: dict[Any, int] = {}

    def _holders(self, index: int) -> set[int]:
        """Return current and former cadres of the household, to choose between two of one name and unit."""
        household = self.households[index]
        return {pairing.cadre_id for pairing in self.stored[household.pk]} if household else set()

    def run(self) -> None:
        rows = list(self.table.sound())
        # Process ends first: they free a household for another cadre.
        for index in sorted(rows, key=lambda row: self.table.get("ended_on", row) is None):
            household, cadre = self.households[index], self.cadres[index]
            if household and cadre:
                self._draft(index, household, cadre)
        self.drafts.drafts.sort(key=lambda draft: draft[0])
        self.drafts.finish()
        self._warn_over_ceiling()
        self._warn_of_other_units()
        fresh = [(p.household_id, p.kind) for p in self.drafts.fresh() if p.ended_on is None]
        self.plan.absent(
            HouseholdPairing, ["household_id", "kind"], set(fresh) - self._ended(), ended_on=None
        )

    def _draft(self, index: int, household: Household, cadre: dict[str, Any]) -> None:
        kind = self.table.get("kind", index)
        pair = (household.pk, cadre["id"], kind)
        if said_before(self.table, index, self.whose(index), pair, self.taken):
            return
        own = [p for p in self.stored[household.pk] if p.cadre_id == cadre["id"] and kind in (None, p.kind)]
        found = match_period(self.table, index, own)
        if found is None and not self._may_begin(index, household, cadre, kind or PairingKind.HELP.value):
            return
        self._refuse_after_closing(index, household, found)
        record = self.drafts.start(index, found)
        if found is None:
            record.cadre_id, record.unit_id, record.rank = cadre["id"], cadre["unit_id"], cadre["rank"]
            self.plan.lean(Cadre, {cadre["id"]: cadre["version"]})
            self.plan.lean(Household, {household.pk: household.version})
        else:
            self.stored[household.pk].remove(found)
        record.household = household
        if found is None:
            self.table.decide(index, "started_on")
        put(record, self.table, index, ["kind", *PERIOD])
        check_period(self.table, index, record.started_on, record.ended_on)
        self._follow(index, record)

    def _refuse_after_closing(self, index: int, household: Household, found: HouseholdPairing | None) -> None:
        """Refuse a pairing that lasts beyond the closing day of its household."""
        ended = self.table.get("ended_on", index, found.ended_on if found else None)
        if found is None or ended != found.ended_on:
            self.table.refuse(index, "ended_on", problem_of_row(household, ended))

    def _may_begin(self, index: int, household: Household, cadre: dict[str, Any], kind: str) -> bool:
        if self.table.get("ended_on", index):
            return True
        whose, other = self.whose(index), self.open.get((household.pk, kind))
        if other is not None:
            label = PairingKind(kind).label
            who = self.by_row.get(id(other))
            named = f"第 {self.table.numbers[who]} 行" if who is not None else f"{other.unit}{other.cadre}"
            self.table.error(index, whose, f"这户已有{label}干部：{named}", "先结束原来的，或改结对方式")
            return False
        own = (self.open.get((household.pk, each)) for each in PairingKind.values)
        if any(pairing and pairing.cadre_id == cadre["id"] for pairing in own):
            self.table.error(index, whose, "这名干部已经联着这户", "一名干部联一户只用一种方式")
            return False
        if cadre["left_on"]:
            self.table.error(index, "name", f"{cadre['name']}已离岗", "换一名在岗的干部")
            return False
        return True

    def _follow(self, index: int, record: HouseholdPairing) -> None:
        """Update `open` to the state after this row."""
        key = (record.household_id, record.kind)
        if record.ended_on is None:
            self.open[key] = record
            self.by_row[id(record)] = index
        elif self.open.get(key) is record:
            del self.open[key]

    def _ended(self) -> set[tuple[int, str]]:
        """Return the pairings that this plan ends, which must still be open at the time of the import."""
        return {(r.household_id, r.kind) for _, r, was in self.drafts.drafts if was and r.ended_on}

    def _warn_over_ceiling(self) -> None:
        most = household_ceilings(self.plan.by.place, today())
        if not most.rows:
            return
        cadres = {cadre["id"]: cadre for cadre in self.cadres if cadre}
        still_open = records_in(HouseholdPairing.objects.current(), "cadre_id", cadres)
        counts = Counter(pairing.cadre_id for pairing in still_open)
        for index, record, was in self.drafts.drafts:
            if was or record.ended_on or self.table.wrong(index):
                continue
            cadre = cadres[record.cadre_id]
            counts[record.cadre_id] += 1
            limit = most.of(cadre["rank"], cadre["unit_id"])
            if limit is not None and counts[record.cadre_id] > limit:
                rank = Rank(cadre["rank"]).label
                why = f"{cadre['name']}联了 {counts[record.cadre_id]} 户，超过{rank}干部的上限 {limit} 户"
                self.table.warn(index, self._cadre_key(), why)

    def _warn_of_other_units(self) -> None:
        pairs = set(VillagePairing.objects.current().values_list("unit_id", "village_id"))
        for index, record, was in self.drafts.drafts:
            household, cadre = self.households[index], self.cadres[index]
            if was or record.ended_on or self.table.wrong(index) or not household or not cadre:
                continue
            if (record.unit_id, household.village_id) not in pairs:
                why = f"{cadre['unit__name']}没有联{household.village.name}"
                self.table.warn(index, self._cadre_key(), why, "核对是不是这个单位的干部")

    def _cadre_key(self) -> str:
        return next((key for key in ("phone", "staff_no", "name") if self.table.has(key)), "name")

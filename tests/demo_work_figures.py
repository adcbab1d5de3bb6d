"""Counts projects, plans, activities, leaves and families away, as in docs/demo-data.md."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from demo.season import DAYS
from tests.demo_field_figures import Table, shares_of
from villages.models import FundSource, Project, VillageNote
from visits.activities.rules import MATERIALS
from visits.models import Activity, Visit

MONEY = ("planned", "arranged", "spent")


class WorkFigures:
    """Counts rows as they stream by; `last` is the last day of the demo."""

    def __init__(self, last: date) -> None:
        self.last, self.year = last, last.year
        self.kinds: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.of_village: Counter[int] = Counter()
        self.funds: dict[str, list[Decimal]] = {source: [Decimal(0)] * 3 for source in FundSource}
        self.measures: Counter[tuple[int, bool]] = Counter()
        self.goals: Counter[tuple[int, bool]] = Counter()
        self.notes: Counter[str] = Counter()
        self.paying = 0
        self.meetings: Counter[str] = Counter()
        self.people: Counter[str] = Counter()
        self.materials: Counter[str] = Counter()
        self.held_this_year = 0
        self.leaves: Counter[str] = Counter()
        self.days_off = 0
        self.away: dict[int, tuple[date, date]] = {}
        self.still_away = 0
        self.called: set[int] = set()

    def project(self, row: dict[str, Any]) -> None:
        self.kinds[row["kind"]] += 1
        self.states[row["status"]] += 1
        self.of_village[row["village_id"]] += 1

    def projectfund(self, row: dict[str, Any]) -> None:
        before = self.funds[row["source"]]
        self.funds[row["source"]] = [whole + row[name] for whole, name in zip(before, MONEY, strict=True)]

    def measure(self, row: dict[str, Any]) -> None:
        self.measures[row["year"] - self.year, row["done_on"] is not None] += 1
        self.paying += row["expected_gain"] is not None

    def villagegoal(self, row: dict[str, Any]) -> None:
        self.goals[row["year"] - self.year, row["done_on"] is not None] += 1

    def villagenote(self, row: dict[str, Any]) -> None:
        self.notes[row["kind"]] += 1

    def activity(self, row: dict[str, Any]) -> None:
        self.meetings[row["kind"]] += 1
        self.people[row["kind"]] += row["people"]
        self.held_this_year += (self.last - row["held_on"]).days < DAYS
        self.materials.update({name: row[name] for name in MATERIALS})

    def leave(self, row: dict[str, Any]) -> None:
        self.leaves[row["reason"]] += 1
        self.days_off += (row["ended_on"] - row["started_on"]).days + 1

    def householdaway(self, row: dict[str, Any]) -> None:
        self.still_away += row["ended_on"] is None
        self.away[row["household_id"]] = row["started_on"], row["ended_on"] or self.last

    def visit(self, row: dict[str, Any]) -> None:
        """Note calls to families that are away; the rows of families away come before those of visits."""
        if row["kind"] == Visit.Kind.PHONE and row["household_id"] in self.away:
            since, until = self.away[row["household_id"]]
            if since <= row["visited_on"] <= until:
                self.called.add(row["household_id"])

    def tables(self, rows: Counter[str]) -> dict[str, Table]:
        villages = Counter(min(self.of_village[village + 1], 4) for village in range(rows["Village"]))
        return {
            "每村的项目（%）": shares_of(villages, {n: f"{n} 个" for n in range(5)}),
            "项目的类别（%）": shares_of(self.kinds, dict(Project.Kind.choices)),
            "项目的状态（%）": shares_of(self.states, dict(Project.Status.choices)),
            "项目的资金（万元）": {
                FundSource(source).label: [float(amount) / 10_000 for amount in amounts]
                for source, amounts in self.funds.items()
                if any(amounts)
            },
            "计划和规划（%）": {
                "有帮扶计划的户": [100 * rows["HouseholdPlan"] / rows["Household"]],
                "有预计增收的措施": [100 * self.paying / rows["Measure"]],
                "有发展规划的村": [100 * rows["VillagePlan"] / rows["Village"]],
            },
            "按年完成的（%）": {
                name: [_done(self.measures, year), _done(self.goals, year)]
                for year, name in ((-1, "上一年的"), (0, "今年的"), (1, "明年的"))
            },
            "活动": {
                Activity.Kind(kind).label: [number, self.people[kind] / number]
                for kind, number in sorted(self.meetings.items())
            },
            "宣传用的": {
                Activity._meta.get_field(name).verbose_name: [self.materials[name]] for name in MATERIALS
            }
            | {"一个单位一年的活动": [self.held_this_year / rows["Unit"]]},
            "请假（%）": shares_of(self.leaves, {kind: kind for kind in sorted(self.leaves)}),
            "请假和外出": {
                "请过假的干部，%": [100 * rows["Leave"] / rows["Cadre"]],
                "平均请假天数": [self.days_off / rows["Leave"]],
                "举家外出过的户，%": [100 * len(self.away) / rows["Household"]],
                "其中还没有回来的，%": [100 * self.still_away / len(self.away)],
                "其中打过电话的，%": [100 * len(self.called) / len(self.away)],
            },
            "村记事（%）": shares_of(self.notes, dict(VillageNote.Kind.choices)),
        }


def _done(counter: Counter[tuple[int, bool]], year: int) -> float:
    return 100 * counter[year, True] / (counter[year, True] + counter[year, False])

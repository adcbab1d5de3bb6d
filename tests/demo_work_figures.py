"""Projects of the demo county counted from their rows; docs/demo-data.md has the same tables."""

from collections import Counter
from decimal import Decimal
from typing import Any

from tests.demo_field_figures import Table, shares_of
from villages.models import FundSource, Project

MONEY = ("planned", "arranged", "spent")


class WorkFigures:
    """Counts rows as they pass."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.of_village: Counter[int] = Counter()
        self.funds: dict[str, list[Decimal]] = {source: [Decimal(0)] * 3 for source in FundSource}

    def project(self, row: dict[str, Any]) -> None:
        self.kinds[row["kind"]] += 1
        self.states[row["status"]] += 1
        self.of_village[row["village_id"]] += 1

    def projectfund(self, row: dict[str, Any]) -> None:
        before = self.funds[row["source"]]
        self.funds[row["source"]] = [whole + row[name] for whole, name in zip(before, MONEY, strict=True)]

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
        }

"""Counts the fieldwork of the demo county from its rows; docs/demo-data.md has the same tables."""

from collections import Counter
from datetime import date
from typing import Any

from visits.choices import AssistanceKind, Category
from visits.models import OPEN, ProblemStatus

Table = dict[str, list[float]]
STATES = {
    **{status: status.label for status in ProblemStatus if status not in OPEN},
    "open": "还在办",
    "over": "逾期",
}


class FieldFigures:
    """Counts rows as they stream by; `last` is the last day of the demo."""

    def __init__(self, last: date) -> None:
        self.last = last
        self.states: Counter[str] = Counter()
        self.categories: Counter[str] = Counter()
        self.origins: Counter[str] = Counter()
        self.troubled: set[int] = set()
        self.kinds: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()
        self.helped: set[int] = set()

    def problem(self, row: dict[str, Any]) -> None:
        self.categories[row["category"]] += 1
        origin = "response_id" if row["response_id"] else "visit_id" if row["visit_id"] else "else"
        self.origins[origin] += 1
        if row["household_id"]:
            self.troubled.add(row["household_id"])
        if row["joined_into_id"]:
            self.states["joined"] += 1
        elif row["status"] not in OPEN:
            self.states[row["status"]] += 1
        else:
            self.states["over" if row["due_on"] < self.last else "open"] += 1

    def assistance(self, row: dict[str, Any]) -> None:
        self.kinds[row["kind"]] += 1
        self.sums["items"] += 1
        self.sums["told"] += row["result"] != ""
        for name in ("cash", "goods_value") if row["project_id"] is None else ():
            self.sums[name] += row[name]
        self.sums["loan"] += row["loan"]
        self.sums["of_projects"] += row["goods_value"] if row["project_id"] else 0
        self.sums["people"] += row["people"]

    def assistanceshare(self, row: dict[str, Any]) -> None:
        self.helped.add(row["household_id"])

    def tables(self, households: int) -> dict[str, Table]:
        labels = {**STATES, "joined": "并入别的"}
        origins = {"response_id": "调查表", "visit_id": "走访", "else": "电话"}
        return {
            "诉求的状态（%）": shares_of(self.states, labels),
            "诉求的类别（%）": shares_of(self.categories, dict(Category.choices)),
            "诉求从哪里来（%）": shares_of(self.origins, origins),
            "帮扶实事（%）": shares_of(self.kinds, dict(AssistanceKind.choices)),
            "帮扶实事的金额（万元）": {
                "现金": [float(self.sums["cash"]) / 10_000],
                "物资折款": [float(self.sums["goods_value"]) / 10_000],
                "贷款": [float(self.sums["loan"]) / 10_000],
                "另从项目资金支出的物资": [float(self.sums["of_projects"]) / 10_000],
            },
            "诉求和帮扶的其他比例（%）": {
                "有诉求的户": [100 * len(self.troubled) / households],
                "得过帮扶的户": [100 * len(self.helped) / households],
                "有户里的话的帮扶": [100 * self.sums["told"] / self.sums["items"]],
            },
        }


def shares_of(counter: Counter[str], labels: dict[Any, str]) -> Table:
    whole = counter.total()
    return {str(label): [100 * counter[key] / whole] for key, label in labels.items() if counter[key]}

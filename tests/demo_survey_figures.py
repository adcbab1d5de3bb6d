"""Counts the distributions of the demo's responses from their rows; docs/demo-data.md has the same tables."""

from collections import Counter, defaultdict
from functools import cache
from statistics import quantiles
from typing import Any

from surveys.definition.document import Definition, load
from surveys.definition.presets import preset
from surveys.models import COUNTED, Response

Table = dict[str, list[float]]
HOUSE_ITEMS = {"A02": "05", "A04": 1, "A06": "01", "A07": 1, "A10": "01", "A12": 1, "B11": 1, "C08": 1}
HOUSE_LABELS = {
    "A02": "土坯（土木）房",
    "A04": "危房",
    "A06": "自来水",
    "A07": "饮水困难",
    "A10": "泥土路",
    "A12": "卫生厕所",
    "B11": "生产用电",
    "C08": "加入合作社",
}
COMPARED = ("A02", "A04", "A06", "A07", "A10", "A12", "B16", "D03")
CHOICES = {"B14": "主要收入来源（%）", "C06": "已享受过的扶持（%）", "D03": "最急需解决的困难（%）"}


@cache
def preset_forms() -> tuple[Definition, Definition]:
    return load(preset("household")), load(preset("village"))


class SurveyFigures:
    """Counts responses as they stream by; round 0 belongs to the year before `year`, round 1 to `year`."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.household, self.village = preset_forms()
        self.statuses: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self.chosen: dict[str, tuple[Counter[str], Counter[str]]] = defaultdict(
            lambda: (Counter(), Counter())
        )
        self.incomes: tuple[list[float], list[float]] = ([], [])
        self.of_villages: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
        self.before: dict[int, dict[str, Any]] = {}
        self.turns: dict[str, Counter[int]] = defaultdict(Counter)

    def add(self, row: dict[str, Any]) -> None:
        number = int(row["year"] == self.year)
        if row["household_id"] is None:
            if row["status"] in COUNTED:
                self.of_villages[number].append(row["answers"])
            return
        self.statuses[number][row["status"]] += 1
        if row["status"] in COUNTED:
            self._count(number, row["answers"])
            self._compare(number, row["household_id"], row["answers"])

    def _count(self, number: int, answers: dict[str, Any]) -> None:
        for code, answer in HOUSE_ITEMS.items():
            self.chosen["house"][number][code] += answers.get(code) == answer
        for code in CHOICES:
            self.chosen[code][number].update(answers[code])
        self.incomes[number].extend([answers["B16"]] if "B16" in answers else [])

    def _compare(self, number: int, household: int, answers: dict[str, Any]) -> None:
        if number == 0:
            self.before[household] = {code: answers.get(code) for code in COMPARED}
        elif before := self.before.get(household):
            for code in COMPARED:
                item = self.household.by_code[code]
                self.turns[code][item.turn(before[code], answers.get(code))] += 1

    def tables(self, households: int) -> dict[str, Table]:
        return {
            "调查进度（%）": self._progress(households),
            "住房、水、路（%）": self._shares("house", HOUSE_LABELS),
            "人均纯收入（元）": self._incomes(),
            **{
                title: self._shares(code, self.household.by_code[code].labels)
                for code, title in CHOICES.items()
            },
            "与上次相比（%）": self._turns(),
            "村表": self._of_villages(),
        }

    def _progress(self, households: int) -> Table:
        table = {
            status.label: [100 * counter[status] / households for counter in self.statuses]
            for status in Response.Status
        }
        return table | {"没有调查": [100 - sum(both[n] for both in table.values()) for n in (0, 1)]}

    def _shares(self, key: str, labels: Any) -> Table:
        wholes = [sum(counter[status] for status in COUNTED) for counter in self.statuses]
        return {
            label.replace("(", "（").replace(")", "）"): [
                100 * counter[code] / whole for counter, whole in zip(self.chosen[key], wholes, strict=True)
            ]
            for code, label in labels.items()
        }

    def _incomes(self) -> Table:
        deciles = [quantiles(incomes, n=10) for incomes in self.incomes]
        names = {0: "最低的一成，不到", 4: "中位数", 8: "最高的一成，超过"}
        return {name: [tenths[n] for tenths in deciles] for n, name in names.items()}

    def _turns(self) -> Table:
        """Return the shares of better and worse."""
        return {
            self.household.by_code[code].label: [100 * turns[way] / turns.total() for way in (1, -1)]
            for code, turns in self.turns.items()
        }

    def _of_villages(self) -> Table:
        labels = {"V103": "户数", "V104": "人口", "V107": "贫困户", "V210": "通宽带户", "V409": "饮水困难户"}
        table = {
            f"村均{label}": [sum(a[code] for a in sheets) / len(sheets) for sheets in self.of_villages]
            for code, label in labels.items()
        }
        share = [100 * sum(a["V202"] for a in sheets) / len(sheets) for sheets in self.of_villages]
        middle = [quantiles([a["V301"] for a in sheets], n=2)[0] for sheets in self.of_villages]
        return {"报上的村": [len(sheets) for sheets in self.of_villages], **table} | {
            "到乡镇通沥青（水泥）路的村，%": share,
            "农民人均纯收入，中位数": middle,
        }

"""Counts the distributions of the demo county from its rows; docs/demo-data.md has the same tables."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from core.word_lists import split_words
from demo.county import Batch
from households.choices import Cause, Education, Health, Kind, Labour, MigrantWork, Relation, Schooling, Sex
from tests.demo_field_figures import FieldFigures
from tests.demo_survey_figures import SurveyFigures
from tests.demo_work_figures import WorkFigures
from units.presets import CEILINGS
from units.roles import Rank
from visits.models import Visit

Table = dict[str, list[float]]
AGES = [(0, 5), (6, 14), (15, 29), (30, 44), (45, 59), (60, 64), (65, 79), (80, 120)]


class Figures:
    """Counts batches as they stream by, so that the county need not fit into memory."""

    def __init__(self, last: date) -> None:
        self.year = last.year
        self.rows: Counter[str] = Counter()
        self.count: dict[str, Counter[Any]] = defaultdict(Counter)
        self.rank: dict[int, str] = {}
        self.loads: Counter[int] = Counter()
        self.paired: set[int] = set()
        self.visited: Counter[int] = Counter()
        self.nights = 0
        self.surveys = SurveyFigures(self.year)
        self.field = FieldFigures(last)
        self.work = WorkFigures(last)

    def add(self, batch: Batch) -> None:
        name = batch.model.__name__
        self.rows[name] += len(batch.rows)
        counters = [getattr(self, f"_{name.lower()}", None)]
        counters += [getattr(part, name.lower(), None) for part in (self.field, self.work)]
        for counter in filter(None, counters):
            for row in batch.rows:
                counter(row)

    def _village(self, row: dict[str, Any]) -> None:
        self.count["village"][row["kind"], row["is_poor"]] += 1

    def _cadre(self, row: dict[str, Any]) -> None:
        self.rank[row["id"]] = row["rank"]

    def _household(self, row: dict[str, Any]) -> None:
        self.count["size"][row["size"]] += 1
        self.count["kind"][row["kind"]] += 1
        self.count["cause"][row["main_cause"]] += 1
        self.count["tag"].update(split_words(row["tags"]) or ["没有"])

    def _member(self, row: dict[str, Any]) -> None:
        if row["left_on"]:
            self.count["member"]["left"] += 1
            return
        self.count["member"]["open"] += 1
        age = self.year - 1 - row["born_on"].year
        band = next(band for band in AGES if band[0] <= age <= band[1])
        self.count["age"][band, row["sex"]] += 1
        self.count["relation"][row["relation"]] += 1
        self.count["health"][row["health"]] += 1
        if age >= 16:
            self.count["education"][row["education"]] += 1
            self.count["labour"][row["labour"]] += 1
            self.count["work"][row["migrant_work"]] += 1
        if 6 <= age <= 17:
            self.count["school"][row["schooling"] != Schooling.NONE] += 1

    def _householdpairing(self, row: dict[str, Any]) -> None:
        if row["ended_on"]:
            self.count["pairing"]["ended"] += 1
            return
        self.loads[row["cadre_id"]] += 1
        self.paired.add(row["household_id"])

    def _visit(self, row: dict[str, Any]) -> None:
        day = row["visited_on"]
        self.count["month"][day.month] += 1
        self.count["weekday"][day.weekday()] += 1
        self.count["visit kind"][row["kind"]] += 1
        self.count["reason"].update([row["reasons"] or "没有填"])
        self.count["topic"].update(split_words(row["topics"]) or ["没有勾"])
        self.nights += row["nights"]
        marks = {
            "补录": row["is_late"],
            "作废": "voided_on" in row,
            "同事代录": row["entered_by_id"] != row["cadre_id"],
            "约了下次": row["promised_on"] is not None,
            "只到村": row["household_id"] is None,
            "发放连心卡": row["card_given"],
        }
        self.count["mark"].update(name for name, is_so in marks.items() if is_so)
        if row["household_id"] and row["kind"] != Visit.Kind.PHONE and "voided_on" not in row:
            self.visited[row["household_id"]] += 1

    def _visitcompanion(self, row: dict[str, Any]) -> None:
        self.count["company"][row["visit_id"]] += 1

    def _response(self, row: dict[str, Any]) -> None:
        self.surveys.add(row)

    def tables(self) -> dict[str, Table]:
        return {
            "规模": self._scale(),
            "年龄和性别（%）": self._ages(),
            "家庭人口（%）": shares(self.count["size"], {n: f"{n} 人" for n in range(1, 10)}),
            "与户主关系（%）": shares(self.count["relation"], dict(Relation.choices)),
            "健康状况（%）": shares(self.count["health"], dict(Health.choices)),
            "16 岁起文化程度（%）": shares(self.count["education"], dict(Education.choices)),
            "16 岁起劳动能力（%）": shares(self.count["labour"], dict(Labour.choices)),
            "16 岁起务工情况（%）": shares(self.count["work"], dict(MigrantWork.choices)),
            "贫困户属性（%）": shares(self.count["kind"], dict(Kind.choices)),
            "主要致贫原因（%）": shares(self.count["cause"], dict(Cause.choices)),
            "标记（每百户）": self._each("tag", "Household"),
            "干部联户数（%）": self._loads(),
            "各月走访（%）": shares(self.count["month"], {n: f"{n} 月" for n in range(1, 13)}),
            "星期（%）": shares(self.count["weekday"], dict(enumerate("一二三四五六日"))),
            "走访种类（%）": shares(self.count["visit kind"], dict(Visit.Kind.choices)),
            "走访缘由（%）": shares(self.count["reason"], {}),
            "谈到的八送（每百条走访）": self._each("topic", "Visit"),
            "走访的其他比例（%）": self._marks(),
            "每户一年入户次数（%）": self._times(),
            **self.surveys.tables(self.rows["Household"]),
            **self.field.tables(self.rows["Household"]),
            **self.work.tables(self.rows),
        }

    def _scale(self) -> Table:
        of_rank = Counter(self.rank.values())
        villages = self.count["village"]
        kinds = Counter(kind for kind, _ in villages.elements())
        return {
            "单位": [self.rows["Unit"]],
            "干部": [self.rows["Cadre"]],
            **{f"干部，{Rank(rank).label}": [of_rank[rank]] for rank in Rank},
            "村": [self.rows["Village"]],
            "村，行政村": [kinds["village"]],
            "村，社区": [kinds["community"]],
            "贫困村": [villages["village", True]],
            "贫困户": [self.rows["Household"]],
            "未结对户": [self.rows["Household"] - len(self.paired)],
            "在户的家庭成员": [self.count["member"]["open"]],
            "已离开的家庭成员": [self.count["member"]["left"]],
            "户均人口": [self.count["member"]["open"] / self.rows["Household"]],
            "联村": [self.rows["VillagePairing"]],
            "联户，现在的": [self.loads.total()],
            "联户，已结束的": [self.count["pairing"]["ended"]],
            "走访": [self.rows["Visit"]],
            "同去的人": [self.rows["VisitCompanion"]],
            "住村夜数": [self.nights],
            "答卷": [self.rows["Response"]],
            "诉求": [self.rows["Problem"]],
            "办理经过": [self.rows["ProblemMove"]],
            "帮扶实事": [self.rows["Assistance"]],
            "各户所得": [self.rows["AssistanceShare"]],
            "帮扶项目": [self.rows["Project"]],
            "项目进展": [self.rows["ProjectNote"]],
            "受益户": [self.rows["ProjectBeneficiary"]],
            "帮扶计划": [self.rows["HouseholdPlan"]],
            "帮扶措施": [self.rows["Measure"]],
            "村发展规划": [self.rows["VillagePlan"]],
            "年度目标": [self.rows["VillageGoal"]],
            "活动": [self.rows["Activity"]],
            "请假": [self.rows["Leave"]],
            "举家外出": [self.rows["HouseholdAway"]],
            "村记事": [self.rows["VillageNote"]],
        }

    def _ages(self) -> Table:
        whole = self.count["age"].total()
        return {
            f"{low}–{high} 岁" if high < 100 else f"{low} 岁起": [
                100 * self.count["age"][(low, high), sex] / whole for sex in Sex
            ]
            for low, high in AGES
        }

    def _each(self, key: str, model: str) -> Table:
        """Return percentages of rows that may have several values each."""
        whole = self.rows[model]
        return {word: [100 * number / whole] for word, number in self.count[key].most_common()}

    def _loads(self) -> Table:
        """Return the load by rank: share without a household, within the limit, above it; and the mean."""
        table: Table = {}
        for rank, ceiling in CEILINGS.items():
            loads = [self.loads[cadre] for cadre, own in self.rank.items() if own == rank]
            none, over = loads.count(0), sum(load > ceiling for load in loads)
            within = len(loads) - none - over
            parts = [100 * part / len(loads) for part in (none, within, over)]
            table[rank.label] = [*parts, sum(loads) / len(loads)]
        return table

    def _marks(self) -> Table:
        whole = self.rows["Visit"]
        together = {"有人同去": len(self.count["company"])}
        return {name: [100 * number / whole] for name, number in {**self.count["mark"], **together}.items()}

    def _times(self) -> Table:
        times = Counter(min(self.visited[home], 9) for home in self.paired)
        return shares(times, {0: "没有", **{n: f"{n} 次" for n in range(1, 9)}, 9: "9 次起"})


def shares(counter: Counter[Any], labels: dict[Any, str]) -> Table:
    """Return percentages by label, in the order of the labels."""
    whole = counter.total()
    found = labels or {key: key for key, _ in counter.most_common()}
    return {str(label): [100 * counter[key] / whole] for key, label in found.items() if counter[key]}


def count_figures(batches: Iterable[Batch], last: date) -> Figures:
    figures = Figures(last)
    for batch in batches:
        figures.add(batch)
    return figures


def read_tables(path: Path) -> dict[str, Table]:
    """Return the tables of a Markdown file by the heading above them."""
    tables: dict[str, Table] = {}
    title = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            title = line[3:].strip()
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and all(re.fullmatch(r"[\d.,]+", cell) for cell in cells[1:]):
            tables.setdefault(title, {})[cells[0]] = [float(cell.replace(",", "")) for cell in cells[1:]]
    return tables


def end_of(year: int, month: int, day: int) -> datetime:
    """Return the last minute of a day, as the generator's `now`."""
    return datetime(year, month, day, 23, 59, tzinfo=timezone.get_default_timezone())

"""The data set of a form: every counted response to this and earlier versions, one row each.

It contains no name, ID number or phone: bound header facts, header texts and the surveyor are left out.
Answers to earlier versions are under this version's codes where its items continue theirs. Rows are streamed;
the database sorts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db.models import QuerySet

from core import sheets
from core.downloads import origin, without_phones
from surveys.definition.definition_workbook import item_sheet
from surveys.definition.items import UNKNOWN_LABEL, Answer, Item
from surveys.definition.language import UNKNOWN
from surveys.definition.lineage import lineage
from surveys.filling.facts import KEPT, NOT_KEPT
from surveys.models import Response, Survey
from units.models import Cadre
from units.roles import Rank

CHUNK = 500
CHOICES = {"single", "multi", "yesno"}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Fact:
    """A column about the response itself: the name of its value, and labels of its codes."""

    code: str
    label: str
    value: str
    labels: Mapping[Any, str] | None = None

    def coded(self, row: Row) -> object:
        value = row[self.value]
        return int(value) if isinstance(value, bool) else value

    def words(self, row: Row) -> object:
        value = row[self.value]
        return value if self.labels is None else self.labels.get(value, value)


FACTS = [
    Fact("no", "户编号", "household__no"),
    Fact("village_code", "村级代码", "village__code"),
    Fact("town", "乡镇", "village__division__name"),
    Fact("village", "村", "village__name"),
    Fact("group", "村民小组", "household__group"),
    Fact("year", "年度", "year"),
    Fact("edition", "版本", "survey__edition"),
    Fact("surveyed_on", "调查日期", "surveyed_on"),
    Fact("unit", "调查人单位", "unit__name"),
    Fact("rank", "调查人级别", "rank", dict(Rank.choices)),
    Fact("status", "状态", "status", dict(Response.Status.choices)),
    Fact("signed", "签字确认", "signed"),
]
"""Lower case, since item codes are upper case."""
OF_MEMBERS = ("no", "village_code", "year", "edition")
"""The columns in front of each member."""


class DataSet:
    """The answers in a user's scope to a version of a form and to earlier ones."""

    def __init__(self, survey: Survey, user: Cadre) -> None:
        self.survey, self.user = survey, user
        self.for_viewer = user.is_viewer
        self.form = survey.form
        self.codes = lineage(survey)
        versions = Survey.objects.in_bulk(list(self.codes))
        self.items_of = {pk: version.form.by_code for pk, version in versions.items()}
        seen = Response.objects.visible_to(user).counted().filter(survey__in=versions)
        self.responses = seen.order_by("place", "household__no", "year", "pk")
        self.facts = [f for f in FACTS if survey.is_of_households or not f.value.startswith("household")]
        self.items = [item for item in self.form.header if _is_data(item)] + list(self.form.items)

    def count(self) -> int:
        return self.responses.count()

    def write_xlsx(self, out: BinaryIO) -> None:
        """Write sheets 代码 and 文字, 家庭成员 in codes, 题目, which explains the codes, and 说明."""
        codes = [*(fact.code for fact in self.facts), *(item.code for item in self.items)]
        words = [*(fact.label for fact in self.facts), *map(_heading, self.items)]
        parts = [
            sheets.PlainSheet("代码", codes, self._rows_of_codes()),
            sheets.PlainSheet("文字", words, self._rows_of_words()),
        ]
        if self.form.members:
            parts.append(self._members())
        parts += [item_sheet(self.form.document), self._origin()]
        sheets.write_large_sheets(out, parts)

    def _origin(self) -> sheets.PlainSheet:
        """Return what other exports state above their headings: statistics programs read these from row 1."""
        facts = [f"名称：{self.survey}全部答卷", "时段：各年", "筛选：待复核、已复核的，连同以前各版"]
        facts += [*origin(self.user), f"共：{self.count()} 份"]
        shown = without_phones(facts) if self.for_viewer else facts
        return sheets.PlainSheet("说明", ["项目", "内容"], [fact.split("：", 1) for fact in shown])

    def write_csv(self, out: BinaryIO) -> None:
        """Write one table: the codes, and after each choice its label."""
        headings = [fact.code for fact in self.facts]
        for item in self.items:
            headings += [item.code, f"{item.code}_label"] if item.type in CHOICES else [item.code]
        sheets.write_csv(out, headings, self._rows_of_both())

    def _rows_of_codes(self) -> Iterator[list[Any]]:
        for row in self._read("answers"):
            yield [fact.coded(row) for fact in self.facts] + [as_code(given) for _, given in self._given(row)]

    def _rows_of_words(self) -> Iterator[list[Any]]:
        for row in self._read("answers"):
            words = [in_words(item, given) for item, given in self._given(row)]
            yield [fact.words(row) for fact in self.facts] + words

    def _rows_of_both(self) -> Iterator[list[Any]]:
        for row in self._read("answers"):
            cells = [fact.coded(row) for fact in self.facts]
            for asked, (item, given) in zip(self.items, self._given(row), strict=True):
                cells += (
                    [as_code(given), in_words(item, given)] if asked.type in CHOICES else [as_code(given)]
                )
            yield cells

    def _members(self) -> sheets.PlainSheet:
        facts = [fact for fact in self.facts if fact.code in OF_MEMBERS]
        codes = [item.code for item in self.form.members if item.bind not in NOT_KEPT] + ["age"]
        rows = (
            [fact.coded(row) for fact in facts] + [as_code(member.get(code)) for code in codes]
            for row in self._read("members")
            for member in row["members"]
        )
        return sheets.PlainSheet("家庭成员", [*(fact.code for fact in facts), *codes], rows)

    def _read(self, what: str) -> Iterator[Row]:
        names = {fact.value for fact in self.facts}
        rows: QuerySet[Response, Row] = self.responses.values("survey_id", what, *names)
        return rows.iterator(chunk_size=CHUNK)

    def _given(self, row: Row) -> Iterator[tuple[Item, Any]]:
        """Yield each item of this version with the row's own predecessor item and its answer."""
        codes, items, answers = self.codes[row["survey_id"]], self.items_of[row["survey_id"]], row["answers"]
        for item in self.items:
            code = codes.get(item.code, "")
            own, answer = items.get(code, item), answers.get(code)
            yield own, own.without_phones(answer) if self.for_viewer else answer


def _is_data(item: Item) -> bool:
    """Return whether a header item is exported: asked and no text (names, telephones), or the household size."""
    return item.bind in KEPT or not (item.bind or item.type == "text")


def _heading(item: Item) -> str:
    return f"{item.code} {item.label}（{item.unit}）" if item.unit else f"{item.code} {item.label}"


def as_code(answer: Answer) -> str | float | None:
    """Convert a clean answer to a cell of codes."""
    return ";".join(answer) if isinstance(answer, list) else answer


def in_words(item: Item, answer: Any) -> str | float | None:
    """Convert a clean answer to readable text; a number stays a number."""
    if item.type == "number":
        number: str | float | None = UNKNOWN_LABEL if answer == UNKNOWN else answer
        return number
    return item.shown(answer) or None

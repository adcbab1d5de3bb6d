"""逐题统计: the lines of one item, each with how many responses it stands for; the same in page and workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reports.overview import percent
from reports.surveys.counted import DATE, NUMBER, TEXT, Family, kind_of
from reports.surveys.numbers import Range, plain, rounded, spread
from reports.surveys.tally import Tally
from surveys.definition.document import HEADER
from surveys.definition.items import UNKNOWN_LABEL, Item
from surveys.definition.language import UNKNOWN

YEARS = "年份"
"""The unit of numbers that are years: they have no sum, no mean and no thousands."""
BLANK = "blank"


@dataclass(frozen=True)
class AnswerCount:
    """One answer and its responses; `share` of those with an answer, None for what is no answer. `asks` are
    the parameters that its rows are found by, empty where they cannot be."""

    label: str
    code: str
    count: int
    share: Decimal | None
    asks: Mapping[str, str] = field(default_factory=dict)


def sections_of(family: Family) -> dict[str, tuple[str, list[str]]]:
    """Code → (label, item codes) of the sections that have something to count."""
    sections = family.survey.form.sections
    found = {section.code: (section.label, [item.code for item in section.items]) for section in sections}
    found[HEADER] = (HEADER, [code for code, item in family.items.items() if item.section == HEADER])
    return {code: section for code, section in found.items() if section[1]}


def answer_lines(counted: Tally) -> list[AnswerCount]:
    """Return what was answered: options, classes of numbers, or how many texts."""
    item, answered = counted.item, counted.answered
    if kind_of(item) in {TEXT, DATE}:
        return [AnswerCount("有答案", "", answered, None, {"item": item.code})]
    if kind_of(item) == NUMBER:
        return [
            AnswerCount(
                class_label(item, each),
                "",
                count,
                percent(count, answered),
                {"item": item.code, **bounds(each)},
            )
            for each, count in spread(counted.values, Decimal(str(item.step or 1)))
        ]
    return [
        AnswerCount(label, code, count, percent(count, answered), {"item": item.code, "answer": code})
        for code, label, count in counted.options
    ]


def other_lines(counted: Tally) -> list[AnswerCount]:
    """不详, 未填, 不用填: where they can be."""
    item, found = counted.item, []
    if item.unknown_allowed or counted.unknown:
        found.append(
            AnswerCount(UNKNOWN_LABEL, "", counted.unknown, None, {"item": item.code, "answer": UNKNOWN})
        )
    blank = {} if item.condition else {"item": item.code, "answer": BLANK}
    found.append(
        AnswerCount("未填" if counted.hidden is not None else "未填或不用填", "", counted.blank, None, blank)
    )
    if counted.hidden:
        found.append(AnswerCount("不用填", "", counted.hidden, None))
    return found


def bounds(each: Range) -> dict[str, str]:
    """Return a class of numbers as parameters: from … up to, but without; one value is both."""
    if each.single:
        return {"answer": f"{each.low:f}"}
    given = {"low": each.low, "high": each.high}
    return {name: f"{bound:f}" for name, bound in given.items() if bound is not None}


def class_label(item: Item, each: Range) -> str:
    """不到 20; 20 起，不到 50; 50 起; one value alone."""
    low, high = written(item, each.low), written(item, each.high)
    if each.single:
        return low
    if each.low is None:
        return f"不到 {high}" if high else "全部"
    return f"{low} 起" if each.high is None else f"{low} 起，不到 {high}"


def written(item: Item, number: Decimal | None) -> str:
    """Return a number as it is read: 1,234.5; a year without a comma."""
    text = plain(number)
    return text.replace(",", "") if item.unit == YEARS else text


def number_facts(counted: Tally) -> dict[str, Decimal]:
    """What is said of a number item's numbers, by its word; empty without a number."""
    numbers, item = counted.numbers, counted.item
    if numbers is None:
        return {}
    means = {"合计": numbers.total, "平均": numbers.mean} if item.unit != YEARS else {}
    said = {
        **means,
        "最小": numbers.low,
        "下四分位": numbers.lower,
        "中位数": numbers.median,
        "上四分位": numbers.upper,
        "最大": numbers.high,
    }
    return {name: rounded(number, item.places + 1) for name, number in said.items()}


def how_counted(counted: Tally) -> list[str]:
    """Return how the item's figures are counted, in sentences."""
    item, hidden = counted.item, counted.hidden
    blank = "未填" if hidden is not None else "未填或不用填"
    parts = [f"有答案 {counted.answered:,}", f"不详 {counted.unknown:,}", f"{blank} {counted.blank:,}"]
    if hidden:
        parts.append(f"不用填 {hidden:,}")
    said = [f"{counted.asked:,} 份答卷里：{'，'.join(parts)}。% 是占有答案的。"]
    if item.type == "multi":
        said.append("可以选几项，一份答卷在选的每一项各算一次，% 相加可以超过 100。")
    if kind_of(item) == NUMBER:
        said.append("合计、平均、中位数、四分位只算填了数的；四分位的算法同 Excel 的 QUARTILE.INC。")
    if item.condition:
        said.append(f"“不用填”是照前面的答案不问这一题的（问的条件：{item.show_if}）。")
    if hidden is None:
        said.append("问不问这一题要看答卷以外的情况，所以未填和不用填分不开。")
    return said


COLUMNS = ["部分", "题号", "题目", "单位", "答案", "代码", "份数", "占 %"]
FACTS = ["合计", "平均", "最小", "下四分位", "中位数", "上四分位", "最大"]


def sheet_rows(family: Family, tallies: Mapping[str, Tally]) -> Iterator[list[Any]]:
    """Yield the workbook: a row an answer, the numbers' facts on the row of all that have one."""
    for label, codes in sections_of(family).values():
        for code in codes:
            if code in tallies:
                yield from _item_rows(label, tallies[code])


def _item_rows(section: str, counted: Tally) -> Iterator[list[Any]]:
    item, facts = counted.item, number_facts(counted)
    head = [section, item.code, item.label, item.unit]
    if kind_of(item) == NUMBER:
        yield [*head, "有数的", "", counted.answered, None, *(facts.get(name) for name in FACTS)]
    for line in [*answer_lines(counted), *other_lines(counted)]:
        yield [*head, line.label, line.code, line.count, line.share, *([None] * len(FACTS))]

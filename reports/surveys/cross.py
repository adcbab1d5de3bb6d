"""交叉统计: two items together, or one item as it was in an earlier year and as it is now."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeGuard

from django.db.models import Count, Expression, Subquery

from reports.surveys.counted import CHOICE, NUMBER, YES_NO, Counted, Family, kind_of
from reports.surveys.hiding import stored_answer
from reports.surveys.items import bounds, class_label
from reports.surveys.numbers import numbers_of, place_of, quarters, ranges
from reports.surveys.tally import codes_in
from surveys.definition.items import Answer, Item
from surveys.definition.language import UNKNOWN

Pair = tuple[str | None, str | None, int]
"""The answers to both items as text, and how many responses gave them."""


@dataclass(frozen=True)
class Class:
    """One line of an axis: an option or a class of numbers, and the parameters that its rows are found by."""

    key: str
    label: str
    asks: Mapping[str, str]


@dataclass(frozen=True)
class Axis:
    """An item as rows or columns: its classes, and which of them an answer as text falls in."""

    item: Item
    classes: Sequence[Class]
    keys_of: Callable[[str | None], list[str]]


@dataclass
class Cross:
    """Responses by row and column. `base` answered both items, `left_out` did not; a list counts at each of
    its options, so rows and columns can come to more than the base."""

    rows: Axis
    columns: Axis
    base: int = 0
    left_out: int = 0
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    of_row: Counter[str] = field(default_factory=Counter)
    of_column: Counter[str] = field(default_factory=Counter)

    def add(self, one: str | None, other: str | None, count: int) -> None:
        rows, columns = self.rows.keys_of(one), self.columns.keys_of(other)
        if not rows or not columns:
            self.left_out += count
            return
        self.base += count
        for row in rows:
            self.of_row[row] += count
        for column in columns:
            self.of_column[column] += count
            for row in rows:
                self.cells[row, column] += count


def crossable(family: Family) -> dict[str, Item]:
    """Return the items that have classes."""
    return {code: item for code, item in family.items.items() if kind_of(item) in {CHOICE, YES_NO, NUMBER}}


def pairs_of(counted: Counted, one: Expression | Subquery, other: Expression) -> list[Pair]:
    """Return the pairs of answers. One query."""
    both = counted.responses.annotate(one=one, other=other)
    return list(both.values_list("one", "other").annotate(n=Count("pk")))


def answer_before(before: Counted, code: str) -> Subquery:
    """Return what the same household, or village, answered in the year of `before`."""
    return Subquery(before.of_subject().annotate(then=before.answer(code)).values("then")[:1])


def cross(
    family: Family,
    pairs: Sequence[Pair],
    codes: tuple[str, str],
    cuts: tuple[Sequence[Decimal], Sequence[Decimal]],
) -> Cross:
    """Count the pairs by row and column. Numbers stand in quartile classes unless cuts are given; an item
    set against itself has the same classes both ways, so that who stayed stands on the diagonal."""
    said = [(one, other, count) for one, other, count in pairs if is_said(one) and is_said(other)]
    ones, others = [(one, count) for one, _, count in said], [(other, count) for _, other, count in said]
    row_cuts, column_cuts = cuts
    if codes[0] == codes[1]:
        ones = others = ones + others
        row_cuts = column_cuts = row_cuts or column_cuts
    found = Cross(axis(family, codes[0], ones, row_cuts), axis(family, codes[1], others, column_cuts))
    for one, other, count in pairs:
        found.add(one, other, count)
    return found


def is_said(text: str | None) -> TypeGuard[str]:
    return text is not None and text != UNKNOWN


def axis(family: Family, code: str, answers: Iterable[tuple[str, int]], cuts: Sequence[Decimal]) -> Axis:
    item = family.items[code]
    if kind_of(item) == NUMBER:
        return _number_axis(item, answers, cuts)
    labels = family.labels(code)
    others = sorted({option for text, _ in answers for option in codes_in(text)} - set(labels))
    classes = [Class(option, labels.get(option, option), {"answer": option}) for option in (*labels, *others)]
    return Axis(item, classes, codes_in)


def _number_axis(item: Item, answers: Iterable[tuple[str, int]], cuts: Sequence[Decimal]) -> Axis:
    """Classes between the cuts, else between the quartiles of all that is counted here."""
    counts = Counter[Decimal]()
    for text, count in answers:
        counts[Decimal(text)] += count
    numbers = numbers_of(counts)
    at = list(cuts) or (quarters(numbers) if numbers else [])
    classes = [
        Class(str(place), class_label(item, each), bounds(each)) for place, each in enumerate(ranges(at))
    ]
    return Axis(item, classes, lambda text: [str(place_of(Decimal(text), at))] if is_said(text) else [])


def turns(item: Item, pairs: Iterable[Pair]) -> Counter[int]:
    """1 better, 0 the same or not to be told, -1 worse → responses with both answers."""
    found = Counter[int]()
    for before, after, count in pairs:
        if is_said(before) and is_said(after):
            found[item.turn(_stored(item, before), _stored(item, after))] += count
    return found


def _stored(item: Item, text: str | None) -> Answer:
    """Return the clean answer; a version that let one option be chosen where this one takes a list gave a
    list of one.
    """
    answer = stored_answer(item, text)
    return [answer] if item.type == "multi" and isinstance(answer, str) else answer

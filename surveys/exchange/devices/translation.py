"""Rewrite a device's file in place as the sheet that we hand out ourselves: our headings, our ways of writing.

Every cell keeps its row and column, so that errors name the cells of the clerk's own file.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from core.cells import Cell
from core.importing.heading import HEADING_WITHIN, ImportRefused
from core.importing.table import name_rows
from core.sheets import SheetError, Workbook, WorkbookSheet
from surveys.definition.items import UNKNOWN_LABEL, Item
from surveys.exchange.devices.answers import chosen_in, is_filled, split_choices, text_of
from surveys.exchange.devices.headings import JOINS, VERSION, Found, Headings
from surveys.models import Survey

MEMBERS_HEADING = "家庭成员（重复组）"
"""Heading of the column added for the members: JSON of (row in the repeat's sheet, values by column key)."""
KEY_OF = {
    "household.no": "no",
    "household.group": "group",
    "household.size": "size",
    "head.name": "head_name",
    "head.id_number": "head_id",
    "village.division": "town",
    "village.name": "village",
    "response.surveyed_on": "surveyed_on",
    "response.surveyor": "surveyor",
    "response.signed": "signed",
}
"""Columns of our sheet by what a header item is bound to."""
Rows = list[list[Cell]]
Labels = Callable[[Survey], Mapping[str, str]]
"""Our own headings of a survey, by column key."""


def translate(book: Workbook, subject: str, labels: Labels) -> None:
    """Rewrite the sheet of responses if a device's program wrote it; leave any other workbook unchanged.

    Raises ImportRefused when members come without their responses.
    """
    surveys = list(Survey.objects.published().filter(subject=subject).order_by("-pk"))
    readable = [sheet for sheet in book.sheets if _is_readable(sheet)]
    members = [repeat for sheet in readable if (repeat := _repeat_in(sheet, surveys))]
    for sheet in readable:
        if main := _responses_in(sheet, surveys):
            survey, found = main
            _Translation(sheet.rows, survey, found, labels(survey)).run(members)
            return
    if members:
        raise ImportRefused(
            f"“{members[0][0].name}”只有家庭成员（重复组），看不出是哪一户。"
            "请把主表和它一起传：ODK Central 导出的 zip 不用解开。"
        )


def _is_readable(sheet: WorkbookSheet) -> bool:
    try:
        return bool(sheet.rows)
    except SheetError:
        return False


def _responses_in(sheet: WorkbookSheet, surveys: Sequence[Survey]) -> tuple[Survey, Found] | None:
    """Return the version that a sheet's headings fit best, and what they stand for; None for other sheets."""
    best: tuple[tuple[int, bool], Survey, Found] | None = None
    for survey in surveys:
        headings = Headings(survey.form)
        for number, row in enumerate(sheet.rows[:HEADING_WITHIN]):
            found = headings.find(row, number)
            fit = (found.size, survey.edition in _versions(sheet.rows, found))
            if _is_of_device(found, survey) and (best is None or fit > best[0]):
                best = (fit, survey, found)
    return best[1:] if best else None


def _is_of_device(found: Found, survey: Survey) -> bool:
    """Return whether these are a device's headings: our own sheets have no paths, metadata or header codes."""
    header = {item.code for item in survey.form.header if item.bind}
    is_repeat = any(parent in found.metadata for parent, _ in JOINS)
    return found.size > 1 and not is_repeat and bool(found.metadata or found.has_path or header & found.named)


def _versions(rows: Rows, found: Found) -> set[str]:
    at = found.metadata.get(VERSION)
    return set() if at is None else {text_of(row[at]) for row in rows[found.row + 1 :]}


def _repeat_in(sheet: WorkbookSheet, surveys: Sequence[Survey]) -> tuple[WorkbookSheet, Survey, Found] | None:
    """Return the sheet if it is a repeat of members: it has a column that points at the responses."""
    for survey in surveys:
        if survey.form.members:
            headings = Headings(survey.form, of_members=True)
            for number, row in enumerate(sheet.rows[:HEADING_WITHIN]):
                found = headings.find(row, number)
                if found.codes and any(parent in found.metadata for parent, _ in JOINS):
                    return sheet, survey, found
    return None


class _Translation:
    """The sheet of responses while it is rewritten."""

    def __init__(self, rows: Rows, survey: Survey, found: Found, labels: Mapping[str, str]) -> None:
        self.rows, self.survey, self.found, self.labels = rows, survey, found, labels
        self.heading = rows[found.row]
        self.body = rows[found.row + 1 :]
        self.asked = {item.code: item for item in (*survey.form.header, *survey.form.items)}

    def run(self, members: Sequence[tuple[WorkbookSheet, Survey, Found]]) -> None:
        children = self._children(members) if members else None
        self._write_version()
        for code, positions in self.found.codes.items():
            for position in positions:
                self._head(position, code)
        for code, options in self.found.options.items():
            self._join(self.asked[code], options)
        for code, item in self.asked.items():
            if item.type == "multi" and code in self.found.codes:
                self._separate(item, self.found.codes[code][0])
        for code, position in self.found.unknown.items():
            self._fold_unknown(code, position)
        for position in self.found.unused:
            self._drop(position)
        if children is not None:
            self._add_members(children)

    def _label(self, code: str) -> str:
        """Return our heading for a question; '' when our sheet has no such column."""
        item = self.asked.get(code)
        key = code if item is None or not item.bind else KEY_OF.get(item.bind, code)
        return self.labels.get(key, "")

    def _head(self, position: int, code: str) -> None:
        """Write our heading; one that our sheet lacks stays, and is reported as not imported."""
        item = self.asked.get(code)
        if item and item.calculation:
            self._drop(position)
        elif label := self._label(code):
            self.heading[position] = label

    def _drop(self, position: int) -> None:
        """Leave out a column without a word."""
        self.heading[position] = ""
        for row in self.body:
            row[position] = ""

    def _write_version(self) -> None:
        position = self.found.metadata.get(VERSION)
        if position is not None:
            self.found.unused.remove(position)
            self.heading[position] = self.labels["version"]
            for row in self.body:
                if version := text_of(row[position]):
                    row[position] = f"{self.survey.code} {version}"

    def _join(self, item: Item, options: Mapping[str, int]) -> None:
        """Join the columns of a split choice into one cell; they must agree with the whole one, if there is one."""
        whole = self.found.codes.get(item.code)
        target = whole[0] if whole else min(options.values())
        for row in self.body:
            row[target] = split_choices(item, row, options, row[target] if whole else None)
            for position in {*options.values()} - {target}:
                row[position] = ""
        for position in options.values():
            self.heading[position] = ""
        self.heading[target] = self._label(item.code)

    def _separate(self, item: Item, position: int) -> None:
        for row in self.body:
            row[position] = chosen_in(item, row[position])

    def _fold_unknown(self, code: str, position: int) -> None:
        """Write 不详 into the cell of its question."""
        own = self.found.codes.get(code)
        target = own[0] if own else position
        for row in self.body:
            is_unknown = is_filled(row[position])
            if target != position:
                row[position] = ""
            if is_unknown:
                both = own and is_filled(row[target])
                row[target] = f"{text_of(row[target])}；{UNKNOWN_LABEL}" if both else UNKNOWN_LABEL
        self.heading[position] = ""
        self.heading[target] = self._label(code)

    # --- the repeat of members --------------------------------------------------------------------

    def _children(self, repeats: Sequence[tuple[WorkbookSheet, Survey, Found]]) -> dict[int, list[Any]]:
        """Return (row number, values by column key) of the members, by the index of their response's row."""
        children: dict[int, list[Any]] = defaultdict(list)
        for sheet, survey, found in repeats:
            parent, own = next(pair for pair in JOINS if pair[0] in found.metadata)
            if own not in self.found.metadata:
                raise ImportRefused(f"主表没有 {own} 列，家庭成员不知道是哪一户的。请照原样导出再传。")
            at, place = found.metadata[parent], self.found.metadata[own]
            indexes = {text_of(row[place]): index for index, row in enumerate(self.body)}
            lost = []
            for number, row, facts in _members_of(sheet, survey, found):
                index = indexes.get(text_of(row[at]))
                if index is None:
                    lost.append(number)
                else:
                    children[index].append((number, facts))
            if lost:
                raise ImportRefused(
                    f"“{sheet.name}”{name_rows(lost)}在主表里找不到对应的答卷（{parent}）。请把两张表一起重新导出再传。"
                )
        return children

    def _add_members(self, children: Mapping[int, list[Any]]) -> None:
        for row in self.rows[: self.found.row + 1]:
            row.append("")
        self.heading[-1] = MEMBERS_HEADING
        for index, row in enumerate(self.body):
            own = children.get(index)
            row.append(json.dumps(own, ensure_ascii=False, default=str) if own else "")


def _members_of(
    sheet: WorkbookSheet, survey: Survey, found: Found
) -> Iterator[tuple[int, list[Cell], dict[str, Cell]]]:
    """Yield row number, row, and the filled cells by column key of the members' sheet."""
    binds = {item.code: item.bind.removeprefix("member.") for item in survey.form.members}
    for number, row in enumerate(sheet.rows[found.row + 1 :], start=found.row + 2):
        facts = {binds[code]: row[places[0]] for code, places in found.codes.items()}
        facts = {key: cell for key, cell in facts.items() if is_filled(cell)}
        if facts:
            yield number, row, facts

"""The check: read, find the heading, clean, look up, plan.

It writes nothing; `runs.check` stores the result.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from core import sheets
from core.cells import Cell
from core.importing import formulas
from core.importing.heading import (
    HEADING_WITHIN,
    HeadingRow,
    ImportRefused,
    check_heading,
    find_heading,
    lacking,
)
from core.importing.merges import spread
from core.importing.passing import Passed, is_filled, make_table, words_of
from core.importing.planning import Plan
from core.importing.questions import HIDDEN, SKIP, TOGETHER, Answers, Asking, ImportQuestion
from core.importing.rare import warn_of_rare_characters
from core.importing.sheet import ImportSheet, all_kinds
from core.importing.table import ROWS_NAMED, Table, name_rows, shown
from core.importing.unknown_headings import ask_for_missing, ask_headings
from core.sheets import column_name

MOST_HIDDEN = 200
ABOVE_SHOWN, ROWS_SHOWN, COLUMNS_SHOWN = 2, 2, 40
"""Rows above the heading, data rows and columns that the page shows."""
Report = Callable[[int, int], None]
"""Progress callback (rows done, rows in all); may raise to stop the check."""


@dataclass
class Checked:
    """The result of a check: the plan, and how the file was interpreted."""

    sheet: ImportSheet
    plan: Plan
    heading: HeadingRow
    sheet_name: str
    message: str
    """Sentences about skipped sheets and included hidden rows; '' if there are none."""
    asking: Asking
    layout: dict[str, Any]
    is_planned: bool = True
    """False if a required column is still asked about, so that no row could be judged."""

    def counts(self) -> Counter[str]:
        return Counter(self.plan.outcomes) if self.is_planned else Counter()

    def import_rows(self, run_pk: int) -> Iterator[dict[str, Any]]:
        """Yield column values of one ImportRow per row."""
        table = self.plan.table
        for index, number in enumerate(table.numbers if self.is_planned else ()):
            yield {
                "run_id": run_pk,
                "number": number,
                "outcome": self.plan.outcomes[index],
                "errors": table.errors.get(index),
                "warnings": table.warnings.get(index),
                "row": self.plan.rows[index],
                "given": "",
            }


def check(
    sheet: ImportSheet, data: bytes, filename: str, by: Any, report: Report, answers: Answers | None = None
) -> Checked:
    """Plan the import of one workbook for `by`, with the answers given so far.

    Raises ImportRefused with one sentence if it cannot be read.
    """
    asking = Asking(answers)
    found, heading, message = read(sheet, data, filename, asking)
    sheet, heading = _fit(sheet, heading, found, by.place, asking)
    dates = [at for key, at in heading.positions.items() if sheet.columns[key].format == "date"]
    found.count_days(dates)
    passed = Passed()
    hidden = _leave_hidden(found, heading, asking)
    table = make_table(sheet, heading, found.rows, without=hidden, passed=passed, asking=asking)
    message += _hidden((number for number in table.numbers if number - 1 in found.hidden), asking)
    filled = spread(sheet, heading, found.rows, found.merges, table)
    asking.notes += [*words_of(passed), *_not_imported(heading), *_without_heading(heading, table)]
    total = len(table)
    report(0, total)
    plan = Plan(table, by)
    checked = Checked(
        sheet, plan, heading, found.name, message, asking, _layout(found, heading, table, filled)
    )
    if lacking(sheet, heading):
        # A heading that may be a missing column is asked about first.
        checked.is_planned = False
        return checked
    table.clean(lambda done: report(done, total))
    formulas.settle(table, found)
    warn_of_rare_characters(table)
    sheet.plan(table, plan)
    plan.finish()
    report(total, total)
    return checked


def read(
    sheet: ImportSheet, data: bytes, filename: str, asking: Asking
) -> tuple[sheets.WorkbookSheet, HeadingRow, str]:
    """Read the first worksheet that has all required headings of this kind, and describe what was left out."""
    try:
        book = sheets.read(data, filename)
        sheet.translate(book)
        picked = book.pick(lambda page: _find(sheet, page, asking))
        if picked is None:
            raise ImportRefused(f"{_no_heading(sheet)}{_likelier(sheet, book.sheets[0].rows)}")
    except sheets.SheetError as error:
        raise ImportRefused(str(error)) from error
    found, heading = picked
    return found, heading, _left_out(sheet, heading, found, book.sheets)


def _find(sheet: ImportSheet, page: sheets.WorkbookSheet, asking: Asking) -> HeadingRow | None:
    def by(kind: ImportSheet) -> HeadingRow | None:
        return find_heading(
            kind, page.rows, page.merges, asking.answers.headings(), asking.answers.heading_row
        )

    try:
        return by(sheet)
    except ImportRefused:
        wider = sheet.widened(page.rows)
        if wider is None or (heading := by(wider)) is None:
            raise
        return heading


def _fit(
    sheet: ImportSheet, heading: HeadingRow, found: sheets.WorkbookSheet, place: str, asking: Asking
) -> tuple[ImportSheet, HeadingRow]:
    """Return the sheet definition that matches the file's columns, and their positions.

    Unknown headings are asked about. Raises ImportRefused if a required column is missing and no heading
    can mean it.
    """
    fitted = sheet.fitted(place, found.rows, heading)
    if fitted is not sheet:
        sheet, heading = fitted, _find(fitted, found, asking) or heading
    ask_headings(sheet, heading, found.rows, asking)
    try:
        check_heading(sheet, heading)
    except ImportRefused as refusal:
        is_open = any(question.is_open for question in asking.questions.values())
        hint = "" if is_open else _likelier(sheet, found.rows, len(heading.positions))
        may_be_there = not hint and ask_for_missing(sheet, heading, found.rows, asking)
        if not (is_open or may_be_there):
            raise ImportRefused(f"{refusal}{hint}") from refusal
    return sheet, heading


def _leave_hidden(found: sheets.WorkbookSheet, heading: HeadingRow, asking: Asking) -> Collection[int]:
    """Return the hidden rows if the clerk leaves them out."""
    rows = sorted(row for row in found.hidden if row > heading.row and row < len(found.rows))
    if not rows:
        return ()
    answer = asking.answers.hidden or TOGETHER
    asking.ask(
        ImportQuestion(
            HIDDEN,
            rows=[row + 1 for row in rows[:MOST_HIDDEN]],
            count=len(rows),
            options=[SKIP, TOGETHER],
            chosen=answer,
            answered=bool(asking.answers.hidden),
        )
    )
    return found.hidden if answer == SKIP else ()


def _not_imported(heading: HeadingRow) -> list[str]:
    """Name the columns that are not imported."""
    named = [f"{column_name(place)} 列“{text}”" for place, text in heading.left.items()]
    more = f" 等 {len(named)} 列" if len(named) > ROWS_NAMED else ""
    return [f"{'、'.join(named[:ROWS_NAMED])}{more}不认得，没有导入。"] if named else []


def _without_heading(heading: HeadingRow, table: Table) -> list[str]:
    """Name the columns that have cells beside the data, but no heading."""
    width = len(table.rows[0])
    bare = [place for place in range(width) if place not in heading.texts]
    named = [column_name(at) for at in bare if any(is_filled(row[at]) for row in table.rows)]
    more = f"等 {len(named)} 列" if len(named) > ROWS_NAMED else ""
    return [f"{'、'.join(named[:ROWS_NAMED])} 列{more}没有列名，没有导入。"] if named else []


def _layout(
    found: sheets.WorkbookSheet, heading: HeadingRow, table: Table, filled: list[list[int]]
) -> dict[str, Any]:
    """Return what the page shows of the heading: the rows around it, masked, and what each column means."""
    labels = {at: table.columns[key].label for key, at in heading.positions.items()}
    secret = {at for key, at in heading.positions.items() if table.columns[key].secret}
    first = max(0, heading.first - ABOVE_SHOWN)
    numbers = [*range(first, heading.row + 1), *(number - 1 for number in table.numbers[:ROWS_SHOWN])]
    width = min(len(found.rows[heading.row]), COLUMNS_SHOWN)
    shown_rows = set(numbers)
    return {
        "heading": [heading.first + 1, heading.row + 1],
        "rows": [
            [
                number + 1,
                [shown(cell, secret=at in secret) for at, cell in enumerate(found.rows[number][:width])],
            ]
            for number in numbers
        ],
        "columns": [labels.get(at, "") for at in range(width)],
        "filled": [[row + 1, at] for row, at in filled if row in shown_rows and at < width],
    }


def _left_out(
    sheet: ImportSheet, read: HeadingRow, found: sheets.WorkbookSheet, all_sheets: list[sheets.WorkbookSheet]
) -> str:
    """Report other sheets that hold such a list too: one per township, or an older copy.

    One matching heading does not make a list: the help sheet of our own template has a column's name in each row.
    """
    least = min(2, len(read.positions))
    names = []
    for other in all_sheets:
        try:
            heading = find_heading(sheet, other.rows, other.merges) if other is not found else None
            if heading and len(heading.positions) >= least and len(other.rows) > heading.row + 1:
                names.append(f"“{other.name}”")
        except (ImportRefused, sheets.SheetError):
            continue
        if other is not found:
            other.forget()
    if not names:
        return ""
    listed = "、".join(names[:ROWS_NAMED]) + (f"等 {len(names)} 张" if len(names) > ROWS_NAMED else "")
    return f"只看了“{found.name}”这张表。{listed}也有这样的列，没有看，要导入就另存成单独的文件再传。"


def _hidden(numbers: Iterable[int], asking: Asking) -> str:
    """Report hidden rows that are read nevertheless: a filter only hides rows."""
    rows = list(numbers)
    if not rows or asking.answers.hidden:
        return ""
    return f"{name_rows(rows)}在表里隐藏着（多半是筛选），也一起看了，不要的删去再传。"


def _no_heading(sheet: ImportSheet) -> str:
    wanted = [column.key for column in sheet.columns.values() if column.required] or list(sheet.columns)[:3]
    labels = sheet.labels(wanted)
    return f"没有找到列名：前 {HEADING_WITHIN} 行里要有{labels}这样的列，可以照空白表格填。"


def _likelier(sheet: ImportSheet, rows: list[list[Cell]], known: int = 0) -> str:
    """Suggest another kind of sheet if it has all its columns, and at least as many as the `known` ones here."""
    fits: dict[int, str] = {}
    for kind in all_kinds():
        try:
            heading = find_heading(kind, rows)
            if kind is not sheet and heading and len(heading.positions) >= known:
                check_heading(kind, heading)
                fits[len(heading.positions)] = kind.label
        except ImportRefused:
            continue
    return f"看列名像是“{fits[max(fits)]}”的表，是的话请到那一种的导入页上传。" if fits else ""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""Templates to fill in, and the clerk's workbook with its errors marked."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.importing import checking, files
from core.importing.questions import Asking, answers_of
from core.importing.sheet import ImportSheet, kind_of
from core.models import ImportRow, ImportRun
from core.sandbox.process import Limits
from core.sheets import ON_PAGE, SheetError, column_number
from core.sheets.limits import IN_BACKGROUND
from core.sheets.marking import RESULT, mark_workbook
from core.sheets.template import TemplateColumn, write_template

Outcome = ImportRow.Outcome
Status = ImportRun.Status
MADE_AT_ONCE = 2000
"""Rows of a workbook that a request marks (2 seconds); larger ones are left to a job."""


def template(sheet: ImportSheet, rows: Sequence[Mapping[str, str | float]] = ()) -> bytes:
    """Return the template of a kind with help, drop-downs and text columns; blank, or pre-filled with
    `rows`.

    A pre-filled workbook has no column for ID numbers, since its rows are found by number.
    """
    kept = [column for column in sheet.columns.values() if not (rows and column.secret)]
    columns = [
        TemplateColumn(
            label=column.label,
            help=column.help,
            required=column.required,
            choices=() if column.between else column.choices,
            kind=column.format,
            known=column.known,
            between=column.between,
            or_words=column.choices if column.between else (),
        )
        for column in kept
    ]
    out = io.BytesIO()
    write_template(out, sheet.label, columns, [[row.get(column.key) for column in kept] for row in rows])
    return out.getvalue()


def template_name(sheet: ImportSheet) -> str:
    return f"{sheet.label}空白表格.xlsx"


def marked_name(run: ImportRun) -> str:
    """Return the download name of the marked copy."""
    return re.sub(r"\.[A-Za-z]{3,4}$", "", run.filename) + "（已标注）.xlsx"


def marked_workbook(run: ImportRun) -> bytes:
    """Return the clerk's workbook with errors marked and assigned numbers filled in.

    Uses the copy stored by a job, else makes it now (seconds for a few thousand rows). Raises
    FileNotFoundError when the upload has been deleted, SheetError when it can no longer be read.
    """
    return files.read(run, files.MARKED) if files.has(run, files.MARKED) else _mark(run, ON_PAGE)


def may_be_marked(run: ImportRun) -> bool:
    """Return whether there are errors or numbers to mark, and a file to mark them in."""
    return run.status in {Status.CHECKED, Status.DONE} and files.has(run, files.UPLOAD)


def is_ready(run: ImportRun) -> bool:
    """Return whether the marked copy is available at once: stored by a job, or small enough to make now."""
    return files.has(run, files.MARKED) or run.total_rows <= MADE_AT_ONCE


def keep_marked(run: ImportRun) -> None:
    """Make the marked copy and store it encrypted beside the upload."""
    if may_be_marked(run):
        files.keep(run, files.MARKED, _mark(run, IN_BACKGROUND))


def _mark(run: ImportRun, limits: Limits) -> bytes:
    data = files.read(run, files.UPLOAD)
    name = run.sheet_name
    if "*" in name:
        # The stored sheet name has an ID number masked, so no sheet has that name.
        name = checking.read(
            kind_of(run.kind), data, run.filename, Asking(answers_of(run.answers, run.kind, run.place))
        )[0].name
    marks, extras = _marks(run)
    return mark_workbook(data, run.filename, name, marks, extras, run.header_row - 1, limits)


def _marks(run: ImportRun) -> tuple[dict[tuple[int, int], str], dict[str, dict[int, str]]]:
    marks: dict[tuple[int, int], str] = {}
    results: dict[int, str] = {}
    given: dict[int, str] = {}
    for row in run.rows.order_by("number").iterator():
        place = row.number - 1
        for found in (*(row.errors or ()), *(row.warnings or ())):
            cell = (place, _column(found["cell"]))
            marks[cell] = "；".join(filter(None, [marks.get(cell), _sentence(found)]))
        results[place] = "；".join(_results(run, row))
        if row.given:
            given[place] = row.given
    extras = {RESULT: results}
    number = kind_of(run.kind).columns.get("no")
    if given and number:
        extras = {number.label: given, **extras}
    return marks, extras


def _results(run: ImportRun, row: ImportRow) -> Iterator[str]:
    done = run.status == Status.DONE and row.outcome in {Outcome.CREATED, Outcome.CHANGED}
    yield f"{'已' if done else ''}{row.get_outcome_display()}"
    for found in row.errors or ():
        yield f"“{found['column']}”{_sentence(found)}"
    for found in row.warnings or ():
        yield f"提醒：“{found['column']}”{_sentence(found)}"


def _sentence(found: dict[str, Any]) -> str:
    return "，".join(filter(None, [found["why"], found["remedy"]]))


def _column(cell: str) -> int:
    """Return the place of a cell's column; an error without a cell (a missing column) goes to the first
    cell.
    """
    return column_number(re.sub(r"\d", "", cell)) if cell else 0


__all__ = [
    "SheetError",
    "is_ready",
    "keep_marked",
    "marked_name",
    "marked_workbook",
    "may_be_marked",
    "template",
    "template_name",
]

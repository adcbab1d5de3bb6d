"""The check: read, find the heading, clean, look up, plan. It writes nothing; `runs.check` keeps what it finds."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core import sheets
from core.cells import Cell
from core.importing.kinds import Sheet
from core.importing.planning import Plan
from core.importing.reading import HEADING_WITHIN, Heading, Refused, check_heading, find_heading, make_table

Report = Callable[[int, int], None]
"""Hears (rows done, rows in all); may raise to stop the check."""


@dataclass
class Checked:
    """What a check found: the plan, and how the file was understood."""

    plan: Plan
    heading: Heading
    sheet_name: str

    def counts(self) -> Counter[str]:
        return Counter(self.plan.outcomes)

    def import_rows(self, run_pk: int) -> Iterator[dict[str, Any]]:
        """Column values of one ImportRow a row."""
        table = self.plan.table
        for index, number in enumerate(table.numbers):
            yield {
                "run_id": run_pk,
                "number": number,
                "outcome": self.plan.outcomes[index],
                "errors": table.errors.get(index),
                "warnings": table.warnings.get(index),
                "row": self.plan.rows[index],
                "given": "",
            }


def check(sheet: Sheet, data: bytes, filename: str, by: Any, report: Report) -> Checked:
    """Plan the import of one workbook for `by`. Raises Refused with one sentence when it cannot be read."""
    name, heading, rows = read(sheet, data, filename)
    check_heading(sheet, heading)
    table = make_table(sheet, heading, rows)
    total = len(table)
    report(0, total)
    table.clean(lambda done: report(done, total))
    plan = Plan(table, by)
    sheet.plan(table, plan)
    plan.finish()
    report(total, total)
    return Checked(plan, heading, name)


def read(sheet: Sheet, data: bytes, filename: str) -> tuple[str, Heading, list[list[Cell]]]:
    """The first worksheet that has a heading of this kind."""
    try:
        picked = sheets.read(data, filename).pick(lambda rows: find_heading(sheet, rows))
        if picked:
            found, heading = picked
            found.refuse_merges(heading.row)
            return found.name, heading, found.rows
    except sheets.SheetError as error:
        raise Refused(str(error)) from error
    wanted = [column.key for column in sheet.columns.values() if column.required] or list(sheet.columns)[:3]
    raise Refused(
        f"没有找到列名：前 {HEADING_WITHIN} 行里要有{sheet.labels(wanted)}这样的列，可以照空白表格填。"
    )


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

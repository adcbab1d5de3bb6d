"""The mistakes of a run, each once with the rows that have it."""

from dataclasses import dataclass, field

from core.dates import NO_DAY
from core.importing.questions import DAYS, SKIP, WORDS
from core.importing.sheet import ImportSheet
from core.importing.shown_errors import shown_errors
from core.models import ImportRun

JUDGED = 5000
"""Wrong rows that are grouped; a county's workbook may have more, and its marked copy names all."""
LISTED = 200


@dataclass
class Mistake:
    """One mistake: rows are (number, cell, what is written)."""

    column: str
    why: str
    remedy: str
    rows: list[tuple[int, str, str]] = field(default_factory=list)
    count: int = 0


def faults_of(run: ImportRun, sheet: ImportSheet, *, is_uploader: bool) -> list[Mistake]:
    """Return the mistakes to correct in the sheet, the most frequent first, then by row.

    Words that the clerk is asked about are no mistakes.
    """
    asked = {(q["column"], q["name"]) for q in run.questions if q["section"] == WORDS and q["chosen"] != SKIP}
    days = {q["column"] for q in run.questions if q["section"] == DAYS and q["chosen"] != SKIP}
    found: dict[tuple[str, str, str], Mistake] = {}
    wrong = run.rows.filter(errors__isnull=False).order_by("number")
    for number, error in shown_errors(sheet, wrong[:JUDGED], is_uploader=is_uploader):
        if (error["column"], error["value"]) in asked or (error["column"] in days and error["why"] == NO_DAY):
            continue
        key = (error["column"], error["why"], error["remedy"])
        fault = found.setdefault(key, Mistake(*key))
        fault.count += 1
        if len(fault.rows) < LISTED:
            fault.rows.append((number, error["cell"], error["value"]))
    return sorted(found.values(), key=lambda fault: -fault.count)

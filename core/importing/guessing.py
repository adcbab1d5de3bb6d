"""Guess the kind of a workbook by its headings, so that files of several kinds can be uploaded together."""

from collections.abc import Iterator, Mapping

from core import sheets
from core.importing.heading import HEADING_WITHIN, HeadingRow, ImportRefused, find_heading, lacking
from core.importing.questions import answers_of
from core.importing.sheet import ImportSheet, all_kinds

ROWS_READ = HEADING_WITHIN + 20
"""Rows that are read of each sheet: the heading, and below it what names a version."""


LEAST = 3
"""Known columns, less missing ones, by which a kind is recognised that lacks required columns."""


def guess_kinds(data: bytes, filename: str, place: str) -> list[ImportSheet]:
    """Return the kinds that fit the headings best: none, one, or several that fit equally well.

    If several do, the file name decides when it names one. Raises SheetError with one sentence if the file
    cannot be read.
    """
    book = sheets.read(data, filename, sheets.ON_PAGE, most_rows=ROWS_READ)
    scores = {kind.key: max(_scores(kind, book, place), default=0) for kind in all_kinds()}
    best = max(scores.values())
    fitting = [kind for kind in all_kinds() if scores[kind.key] == best] if best > 0 else []
    # A kind that reads several others together is meant only if no other fits as well.
    fitting = [kind for kind in fitting if not kind.parts] or fitting
    named = [kind for kind in fitting if kind.label in filename]
    return named if len(named) == 1 else fitting


def _scores(kind: ImportSheet, book: sheets.Workbook, place: str) -> Iterator[int]:
    """Yield how well the headings of each sheet fit: known columns, less required ones that are missing."""
    taught = answers_of({}, kind.key, place).headings()
    for page in book.sheets:
        page.forget()  # another kind may have translated the rows
    try:
        kind.translate(book)
    except ImportRefused:
        return
    for page in book.sheets:
        try:
            found = _fit(kind, page, place, taught)
        except (ImportRefused, sheets.SheetError):
            continue
        if found:
            fitted, heading = found
            missing = len(lacking(fitted, heading))
            score = len(heading.positions) - missing
            if not missing or score >= LEAST:
                yield score


def _fit(
    kind: ImportSheet, page: sheets.WorkbookSheet, place: str, taught: Mapping[str, str]
) -> tuple[ImportSheet, HeadingRow] | None:
    """Return the columns that fit the rows best, and their heading; None if they are of another kind."""

    def find(sheet: ImportSheet) -> HeadingRow | None:
        return find_heading(sheet, page.rows, page.merges, taught)

    try:
        heading = find(kind)
    except ImportRefused:
        wider = kind.widened(page.rows)
        if wider is None or wider.key != kind.key:
            raise
        kind, heading = wider, find(wider)
    if heading is None:
        return None
    try:
        fitted = kind.fitted(place, page.rows, heading)
    except ImportRefused:
        return kind, heading  # a form whose version is unknown or closed
    if fitted.key != kind.key:
        return None
    return fitted, find(fitted) or heading

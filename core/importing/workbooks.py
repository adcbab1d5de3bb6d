"""Blank workbooks and the clerk's own workbook with its wrong cells marked."""

import io

from core.importing import files
from core.importing.kinds import Sheet
from core.models import ImportRun
from core.sheets import write_rows


def template(sheet: Sheet) -> bytes:
    """The blank workbook of a kind."""
    out = io.BytesIO()
    write_rows(out, [column.label for column in sheet.columns.values()], [])
    return out.getvalue()


def keep_marked(run: ImportRun) -> None:
    """Make the marked copy and keep it beside the upload."""
    files.keep(run, files.MARKED, files.read(run, files.UPLOAD))

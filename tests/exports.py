"""Workbooks that lists and reports give out, as tests read them."""

import io
from typing import Any

import openpyxl

from core.sheets.writing import LINES_ABOVE


def lines_of(answer: Any) -> list[tuple[Any, ...]]:
    """Every line of the workbook that a page answers with."""
    return list(openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0].values)


def table_of(answer: Any) -> list[tuple[Any, ...]]:
    """The headings and rows below the lines that say what the workbook is."""
    return lines_of(answer)[LINES_ABOVE:]


def name_of(answer: Any) -> str:
    """The file name that the browser offers."""
    return str(answer.filename)

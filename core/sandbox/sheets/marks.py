"""Types and text limits shared by both ways of marking a workbook."""

import re
from collections.abc import Mapping

Marks = Mapping[tuple[int, int], str]
"""Reasons by (row, column), counted from 0."""
Extras = Mapping[str, Mapping[int, str]]
"""Values by heading and row."""

RESULT = "导入结果"
ROW_NUMBER = "原行号"
AUTHOR = "联村联户"
OWN_NOTE = "\n—— 原批注 ——\n"
AMBER = "FFE3A8"
BOOK_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def legal(text: str) -> str:
    """Return the text without illegal characters, truncated to the cell limit."""
    return _ILLEGAL.sub("", text)[:32_000]

"""Texts that a spreadsheet would take for a formula, and how they are kept text.

In a workbook a text cell is a text whatever it says, so its spelling stays; the cell gets the text format, so
that it is one after editing too. A .csv has no kinds of cells: there such a text gets a ' in front, which is
taken away when the file is read here again. A number stays a number: only the text "-5" is guarded.
"""

import re
import unicodedata

LEADS = frozenset("=+-@")
BREAKS = ("\t", "\r", "\n")
"""What a program may take for the end of a cell."""
_UNSEEN = re.compile(r"^[\s\x00-\x1f\x7f\ufeff\u200b-\u200d\u2060]+")
"""What some programs leave out in front of a text."""


def is_formula_like(text: str) -> bool:
    """Whether it begins with = + - @, also full-width (＝ ＋ － ＠) or behind spaces, or with a tab or line break."""
    first = _UNSEEN.sub("", text)[:1]
    return text.startswith(BREAKS) or unicodedata.normalize("NFKC", first) in LEADS


def guarded(cell: object) -> object:
    """Return a cell of a .csv; a text that begins with ' like a guarded one is guarded too, so that both come
    back.
    """
    return f"'{cell}" if isinstance(cell, str) and is_formula_like(cell.lstrip("'")) else cell


def unguarded(cell: str) -> str:
    """Return what a cell of a .csv was before `guarded`."""
    return cell[1:] if cell.startswith("'") and is_formula_like(cell.lstrip("'")) else cell

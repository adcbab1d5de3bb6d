"""Protect against formula injection: text that a spreadsheet would take for a formula.

In a workbook a text cell stays text, so its spelling is kept; the cell gets the text format, so that it
remains text after editing. A .csv has no cell types: such a text gets a leading ', which is removed when the
file is read here again. Numbers stay numbers: only the text "-5" is guarded.
"""

import re
import unicodedata

LEADS = frozenset("=+-@")
BREAKS = ("\t", "\r", "\n")
"""Characters that a program may take for the end of a cell."""
_UNSEEN = re.compile(r"^[\s\x00-\x1f\x7f\ufeff\u200b-\u200d\u2060]+")
"""Characters that some programs strip from the start of a text."""


def is_formula_like(text: str) -> bool:
    """Return whether text starts with = + - @ (also full-width, or after spaces), a tab or a line break."""
    first = _UNSEEN.sub("", text)[:1]
    return text.startswith(BREAKS) or unicodedata.normalize("NFKC", first) in LEADS


def guarded(cell: object) -> object:
    """Guard a .csv cell; text that already begins with ' is guarded too, so that both survive a round trip."""
    return f"'{cell}" if isinstance(cell, str) and is_formula_like(cell.lstrip("'")) else cell


def unguarded(cell: str) -> str:
    """Revert `guarded`."""
    return cell[1:] if cell.startswith("'") and is_formula_like(cell.lstrip("'")) else cell

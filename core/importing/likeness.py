"""How likely an unknown heading or word means a known one."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from core.cells import Cell, CellError, label_key
from core.dates import DayMissing
from core.importing.columns import SheetColumn, heading_key

LIKELY = 0.6
"""Likeness from which an answer is pre-chosen."""
FITTING = 0.8
"""Share of a column's sampled cells that must be valid values of the column."""
_NEGATIONS = frozenset("不非未无否没")


def likeness(one: str, other: str) -> float:
    """Return 0…1 for two keys: 1 if equal, at least 0.8 if one contains the other."""
    if not one or not other:
        return 0
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    shorter = min(one, other, key=len)
    inside = len(shorter) > 1 and (one in other or other in one)
    return max(ratio, 0.8) if inside else ratio


def ranked_words(word: str, labels: Sequence[str]) -> tuple[list[str], str]:
    """Return the labels, the most similar first, and the one to pre-choose or ''.

    A word with a negation that the label lacks (不健康, 健康) means something else, so nothing is pre-chosen.
    """
    key = label_key(word)
    scores = {label: likeness(key, label_key(label)) for label in labels}
    ranked = sorted(labels, key=lambda label: -scores[label])
    if not ranked:
        return ranked, ""
    best = ranked[0]
    tie = len(ranked) > 1 and scores[ranked[1]] == scores[best]
    contrary = (_NEGATIONS & set(key)) != (_NEGATIONS & set(best))
    return ranked, best if scores[best] >= LIKELY and not tie and not contrary else ""


def fits(column: SheetColumn, cells: Iterable[Cell]) -> float:
    """Return the share of these cells that the column accepts; 0 if there are none."""
    good = total = 0
    for cell in cells:
        total += 1
        try:
            column.clean(cell)
        except DayMissing:
            pass  # a date that is asked about
        except CellError:
            continue
        good += 1
    return good / total if total else 0


def heading_likeness(heading: str, column: SheetColumn) -> float:
    key = heading_key(heading)
    return max(likeness(key, spelling) for spelling in column.spellings)

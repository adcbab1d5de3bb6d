"""Cells as a device writes them: several choices separated by spaces, or one column a choice with 0 and 1."""

from collections.abc import Mapping, Sequence

from core.cells import Cell, CellError, clean_text
from surveys.definition.items import UNKNOWN_LABEL, Item
from surveys.definition.language import UNKNOWN

YES, NO = {"1", "true", "yes", "是"}, {"", "0", "false", "no", "否"}


def text_of(cell: Cell) -> str:
    """Return a cell as text: 1.0 is 1, true is 1."""
    if isinstance(cell, bool):
        return str(int(cell))
    try:
        return clean_text(cell)
    except CellError:
        return str(cell)


def is_filled(cell: Cell) -> bool:
    return text_of(cell) != ""


def chosen_in(item: Item, cell: Cell) -> Cell:
    """Separate the choices of a cell as our sheets do; a cell with anything else in it stays as it is."""
    known = {*item.labels, *item.labels.values(), UNKNOWN, UNKNOWN_LABEL}
    found: list[str] = []
    words = text_of(cell).split()
    while words:
        taken = next((n for n in range(len(words), 0, -1) if " ".join(words[:n]) in known), 0)
        if not taken:
            return cell
        found.append(" ".join(words[:taken]))
        del words[:taken]
    return "；".join(found) if found else cell


def split_choices(item: Item, row: Sequence[Cell], options: Mapping[str, int], whole: Cell) -> Cell:
    """Return one cell for a choice split into columns.

    What cannot be read, or contradicts the whole cell, is kept in words, which no choice matches.
    """
    texts = {option: text_of(row[position]).lower() for option, position in options.items()}
    odd = [text for text in texts.values() if text not in YES | NO]
    chosen = [option for option, text in texts.items() if text in YES]
    joined = "；".join(chosen)
    if odd:
        return f"{odd[0]}（选没选看不出）"
    if whole is None or not any(texts.values()):
        return joined if whole is None else whole
    if _codes(item, whole) != set(chosen):
        return f"{text_of(whole)}（分列里是 {joined or '没有选'}）"
    return joined


def _codes(item: Item, whole: Cell) -> set[str]:
    code_of = {label: code for code, label in item.labels.items()} | {UNKNOWN_LABEL: UNKNOWN}
    parts = str(chosen_in(item, whole)).split("；")
    return {code_of.get(part, part) for part in parts if part}

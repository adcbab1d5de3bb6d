"""A number whose cell shows something else than the number itself: 000123, 95%, 第3组."""


class ShownNumber(float):
    """The stored number with the text that its number format makes of it.

    `text` is None where the text is not certain. `same` says that the text is the number and nothing else
    (leading zeros, rounded, with ¥, in parentheses), so that a column of numbers may take the number. `code` is
    the number format; it is known only where the workbook is read.
    """

    __slots__ = ("code", "same", "text")
    text: str | None
    same: bool
    code: str

    def __new__(cls, number: float, text: str | None, *, same: bool, code: str = "") -> "ShownNumber":
        made = super().__new__(cls, number)
        made.text, made.same, made.code = text, same, code
        return made

    def __eq__(self, other: object) -> bool:
        """Cleaned values are cached by cell, so numbers that are shown differently are not equal."""
        return isinstance(other, ShownNumber) and float.__eq__(self, other) and self.text == other.text

    def __hash__(self) -> int:
        return hash((float(self), self.text))

    def __str__(self) -> str:
        return float.__repr__(self) if self.text is None else self.text


def seen(cell: object) -> object:
    """Return the text of a number that its format writes in words (共12户), else the cell."""
    return cell.text if isinstance(cell, ShownNumber) and cell.text and not cell.same else cell

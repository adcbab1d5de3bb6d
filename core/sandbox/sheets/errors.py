"""Errors of a whole file or sheet, in one sentence for its reader, and size limits."""

from core.sandbox.outcome import Refused

# 350,000 rows × 24 columns take 50 MB.
MAX_FILE_BYTES = 55 << 20
MAX_ROWS = 400_000
# In addition to the data rows: titles and notes above the headings.
HEAD_ROWS = 10
# A sheet may contain a limited number of empty rows that are only formatted.
MAX_ROW_TAGS = 2 * MAX_ROWS
MAX_COLUMNS = 300
# Rows × columns that the reader allocates, empty cells included (about 80 bytes per filled cell).
MAX_CELLS = 12_000_000
# Size limit of a row sent to the caller. A normal row has a few hundred bytes.
LONGEST_LINE = 16 << 20

SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 再传"


class SheetError(Refused):
    """The file or sheet cannot be read; `str()` is one Chinese sentence with the reason and the remedy."""


def cell_name(row: int, column: int) -> str:
    """Return the address of a cell, both counted from 0: (16, 5) → F17."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return a → 0, AD → 29."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def too_many_formulas(cell: str) -> SheetError:
    return SheetError(f"公式太多（如 {cell}），请全选复制后“选择性粘贴-数值”再传。")


def too_far(cell: str) -> SheetError:
    return SheetError(
        f"{cell} 还有内容，超过了 {MAX_ROWS:,} 行 {MAX_COLUMNS} 列。请删去多余的内容，或分成几个文件再传。"
    )


def too_many_cells() -> SheetError:
    return SheetError(
        f"表太大，行数乘列数超过 {MAX_CELLS // 10_000:,} 万格。请删去不用的列，或分成几个文件再传。"
    )


def too_many_rows() -> SheetError:
    return SheetError(
        f"表里有 {MAX_ROW_TAGS // 10_000} 万行以上，多半是带着格式的空行。请把有内容的行复制到新表再传。"
    )


def damaged() -> SheetError:
    return SheetError(f"文件已损坏，打不开。{SAVE_AS}。")

"""Workbooks to fill in: headings with help, drop-downs, and text columns that keep long numbers.

Blank, or with rows that are partly pre-filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

from core.sandbox.sheets.marks import BOOK_OPTIONS
from core.sheets.writing import text_width

LAST_ROW = 1_048_575
# Excel accepts an inline list up to this length; a longer one goes into a hidden sheet.
MAX_INLINE_LIST = 255
# A longer heading wraps to a second line.
HEADING = 20
NUMBER_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "number": "General"}
GREEN, AMBER, LINE, SUNK = "#E6F1ED", "#FCF2DE", "#C5CCC7", "#F1F3F1"

GENERAL_RULES = [
    "从第 2 行起填，一行一条；列的先后可以调换，不用的列可以删去，列名不要改。",
    "深色列名是必填的。没有的内容空着，不要写“无”或“/”。",
    "身份证号、电话、编码各列已设为“文本”：从别处复制时用“选择性粘贴-数值”，不要带格式。",
    "日期写成 2015-03-05 这样；金额只填数字，不写单位；不要用公式，不要合并单元格。",
]


@dataclass(frozen=True)
class TemplateColumn:
    """One column of a workbook to fill in.

    `known`: pre-filled. Numbers lie `between` two limits; `or_words` are
    allowed instead.
    """

    label: str
    help: str = ""
    required: bool = False
    choices: Sequence[str] = ()
    kind: Literal["text", "date", "number"] = "text"
    known: bool = False
    between: tuple[float, float] | None = None
    or_words: Sequence[str] = ()


END = TemplateColumn("")


def write_template(
    out: BinaryIO,
    sheet_name: str,
    columns: Sequence[TemplateColumn],
    rows: Sequence[Sequence[str | float | None]] = (),
) -> None:
    """Write the sheet, a sheet 填写说明 after it, and a hidden one with the long lists of choices.

    Pre-filled columns at the left are frozen.
    """
    with xlsxwriter.Workbook(out, BOOK_OPTIONS) as book:
        sheet = book.add_worksheet(sheet_name)
        _write_instructions(book, columns)
        lists = book.add_worksheet("选项")
        lists.hide()
        styles = {required: book.add_format(_heading_style(required)) for required in (True, False)}
        formats = {
            (kind, known): book.add_format({"num_format": code, **({"bg_color": SUNK} if known else {})})
            for kind, code in NUMBER_FORMATS.items()
            for known in (False, True)
        }
        for at, column in enumerate(columns):
            look = formats[column.kind, column.known]
            filled = [str(values[at]) for values in rows] if column.known else []
            sheet.set_column(at, at, _width(column, filled), look)
            for row, values in enumerate(rows, start=1):
                if values[at] is not None:
                    sheet.write(row, at, values[at], look)
            sheet.write_string(0, at, column.label, styles[column.required])
            if note := _note(column):
                sheet.write_comment(0, at, note, {"author": "联村联户", "x_scale": 1.6, "y_scale": 1.2})
            if column.choices:
                source = _choices_source(book, lists, at, column.choices)
                sheet.data_validation(1, at, LAST_ROW, at, _list_rule(column, source))
            elif column.between:
                sheet.data_validation(1, at, LAST_ROW, at, _number_rule(column, xl_rowcol_to_cell(1, at)))
        sheet.set_row(0, 9 + 15 * max(_lines(column) for column in columns))
        sheet.freeze_panes(1, next(at for at, column in enumerate([*columns, END]) if not column.known))
        sheet.activate()


def _heading_style(required: bool) -> dict[str, Any]:
    fill = {"bg_color": "#0B5D50", "font_color": "#FFFFFF"} if required else {"bg_color": GREEN}
    edge = {"border": 1, "border_color": LINE}
    return {**fill, **edge, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}


def _note(column: TemplateColumn) -> str:
    return "\n".join(filter(None, ["必填。" if column.required else "", column.help]))


def _width(column: TemplateColumn, filled: Sequence[str] = ()) -> float:
    widest = max(map(text_width, [*column.choices, *filled]), default=0)
    return min(max(10, widest + 3, min(text_width(column.label) + 3, HEADING)), 30)


def _lines(column: TemplateColumn) -> int:
    """Return how many lines the heading takes; a Chinese character may leave half a column unused at a
    line's end.
    """
    return -(-text_width(column.label) // (int(_width(column)) - 2))


def _choices_source(book: Any, lists: Any, at: int, choices: Sequence[str]) -> list[str] | str:
    # Excel splits an inline list at commas.
    if len(",".join(choices)) <= MAX_INLINE_LIST and not any("," in choice for choice in choices):
        return list(choices)
    lists.write_column(0, at, choices)
    # Named, because Excel rewrites a plain reference to another sheet into an extension that other programs
    # drop.
    name = f"choices_{xl_col_to_name(at)}_list"
    book.define_name(name, f"=选项!{xl_range_abs(0, at, len(choices) - 1, at)}")
    return f"={name}"


def _list_rule(column: TemplateColumn, source: list[str] | str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": source,
        "error_title": column.label[:32],
        "error_message": "请从下拉列表里选一项。",
    }


def _number_rule(column: TemplateColumn, cell: str) -> dict[str, Any]:
    assert column.between
    low, high = (f"{limit:g}" if abs(limit) < 1e5 else f"{limit:.0f}" for limit in column.between)
    words = "".join(f',{cell}="{word}"' for word in (*column.or_words, "-"))
    return {
        "validate": "custom",
        "value": f"=OR(AND(ISNUMBER({cell}),{cell}>={low},{cell}<={high}){words})",
        "error_title": column.label[:32],
        "error_message": f"请填 {low} 到 {high} 之间的数"
        + "".join(f"，或“{word}”" for word in column.or_words),
    }


def _write_instructions(book: Any, columns: Sequence[TemplateColumn]) -> None:
    sheet = book.add_worksheet("填写说明")
    head = book.add_format({"bold": True, "bg_color": GREEN, "border": 1, "border_color": LINE})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "border_color": LINE})
    for row, rule in enumerate(GENERAL_RULES):
        sheet.write_string(row, 0, f"{row + 1}. {rule}")
    start = len(GENERAL_RULES) + 1
    sheet.write_row(start, 0, ["列名", "必填", "说明", "可以填的"], head)
    for row, column in enumerate(columns, start=start + 1):
        required = "必填" if column.required else ""
        facts = [column.label, required, column.help, "、".join(column.choices)]
        for at, fact in enumerate(facts):
            sheet.write_string(row, at, fact, cell)
    for at, width in enumerate([18, 6, 56, 48]):
        sheet.set_column(at, at, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)

"""A figure is declared once: label, unit, link to the rows it counts, and how it is counted.

The same declaration gives a card of the overview, a column of a report (page, print and workbook) or a count
of the admin home.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html

from core.lists import Heading, Row
from core.templatetags.look import cell_text


def _nothing(_row: Any) -> str:
    return ""


@dataclass(frozen=True)
class Figure:
    """One figure of a row: of a place, a unit, or the page's total.

    `value`, `url` and `note` take the row; `url` returns the address of the list of counted rows, '' for
    none.
    """

    label: str
    value: Callable[[Any], Any]
    how: str = ""
    url: Callable[[Any], str] = _nothing
    unit: str = ""
    note: Callable[[Any], str] = _nothing
    css: str = "num"


# --- cards ----------------------------------------------------------------------------------------


def cards(figures: Iterable[Figure], row: Any) -> list[dict[str, Any]]:
    """Return the contexts of `_figure.html`."""
    return [
        {
            "label": figure.label,
            "value": figure.value(row),
            "unit": figure.unit,
            "note": figure.note(row),
            "how": f"{figure.how}。" if figure.how else "",
            "url": figure.url(row),
        }
        for figure in figures
    ]


# --- tables ---------------------------------------------------------------------------------------


def headings(figures: Sequence[Figure]) -> list[Heading]:
    return [Heading(figure.label, figure.css) for figure in figures]


def notes(figures: Sequence[Figure], *more: str) -> list[str]:
    """Return how the figures are counted, one sentence per column."""
    return [f"{figure.label}：{figure.how}" for figure in figures if figure.how] + [*more]


def cells(figures: Sequence[Figure], row: Any) -> list[Any]:
    """Return plain values for the workbook."""
    return [figure.value(row) for figure in figures]


def linked_rows(figures: Sequence[Figure], rows: Iterable[Any]) -> list[Row]:
    """Return the rows of `_table.html`, with each figure linked to the rows it counts."""
    first, *others = figures
    return [
        Row(0, first.url(row), [first.value(row), *(_linked(figure, row) for figure in others)])
        for row in rows
    ]


def _linked(figure: Figure, row: Any) -> Any:
    value, url = figure.value(row), figure.url(row)
    return format_html('<a href="{}">{}</a>', url, cell_text(value)) if value and url else value


def totals(figures: Sequence[Figure], whole: Any) -> list[dict[str, Any]]:
    """Return the totals row of a table."""
    return [
        {"text": f"{value:,}" if isinstance(value, int | Decimal) else value or "", "css": figure.css}
        for figure, value in zip(figures, cells(figures, whole), strict=True)
    ]

"""A report is declared in its module and added by a line of the catalogue; page, print and workbook are
derived.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.figures import Figure
from core.periods import Period
from units.models import Cadre
from visits.indicators import FieldFigure


@dataclass(frozen=True)
class Report:
    """One report of a place and a period; `key` is its address under /reports/.

    `title` and `tells` take the reader: what it is called, and what the list of reports says it tells. `rows` are
    read in sets; `total` adds them up; `notes` stand below the explanations of the columns.
    """

    key: str
    title: Callable[[Cadre], str]
    tells: str
    columns: Callable[[Cadre, Period], Sequence[Figure]]
    rows: Callable[[Cadre, Period], Sequence[Any]]
    total: Callable[[Sequence[Any]], Any]
    notes: Sequence[str] = ()


def of_indicator(
    indicator: FieldFigure,
    value: Callable[[Any], Any],
    url: Callable[[Any], str],
    *,
    among: str = "",
    opens: str = "",
    note: Callable[[Any], str] = lambda _row: "",
) -> Figure:
    """Declare a figure by its indicator: label, unit and explanation are the indicator's.

    `among` says of what it is counted here, `opens` what the list behind it shows.
    """
    how = f"{among}{indicator.how}{opens}".removesuffix("。")
    return Figure(indicator.label, value, how, url, indicator.measure, note)

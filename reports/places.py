"""各乡镇走访统计：one row a place directly under the reader's, how many households were entered each month."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from core.figures import Figure
from core.periods import Period
from core.places import CITY, COUNTY, TOWN, VILLAGE
from reports import overview
from reports.counting import CHILD_LENGTH
from reports.overview import PlaceRow
from reports.report import Report, of_indicator
from units.models import Cadre
from visits.indicators import ENTERED_HOUSEHOLDS, ENTERED_TIMES

MONTHS = range(1, 13)
PLACE_KINDS = {CITY: "市州", COUNTY: "县区", TOWN: "乡镇", VILLAGE: "村"}
PLACE_FILTERS = {TOWN: "town", VILLAGE: "village"}
"""The filter of the lists that holds a code of this length; longer ones than a town's go by `place`."""


def place_kind(user: Cadre) -> str:
    """Return what is directly under the user's place: counties, towns or villages."""
    return PLACE_KINDS[CHILD_LENGTH[len(user.place)]]


def columns(user: Cadre, period: Period) -> list[Figure]:
    name = PLACE_FILTERS.get(CHILD_LENGTH[len(user.place)], "place")
    households, visits = f"{reverse('households')}?{name}=", f"{reverse('visits')}?{name}="

    def registered(row: PlaceRow) -> str:
        return f"{households}{row.code}&{period.query}"

    return [
        Figure(place_kind(user), lambda row: row.name, css="", url=registered),
        Figure(
            "在册户",
            lambda row: row.registered,
            f"{period.as_at}在册的贫困户，迁出、并入、分户、注销的不算；没有写识别日期的算一直在册",
            registered,
            unit="户",
        ),
        Figure(
            "已结对",
            lambda row: row.paired,
            f"在册户里，{period.as_at}有联户干部的",
            lambda row: f"{households}{row.code}&paired=yes&{period.query}",
            unit="户",
        ),
        *(_month(month, period, households) for month in MONTHS),
        of_indicator(
            ENTERED_HOUSEHOLDS,
            lambda row: row.entered,
            lambda row: f"{households}{row.code}&visited=yes&{period.query}",
            among="在册户里，这段时间",
        ),
        of_indicator(
            ENTERED_TIMES,
            lambda row: row.times,
            lambda row: f"{visits}{row.code}&entering=1&{period.query}",
            opens="点开是一条一条的走访，同户同天的可以有几条。",
        ),
        Figure("覆盖 %", lambda row: row.coverage, "入过户 ÷ 在册户", unit="%"),
    ]


def _month(month: int, period: Period, households: str) -> Figure:
    """Return the column of one month of the period's last year: the share of households entered.

    The list behind it shows those of the households 在册 at the end of the period.
    """
    year = period.until.year
    since = max(date(year, month, 1), period.since)
    until = min(date(year, month, monthrange(year, month)[1]), period.until)
    days = Period(since, until).query
    return Figure(
        f"{month}月",
        lambda row: row.month_percent(month),
        url=lambda row: f"{households}{row.code}&visited=yes&{days}&at={period.on}" if row.code else "",
        unit="%",
    )


def heat_rows(figures: Sequence[Figure], rows: Iterable[PlaceRow]) -> list[dict[str, Any]]:
    """Return the rows of the overview's grid: address, name, (class, value, address) of the others."""
    first, *others = figures
    return [
        {
            "href": first.url(row),
            "name": first.value(row),
            "cells": [
                (_tint(figure, value), value, figure.url(row) if value else "")
                for figure in others
                for value in [figure.value(row)]
            ],
        }
        for row in rows
    ]


def _tint(figure: Figure, value: Any) -> str:
    """Return the class of a cell: months are tinted under their number, which is always printed."""
    if not figure.label.endswith("月") or value is None:
        return "num"
    return f"num q{1 if value < 20 else 2 if value < 30 else 3 if value < 40 else 4}"


REPORT = Report(
    key="places",
    title=lambda user: f"{user.unit.division}各{place_kind(user)}走访统计",
    tells="在册、结对、每月入户覆盖率、入户户次",
    columns=columns,
    rows=overview.places,
    total=overview.total_of_places,
    notes=["1月到12月：当月入过户的在册户 ÷ 在册户，%"],
)

"""The two tables of the overview, by place and by unit: what a column counts, how, and the list of what it counted."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.html import format_html

from core.lists import Heading, Row
from core.periods import Period
from core.places import CITY, COUNTY, TOWN, VILLAGE
from core.templatetags.look import cell_text, date_cn
from reports.counting import CHILD_LENGTH
from reports.overview import PlaceRow
from units.models import Cadre, today

MONTHS = range(1, 13)
PLACE_KINDS = {CITY: "市州", COUNTY: "县区", TOWN: "乡镇", VILLAGE: "村"}
PLACE_FILTERS = {TOWN: "town", VILLAGE: "village"}
"""The filter of the lists that holds a code of this length; longer ones than a town's go by `place`."""


class Measure(NamedTuple):
    """One column: its heading, a row's value, how it is counted, the address of a row's list ('' for none)."""

    label: str
    value: Callable[[Any], Any]
    how: str = ""
    url: Callable[[Any], str] = lambda row: ""
    css: str = "num"


def as_at(period: Period) -> str:
    """Say as at which day states are told: 今天, or the last day of a period gone by."""
    return "今天" if period.on == today() else date_cn(period.on)


def place_kind(user: Cadre) -> str:
    """What lies directly under the user's place."""
    return PLACE_KINDS[CHILD_LENGTH[len(user.place)]]


def place_measures(user: Cadre, period: Period) -> list[Measure]:
    name = PLACE_FILTERS.get(CHILD_LENGTH[len(user.place)], "place")
    households, visits = f"{reverse('households')}?{name}=", f"{reverse('visits')}?{name}="
    entered = f"&visited=yes&{period.query}"

    def registered(row: PlaceRow) -> str:
        return f"{households}{row.code}&{period.query}"

    return [
        Measure(place_kind(user), lambda row: row.name, css="", url=registered),
        Measure(
            "在册户",
            lambda row: row.registered,
            f"{as_at(period)}在册的贫困户，迁出、并入、分户、注销的不算",
            registered,
        ),
        Measure(
            "已结对",
            lambda row: row.paired,
            f"在册户里，{as_at(period)}有联户干部的",
            lambda row: f"{households}{row.code}&paired=yes&{period.query}",
        ),
        *(_month_measure(month, period, households) for month in MONTHS),
        Measure(
            "入过户",
            lambda row: row.entered,
            "在册户里，这段时间至少入户一次的，电话联系和作废的不算",
            lambda row: f"{households}{row.code}{entered}",
        ),
        Measure(
            "入户户次",
            lambda row: row.times,
            "一户一天算 1 次，补录也算；点开是一条一条的走访，同户同天的可以有几条",
            lambda row: f"{visits}{row.code}&entering=1&{period.query}",
        ),
        Measure("覆盖 %", lambda row: row.coverage, "入过户 ÷ 在册户"),
    ]


def _month_measure(month: int, period: Period, households: str) -> Measure:
    """How much of a place was entered in one month of the period's last year."""
    year = period.until.year
    since = max(date(year, month, 1), period.since)
    until = min(date(year, month, monthrange(year, month)[1]), period.until)
    entered = f"&visited=yes&{Period(since, until, '').query}"
    return Measure(
        f"{month}月",
        lambda row: row.month_percent(month),
        url=lambda row: f"{households}{row.code}{entered}" if row.code else "",
    )


PLACE_NOTE = "1月到12月：当月入过户的在册户 ÷ 在册户，%"


def unit_measures(period: Period) -> list[Measure]:
    unit_page = reverse("unit", args=[987654321]).replace("987654321", "{}")
    households, visits = f"{reverse('households')}?unit=", f"{reverse('visits')}?unit="
    pairings, villages = f"{reverse('pairings')}?unit=", f"{reverse('village-pairings')}?unit="
    in_village = f"&inside=1&{period.query}"
    return [
        Measure("单位", lambda row: row.name, css="", url=lambda row: unit_page.format(row.pk)),
        Measure("代码", lambda row: row.code, css="quiet"),
        Measure(
            "联系村",
            lambda row: row.villages,
            f"{as_at(period)}联着的村",
            lambda row: f"{villages}{row.pk}&at={period.on}",
            css="",
        ),
        Measure(
            "联户干部",
            lambda row: row.cadres,
            f"{as_at(period)}有联系户的干部；点开是一条一条的联户，一名干部可以有几条",
            lambda row: f"{pairings}{row.pk}&at={period.on}",
        ),
        Measure(
            "联系户",
            lambda row: row.households,
            f"{as_at(period)}由本单位干部联着的户",
            lambda row: f"{households}{row.pk}&{period.query}",
        ),
        Measure(
            "入过户",
            lambda row: row.entered,
            "联系户里，这段时间本单位干部至少入户一次的",
            lambda row: f"{households}{row.pk}&visited=yes&{period.query}",
        ),
        Measure("覆盖 %", lambda row: row.coverage, "入过户 ÷ 联系户"),
        Measure(
            "入户户次",
            lambda row: row.times,
            "本单位干部到任何一户，一户一天算 1 次",
            lambda row: f"{visits}{row.pk}&entering=1&{period.query}",
        ),
        Measure(
            "进村次数",
            lambda row: row.village_times,
            "一天到一个村算 1 次，去几个人都算 1 次，电话不算",
            lambda row: f"{visits}{row.pk}{in_village}",
        ),
        Measure(
            "进村天数",
            lambda row: row.village_days,
            "有人进村的不同日期",
            lambda row: f"{visits}{row.pk}{in_village}",
        ),
        Measure(
            "住村夜数",
            lambda row: row.nights,
            "一名干部一天最多一夜，同住的人也算",
            lambda row: f"{visits}{row.pk}&nights=1&{period.query}",
        ),
    ]


UNIT_NOTE = "合计是各单位相加：两个单位联的同一户、同去的同一村，各算各的"


def headings(measures: Sequence[Measure]) -> list[Heading]:
    return [Heading(measure.label, measure.css) for measure in measures]


def notes(measures: Sequence[Measure], *more: str) -> list[str]:
    """How the figures are counted, a sentence a column."""
    return [f"{measure.label}：{measure.how}" for measure in measures if measure.how] + [*more]


def cells(measures: Sequence[Measure], row: Any) -> list[Any]:
    """The bare values, as the workbook takes them."""
    return [measure.value(row) for measure in measures]


def linked_rows(measures: Sequence[Measure], rows: Iterable[Any]) -> list[Row]:
    """The rows of `_table.html`, each figure a link to what it counted."""
    first, *others = measures
    return [
        Row(0, first.url(row), [first.value(row), *(_linked(measure, row) for measure in others)])
        for row in rows
    ]


def _linked(measure: Measure, row: Any) -> Any:
    value, url = measure.value(row), measure.url(row)
    return format_html('<a href="{}">{}</a>', url, cell_text(value)) if value and url else value


def heat_rows(measures: Sequence[Measure], rows: Iterable[PlaceRow]) -> list[dict[str, Any]]:
    """The grid's rows: address, name, (class, value, address) of the others."""
    first, *others = measures
    return [
        {
            "href": first.url(row),
            "name": first.value(row),
            "cells": [
                (_tint(measure, value), value, measure.url(row) if value else "")
                for measure in others
                for value in [measure.value(row)]
            ],
        }
        for row in rows
    ]


def _tint(measure: Measure, value: Any) -> str:
    """Months are tinted under their number, which is always printed."""
    if not measure.label.endswith("月") or value is None:
        return "num"
    return f"num q{1 if value < 20 else 2 if value < 30 else 3 if value < 40 else 4}"


def totals(measures: Sequence[Measure], whole: Any) -> list[dict[str, Any]]:
    """The foot of a table."""
    return [
        {"text": f"{value:,}" if isinstance(value, int | Decimal) else value or "", "css": measure.css}
        for measure, value in zip(measures, cells(measures, whole), strict=True)
    ]

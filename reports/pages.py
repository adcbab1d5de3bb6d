"""The overview of a place and the two tables behind it: by place and by unit, as page, print and Excel."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core.forms import ChineseDateField
from core.lists import Heading, Row, send_workbook
from core.places import TOWN
from reports import overview
from reports.counting import CHILD_LENGTH, Period
from reports.overview import Figures, PlaceRow, UnitRow
from units.access import overseer_required, user_of
from units.models import Cadre, today

MONTHS = range(1, 13)
UNITS_SHOWN = 10
MONTH_COLUMNS = range(3, 15)
SPANS = {"month": "本月", "quarter": "本季", "year": "今年"}
PLACE_KINDS = {4: "市州", 6: "县区", 9: "乡镇", 12: "村"}


class PeriodForm(forms.Form):
    """本月、本季、今年, or any days."""

    span = forms.ChoiceField(choices=list(SPANS.items()), required=False)
    since = ChineseDateField(label="从", required=False)
    until = ChineseDateField(label="到", required=False)

    def period(self) -> Period:
        """What is missing, not understood or upside down falls back to this year."""
        self.is_valid()
        day = today()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since <= until:
            return Period(since, until, "自选")
        span = self.cleaned_data.get("span") or "year"
        starts = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}
        return Period(date(day.year, starts[span], 1), day, SPANS[span])


@overseer_required
def overview_page(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    period = PeriodForm(request.GET).period()
    places, units = overview.places(user, period), overview.units(user, period)
    year = Period(date(period.until.year, 1, 1), period.until, "今年")
    return render(
        request,
        "reports/overview.html",
        {
            "page": {"title": f"{user.unit.division}总览", "facts": _days(period)},
            "period": period,
            "spans": SPANS,
            "figures": _cards(overview.figures(user, period), period),
            "place_kind": PLACE_KINDS[CHILD_LENGTH[len(user.place)]],
            "columns": _place_headings(user),
            "heat": _heat([_place_row(row, user, period) for row in places]),
            "totals": _place_totals(overview.total(places)),
            "trend": _trend(overview.months(user, year), overview.months(user, year.last_year())),
            "year": year.until.year,
            "unit_columns": UNIT_HEADINGS,
            "unit_rows": [_unit_row(row, period) for row in units[:UNITS_SHOWN]],
            "unit_count": len(units),
        },
    )


@overseer_required
def places_page(request: HttpRequest) -> HttpResponseBase:
    """By place: the sheet that is handed in."""
    user = user_of(request)
    period = PeriodForm(request.GET).period()
    places = overview.places(user, period)
    kind = PLACE_KINDS[CHILD_LENGTH[len(user.place)]]
    if request.GET.get("export") == "xlsx":
        headings = [heading.label for heading in _place_headings(user)]
        rows = [_place_cells(row) for row in [*places, overview.total(places)]]
        title = f"{user.unit.division}各{kind}走访统计"
        return send_workbook(
            request, title, headings, iter(rows), filters=_days(period), row_count=len(places)
        )
    return render(
        request,
        "pages/print.html",
        {
            "page": {"title": f"{user.unit.division}各{kind}走访统计表"},
            "sheet": {"unit": user.unit, "period": _days(period), "wide": True, "back": reverse("home")},
            "columns": _place_headings(user),
            "rows": [_place_row(row, user, period) for row in places],
            "totals": _place_totals(overview.total(places)),
        },
    )


@overseer_required
def units_page(request: HttpRequest) -> HttpResponseBase:
    """By unit: the sheet that is handed in."""
    user = user_of(request)
    period = PeriodForm(request.GET).period()
    units = overview.units(user, period)
    title = f"{user.unit.division}各单位联村联户统计"
    if request.GET.get("export") == "xlsx":
        headings = [heading.label for heading in UNIT_HEADINGS]
        cells = (_unit_cells(row) for row in units)
        return send_workbook(request, title, headings, cells, filters=_days(period), row_count=len(units))
    return render(
        request,
        "pages/print.html",
        {
            "page": {"title": f"{title}表"},
            "sheet": {"unit": user.unit, "period": _days(period), "wide": True, "back": reverse("home")},
            "columns": UNIT_HEADINGS,
            "rows": [_unit_row(row, period) for row in units],
            "totals": None,
        },
    )


@overseer_required
def reports_page(request: HttpRequest) -> HttpResponseBase:
    """统计报表: what there is."""
    return render(request, "reports/index.html", {"page": {"title": "统计报表"}})


def _days(period: Period) -> str:
    def cn(day: date) -> str:
        return f"{day.year}年{day.month}月{day.day}日"

    return f"{cn(period.since)}至{cn(period.until)}"


def _cards(figures: Figures, period: Period) -> list[dict[str, Any]]:
    """The key figures as `_figure.html` shows them: value, unit, comparison, definition, rows."""
    households, visits = reverse("households"), f"{reverse('visits')}?{period.query}"
    return [
        {
            "label": "已结对户",
            "value": figures.paired,
            "unit": "户",
            "note": f"共 {figures.registered:,} 户，未结对 {figures.registered - figures.paired:,}",
            "how": "在册的贫困户里，今天有联户干部的。迁出、注销的不算。",
            "url": f"{households}?paired=yes",
        },
        {
            "label": "入过户",
            "value": figures.entered,
            "unit": "户",
            "note": f"覆盖 {figures.coverage}%" if figures.coverage else "",
            "how": "这段时间里至少入户一次的户，除以在册户。电话联系不算入户，作废的不算。",
            "url": f"{households}?visited=yes&{period.query}",
        },
        {
            "label": "入户户次",
            "value": figures.times,
            "unit": "户次",
            "note": f"上年同期 {figures.times_last_year:,}",
            "how": f"一户一天算 1 次，补录也算。走访记录 {figures.records:,} 条，其中电话 {figures.phone:,} 条不算，"
            f"同户同天的、没有到户的也不再算。",
            "url": f"{visits}&entering=1",
        },
        {
            "label": "进村",
            "value": figures.village_times,
            "unit": "次",
            "note": f"走访干部 {figures.cadres:,} 人",
            "how": "一个单位一天到一个村算 1 次，去几个人都算 1 次。",
            "url": visits,
        },
        {
            "label": "住村",
            "value": figures.nights,
            "unit": "夜",
            "note": "",
            "how": "一名干部一天最多算一夜。",
            "url": f"{visits}&kind=stay",
        },
        {
            "label": "补录",
            "value": figures.late,
            "unit": "条",
            "note": f"占走访记录 {overview.percent(figures.late, figures.records)}%"
            if figures.records
            else "",
            "how": "走访一天以后才录入的，照样计数，只做标记。",
            "url": f"{visits}&late=1",
        },
    ]


def _place_headings(user: Cadre) -> list[Heading]:
    kind = PLACE_KINDS[CHILD_LENGTH[len(user.place)]]
    months = [Heading(f"{month}月", "num") for month in MONTHS]
    return [
        Heading(kind, ""),
        Heading("在册户", "num"),
        Heading("已结对", "num"),
        *months,
        Heading("入过户", "num"),
        Heading("入户户次", "num"),
        Heading("覆盖 %", "num"),
    ]


def _place_cells(row: PlaceRow) -> list[Any]:
    months = [row.month_percent(month) for month in MONTHS]
    return [row.name, row.registered, row.paired, *months, row.entered, row.times, row.coverage]


def _place_row(row: PlaceRow, user: Cadre, period: Period) -> Row:
    name = "village" if CHILD_LENGTH[len(user.place)] > TOWN else "town"
    return Row(0, f"{reverse('households')}?{name}={row.code}&{period.query}", _place_cells(row))


def _tint(cell: Any, column: int) -> str:
    """The class of a cell of the grid; months are tinted under their number, which is always printed."""
    if column not in MONTH_COLUMNS or cell is None:
        return "num" if column else ""
    return f"num q{1 if cell < 20 else 2 if cell < 30 else 3 if cell < 40 else 4}"


def _heat(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The grid's rows: address, name, (class, value) of the others."""
    return [
        {
            "href": row.href,
            "name": row.cells[0],
            "cells": [(_tint(cell, column), cell) for column, cell in enumerate(row.cells) if column],
        }
        for row in rows
    ]


def _place_totals(whole: PlaceRow) -> list[dict[str, Any]]:
    first, *rest = _place_cells(whole)
    return [{"text": first}] + [
        {"text": f"{value:,}" if isinstance(value, int) else value or "", "css": "num"} for value in rest
    ]


def _trend(now: dict[int, int], was: dict[int, int]) -> list[dict[str, Any]]:
    """Twelve columns of the drawing: 0 lies at y = 162, the highest is 140 units tall."""
    peak = max([1, *now.values(), *was.values()])
    columns = []
    for month in MONTHS:
        this, before, x = now.get(month, 0), was.get(month, 0), 45 + 79 * (month - 1)
        columns.append(
            {
                "month": month,
                "now": this,
                "was": before,
                "x": x,
                "middle": x + 15,
                "height": round(this * 140 / peak),
                "top": 162 - round(this * 140 / peak),
                "stroke": 162 - round(before * 140 / peak),
            }
        )
    return columns


UNIT_HEADINGS: Sequence[Heading] = [
    Heading("单位", ""),
    Heading("代码", "quiet"),
    Heading("联系村", ""),
    Heading("联户干部", "num"),
    Heading("联系户", "num"),
    Heading("入过户", "num"),
    Heading("覆盖 %", "num"),
    Heading("入户户次", "num"),
    Heading("进村次数", "num"),
    Heading("进村天数", "num"),
    Heading("住村夜数", "num"),
]


def _unit_cells(row: UnitRow) -> list[Any]:
    return [
        row.name,
        row.code,
        row.villages,
        row.cadres,
        row.households,
        row.entered,
        row.coverage,
        row.times,
        row.village_times,
        row.village_days,
        row.nights,
    ]


def _unit_row(row: UnitRow, period: Period) -> Row:
    return Row(row.pk, f"{reverse('visits')}?unit={row.pk}&{period.query}", _unit_cells(row))

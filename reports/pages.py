"""The overview of a place and the two tables behind it: by place and by unit, as page, print and Excel."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core.lists import send_workbook
from core.periods import Period, PeriodForm, period_bar
from core.templatetags.look import date_cn, yuan
from reports import overview, tables
from reports.overview import Figures
from reports.surveys.frame import newest_of
from reports.tables import MONTHS
from surveys.models import Survey
from units.access import overseer_required, user_of
from units.oversight.telling import home_notices

UNITS_SHOWN = 10


@overseer_required
def overview_page(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = PeriodForm(request.GET)
    period = form.period
    places, units = overview.places(user, period), overview.units(user, period)
    year = Period(date(period.until.year, 1, 1), period.until, "今年")
    by_place, by_unit = tables.place_measures(user, period), tables.unit_measures(period)
    return render(
        request,
        "reports/overview.html",
        {
            "page": {"title": f"{user.unit.division}总览", "facts": _days(period)},
            **home_notices(user),
            "period": period,
            "bar": period_bar(request, form, period, overview.years(user)),
            "figures": _cards(overview.figures(user, period), period),
            "place_kind": tables.place_kind(user),
            "columns": tables.headings(by_place),
            "heat": tables.heat_rows(by_place, places),
            "totals": tables.totals(by_place, overview.total_of_places(places)),
            "place_notes": tables.notes(by_place, tables.PLACE_NOTE),
            "trend": _trend(overview.months(user, year), overview.months(user, year.last_year())),
            "year": year.until.year,
            "unit_columns": tables.headings(by_unit),
            "unit_rows": tables.linked_rows(by_unit, units[:UNITS_SHOWN]),
            "unit_notes": tables.notes(by_unit),
            "unit_count": len(units),
        },
    )


@overseer_required
def places_page(request: HttpRequest) -> HttpResponseBase:
    """By place: the sheet that is handed in."""
    user = user_of(request)
    form = PeriodForm(request.GET)
    period = form.period
    places, measures = overview.places(user, period), tables.place_measures(user, period)
    title = f"{user.unit.division}各{tables.place_kind(user)}走访统计"
    return _sheet(request, title, form, measures, places, overview.total_of_places(places), tables.PLACE_NOTE)


@overseer_required
def units_page(request: HttpRequest) -> HttpResponseBase:
    """By unit: the sheet that is handed in."""
    user = user_of(request)
    form = PeriodForm(request.GET)
    period = form.period
    units, measures = overview.units(user, period), tables.unit_measures(period)
    title = f"{user.unit.division}各单位联村联户统计"
    return _sheet(request, title, form, measures, units, overview.total_of_units(units), tables.UNIT_NOTE)


def _sheet(
    request: HttpRequest,
    title: str,
    form: PeriodForm,
    measures: Sequence[tables.Measure],
    rows: Sequence[Any],
    whole: Any,
    note: str,
) -> HttpResponseBase:
    """The rows with their total, as a page to print or as a workbook."""
    headings, period = tables.headings(measures), form.period
    if request.GET.get("export") == "xlsx":
        lines = (tables.cells(measures, row) for row in [*rows, whole])
        labels = [heading.label for heading in headings]
        return send_workbook(
            request, title, labels, lines, filters=_days(period), row_count=len(rows), of_people=False
        )
    return render(
        request,
        "reports/sheet.html",
        {
            "page": {"title": f"{title}表"},
            "sheet": {
                "unit": user_of(request).unit,
                "period": _days(period),
                "wide": True,
                "back": reverse("home"),
            },
            "bar": period_bar(request, form, period, overview.years(user_of(request))),
            "columns": headings,
            "rows": tables.linked_rows(measures, rows),
            "totals": tables.totals(measures, whole),
            "notes": tables.notes(measures, note),
            "export": f"?{period.query}&export=xlsx",
        },
    )


@overseer_required
def reports_page(request: HttpRequest) -> HttpResponseBase:
    """统计报表: what there is."""
    surveys = newest_of(Survey.objects.visible_to(user_of(request)))
    return render(request, "reports/index.html", {"page": {"title": "统计报表"}, "surveys": surveys})


def _days(period: Period) -> str:
    return f"{date_cn(period.since)}至{date_cn(period.until)}"


def _cards(figures: Figures, period: Period) -> list[dict[str, Any]]:
    """The key figures as `_figure.html` shows them: value, unit, comparison, definition, rows."""
    households, visits = reverse("households"), f"{reverse('visits')}?{period.query}"
    return [
        {
            "label": "已结对户",
            "value": figures.paired,
            "unit": "户",
            "note": f"共 {figures.registered:,} 户，未结对 {figures.registered - figures.paired:,}",
            "how": f"在册的贫困户里，{tables.as_at(period)}有联户干部的。迁出、注销的不算。",
            "url": f"{households}?paired=yes&{period.query}",
        },
        {
            "label": "入过户",
            "value": figures.entered,
            "unit": "户",
            "note": "" if figures.coverage is None else f"覆盖 {figures.coverage}%",
            "how": "在册的户里，这段时间至少入户一次的；覆盖是除以在册户。电话联系不算入户，作废的不算。",
            "url": f"{households}?visited=yes&{period.query}",
        },
        {
            "label": "入户户次",
            "value": figures.times,
            "unit": "户次",
            "note": f"上年同期 {figures.times_last_year:,}",
            "how": f"一户一天算 1 次，补录也算。点开是 {figures.entering:,} 条入户记录，同户同天的只算 1 次；"
            f"走访记录共 {figures.records:,} 条，电话 {figures.phone:,} 条和没有到户的不算。",
            "url": f"{visits}&entering=1",
        },
        {
            "label": "进村",
            "value": figures.village_times,
            "unit": "次",
            "note": f"走访干部 {figures.cadres:,} 人",
            "how": "一个单位一天到一个村算 1 次，去几个人都算 1 次，电话不算。点开是一条一条的走访。",
            "url": f"{visits}&inside=1",
        },
        {
            "label": "住村",
            "value": figures.nights,
            "unit": "夜",
            "note": "",
            "how": "一名干部一天最多算一夜，同住的人各算各的。点开是住了村的走访。",
            "url": f"{visits}&nights=1",
        },
        {
            "label": "没办结的诉求",
            "value": figures.open_problems,
            "unit": "件",
            "note": f"逾期 {figures.overdue_problems:,} 件",
            "how": f"{tables.as_at(period)}还没有解决的诉求，不论哪天提出；"
            "并入别的只算一件，作废的不算。逾期是过了办结期限的。",
            "url": f"{reverse('problems')}?status=open&at={period.on}" if figures.open_problems else "",
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
        {
            "label": "连心卡发放",
            "value": figures.cards,
            "unit": "户",
            "note": "",
            "how": "这段时间当面发到户的，一户算 1 次。点开是发了卡的走访。",
            "url": f"{visits}&card=1" if figures.cards else "",
        },
        {
            "label": "帮扶实事",
            "value": figures.help.items,
            "unit": "件",
            "note": f"现金 {yuan(figures.help.cash)}，物资折款 {yuan(figures.help.goods_value)}",
            "how": "这段时间的帮扶，给几户的也是一件；属于项目的由项目资金算，不再计现金和折款。作废的不算。",
            "url": f"{reverse('assistance')}?{period.query}" if figures.help.items else "",
        },
        {
            "label": "活动",
            "value": figures.activities,
            "unit": "次",
            "note": f"参加 {figures.people:,} 人次",
            "how": "这段时间各单位的会议、学习、宣传和培训。作废的不算。",
            "url": f"{reverse('activities')}?{period.query}" if figures.activities else "",
        },
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

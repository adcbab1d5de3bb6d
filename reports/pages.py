"""The overview, the list of reports, and each report as page, print and workbook."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core import figures
from core.downloads import send_workbook
from core.periods import Period, PeriodForm, period_bar
from core.templatetags.look import date_cn
from reports import catalogue, overview, places, units
from reports.key_figures import key_figures
from reports.places import MONTHS
from reports.surveys.frame import newest_of
from surveys.models import Survey
from units.access import overseer_required, user_of
from units.oversight.telling import home_notices

UNITS_SHOWN = 10


@overseer_required
def overview_page(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = PeriodForm(request.GET)
    period = form.period
    year = Period(date(period.until.year, 1, 1), period.until, "今年")
    by_place, by_unit = places.columns(user, period), units.columns(user, period)
    of_places, of_units = overview.places(user, period), overview.units(user, period)
    whole = overview.figures(user, period)
    return render(
        request,
        "reports/overview.html",
        {
            "page": {"title": f"{user.unit.division}总览", "facts": _days(period)},
            **home_notices(user),
            "period": period,
            "bar": period_bar(request, form, period, overview.years(user)),
            "figures": figures.cards(key_figures(whole, period), whole),
            "place_kind": places.place_kind(user),
            "columns": figures.headings(by_place),
            "heat": places.heat_rows(by_place, of_places),
            "totals": figures.totals(by_place, overview.total_of_places(of_places)),
            "place_notes": figures.notes(by_place, *places.REPORT.notes),
            "trend": _trend(overview.months(user, year), overview.months(user, year.last_year())),
            "year": year.until.year,
            "unit_columns": figures.headings(by_unit),
            "unit_rows": figures.linked_rows(by_unit, of_units[:UNITS_SHOWN]),
            "unit_notes": figures.notes(by_unit),
            "unit_count": len(of_units),
        },
    )


@overseer_required
def report_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show one report of the catalogue as a printable sheet, or return it as a workbook."""
    report = next((report for report in catalogue.REPORTS if report.key == key), None)
    if report is None:
        raise Http404
    user, form = user_of(request), PeriodForm(request.GET)
    period = form.period
    columns, rows, title = report.columns(user, period), report.rows(user, period), report.title(user)
    whole = report.total(rows)
    if request.GET.get("export") == "xlsx":
        return send_workbook(
            request,
            title,
            [column.label for column in columns],
            (figures.cells(columns, row) for row in [*rows, whole]),
            filters="",
            period=_days(period),
            row_count=len(rows),
            of_people=False,
        )
    return render(
        request,
        "reports/sheet.html",
        {
            "page": {"title": f"{title}表"},
            "sheet": {"unit": user.unit, "period": _days(period), "wide": True, "back": reverse("home")},
            "bar": period_bar(request, form, period, overview.years(user)),
            "columns": figures.headings(columns),
            "rows": figures.linked_rows(columns, rows),
            "totals": figures.totals(columns, whole),
            "notes": figures.notes(columns, *report.notes),
            "export": f"?{period.query}&export=xlsx",
        },
    )


@overseer_required
def reports_page(request: HttpRequest) -> HttpResponseBase:
    """List the reports."""
    user = user_of(request)
    return render(
        request,
        "reports/index.html",
        {
            "page": {"title": "统计报表"},
            "reports": [(report, report.title(user)) for report in catalogue.REPORTS],
            "surveys": newest_of(Survey.objects.visible_to(user)),
        },
    )


def _days(period: Period) -> str:
    return f"{date_cn(period.since)}至{date_cn(period.until)}"


def _trend(now: dict[int, int], was: dict[int, int]) -> list[dict[str, Any]]:
    """Return twelve columns of the drawing: 0 is at y = 162, the highest column is 140 units tall."""
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

"""要求台账: what everybody still owes, listed by unit and name without ranking, and the visits behind each
count.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.downloads import send_workbook
from core.lists import Heading, Row, address
from core.periods import asked_year, year_taps
from units.access import get_visible, leader_or_overseer_required, user_of
from units.context import frame_of
from units.models import YEARS, Cadre, Requirement, Unit, today
from units.roles import Rank
from visits.duty.duty_audit import Verdict, explain_cadre, explain_unit
from visits.duty.rules import STANDING, Duty, cadre_duties, owing, unit_duties
from visits.indicators import REQUIRED
from visits.models import Visit

Indicator = Requirement.Indicator
EMPTY = {"text": "这一年没有设下限，没有什么要核算的。要求由双联办在“要求”里设。"}


@leader_or_overseer_required
def duties(request: HttpRequest) -> HttpResponseBase:
    """List all units under the office with their duties, and how many of their cadres still owe something."""
    user, year = user_of(request), asked_year(request, *YEARS)
    if user.is_leader:
        return redirect(f"{reverse('duties-unit', args=[user.unit_id])}?year={year}")
    units = Unit.objects.visible_to(user)
    cadres = Cadre.objects.visible_to(user).current()
    of_units = unit_duties(units, year=year, on=today())
    of_cadres = cadre_duties(cadres, year=year, on=today())
    behind: dict[int, int] = {}
    late = set(owing(of_cadres))
    for pk, unit in cadres.values_list("pk", "unit"):
        behind[unit] = behind.get(unit, 0) + (pk in late)
    indicators = _indicators(of_units)
    headings = ["单位", *(_titles(indicators)), "还欠的干部（人）"]
    rows = [
        (pk, [name, *_cells(of_units.get(pk, ()), indicators), behind.get(pk, 0)])
        for pk, name in units.order_by("code", "pk").values_list("pk", "name")
        if of_units.get(pk) or behind.get(pk)
    ]
    return _table(request, f"{year} 年要求完成情况", headings, rows, "duties-unit", year, "个单位")


@leader_or_overseer_required
def duties_unit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one unit: its duties explained, and each of its cadres by name."""
    user, year = user_of(request), asked_year(request, *YEARS)
    unit: Unit = get_visible(Unit.objects, user, pk=pk)
    cadres = Cadre.objects.visible_to(user).current().filter(unit=unit)
    of_cadres = cadre_duties(cadres, year=year, on=today())
    own = unit_duties(Unit.objects.filter(pk=pk), year=year, on=today()).get(pk, [])
    indicators = _indicators(of_cadres)
    headings = ["干部", "级别", *_titles(indicators), "下一次最迟"]
    rows = [
        (key, [name, rank, *_cells(of_cadres[key], indicators), _next(of_cadres[key])])
        for key, name, rank in _by_name(cadres)
        if of_cadres.get(key)
    ]
    shown = request.GET.get("of", "")
    explained = explain_unit(unit, shown, year) if shown in {duty.indicator for duty in own} else None
    return _table(
        request,
        f"{unit} {year} 年要求",
        headings,
        rows,
        "duties-cadre",
        year,
        "人",
        own=own,
        unit=unit,
        explained=explained,
        seen=_seen(user, explained or ()),
        explained_label=Indicator(shown).label if shown in Indicator.values else "",
        crumbs=[("要求完成情况", f"{reverse('duties')}?year={year}")],
    )


def duties_cadre(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one cadre: each duty, and for every visit of the year whether it counted, or why not."""
    user, year = user_of(request), asked_year(request, *YEARS)
    cadre: Cadre = get_visible(Cadre.objects.select_related("unit"), user, pk=pk)
    found = cadre_duties(Cadre.objects.filter(pk=pk), year=year, on=today()).get(pk, [])
    explained = [duty for duty in found if duty.indicator not in STANDING]
    asked = request.GET.get("of", explained[0].indicator if explained else "")
    chosen = next((duty for duty in explained if duty.indicator == asked), None)
    verdicts = explain_cadre(cadre, chosen.indicator, year) if chosen else []
    return render(
        request,
        "registers/duties_cadre.html",
        {
            "page": {"title": f"{cadre} {year} 年的要求", "facts": str(cadre.unit)},
            "frame": frame_of(user),
            "back": reverse("home"),
            "cadre": cadre,
            "year": year,
            "years": year_taps(request, year, _years()),
            "duties": found,
            "explained": {duty.indicator for duty in explained},
            "chosen": chosen,
            "verdicts": verdicts,
            "seen": _seen(user, verdicts),
            "counted": sum(verdict.counts for verdict in verdicts),
            "today": today(),
        },
    )


def _seen(user: Cadre, verdicts: Sequence[Verdict]) -> set[int]:
    """Return the keys of the visits that the reader may open; of others only the day is shown."""
    there = Visit.objects.visible_to(user).filter(pk__in=[verdict.visit.pk for verdict in verdicts])
    return set(there.values_list("pk", flat=True))


def _indicators(duties: Mapping[int, Sequence[Duty]]) -> list[Indicator]:
    """Return the indicators that are required of anybody."""
    asked = {duty.indicator for found in duties.values() for duty in found}
    return [indicator for indicator in Indicator if indicator in asked]


def _titles(indicators: Sequence[Indicator]) -> list[str]:
    return [title for i in indicators for title in (f"{i.label}", f"{i.label}还欠")]


def _cells(duties: Sequence[Duty], indicators: Sequence[Indicator]) -> list[Any]:
    """Return for each indicator what is done of what is needed, and what is still owed."""
    of = {duty.indicator: duty for duty in duties}
    cells: list[Any] = []
    for indicator in indicators:
        duty = of.get(indicator)
        cells += [f"{duty.done} / {duty.needed}", duty.owed] if duty else [None, None]
    return cells


def _next(duties: Sequence[Duty]) -> date | None:
    return min((duty.next_on for duty in duties if duty.next_on), default=None)


def _by_name(cadres: Any) -> list[tuple[int, str, str]]:
    ranks = dict(Rank.choices)
    return [
        (pk, name, str(ranks.get(rank, "")))
        for pk, name, rank in cadres.order_by("pinyin", "pk").values_list("pk", "name", "rank")
    ]


def _table(
    request: HttpRequest,
    title: str,
    headings: Sequence[str],
    rows: Sequence[tuple[int, list[Any]]],
    link: str,
    year: int,
    counted: str,
    **context: Any,
) -> HttpResponseBase:
    """Return the rows as page or workbook; `owing=1` keeps those who owe something, as a list for reminders."""
    only = request.GET.get("owing") == "1"
    owed = [at for at, heading in enumerate(headings) if "还欠" in heading]
    kept = [(pk, cells) for pk, cells in rows if not only or any(cells[at] for at in owed)]
    if request.GET.get("export") == "xlsx":
        shown = (cells for _, cells in kept)
        return send_workbook(
            request,
            title,
            headings,
            iter(shown),
            filters="还欠的" if only else "",
            period=f"{year} 年",
            row_count=len(kept),
            of_people=True,
        )
    return render(
        request,
        "registers/duties.html",
        {
            "page": {"title": title, "crumbs": context.pop("crumbs", [])},
            "year": year,
            "years": year_taps(request, year, _years()),
            "only": only,
            "columns": [
                Heading(h, "num snug" if at and "级别" not in h else "") for at, h in enumerate(headings)
            ],
            "rows": [Row(pk, f"{reverse(link, args=[pk])}?year={year}", cells) for pk, cells in kept],
            "count": len(kept),
            "counted": counted,
            "figures": list(REQUIRED.values()),
            "export": address(request, {"export": "xlsx"}),
            "caption": title,
            "empty": EMPTY if not rows else {"text": "都完成了，没有要提醒的。"},
            **context,
        },
    )


def _years() -> set[int]:
    """Return the years that have a minimum."""
    return set(Requirement.objects.filter(minimum__gt=0).order_by().values_list("year", flat=True).distinct())

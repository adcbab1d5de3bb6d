"""完成情况: key figures and a table by place, unit or cadre, each figure a way to its rows."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core import figures
from core.downloads import log_print, send_workbook
from core.figures import Figure
from core.lists import address
from core.periods import year_period
from core.places import VILLAGE, lies_under
from reports.counting import CHILD_LENGTH
from reports.places import PLACE_FILTERS, PLACE_KINDS
from reports.surveys import completion
from reports.surveys.completion import CompletionRow
from reports.surveys.counted import Family
from reports.surveys.filters import BY, CompletionSearch, shown_filters
from reports.surveys.frame import family_for, framed, link, years_of
from units.access import leader_or_overseer_required, user_of
from units.models import Cadre, Unit

UNITS_NOTE = "两个单位（干部）联的同一户，两边都算，所以各行相加可以比合计多；合计里一户只算一次"


@leader_or_overseer_required
def completion_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = user_of(request)
    family = family_for(user, pk)
    form = CompletionSearch(request.GET, user=user, years=years_of(family, user))
    subjects = form.filter(completion.subjects_of(family, user, form.on))
    by = _by(family, user, form)
    rows, whole = (
        _rows(subjects, family, user, form, by),
        completion.whole(subjects, family, form.year_chosen),
    )
    columns = _columns(family, user, form, by)
    title, of_people = f"{family.survey.title}完成情况", by == "cadre"
    if request.GET.get("export") == "xlsx":
        headings = [column.label for column in columns]
        cells = (figures.cells(columns, row) for row in [*rows, whole])
        return send_workbook(
            request,
            title,
            headings,
            cells,
            filters=form.describe_filters(),
            period=form.describe_period(),
            row_count=len(rows),
            of_people=of_people,
        )
    context = {
        **framed(request, family, "完成情况", f"{form.year_chosen} 年"),
        "columns": figures.headings(columns),
        "rows": figures.linked_rows(columns, rows),
        "totals": figures.totals(columns, whole) if rows else None,
        "notes": figures.notes(columns, *([UNITS_NOTE] if by in {"unit", "cadre"} else [])),
        "export": address(request, {"export": "xlsx", "print": None}),
    }
    if request.GET.get("print") == "1":
        log_print(request, title, filters=form.describe(), row_count=len(rows), of_people=of_people)
        return _sheet(request, form, context)
    ways = _ways(family, user, form)
    context |= {
        **shown_filters(request, form),
        "bys": [(label, address(request, {"by": name}), name == by) for name, label in ways.items()],
        "by": ways[by],
        "figures": figures.cards(_figures(family, form), whole),
        "print": address(request, {"print": "1"}),
    }
    return render(request, "reports/surveys/completion.html", context)


def _sheet(request: HttpRequest, form: CompletionSearch, context: dict[str, Any]) -> HttpResponseBase:
    """Return the table as it is handed in, with what it was narrowed to."""
    sheet = {
        "unit": user_of(request).unit,
        "period": f"{form.year_chosen} 年",
        "wide": True,
        "back": address(request, {"print": None}),
    }
    notes = [*context["notes"], f"范围：{form.describe()}"]
    return render(request, "reports/sheet.html", {**context, "sheet": sheet, "notes": notes})


def _ways(family: Family, user: Cadre, form: CompletionSearch) -> dict[str, str]:
    """Return what rows can be. Villages belong to no single cadre, so surveys of villages have no rows by
    cadre.
    """
    length = CHILD_LENGTH[len(_place(user, form))]
    ways = {name: label for name, label in BY.items() if name != "cadre" or family.survey.is_of_households}
    if length == VILLAGE:
        del ways["place"]
    else:
        ways["place"] = PLACE_KINDS[length]
    return ways


def _place(user: Cadre, form: CompletionSearch) -> str:
    chosen = str(form.cleaned_data.get("town") or form.cleaned_data.get("place") or "")
    return chosen if len(chosen) in CHILD_LENGTH and lies_under(chosen, user.place) else user.place


def _unit(user: Cadre, form: CompletionSearch) -> str:
    """Return the unit whose cadres are listed: the chosen one, a leader's own."""
    return str(form.cleaned_data.get("unit") or ("" if user.sees_place else user.unit_id))


def _by(family: Family, user: Cadre, form: CompletionSearch) -> str:
    ways, chosen = _ways(family, user, form), form.cleaned_data.get("by") or ""
    if chosen in ways:
        return chosen
    return next(iter(ways)) if user.sees_place or "cadre" not in ways else "cadre"


def _rows(
    subjects: QuerySet[Any], family: Family, user: Cadre, form: CompletionSearch, by: str
) -> list[CompletionRow]:
    year, place, unit = form.year_chosen, _place(user, form), _unit(user, form)
    if by == "unit":
        units = Unit.objects.visible_to(user)
        return completion.by_unit(subjects, family, units.filter(pk=unit) if unit else units, year)
    if by == "cadre":
        return completion.by_cadre(subjects, family, int(unit), year) if unit else []
    length = VILLAGE if by == "village" else CHILD_LENGTH[len(place)]
    return completion.by_place(subjects, family, user, year, place, length)


def _columns(family: Family, user: Cadre, form: CompletionSearch, by: str) -> list[Figure]:
    """Return columns: the row's name, and how many of its households (or villages) stand where."""
    survey, unit = family.survey, "户" if family.survey.is_of_households else "村"
    given = form.carried()

    def rows_of(row: CompletionRow, standing: str = "") -> str:
        params = {**given, **_params(user, form, by, row), "standing": standing}
        return link("report-survey-rows", survey, **params)

    def drill(row: CompletionRow) -> str:
        if by == "place":
            narrowed = {**given, PLACE_FILTERS.get(len(row.key), "place"): row.key}
            return link("report-survey-completion", survey, **narrowed)
        if by == "unit" and row.key and survey.is_of_households:
            return link("report-survey-completion", survey, **{**given, "by": "cadre", "unit": row.key})
        return rows_of(row)

    standing = {
        completion.SUBMITTED: "交了，还没有复核",
        completion.ACCEPTED: "交了，复核过",
        completion.RETURNED: "复核时退回，还没有再交，不算已调查",
        completion.DRAFT: "填了一部分，没有交",
        completion.NOT_BEGUN: "这一年还没有填",
    }
    codes = {"place": "代码", "village": "村级代码", "unit": "单位代码", "cadre": "工号"}
    as_at = year_period(form.year_chosen).as_at
    registered = f"{as_at}在册的贫困户" if survey.is_of_households else f"{as_at}没有撤并的行政村，社区不算"
    return [
        Figure(_ways(family, user, form)[by], lambda row: row.name, css="", url=drill),
        Figure(codes[by], lambda row: row.note, css="quiet"),
        Figure(f"在册{unit}", lambda row: row.registered, registered, rows_of),
        Figure(
            "已调查",
            lambda row: row.done,
            f"这一年有一份交了的答卷（待复核或已复核）的{unit}，几个版本、几份也只算一次",
            lambda row: rows_of(row, "done"),
        ),
        Figure("完成 %", lambda row: row.coverage, f"已调查 ÷ 在册{unit}"),
        *(_standing_figure(at, how, rows_of) for at, how in standing.items()),
    ]


def _standing_figure(at: int, how: str, rows_of: Callable[[CompletionRow, str], str]) -> Figure:
    return Figure(
        completion.STANDINGS[at], lambda row: row.standings[at], how, lambda row: rows_of(row, str(at))
    )


def _params(user: Cadre, form: CompletionSearch, by: str, row: CompletionRow) -> dict[str, str]:
    """Return what narrows the list to a row's households, or villages; the total is narrowed by the filters alone."""
    if row.key == "":
        return {"paired": "no"} if row.name != completion.TOTAL else {}
    if by == "unit":
        return {"unit": row.key}
    if by == "cadre":
        return {"unit": _unit(user, form), "cadre": row.key}
    return {PLACE_FILTERS.get(len(row.key), "place"): row.key}


def _figures(family: Family, form: CompletionSearch) -> list[Figure]:
    """Return the key figures of all subjects."""
    survey, unit = family.survey, "户" if family.survey.is_of_households else "村"
    given = form.carried()

    def rows_of(standing: str) -> str:
        return link("report-survey-rows", survey, **given, standing=standing)

    return [
        Figure(
            "已调查",
            lambda row: row.done,
            f"在册的{unit}里，这一年有一份交了的答卷的，待复核、已复核都算，几个版本、几份只算一次",
            url=lambda row: rows_of("done"),
            unit=unit,
            note=lambda row: f"在册 {row.registered:,} {unit}，完成 {row.coverage or 0}%",
        ),
        Figure(
            "还没有调查",
            lambda row: row.registered - row.done,
            f"在册的{unit}里，这一年没有交过答卷的：未开始、草稿、退回",
            url=lambda row: rows_of("open"),
            unit=unit,
            note=lambda row: (
                f"其中草稿 {row.standings[completion.DRAFT]:,}，退回 {row.standings[completion.RETURNED]:,}"
            ),
        ),
        Figure(
            "待复核",
            lambda row: row.standings[completion.SUBMITTED],
            "交了、单位负责人还没有复核的，照样算已调查",
            url=lambda row: rows_of(str(completion.SUBMITTED)),
            unit=unit,
            note=lambda row: f"已复核 {row.standings[completion.ACCEPTED]:,}",
        ),
    ]

"""交叉统计: rows of one item, columns of another, or of the same item a year later; table, bars and workbook."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core.downloads import send_workbook
from core.lists import address
from reports.overview import percent
from reports.surveys.counted import Counted, Family, Rounds, counted_in, rounds_of
from reports.surveys.cross import Axis, Class, Cross, Pair, answer_before, cross, crossable, pairs_of, turns
from reports.surveys.filters import CrossSearch, cuts_in, shown_filters
from reports.surveys.frame import family_for, framed, link, narrowed
from reports.surveys.items import AnswerCount
from units.access import leader_or_overseer_required, user_of
from units.models import Cadre

TINTS = [(10, ""), (25, " q1"), (50, " q2"), (75, " q3")]
"""Row percentages up to which a cell has this class; the number is always printed."""


@leader_or_overseer_required
def cross_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = user_of(request)
    family = family_for(user, pk)
    rounds = rounds_of(family, user)
    form = CrossSearch(
        request.GET, user=user, years=list(rounds), survey=family.survey, items=crossable(family)
    )
    counted = narrowed(user, family, rounds, form)
    pairs = _pairs(user, family, rounds, form, counted)
    found = _cross(family, form, pairs) if form.is_whole else None
    if found and request.GET.get("export") == "xlsx":
        rows = list(_sheet_rows(found))
        title = f"{family.survey.title}交叉统计"
        return send_workbook(
            request,
            title,
            rows[0],
            iter(rows[1:]),
            filters=form.describe_filters(),
            period=form.describe_period(),
            row_count=len(rows) - 1,
            of_people=False,
        )
    return render(
        request,
        "reports/surveys/cross.html",
        {
            **framed(request, family, "交叉统计", f"{form.year_chosen} 年"),
            **shown_filters(request, form),
            "form": form,
            "kept": [(name, value) for name, value in form.carried().items() if value],
            "found": found,
            "table": _table(family, form, found) if found else None,
            "turned": _turned(family, form, pairs) if found else None,
            "notes": _notes(form, found) if found else [],
            "export": address(request, {"export": "xlsx"}) if found else "",
        },
    )


def _pairs(user: Cadre, family: Family, rounds: Rounds, form: CrossSearch, counted: Counted) -> list[Pair]:
    """Return what the responses answered to both items; the row's in the year before when one is chosen."""
    if not form.is_whole:
        return []
    row, column, year = form.cleaned_data["row"], form.cleaned_data["column"], form.year_before
    if not year:
        return pairs_of(counted, counted.answer(row), counted.answer(column))
    before = counted_in(family, user, int(year), rounds[int(year)])
    return pairs_of(counted, answer_before(before, row), counted.answer(column))


def _cross(family: Family, form: CrossSearch, pairs: list[Pair]) -> Cross:
    codes = form.cleaned_data["row"], form.cleaned_data["column"]
    cuts = cuts_in(form.cleaned_data.get("row_cuts", "")), cuts_in(form.cleaned_data.get("column_cuts", ""))
    return cross(family, pairs, codes, cuts)


def _table(family: Family, form: CrossSearch, found: Cross) -> dict[str, Any]:
    """Headings, rows with their cells and bars, and the foot, each figure with the address of its responses."""
    given = {**form.carried(), "before": form.year_before}

    def rows_of(row: Class | None, column: Class | None) -> str:
        asks = {**_asks(found.rows, row), **_asks(found.columns, column, "_2")}
        return link("report-survey-answers", family.survey, **given, **asks)

    rows = []
    for row in found.rows.classes:
        whole = found.of_row[row.key]
        cells = []
        for column in found.columns.classes:
            count = found.cells[row.key, column.key]
            share = percent(count, whole)
            line = AnswerCount(column.label, column.key, count, share)
            cells.append((line, _tint(share), rows_of(row, column) if count else ""))
        rows.append(
            {
                "label": row.label,
                "cells": cells,
                "whole": whole,
                "url": rows_of(row, None) if whole else "",
                "bars": [(line, line.share or 0, url) for line, _, url in cells],
            }
        )
    foot = [
        (found.of_column[column.key], percent(found.of_column[column.key], found.base), rows_of(None, column))
        for column in found.columns.classes
    ]
    return {"columns": found.columns.classes, "rows": rows, "foot": foot, "url": rows_of(None, None)}


def _asks(axis: Axis, each: Class | None, suffix: str = "") -> dict[str, str]:
    """Return the parameters of one class of an item, or of any answer to it."""
    asks = {"item": axis.item.code, **(each.asks if each else {})}
    return {f"{name}{suffix}": value for name, value in asks.items()}


def _tint(share: Any) -> str:
    return "num" + next((css for most, css in TINTS if (share or 0) < most), " q4")


def _turned(family: Family, form: CrossSearch, pairs: list[Pair]) -> list[dict[str, Any]]:
    """Return how many are better off, when one item is set against itself and says what is better; none else."""
    item, unit = family.items[form.cleaned_data["column"]], "户" if family.survey.is_of_households else "村"
    if not form.year_before or form.cleaned_data["row"] != item.code or not item.better:
        return []
    found = turns(item, pairs)
    good = {"more": "多的好", "less": "少的好"}.get(str(item.better), "")
    if isinstance(item.better, tuple):
        good = "从好到差：" + "、".join(item.labels.get(code, code) for code in item.better)
    how = f"同一{unit}两年的答案相比，{good}。"
    return [
        {"label": label, "value": found[turn], "unit": unit, "how": how}
        for label, turn in (("变好", 1), ("没有变，或看不出好坏", 0), ("变差", -1))
    ]


def _notes(form: CrossSearch, found: Cross) -> list[str]:
    before = form.year_before
    notes = [
        f"只算两题都有答案的 {found.base:,} 份；另有 {found.left_out:,} 份有一题没有填、不详或不用填，不算",
        "格里是份数和占这一行的 %",
    ]
    if before:
        notes.append(f"行是 {before} 年的答案，列是同一户（村）{form.year_chosen} 年的答案")
    if "multi" in {found.rows.item.type, found.columns.item.type}:
        notes.append("多选题一份答卷在选的每一项各算一次，各行、各列相加可以超过总数，% 相加可以超过 100")
    if "number" in {found.rows.item.type, found.columns.item.type}:
        notes.append("数按四分位分段，也可以自己写从哪些数起分段")
    return notes


def _sheet_rows(found: Cross) -> Iterator[list[Any]]:
    """Yield the workbook: headings first; counts, then row percentages, with the codes so that no two are alike."""
    columns = found.columns.classes
    names = [f"{column.key} {column.label}" for column in columns]
    head = f"{found.rows.item.code} {found.rows.item.label} ＼ {found.columns.item.code} {found.columns.item.label}"
    yield [head, *(f"{name}（份）" for name in names), "合计（份）", *(f"{name}（占行 %）" for name in names)]
    for row in found.rows.classes:
        counts, whole = [found.cells[row.key, column.key] for column in columns], found.of_row[row.key]
        yield [row.label, *counts, whole, *(percent(count, whole) for count in counts)]
    totals = [found.of_column[column.key] for column in columns]
    yield ["合计", *totals, found.base, *(percent(count, found.base) for count in totals)]

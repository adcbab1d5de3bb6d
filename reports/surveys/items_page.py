"""逐题统计: a panel an item, a section at a time, with bars, table and workbook."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core.downloads import send_workbook
from core.lists import address
from reports.surveys.counted import Family, rounds_of
from reports.surveys.cross import crossable
from reports.surveys.filters import AnswerSearch, shown_filters
from reports.surveys.frame import family_for, framed, link, narrowed
from reports.surveys.items import (
    COLUMNS,
    FACTS,
    AnswerCount,
    answer_lines,
    how_counted,
    number_facts,
    other_lines,
    sections_of,
    sheet_rows,
    written,
)
from reports.surveys.tally import Tally, tally
from surveys.definition.items import TYPES
from units.access import leader_or_overseer_required, user_of

ALL = "all"


@leader_or_overseer_required
def items_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = user_of(request)
    family = family_for(user, pk)
    rounds = rounds_of(family, user)
    form = AnswerSearch(request.GET, user=user, years=list(rounds), survey=family.survey)
    counted = narrowed(user, family, rounds, form)
    if request.GET.get("export") == "xlsx":
        rows = list(sheet_rows(family, tally(counted, list(family.items))))
        title = f"{family.survey.title}逐题统计"
        return send_workbook(
            request,
            title,
            [*COLUMNS, *FACTS],
            iter(rows),
            filters=form.describe_filters(),
            period=form.describe_period(),
            row_count=len(rows),
            of_people=False,
        )
    sections, chosen = sections_of(family), form.cleaned_data.get("section", "")
    if chosen not in {*sections, ALL}:
        chosen = next(iter(sections))
    codes = [code for name, (_, found) in sections.items() if chosen in {name, ALL} for code in found]
    total = counted.responses.count()
    return render(
        request,
        "reports/surveys/items.html",
        {
            **framed(request, family, "逐题统计", f"{form.year_chosen} 年 {total:,} 份"),
            **shown_filters(request, form),
            "sections": [
                (label, address(request, {"section": name}), name == chosen)
                for name, label in [*((name, label) for name, (label, _) in sections.items()), (ALL, "全部")]
            ],
            "total": total,
            "items": [_panel(family, form, each) for each in tally(counted, codes).values()] if total else [],
            "export": address(request, {"export": "xlsx"}),
        },
    )


def _panel(family: Family, form: AnswerSearch, counted: Tally) -> dict[str, Any]:
    """Return one item as `items.html` draws it; the longest bar is 100 wide."""
    item, given = counted.item, form.carried()
    lines, others = answer_lines(counted), other_lines(counted)
    peak = max([1, *(line.count for line in lines)])
    return {
        "item": item,
        "type": TYPES[item.type],
        "answered": counted.answered,
        "facts": [(name, written(item, number)) for name, number in number_facts(counted).items()],
        "bars": [
            (line, round(line.count * 100 / peak, 1), _rows_url(family, given, line))
            for line in lines
            if line.share is not None
        ],
        "lines": [(line, _rows_url(family, given, line)) for line in (*lines, *others)],
        "how": how_counted(counted),
        "cross": link("report-survey-cross", family.survey, **given, row=item.code)
        if item.code in crossable(family)
        else "",
    }


def _rows_url(family: Family, given: dict[str, Any], line: AnswerCount) -> str:
    """Return the responses that a line counts."""
    if not line.count or not line.asks:
        return ""
    return link("report-survey-answers", family.survey, **given, **line.asks)

"""联户花名册 of a village or a unit: the sheet that is handed in, as print and as Excel."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core.lists import Heading, Row, send_workbook
from households.models import HouseholdPairing
from units.access import get_visible, user_of
from units.models import Cadre, Unit
from villages.models import Village
from visits.pairings.pages import with_head
from visits.registers.places import phone_for

HEADINGS = [
    Heading("序号", "num"),
    Heading("户主", "nowrap"),
    Heading("户编号", "nowrap"),
    Heading("村", "nowrap"),
    Heading("组(社)", "nowrap"),
    Heading("人口", "num"),
    Heading("属性", "nowrap"),
    Heading("致贫原因", "nowrap"),
    Heading("联户干部", "nowrap"),
    Heading("单位", ""),
    Heading("职务", ""),
    Heading("级别", ""),
    Heading("联系电话", "nowrap"),
    Heading("结对日期", "nowrap"),
]


def roster(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    subject, pairings, back = _subject(request, user)
    rows = _rows(user, pairings)
    title = f"{subject}联户花名册"
    if request.GET.get("export") == "xlsx":
        headings = [heading.label for heading in HEADINGS]
        cells = (row.cells for row in rows)
        return send_workbook(request, title, headings, cells, filters=str(subject), row_count=len(rows))
    return render(
        request,
        "pairings/roster.html",
        {
            "page": {"title": title},
            "sheet": {"unit": user.unit, "wide": True, "back": back},
            "columns": HEADINGS,
            "rows": rows,
            "export": f"{request.get_full_path()}&export=xlsx",
        },
    )


def _subject(request: HttpRequest, user: Cadre) -> tuple[Any, Any, str]:
    """The village or unit asked for, its current pairings that the user may see, and the page before."""
    pairings = HouseholdPairing.objects.visible_to(user).current()
    for name, model in (("village", Village), ("unit", Unit)):
        key = request.GET.get(name, "")
        if key.isdigit():
            subject = get_visible(model.objects, user, pk=key)
            lookup = "household__village" if name == "village" else "unit"
            return subject, pairings.filter(**{lookup: subject}), reverse(name, args=[subject.pk])
    raise Http404("花名册要说明是哪个村或哪个单位。")


def _rows(user: Cadre, pairings: Any) -> list[Row]:
    phone = phone_for(user)
    found = with_head(pairings.select_related("cadre", "unit", "household__village")).order_by(
        "household__no", "kind"
    )
    return [
        Row(
            pairing.pk,
            "",
            [
                number,
                pairing.head_name,
                pairing.household.no,
                str(pairing.household.village),
                pairing.household.group,
                pairing.household.size,
                pairing.household.get_kind_display(),
                pairing.household.get_main_cause_display(),
                pairing.cadre.name,
                str(pairing.unit),
                pairing.cadre.post,
                pairing.get_rank_display(),
                phone(pairing.cadre.phone) or "",
                pairing.started_on,
            ],
        )
        for number, pairing in enumerate(found, start=1)
    ]

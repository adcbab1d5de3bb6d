"""要求 of a year: the list, the two presets, and copying last year's."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.periods import asked_year, year_taps
from units.access import office_required, user_of
from units.models import YEARS, Requirement, today
from units.presets import copied_requirements, letter_requirements, preset_requirements

WAYS: dict[str, tuple[str, Callable[..., int]]] = {
    "last": ("上一年的要求", copied_requirements),
    "ceilings": ("“1085”上限", preset_requirements),
    "letter": ("邻县 2012 年函的下限", letter_requirements),
}


def year_of(text: str) -> int:
    """Return the requested year, the current one for invalid input."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return year if YEARS[0] <= year <= YEARS[1] else today().year


@office_required
def requirements(request: HttpRequest) -> HttpResponse:
    """List the year's quotas; each is changed in the admin."""
    user, year = user_of(request), asked_year(request, *YEARS)
    rows = Requirement.objects.visible_to(user).filter(year=year).select_related("unit")
    asked = Requirement.objects.visible_to(user).order_by().values_list("year", flat=True).distinct()
    return render(
        request,
        "units/requirements.html",
        {
            "page": {"title": f"{year} 年的要求", "crumbs": [("要求完成情况", reverse("duties"))]},
            "year": year,
            "years": year_taps(request, year, {*asked, today().year + 1}),
            "all_years": range(today().year + 1, YEARS[0] - 1, -1),
            "rows": rows.order_by("indicator", "unit", "rank"),
            "own": user.place,
            "ways": [(key, label) for key, (label, _) in WAYS.items()],
        },
    )


@office_required
@require_POST
def requirements_add(request: HttpRequest, way: str) -> HttpResponse:
    """Add a preset or copy last year's quotas; existing ones of the year are kept."""
    if way not in WAYS:
        raise Http404
    year = year_of(request.POST.get("year", ""))
    label, add = WAYS[way]
    count = add(place=user_of(request).place, year=year)
    if count:
        messages.success(request, f"已加上{label}，{count} 条。")
    else:
        messages.warning(request, f"{label}里没有这一年还缺的。")
    return redirect(f"{reverse('requirements')}?year={year}")

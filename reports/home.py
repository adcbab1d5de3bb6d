"""`/` by role, and what a new county does first."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core.places import under
from households.models import Household, HouseholdPairing, Member
from registers.home import cadre_home
from reports.pages import overview_page
from units.access import user_of
from units.models import Cadre, Division, Unit
from units.oversight.telling import home_notices
from villages.models import Village, VillagePairing


def home(request: HttpRequest) -> HttpResponseBase:
    """Show the overview to offices and viewers, a new office its first steps, and everybody else their
    households.
    """
    user = user_of(request)
    if not user.sees_place:
        return cadre_home(request)
    if user.is_office and not HouseholdPairing.objects.filter(under(user.place)).exists():
        return first_steps(request)
    return overview_page(request)


def first_steps(request: HttpRequest) -> HttpResponse:
    """Return what a new county imports, in order."""
    user = user_of(request)
    here = under(user.place)
    kinds: list[tuple[str, str, QuerySet[Any], str]] = [
        ("divisions", "行政区划", Division.objects.in_place_of(user), "个"),
        ("villages", "村", Village.objects.filter(here), "个"),
        ("units", "单位", Unit.objects.filter(here), "个"),
        ("cadres", "干部", Cadre.objects.filter(here), "人"),
        ("village_pairings", "联村", VillagePairing.objects.filter(here), "条"),
        ("households", "贫困户", Household.objects.filter(here), "户"),
        ("members", "家庭成员", Member.objects.filter(here), "人"),
        ("household_pairings", "联户", HouseholdPairing.objects.filter(here), "条"),
    ]
    # The office is itself a unit with one cadre, there from the start; heads come with their households.
    there = {"units": 1, "cadres": 1, "members": Household.objects.filter(here).count()}
    steps: list[dict[str, Any]] = [
        {
            "label": label,
            "count": queryset.count(),
            "unit": unit,
            "url": reverse("import-kind", args=[kind]),
            "there": there.get(kind, 0),
        }
        for kind, label, queryset, unit in kinds
    ]
    following = next((step for step in steps if int(step["count"]) <= int(step["there"])), None)
    return render(
        request,
        "reports/first_steps.html",
        {
            "page": {"title": "开始用", "facts": "照下面的次序导入，每一步都可以只导一部分，以后再补"},
            "steps": steps,
            "following": following,
            **home_notices(user_of(request)),
        },
    )

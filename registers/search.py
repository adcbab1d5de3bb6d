"""全站查找: the first few units, cadres, villages and households that match a word."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.lists import link_to
from households.models import Household
from registers.cadres import CadreSearch
from registers.households import HouseholdSearch
from registers.units import UnitSearch
from registers.villages import VillageSearch
from units.access import user_of
from units.models import Cadre, Unit
from villages.models import Village

SHOWN = 8


def search(request: HttpRequest) -> HttpResponse:
    user, text = user_of(request), request.GET.get("q", "").strip()[:60]
    groups = _groups(user, text) if text else []
    found = [group for group in groups if group["rows"]]
    return render(
        request,
        "registers/search.html",
        {"page": {"title": f"查找“{text}”" if text else "查找"}, "groups": found, "find_text": text},
    )


def _groups(user: Cadre, text: str) -> list[dict[str, Any]]:
    asked = {"q": text}
    households = Household.objects.visible_to(user).with_head().select_related("village__division")
    cadres = Cadre.objects.visible_to(user).select_related("unit")
    villages = Village.objects.visible_to(user).select_related("division")
    units = Unit.objects.visible_to(user).select_related("division")
    return [
        _group(
            "贫困户",
            "household",
            HouseholdSearch(asked, user=user).filter(households),
            text,
            lambda row: (row.head_name, f"{row.village.division}{row.village}{row.group} {row.no}"),
        ),
        _group(
            "干部",
            "cadre",
            CadreSearch(asked, user=user).filter(cadres),
            text,
            lambda row: (row.name, f"{row.unit} {row.post}"),
        ),
        _group(
            "村",
            "village",
            VillageSearch(asked, user=user).filter(villages),
            text,
            lambda row: (row.name, f"{row.division} {row.code}"),
        ),
        _group(
            "单位",
            "unit",
            UnitSearch(asked, user=user).filter(units),
            text,
            lambda row: (row.name, str(row.division)),
        ),
    ]


def _group(
    label: str, name: str, found: Any, text: str, shown: Callable[[Any], tuple[str, str]]
) -> dict[str, Any]:
    href = link_to(name)
    rows = list(found[: SHOWN + 1])
    more = f"{reverse(name + 's')}?{urlencode({'q': text})}" if len(rows) > SHOWN else ""
    return {"label": label, "rows": [(href(row.pk), *shown(row)) for row in rows[:SHOWN]], "more": more}

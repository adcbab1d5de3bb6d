"""全站查找: the first few units, cadres, villages and households that answer to a word."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.lists import SearchForm, link_to
from households.models import Household
from units.access import user_of
from units.models import Cadre, Unit
from villages.models import Village
from visits.registers.cadres import CadreSearch
from visits.registers.households import HouseholdSearch
from visits.registers.units import UnitSearch
from visits.registers.villages import VillageSearch

SHOWN = 8


def search(request: HttpRequest) -> HttpResponse:
    user, text = user_of(request), request.GET.get("q", "").strip()[:60]
    groups = [] if not text else [
        _group("贫困户", "household", HouseholdSearch({"q": text}, user=user), Household.objects.visible_to(user)
               .with_head().select_related("village"), lambda h: (h.head_name, f"{h.village} {h.group} {h.no}")),
        _group("干部", "cadre", CadreSearch({"q": text}, user=user), Cadre.objects.visible_to(user)
               .select_related("unit"), lambda c: (c.name, f"{c.unit} {c.post}")),
        _group("村", "village", VillageSearch({"q": text}, user=user), Village.objects.visible_to(user)
               .select_related("division"), lambda v: (v.name, f"{v.division} {v.code}")),
        _group("单位", "unit", UnitSearch({"q": text}), Unit.objects.visible_to(user)
               .select_related("division"), lambda u: (u.name, str(u.division))),
    ]  # fmt: skip
    found = [group for group in groups if group["rows"]]
    return render(
        request,
        "registers/search.html",
        {"page": {"title": f"查找“{text}”" if text else "查找"}, "groups": found, "find_text": text},
    )


def _group(label: str, name: str, form: SearchForm, queryset: Any, shown: Any) -> dict[str, Any]:
    href = link_to(name)
    rows = list(form.filter(queryset)[: SHOWN + 1])
    return {
        "label": label,
        "rows": [(href(row.pk), *shown(row)) for row in rows[:SHOWN]],
        "more": f"{reverse(name + 's')}?q={form.data['q']}" if len(rows) > SHOWN else "",
    }

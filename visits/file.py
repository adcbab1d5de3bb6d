"""一户一档: everything about one household on one page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.display import history_of
from core.words import split_words
from households.models import Household, HouseholdPairing, Member
from units.access import get_visible, user_of
from units.models import today
from visits.models import Visit
from visits.registers.places import phone_for

SHOWN = 20


def household(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    household: Any = get_visible(
        Household.objects.with_head().select_related("village__division", "successor"), user, pk=pk
    )
    visits = Visit.objects.visible_to(user).filter(household=household).select_related("cadre", "entered_by")
    members = list(Member.objects.filter(household=household).order_by("left_on", "relation", "pk"))
    current = [member for member in members if member.left_on is None]
    return render(
        request,
        "visits/household.html",
        {
            "page": {
                "title": household.head_name or "（没有户主）",
                "facts": f"{household.village.division}{household.village}{household.group}",
                "crumbs": [("贫困户", reverse("households"))],
            },
            "frame": "desk.html" if user.sees_place or user.is_leader else "phone.html",
            "back": reverse("home"),
            "household": household,
            "phone": phone_for(user)(household.phone),
            "may_call": bool(household.phone) and not user.is_viewer,
            "tags": split_words(household.tags),
            "members": current,
            "left": [member for member in members if member.left_on],
            "pairings": HouseholdPairing.objects.filter(household=household)
            .select_related("cadre", "unit")
            .order_by("ended_on", "-started_on"),
            "visits": visits[:SHOWN],
            "more": visits[SHOWN : SHOWN + 1].exists(),
            "times": visits.entering()
            .filter(visited_on__year=today().year)
            .order_by()
            .values("visited_on")
            .distinct()
            .count(),
            "year": today().year,
            "may_reveal": not user.is_viewer,
            "may_record": not user.is_viewer
            and HouseholdPairing.objects.current().filter(household=household, cadre=user).exists(),
            "editable": Household.objects.editable_by(user).filter(pk=pk).exists(),
            "history": history_of(household) if user.is_staff else None,
        },
    )

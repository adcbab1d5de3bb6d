"""Choices of places and the display of phones, shared by the registers."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from core.identity import mask_phone
from core.lists import as_is
from core.places import TOWN, VILLAGE, under
from units.models import Cadre, Division, Unit
from villages.models import Village

Choices = list[tuple[str, str]]


def place_field() -> forms.RegexField:
    """Return a filter set by links only: the code of a place above the towns, such as one county of a city."""
    return forms.RegexField(r"^[0-9]{2,12}$", label="区划代码", required=False, widget=forms.HiddenInput)


def town_choices(user: Cadre) -> Choices:
    """Return (code, name) of the towns with rows that the user can see."""
    if user.sees_place:
        towns = Division.objects.towns().filter(under(user.place, "code"))
    else:
        towns = Division.objects.filter(villages__in=Village.objects.visible_to(user)).distinct()
    return [("", "乡镇"), *towns.order_by("code").values_list("code", "name")]


def village_choices(user: Cadre, data: Mapping[str, Any]) -> Choices:
    """Return (code, name) of the visible villages; for an office only those of the town selected in the
    filters.

    The town is selected directly or by one of its villages.
    """
    town = str(data.get("town", "")) or str(data.get("village", ""))[:TOWN]
    villages = Village.objects.visible_to(user)
    if town:
        is_code = town.isascii() and town.isdecimal() and len(town) <= VILLAGE
        villages = villages.filter(under(town)) if is_code else villages.none()
    elif user.sees_place:
        villages = villages.none()
    return [("", "村"), *villages.order_by("code").values_list("code", "name")]


def unit_choices(user: Cadre) -> Choices:
    """Return (pk, name) of the visible units."""
    units = Unit.objects.visible_to(user).order_by("code", "pk").values_list("pk", "name")
    return [("", "单位"), *((str(pk), name) for pk, name in units)]


def phone_for(user: Cadre) -> Callable[[Any], Any]:
    """Return a formatter of phones for this user: masked for a viewer."""
    return (lambda phone: mask_phone(phone) if phone else "") if user.is_viewer else as_is

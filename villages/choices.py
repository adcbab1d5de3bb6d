"""Choices of places and the display of phones, shared by the registers.

Villages are offered with their township, since a county has several of one name, and are found by typing
(`data-typed`); without script they are ordinary selects.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import LongSelect, limit
from core.identity import mask_phone
from core.lists import as_is
from core.places import COUNTY, TOWN, VILLAGE, under
from units.models import Cadre, Division, Unit
from villages.models import Village

Choices = list[tuple[str, str]]
TYPED = {"data-typed": ""}
"""Marks a select that `static/app.js` turns into a field to type into."""


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


def village_label(village: Village) -> str:
    return f"{village.name}（{village.division}）"


def village_filter() -> forms.ChoiceField:
    return forms.ChoiceField(label="村", required=False, widget=forms.Select(TYPED))


def offer_villages(form: forms.BaseForm, villages: QuerySet[Village], name: str = "village") -> None:
    """Limit a field to these villages, offered with their township."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    widget = LongSelect({**field.widget.attrs, **TYPED})
    widget.is_required = field.required
    field.widget = widget
    vars(field)["label_from_instance"] = village_label
    limit(form, name, villages.select_related("division"))


def village_choices(user: Cadre, data: Mapping[str, Any]) -> Choices:
    """Return (code, label) of the visible villages of the town selected in the filters.

    Without a town they are all of a county; an office above a county selects the town first.
    """
    town = str(data.get("town", ""))
    if not town and len(user.place) < COUNTY:
        town = str(data.get("village", ""))[:TOWN]
    villages = Village.objects.visible_to(user)
    if town:
        is_code = town.isascii() and town.isdecimal() and len(town) <= VILLAGE
        villages = villages.filter(under(town)) if is_code else villages.none()
    elif user.sees_place and len(user.place) < COUNTY:
        villages = villages.none()
    found = villages.order_by("code").values_list("code", "name", "division__name")
    return [("", "村"), *((code, f"{name}（{town}）") for code, name, town in found)]


def unit_choices(user: Cadre) -> Choices:
    """Return (pk, name) of the visible units."""
    units = Unit.objects.visible_to(user).order_by("code", "pk").values_list("pk", "name")
    return [("", "单位"), *((str(pk), name) for pk, name in units)]


def phone_for(user: Cadre) -> Callable[[Any], Any]:
    """Return a formatter of phones for this user: masked for a viewer."""
    return (lambda phone: mask_phone(phone) if phone else "") if user.is_viewer else as_is

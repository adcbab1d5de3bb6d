"""Filters that the lists of field records share: place, person, period, voided."""

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet

from core.forms import ChineseDateField
from core.periods import PeriodSearch
from core.places import COUNTY, under
from core.search import offer
from units.models import Cadre
from villages.choices import place_field, town_choices, unit_choices

OUTSIDE_TOWNS = "不在乡镇（没有写村）"
"""What county units recorded without a village: with it, the lists by town add up to the whole."""


class FieldworkSearch(PeriodSearch):
    """The shared filters; `day` names the column that `since` and `until` narrow."""

    day: ClassVar[str]
    town = forms.ChoiceField(label="乡镇", required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    is_open = True
    since = ChineseDateField(label="从", required=False, widget=forms.HiddenInput)
    until = ChineseDateField(label="到", required=False, widget=forms.HiddenInput)
    void = forms.BooleanField(label="作废", required=False)
    place = place_field()

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        rest = [(user.place, OUTSIDE_TOWNS)] if user.sees_place and len(user.place) == COUNTY else []
        offer(self, "town", [*town_choices(user), *rest])
        offer(self, "unit", unit_choices(user))

    def filter(self, queryset: Any) -> QuerySet[Any]:
        """Hide voided rows unless they are asked for."""
        found: QuerySet[Any] = self.narrow(queryset)
        return found if self.cleaned_data.get("void") else self.counted(found)

    def narrow(self, queryset: Any) -> Any:
        """Apply the filters alone."""
        return super().filter(queryset)

    def counted(self, found: Any) -> QuerySet[Any]:
        counted: QuerySet[Any] = found.counted()
        return counted

    def written(self, value: str, *texts: str) -> Q:
        """Match rows where one of the texts contains the value. Viewers, who read masked phones, cannot
        search for digits, which would let them guess a phone digit by digit.
        """
        if self.user.is_viewer and any(char.isdigit() for char in value):
            return Q(pk__in=[])
        return reduce(or_, (Q(**{f"{text}__contains": value}) for text in texts))

    def by_town(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep rows below a place; the reader's own place stands for rows in none of its towns."""
        if value == self.user.place:
            return queryset.filter(place=value)
        return queryset.filter(under(value))

    by_place = by_town

    def by_since(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.day}__gte": value})

    def by_until(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.day}__lte": value})

    def by_void(self, queryset: QuerySet[Any], _value: bool) -> QuerySet[Any]:
        return queryset.exclude(voided_on=None)

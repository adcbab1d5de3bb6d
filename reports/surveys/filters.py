"""What narrows a survey's statistics: year, place, unit and kind of household."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.timezone import localdate

from core.lists import address
from core.periods import year_label, year_period
from core.places import under
from core.search import SearchForm, offer
from households.choices import Kind
from reports.surveys.completion import pairings_on
from surveys.definition.items import Item
from surveys.models import Survey
from units.models import Cadre
from villages.choices import place_field, town_choices, unit_choices, village_choices, village_filter

BY = {"place": "乡镇", "village": "村", "unit": "单位", "cadre": "干部"}
"""What the rows of a completion stand for."""
CARRIED = ("year", "place", "town", "village", "unit", "kind")
"""Filters that the reports of a survey hand on to each other."""
FRAMING = {"year", "by", "section", "row", "column", "row_cuts", "column_cuts", "before"}
"""Parameters that say what is shown rather than of which rows."""
MOST_CUTS = 12
MOST = Decimal(10) ** 12


class SurveyFigureSearch(SearchForm):
    """`years` are those offered, the first of them taken unless another is chosen."""

    unknown = ""
    """What is said of a year that is not offered."""
    year = forms.ChoiceField(label="年度", required=False, widget=forms.HiddenInput)
    place = place_field()
    town = forms.ChoiceField(label="乡镇", required=False)
    village = village_filter()
    unit = forms.ChoiceField(label="单位", required=False)

    def __init__(self, data: QueryDict, *, user: Cadre, years: Sequence[int]) -> None:
        this_year, chosen = localdate().year, data.copy()
        offered = sorted({*years, this_year, this_year - 1}, reverse=True)
        asked = chosen.get("year", "")
        if asked not in {str(year) for year in offered}:
            chosen["year"] = str(next(iter(years), this_year))
            self.unknown = f"没有“{asked[:10]}”这一年，下面是 {chosen['year']} 年的。" if asked else ""
        super().__init__(chosen)
        if not self.placeholder:
            del self.fields["q"]
        self.years = [(str(year), year_label(year)) for year in offered]
        offer(self, "year", self.years)
        offer(self, "town", town_choices(user))
        offer(self, "village", village_choices(user, chosen))
        offer(self, "unit", unit_choices(user))
        self.is_valid()

    def describe_period(self) -> str:
        return f"{self.year_chosen} 年"

    @property
    def year_chosen(self) -> int:
        return int(self.cleaned_data["year"])

    @property
    def on(self) -> date:
        """The day as at which the year's register is told: its end, or today while it runs."""
        return year_period(self.year_chosen).on

    @property
    def problem(self) -> str:
        return self.unknown + super().problem

    def carried(self) -> dict[str, Any]:
        """Return the filters in force, as parameters of another report."""
        return {name: self.cleaned_data.get(name, "") for name in CARRIED}

    def by_year(self, queryset: QuerySet[Any], _value: str) -> QuerySet[Any]:
        """Return which year is counted; what is narrowed here is of that year already, or of none."""
        return queryset

    def by_place(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(under(value))

    by_town = by_place

    def by_village(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(place=value)


class CompletionSearch(SurveyFigureSearch):
    """Narrows households, or villages; `unit` to those that it was paired with at the end of the year."""

    by = forms.ChoiceField(label="分列", required=False, choices=list(BY.items()), widget=forms.HiddenInput)

    def by_by(self, queryset: QuerySet[Any], _value: str) -> QuerySet[Any]:
        """Return what the rows stand for; narrows nothing."""
        return queryset

    def by_unit(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        subject = queryset.model._meta.model_name
        return queryset.filter(pk__in=pairings_on(queryset, self.on).filter(unit=value).values(subject))


class AnswerSearch(SurveyFigureSearch):
    """Narrows responses; `unit` is the surveyor's of that day, `kind` the household's in the register."""

    kind = forms.ChoiceField(label="属性", required=False, choices=[("", "属性"), *Kind.choices])
    section = forms.CharField(label="部分", required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, user: Cadre, years: Sequence[int], survey: Survey) -> None:
        super().__init__(data, user=user, years=years)
        if not survey.is_of_households:
            del self.fields["kind"]

    def by_section(self, queryset: QuerySet[Any], _value: str) -> QuerySet[Any]:
        """Return which items are shown; every response is counted."""
        return queryset

    def by_kind(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(household__kind=value)


class CutsField(forms.CharField):
    """Where the classes of numbers begin, as text: 1000、2000、5000 (see `cuts_in`)."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        try:
            cuts = cuts_in(text)
        except InvalidOperation:
            raise forms.ValidationError("写几个数，用顿号隔开，如 1000、2000") from None
        if len(cuts) > MOST_CUTS or not all(cut.is_finite() and abs(cut) < MOST for cut in cuts):
            raise forms.ValidationError(f"最多写 {MOST_CUTS} 个数")
        return text


def cuts_in(text: str) -> list[Decimal]:
    """Return the numbers of a text, ascending, each once; raises InvalidOperation."""
    return sorted({Decimal(part) for part in re.split(r"[、，,；;\s]+", text) if part})


class CrossSearch(AnswerSearch):
    """Which two items, where the classes of their numbers begin, and the earlier year that rows are of."""

    row = forms.ChoiceField(label="行", required=False, widget=forms.HiddenInput)
    column = forms.ChoiceField(label="列", required=False, widget=forms.HiddenInput)
    row_cuts = CutsField(label="行分段", required=False, max_length=100, widget=forms.HiddenInput)
    column_cuts = CutsField(label="列分段", required=False, max_length=100, widget=forms.HiddenInput)
    before = forms.ChoiceField(label="行的年度", required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict, *, user: Cadre, years: Sequence[int], survey: Survey, items: Mapping[str, Item]
    ) -> None:
        super().__init__(data, user=user, years=years, survey=survey)
        self.items = [(code, f"{code} {item.label}") for code, item in items.items()]
        self.befores = [(str(year), f"{year} 年") for year in years if year < self.year_chosen]
        for name, choices in [("row", self.items), ("column", self.items), ("before", self.befores)]:
            offer(self, name, choices)
        self.full_clean()

    @property
    def is_whole(self) -> bool:
        """Return whether both items are chosen."""
        return bool(self.cleaned_data.get("row") and self.cleaned_data.get("column"))

    @property
    def year_before(self) -> str:
        return str(self.cleaned_data.get("before", ""))

    def by_row(self, queryset: QuerySet[Any], _value: Any) -> QuerySet[Any]:
        """What is set against what; every response is counted."""
        return queryset

    by_column = by_row_cuts = by_column_cuts = by_before = by_row


def shown_filters(request: HttpRequest, form: SurveyFigureSearch) -> dict[str, Any]:
    """Return the context of `_filters.html`, and the years to choose from."""
    chips = form.chips(lambda name: address(request, {name: None}))
    narrowing = {name: None for name in form.fields if form.cleaned_data.get(name) and name not in FRAMING}
    return {
        "filters": chips,
        "hidden": form.hidden_pairs(),
        "clear_url": address(request, narrowing) if narrowing else "",
        "filtered": form.describe(),
        "problem": form.problem,
        "years": [
            (label, address(request, {"year": year, "before": None}), year == str(form.year_chosen))
            for year, label in form.years
        ],
    }

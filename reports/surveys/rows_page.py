"""The households (or villages) behind the figures of a completion: where each stands in the year."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.labels import label_of
from core.lists import Column, Listing, labels_of, link_to, list_page
from core.periods import year_period, year_taps
from core.search import SearchForm, key_field, offer
from households.choices import Kind
from households.models import HouseholdPairing, head_column
from registers.households import HouseholdSearch
from registers.villages import VillageSearch
from reports.surveys.completion import DONE, STANDINGS, filled_on, pairings_on, subjects_of, with_standing
from reports.surveys.counted import Family
from reports.surveys.frame import family_for, link, years_of
from units.access import leader_or_overseer_required, user_of
from units.models import Cadre, today
from villages.choices import place_field, unit_choices


class StandingSearch(SearchForm):
    """A register's filters, and where a household or village stands in the survey of a year."""

    left_out: Sequence[str] = ()
    standing = forms.ChoiceField(
        label="调查情况",
        required=False,
        choices=[
            ("", "调查情况"),
            ("done", "已调查"),
            ("open", "还没有调查"),
            *((str(at), label) for at, label in STANDINGS.items()),
        ],
    )
    year = forms.IntegerField(
        label="年度", required=False, min_value=2000, max_value=2100, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.left_out:
            del self.fields[name]
        self.is_valid()
        self.of_year: int = self.cleaned_data.get("year") or year

    @property
    def on(self) -> date:
        """The day as at which the year's register is told: its end, or today while it runs."""
        return year_period(self.of_year).on

    def by_year(self, queryset: QuerySet[Any], _value: int) -> QuerySet[Any]:
        """Keep all rows: they are those of the chosen year already."""
        return queryset

    def by_standing(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == "open":
            return queryset.exclude(standing__in=DONE)
        return queryset.filter(standing__in=DONE if value == "done" else [int(value)])


class HouseholdStandingSearch(StandingSearch, HouseholdSearch):
    left_out = ("visited", "span", "since", "until", "at", "tag", "status", "cause")
    cadre = key_field(label_of(HouseholdPairing, "cadre"))

    def by_cadre(self, queryset: QuerySet[Any], value: int) -> QuerySet[Any]:
        return queryset.filter(pk__in=pairings_on(queryset, self.on).filter(cadre=value).values("household"))


class VillageStandingSearch(StandingSearch, VillageSearch):
    left_out = ("kind", "span", "since", "until")
    unit = forms.ChoiceField(label="单位", required=False)
    place = place_field()
    village = place_field()

    def __init__(self, *args: Any, user: Cadre, year: int, **kwargs: Any) -> None:
        super().__init__(*args, user=user, year=year, **kwargs)
        offer(self, "unit", unit_choices(user))
        self.is_valid()

    by_place = VillageSearch.by_town
    by_village = VillageSearch.by_town

    def by_unit(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(pk__in=pairings_on(queryset, self.on).filter(unit=value).values("village"))


@leader_or_overseer_required
def rows_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = user_of(request)
    family = family_for(user, pk)
    of_households = family.survey.is_of_households
    search = HouseholdStandingSearch if of_households else VillageStandingSearch
    years = years_of(family, user)
    form = search(request.GET, user=user, year=next(iter(years), today().year))
    year = form.of_year
    listing = Listing(
        title=f"{family.survey.title}各{'户' if of_households else '村'}",
        unit="户" if of_households else "个",
        queryset=with_standing(subjects_of(family, user, form.on), family, year),
        form=form,
        facts=f"{year} 年，{year_period(year).as_at}在册的{'户' if of_households else '行政村'}",
        crumbs=[
            (f"{family.survey.title}完成情况", link("report-survey-completion", family.survey, year=year))
        ],
        annotate=lambda rows: _with_cells(rows, family, form),
        columns=HOUSEHOLD_COLUMNS if of_households else VILLAGE_COLUMNS,
        sort="no" if of_households else "code",
        href=link_to("household" if of_households else "village"),
        empty={"text": "没有符合条件的。", "url": request.path, "label": "看全部"},
    )
    return list_page(request, listing, years=year_taps(request, year, years))


def _with_cells(rows: QuerySet[Any], family: Family, form: StandingSearch) -> QuerySet[Any]:
    filled = filled_on(family, form.of_year)
    shown = _with_pairing(rows, form.on) if family.survey.is_of_households else rows
    with_response: QuerySet[Any] = shown.annotate(
        surveyed_on=Subquery(filled.values("surveyed_on")[:1]),
        surveyor=Subquery(filled.values("surveyor__name")[:1]),
    )
    return with_response


def _with_pairing(households: Any, on: date) -> QuerySet[Any]:
    """Add the head and who was paired with the household at the end of a day."""
    pairing = HouseholdPairing.objects.current(on).filter(household=OuterRef("pk")).order_by("-kind", "pk")
    paired: QuerySet[Any] = households.with_head().annotate(
        head_pinyin=Coalesce(head_column("pinyin"), Value("")),
        cadre_name=Subquery(pairing.values("cadre__name")[:1]),
        unit_name=Subquery(pairing.values("unit__name")[:1]),
    )
    return paired


RESPONSE_COLUMNS = [
    Column("调查情况", "standing", sort="standing", css="nowrap", show=lambda standing: STANDINGS[standing]),
    Column("调查日期", "surveyed_on", css="nowrap"),
    Column("调查人", "surveyor", css="nowrap"),
]
HOUSEHOLD_COLUMNS = [
    Column("户主", "head_name", sort="head_pinyin", css="nowrap"),
    Column("户编号", "no", sort="no", css="quiet nowrap"),
    Column("村", "village__name", css="nowrap"),
    Column("组(社)", "group", sort="group", css="nowrap"),
    Column("属性", "kind", sort="kind", css="nowrap", show=labels_of(Kind)),
    Column("联户干部", "cadre_name", css="nowrap"),
    Column("单位", "unit_name", css="break"),
    *RESPONSE_COLUMNS,
]
VILLAGE_COLUMNS = [
    Column("村名", "name", sort="pinyin", css="nowrap"),
    Column("村级代码", "code", sort="code", css="quiet"),
    Column("乡镇", "division__name", css="nowrap"),
    *RESPONSE_COLUMNS,
]

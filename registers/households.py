"""名册：贫困户，with how often and when each was last entered."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import (
    Case,
    CharField,
    Exists,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html

from core import identity
from core.forms import ChineseDateField
from core.labels import label_of
from core.lists import Column, Listing, as_is, labels_of, link_to, list_page
from core.periods import Period, PeriodSearch, period_bar, year_period
from core.places import under
from core.search import by_name, offer
from households.choices import Cause, Kind, Relation, Status
from households.models import Household, HouseholdPairing, Member, head_column
from households.models.household import HouseholdQuerySet
from households.numbers import people_with
from units.access import user_of
from units.models import Cadre, today
from villages.choices import place_field, town_choices, unit_choices, village_choices, village_filter
from visits.indicators import times_of_household
from visits.models import Visit


class HouseholdSearch(PeriodSearch):
    placeholder = "户主、拼音、编号、电话、身份证号"
    town = forms.ChoiceField(label="乡镇", required=False)
    village = village_filter()
    unit = forms.ChoiceField(label="联户单位", required=False)
    paired = forms.ChoiceField(
        label="结对", required=False, choices=[("", "结对"), ("yes", "已结对"), ("no", "未结对")]
    )
    visited = forms.ChoiceField(
        label="入户", required=False, choices=[("", "入户"), ("yes", "入过户"), ("no", "没有入过户")]
    )
    card = forms.ChoiceField(
        label="连心卡", required=False, choices=[("", "连心卡"), ("yes", "发了连心卡"), ("no", "没发连心卡")]
    )
    kind = forms.ChoiceField(label="属性", required=False, choices=[("", "属性"), *Kind.choices])
    cause = forms.ChoiceField(label="致贫原因", required=False, choices=[("", "致贫原因"), *Cause.choices])
    since = ChineseDateField(label="从", required=False, widget=forms.HiddenInput)
    until = ChineseDateField(label="到", required=False, widget=forms.HiddenInput)
    at = ChineseDateField(label="截至", required=False, widget=forms.HiddenInput)
    place = place_field()
    tag = forms.CharField(label="标记", required=False, max_length=12, widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label=label_of(Household, "status"), required=False, choices=[("", "在册"), *Status.choices[1:]]
    )

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if self.data.get("q"):
            offer(self, "status", [("", "在册和已销户"), *Status.choices])
        if user.is_viewer:
            self.placeholder = "户主、拼音、编号"
        choices = {
            "town": town_choices(user),
            "village": village_choices(user, self.data),
            "unit": [("", "联户单位"), *unit_choices(user)[1:]],
        }
        for name, options in choices.items():
            offer(self, name, options)

    def filter(self, queryset: HouseholdQuerySet) -> QuerySet[Any]:
        """Search closed households too; without a search word list those registered (在册) at the end of the
        period.
        """
        self.is_valid()
        asked = self.cleaned_data.get("status") or self.cleaned_data.get("q")
        return super().filter(queryset if asked else queryset.registered(self.on))

    def by_q(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        """Search phones and ID numbers only for users who see them whole: a viewer could guess a masked one."""
        if identity.is_whole(value):
            return queryset.filter(pk__in=people_with(value, self.user).values("household"))
        if value[:1].isdigit():
            numbered = Q(no__startswith=value) | Q(external_no__startswith=value)
            called = Q(pk__in=[]) if self.user.is_viewer else Q(phone__startswith=value)
            return queryset.filter(numbered | called)
        # Heads by part of the name; another of the family, of whom there are four times as many, by the whole.
        named = Q(by_name(value), relation=Relation.HEAD) | Q(name=value)
        return queryset.filter(pk__in=Member.objects.findable().filter(named).values("household"))

    def by_town(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        return queryset.filter(under(value))

    by_place = by_town

    def by_village(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        return queryset.filter(place=value)

    def by_unit(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        return queryset.filter(
            pk__in=HouseholdPairing.objects.current(self.on).filter(unit_id=int(value)).values("household")
        )

    def by_paired(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        return queryset.paired(self.on) if value == "yes" else queryset.unpaired(self.on)

    def by_visited(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        """Keep households entered in the period, of a unit's households by its own cadres."""
        entering = Visit.objects.entering().filter(visited_on__range=self.period.days)
        if self.cleaned_data.get("unit"):
            entering = entering.of_unit(int(self.cleaned_data["unit"]))
        entered = Exists(entering.filter(household=OuterRef("pk")))
        return queryset.filter(entered if value == "yes" else ~entered)

    @property
    def on(self) -> date:
        """Return the day named by `at`, else the period's: a month's list of the households counted at a
        year's end.
        """
        return self.cleaned_data.get("at") or super().on

    def by_at(self, queryset: HouseholdQuerySet, _value: Any) -> HouseholdQuerySet:
        """Set the day for which the list reports states; it filters nothing by itself."""
        return queryset

    @property
    def period(self) -> Period:
        """When `visited` and the column 入户 look: this year unless another period is chosen."""
        return self.chosen or year_period(today().year)

    def by_card(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        given = Visit.objects.counted().filter(card_given=True, visited_on__lte=self.on)
        households = Q(pk__in=given.values("household"))
        return queryset.filter(households if value == "yes" else ~households)

    def period_in_words(self) -> str:
        """State the day of the list's states, and the days in which 入户 is counted."""
        chosen = self.chosen
        said = [f"在册、结对按 {chosen.on} 算，入户按 {chosen.since} 至 {chosen.until} 算"] if chosen else []
        if self.cleaned_data.get("visited"):
            said += [] if chosen else ["入户按今年算"]
            said += ["只算这个单位的"] if self.cleaned_data.get("unit") else []
        return "，".join(said)

    def by_cause(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        return queryset.filter(main_cause=value)

    def by_tag(self, queryset: HouseholdQuerySet, value: str) -> HouseholdQuerySet:
        return queryset.filter(tags__contains=value)


def households(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = HouseholdSearch(request.GET, user=user)
    listing = Listing(
        title="贫困户",
        unit="户",
        queryset=Household.objects.visible_to(user),
        form=form,
        facts=form.period_in_words(),
        annotate=lambda rows: _with_cells(rows, form),
        columns=_columns(user, form.period),
        sort="no",
        href=link_to("household", form.chosen.query if form.chosen else ""),
        totals=_totals,
        actions=_list_actions(user),
        empty={"text": "没有符合条件的贫困户。", "url": request.path, "label": "看全部贫困户"},
    )
    years = Visit.objects.visible_to(user).years()
    return list_page(request, listing, bar=period_bar(request, form, form.chosen, years))


def _columns(user: Cadre, period: Period) -> list[Column]:
    return [
        Column("户主", "head_name", sort="head_pinyin", css="nowrap"),
        Column("户编号", "no", sort="no", css="quiet nowrap"),
        Column("乡镇", "village__division__name", css="nowrap"),
        Column("村", "village__name", css="nowrap"),
        Column("组(社)", "group", sort="group", css="nowrap"),
        Column("属性", "kind", sort="kind", css="nowrap", show=labels_of(Kind)),
        Column("致贫原因", "main_cause", sort="main_cause", css="nowrap", show=labels_of(Cause)),
        Column("人口", "size", sort="size", css="num"),
        Column("联户干部", "cadre_name", css="nowrap", show=_unpaired_chip),
        Column("单位", "unit_name", css="break"),
        Column(f"{period.label}入户", "entered_count", sort="entered_count", css="num"),
        Column("最近入户", "last_entered", css="nowrap", show=as_is),
    ]


def _unpaired_chip(name: str | None) -> str:
    return name or format_html('<span class="chip wait">{}</span>', "未结对")


_CLOSED = Case(
    *(When(status=status, then=Value(f"已{label}")) for status, label in Status.choices[1:]),
    default=None,
    output_field=CharField(),
)
"""Shown instead of the cadre: that the household is closed."""


def _with_cells(households: Any, form: HouseholdSearch) -> QuerySet[Any]:
    """次数 = household-days: two visits to one household on one day count once."""
    there = HouseholdPairing.objects.current(form.on).filter(household=OuterRef("pk"))
    pairing = there.order_by("-kind", "pk")
    entering = Visit.objects.entering().filter(household=OuterRef("pk")).order_by()
    until_then = entering.filter(visited_on__lte=form.on).values("household")
    rows: QuerySet[Any] = households.with_head().annotate(
        head_pinyin=Coalesce(head_column("pinyin"), Value("")),
        cadre_name=Coalesce(Subquery(pairing.values("cadre__name")[:1]), _CLOSED),
        unit_name=Subquery(pairing.values("unit__name")[:1]),
        entered_count=times_of_household(form.period),
        last_entered=Subquery(until_then.annotate(last=Max("visited_on")).values("last")),
    )
    return rows


def _totals(found: QuerySet[Household], count: int) -> list[dict[str, Any]]:
    people = found.order_by().aggregate(people=Sum("size"))["people"]
    return [
        {"text": f"合计 {count:,} 户", "span": 7},
        {"text": f"{people:,}", "css": "num"},
        {"text": "", "span": 4},
    ]


def _list_actions(user: Cadre) -> list[dict[str, str]]:
    if not user.is_office:
        return []
    return [
        {"label": "导入", "url": reverse("import-kind", args=["households"])},
        {"label": "登记一户", "url": reverse("household-new")},
    ]

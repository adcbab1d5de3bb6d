"""/visits/: the list of an office or leader, and the 民情日记 of a cadre."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core.forms import ChineseDateField
from core.lists import Column, Listing, SearchForm, by_name, labels_of, link_to, list_page
from core.places import under
from households.choices import Relation
from households.models import Member
from units.access import user_of
from units.models import Cadre, today
from visits.models import Visit
from visits.registers.places import town_choices, unit_choices


class VisitSearch(SearchForm):
    placeholder = "干部、户主、谈了什么"
    town = forms.ChoiceField(label="乡镇", required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    kind = forms.ChoiceField(label="做什么", required=False, choices=[("", "做什么"), *Visit.Kind.choices])
    since = ChineseDateField(label="从", required=False)
    until = ChineseDateField(label="到", required=False)
    entering = forms.BooleanField(label="入户", required=False)
    late = forms.BooleanField(label="补录", required=False)
    void = forms.BooleanField(label="作废", required=False)
    cadre = forms.IntegerField(label="干部", required=False, widget=forms.HiddenInput)
    household = forms.IntegerField(label="户", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("town", town_choices(user)), ("unit", unit_choices(user))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def filter(self, queryset: Any) -> Any:
        """作废 ones are shown only when asked for."""
        found = super().filter(queryset)
        return found if self.cleaned_data.get("void") else found.counted()

    def by_q(self, queryset: Any, value: str) -> Any:
        heads = Member.objects.filter(by_name(value), relation=Relation.HEAD).values("household")
        people = Cadre.objects.filter(by_name(value)).values("pk")
        return queryset.filter(Q(content__contains=value) | Q(cadre__in=people) | Q(household__in=heads))

    def by_town(self, queryset: Any, value: str) -> Any:
        return queryset.filter(under(value))

    def by_unit(self, queryset: Any, value: str) -> Any:
        return queryset.filter(unit=value)

    def by_kind(self, queryset: Any, value: str) -> Any:
        return queryset.filter(kind=value)

    def by_since(self, queryset: Any, value: date) -> Any:
        return queryset.filter(visited_on__gte=value)

    def by_until(self, queryset: Any, value: date) -> Any:
        return queryset.filter(visited_on__lte=value)

    def by_entering(self, queryset: Any, _value: bool) -> Any:
        return queryset.entering()

    def by_late(self, queryset: Any, _value: bool) -> Any:
        return queryset.filter(is_late=True)

    def by_void(self, queryset: Any, _value: bool) -> Any:
        return queryset.exclude(voided_on=None)

    def by_cadre(self, queryset: Any, value: int) -> Any:
        return queryset.filter(cadre=value)

    def by_household(self, queryset: Any, value: int) -> Any:
        return queryset.filter(household=value)


def visits(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    if not user.sees_place and not user.is_leader:
        return diary(request)
    listing = Listing(
        title="走访",
        unit="条",
        queryset=Visit.objects.visible_to(user),
        form=VisitSearch(request.GET, user=user),
        annotate=_with_head,
        columns=[
            Column("走访日期", "visited_on", sort="visited_on", css="nowrap"),
            Column("走访干部", "cadre__name", css="nowrap"),
            Column("单位", "unit__name", css="nowrap"),
            Column("村", "village__name", css="nowrap"),
            Column("户主", "head_name", css="nowrap"),
            Column("做什么", "kind", css="nowrap", show=labels_of(Visit.Kind)),
            Column("为什么去", "reasons", css="nowrap"),
            Column("谈了什么、办了什么", "content", css="wrap"),
            Column("住村夜数", "nights", css="num"),
            Column("补录", "is_late", css="nowrap", show=lambda late: "补录" if late else ""),
        ],
        sort="-visited_on",
        href=link_to("visit"),
        actions=[{"label": "记走访", "url": reverse("visit-new")}] if not user.is_viewer else [],
        empty={"text": "没有符合条件的走访。", "url": request.path, "label": "看全部走访"},
    )
    return list_page(request, listing)


def diary(request: HttpRequest) -> HttpResponseBase:
    """民情日记: a cadre's own visits of one month, as written."""
    user = user_of(request)
    month = _month(request.GET.get("month", ""))
    text = request.GET.get("q", "").strip()[:60]
    own = _with_head(Visit.objects.visible_to(user)).select_related("cadre", "village", "entered_by")
    if text:
        heads = Member.objects.filter(name__contains=text, relation=Relation.HEAD).values("household")
        found = own.filter(Q(content__contains=text) | Q(household__in=heads))[:100]
    else:
        found = own.filter(month=month.year * 100 + month.month)
    return render(
        request,
        "visits/diary.html",
        {
            "page": {"title": "民情日记"},
            "visits": found,
            "text": text,
            "month": month,
            "previous": _shift(month, -1),
            "following": _shift(month, 1) if _shift(month, 1) <= today() else None,
        },
    )


def _with_head(visits: Any) -> Any:
    head = Member.objects.filter(household=OuterRef("household"), relation=Relation.HEAD).order_by(
        "left_on", "-pk"
    )
    return visits.annotate(head_name=Subquery(head.values("name")[:1]))


def _month(text: str) -> date:
    """The first of the asked month (2015-09), else of this one."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)


def _shift(month: date, by: int) -> date:
    months = month.year * 12 + month.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)

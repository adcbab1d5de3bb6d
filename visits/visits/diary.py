"""/visits/: the list of an office or leader, and the diary (民情日记) of a cadre."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, F, Max, Min, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core.labels import label_of
from core.lists import Column, Listing, as_is, labels_of, link_to, list_page, names_of, yes_no
from core.periods import period_bar
from core.search import by_name, choice_field, key_field, offer, plain
from households.models import headed_by
from units.access import user_of
from units.days import month_of
from units.models import Cadre, today
from villages.choices import village_choices, village_filter
from visits.filters import FieldworkSearch
from visits.models import Visit, VisitCompanion
from visits.visits.models import VisitQuerySet

MOST_FOUND = 200
SHOWN_LETTERS = 60


class VisitSearch(FieldworkSearch):
    day = "visited_on"
    field_order = ("q", "town", "village", "unit", "kind", "entering", "card", "late")
    placeholder = "干部、户主、谈了什么"
    village = village_filter()
    kind = choice_field(Visit, "kind")
    entering = forms.BooleanField(label="入户", required=False)
    card = forms.BooleanField(label="连心卡", required=False)
    late = forms.BooleanField(label="补录", required=False)
    inside = forms.BooleanField(label="进村", required=False, widget=forms.HiddenInput)
    nights = forms.BooleanField(label="住村", required=False, widget=forms.HiddenInput)
    cadre = key_field("干部")
    household = key_field(label_of(Visit, "household"))

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        offer(self, "village", village_choices(user, self.data))

    @property
    def said(self) -> bool:
        """Return whether any filter is set."""
        self.is_valid()
        return any(value not in (None, "", False) for value in self.cleaned_data.values())

    def clean_q(self) -> str:
        """Allow spaces in the searched text."""
        return plain(self.cleaned_data["q"])

    def by_q(self, queryset: VisitQuerySet, value: str) -> VisitQuerySet:
        heads = headed_by(value)
        people = Cadre.objects.filter(by_name(value)).values("pk")
        return queryset.filter(self.written(value, "content") | Q(cadre__in=people) | Q(household__in=heads))

    by_village = FieldworkSearch.by_town

    def by_unit(self, queryset: VisitQuerySet, value: str) -> VisitQuerySet:
        """Keep visits of the unit, also those on which somebody of it went along."""
        return queryset.of_unit(int(value))

    def by_entering(self, queryset: VisitQuerySet, _value: bool) -> VisitQuerySet:
        return queryset.entering()

    def by_inside(self, queryset: VisitQuerySet, _value: bool) -> VisitQuerySet:
        return queryset.inside()

    def by_nights(self, queryset: VisitQuerySet, _value: bool) -> VisitQuerySet:
        return queryset.overnight()

    def by_card(self, queryset: VisitQuerySet, _value: bool) -> VisitQuerySet:
        return queryset.filter(card_given=True)

    def by_late(self, queryset: VisitQuerySet, _value: bool) -> VisitQuerySet:
        return queryset.filter(is_late=True)


def visits(request: HttpRequest) -> HttpResponseBase:
    """List visits for users who see more than their own, else show the diary; the workbook has the same
    rows.
    """
    user = user_of(request)
    of_many = user.sees_place or user.is_leader
    exporting = request.GET.get("export") == "xlsx"
    if not exporting and ("mine" in request.GET or not of_many):
        return diary(request)
    listing = _listing(request, user, whole=exporting)
    return list_page(request, listing, bar=_bar(request, listing.form, listing.queryset))


def _bar(request: HttpRequest, form: Any, rows: Any) -> dict[str, Any]:
    return period_bar(request, form, form.chosen, rows.years())


def _listing(request: HttpRequest, user: Cadre, *, whole: bool) -> Listing:
    """Return the listing. The page shortens texts; the workbook (`whole`) has them in full, with household
    numbers, so that it can be imported again.
    """
    own = [{"label": "我的民情日记", "url": f"{request.path}?mine=1"}] if user.is_leader else []
    new = [{"label": "记走访", "url": reverse("visit-new")}] if not user.is_viewer else []
    return Listing(
        title="走访",
        unit="条",
        queryset=Visit.objects.visible_to(user),
        form=VisitSearch(request.GET, user=user),
        annotate=_with_companions if whole else _with_names,
        columns=[
            Column("走访日期", "visited_on", sort="visited_on"),
            Column("走访干部", "cadre__name"),
            Column("单位", "unit__name", css="break"),
            Column("乡镇", "village__division__name"),
            Column("村", "village__name"),
            Column("户主", "head_name"),
            *([Column("户编号", "household__no")] if whole else []),
            Column("做什么", "kind", show=labels_of(Visit.Kind)),
            Column("为什么去", "reasons", css="break"),
            Column("谈了什么、办了什么", "content", css="wrap", show=as_is if whole else _shortened),
            Column("住村夜数", "nights", css="num"),
            *([*_only_in_workbook()] if whole else []),
            Column("代录", "typed_by"),
            Column("标记", "mark"),
        ],
        sort="-visited_on",
        href=link_to("visit"),
        actions=[*own, *new],
        empty={"text": "没有符合条件的走访。", "url": request.path, "label": "看全部走访"},
    )


def _only_in_workbook() -> list[Column]:
    """Return the columns that only the workbook has, under the headings of the import."""
    shown = {"topics": as_is, "card_given": yes_no, "promised_on": as_is, "promise": as_is}
    labels = {field.name: str(field.verbose_name) for field in Visit._meta.fields}
    return [
        Column("同去的人", "along"),
        *(Column(labels[name], name, show=show) for name, show in shown.items()),
    ]


def _with_companions(visits: Any) -> QuerySet[Any]:
    companions = names_of(VisitCompanion.objects.all(), "visit", "cadre__name")
    named: QuerySet[Any] = _with_names(visits).annotate(along=companions)
    return named


def _with_names(visits: Any) -> QuerySet[Any]:
    """Add head, recorder (if another) and marks."""
    named: QuerySet[Any] = visits.with_head().annotate(
        typed_by=Case(When(entered_by=F("cadre"), then=Value("")), default=F("entered_by__name")),
        mark=Case(
            When(voided_on__isnull=False, then=Value("作废")),
            When(is_late=True, card_given=True, then=Value("补录、连心卡")),
            When(is_late=True, then=Value("补录")),
            When(card_given=True, then=Value("连心卡")),
            default=Value(""),
        ),
    )
    return named


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…"


def diary(request: HttpRequest) -> HttpResponse:
    """民情日记: a cadre's own visits of a month with voided ones struck through, or those that a search
    finds.
    """
    user = user_of(request)
    form = VisitSearch(request.GET, user=user)
    own = Visit.objects.own(user)
    month = _month(request)
    found = form.narrow(own) if form.said else own.filter(month=month)
    rows = (
        found.with_head()
        .select_related("cadre", "village", "entered_by")
        .prefetch_related("companions__cadre")
        .order_by("-visited_on", "-pk")
    )
    return render(
        request,
        "visits/diary.html",
        {
            "page": {"title": "民情日记"},
            "visits": rows[:MOST_FOUND],
            "most": MOST_FOUND,
            "text": form.data.get("q", ""),
            "said": form.said,
            "month": _first_day(month),
            "previous": _first_day(own.filter(month__lt=month).aggregate(of=Max("month"))["of"]),
            "following": _first_day(own.filter(month__gt=month).aggregate(of=Min("month"))["of"]),
            "bar": _bar(request, form, own),
            "hidden": form.hidden_pairs(),
            "mine": user.sees_place or user.is_leader,
        },
    )


def _month(request: HttpRequest) -> int:
    """Return the asked month (2015-09) as it is stored (201509), by default this one; say so of what is none."""
    text, day = request.GET.get("month", ""), today()
    try:
        day = date.fromisoformat(f"{text}-01") if text else day
    except ValueError:
        messages.warning(request, f"“{text[:20]}”不是月份（写成 2015-09 这样），下面是本月的。")
    return month_of(day)


def _first_day(month: int | None) -> date | None:
    return date(month // 100, month % 100, 1) if month else None

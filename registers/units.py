"""名册：单位。"""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core.cells import clean_searched
from core.display import history_of
from core.lists import Column, Listing, count_of, labels_of, link_to, list_page
from core.periods import AsAtForm, PeriodSearch, period_bar
from core.search import by_name
from households.models import HouseholdPairing
from households.years import years_at
from units.access import get_visible, user_of
from units.models import Cadre, Unit
from villages.choices import phone_for
from villages.models import VillagePairing
from visits.models import Visit


class UnitSearch(PeriodSearch):
    placeholder = "单位名称、拼音、代码、联络员、电话"
    level = forms.ChoiceField(label="级别", required=False, choices=[("", "级别"), *Unit.Level.choices])
    paired = forms.ChoiceField(
        label="联村", required=False, choices=[("", "联村"), ("yes", "已联村"), ("no", "未联村")]
    )

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.is_viewer:
            self.placeholder = "单位名称、拼音、代码、联络员"

    def by_q(self, queryset: QuerySet[Unit], value: str) -> QuerySet[Unit]:
        """Search phones only for users who see them whole: a viewer could guess a masked one."""
        known = by_name(value) | Q(contact__contains=clean_searched(value)) | Q(code__startswith=value)
        known |= Q(short_name__contains=value)
        return queryset.filter(known if self.user.is_viewer else known | Q(contact_phone__startswith=value))

    def by_paired(self, queryset: QuerySet[Unit], value: str) -> QuerySet[Unit]:
        paired = VillagePairing.objects.current(self.on).values("unit")
        return queryset.filter(pk__in=paired) if value == "yes" else queryset.exclude(pk__in=paired)


def units(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = UnitSearch(request.GET, user=user)
    listing = Listing(
        title="单位",
        facts=form.as_at and f"联村、联户{form.as_at}",
        unit="个",
        queryset=Unit.objects.visible_to(user),
        form=form,
        annotate=lambda rows: _with_counts(rows, form.on),
        columns=[
            Column("单位全称", "name", sort="pinyin"),
            Column("单位代码", "code", sort="code", css="quiet"),
            Column("级别", "level", sort="level", show=labels_of(Unit.Level)),
            Column("所属区划", "division__name"),
            Column("联络员", "contact"),
            Column("联络电话", "contact_phone", show=phone_for(user)),
            Column("干部（人）", "cadre_count", sort="cadre_count", css="num"),
            Column("联村（个）", "village_count", sort="village_count", css="num"),
            Column("联户（户）", "household_count", sort="household_count", css="num"),
        ],
        sort="code",
        href=link_to("unit"),
        actions=_list_actions(user),
        empty={"text": "没有符合条件的单位。", "url": request.path, "label": "看全部单位"},
    )
    return list_page(request, listing, bar=period_bar(request, form, form.chosen, years_at(user)))


def unit(request: HttpRequest, pk: int) -> HttpResponse:
    user, form = user_of(request), AsAtForm(request.GET)
    unit = get_visible(_with_counts(Unit.objects.select_related("division"), form.on), user, pk=pk)
    pairings = VillagePairing.objects.visible_to(user).filter(unit=unit).select_related("village__division")
    return render(
        request,
        "registers/unit.html",
        {
            "page": {"title": unit.name, "crumbs": [("单位", reverse("units"))]},
            "unit": unit,
            "bar": period_bar(request, form, form.chosen, years_at(user)),
            "facts": [
                ("单位代码", unit.code),
                ("级别", unit.get_level_display()),
                ("所属区划", unit.division),
                ("联络员", unit.contact),
                ("联络电话", phone_for(user)(unit.contact_phone)),
                ("干部", f"{unit.cadre_count} 人"),
                (f"{form.label}联户", f"{unit.household_count} 户"),
                ("撤并日期", unit.closed_on),
            ],
            "pairings": pairings.order_by("ended_on", "village__code"),
            "visits": Visit.objects.visible_to(user)
            .filter(unit=unit)
            .select_related("cadre", "village", "household")[:10],
            "actions": _page_actions(user, unit),
            "history": history_of(unit, show_phones=not user.is_viewer),
        },
    )


def _with_counts(units: QuerySet[Unit], on: date) -> QuerySet[Any]:
    """Add who is in office today, and what was paired at the end of a day."""
    return units.annotate(
        cadre_count=count_of(Cadre.objects.current(), "unit"),
        village_count=count_of(VillagePairing.objects.current(on), "unit", what="village"),
        household_count=count_of(HouseholdPairing.objects.current(on), "unit", what="household"),
    )


def _list_actions(user: Cadre) -> list[dict[str, str]]:
    if not user.is_office:
        return []
    return [
        {"label": "导入", "url": reverse("import-kind", args=["units"])},
        {"label": "登记一个单位", "url": reverse("unit-new")},
    ]


def _page_actions(user: Cadre, unit: Unit) -> list[dict[str, str]]:
    actions = [{"label": "干部", "url": f"{reverse('cadres')}?unit={unit.pk}"}]
    if user.is_office or user.is_leader:
        actions.append({"label": "联户花名册", "url": f"{reverse('pairing-roster')}?unit={unit.pk}"})
    if Unit.objects.editable_by(user).filter(pk=unit.pk).exists():
        actions.append({"label": "修改", "url": reverse("unit-edit", args=[unit.pk])})
    return actions

"""联村: which unit has which village; offices pair and end, others read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.display import history_of
from core.forms import ChineseDateField, key_of
from core.lists import Column, Listing, link_to, list_page
from core.places import under
from core.records import StaleRecord
from core.search import SearchForm, by_name, offer
from households.models import HouseholdPairing
from registers.pairings.forms import EndVillageForm, VillagePairForm
from units.access import get_editable, get_visible, office_required, user_of
from units.models import Cadre
from villages.choices import town_choices, unit_choices
from villages.models import VillagePairing
from villages.models.village import VillagePairingQuerySet
from villages.pairing import (
    end_village_pairing,
    may_reopen_village,
    pair_village,
    reopen_village_pairing,
    village_warnings,
)


class VillagePairingSearch(SearchForm):
    placeholder = "单位、村、拼音、村级代码"
    town = forms.ChoiceField(label="乡镇", required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "现在的"), ("ended", "已结束"), ("all", "全部")]
    )

    at = ChineseDateField(label="截至", required=False)

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in {"town": town_choices(user), "unit": unit_choices(user)}.items():
            offer(self, name, options)

    def filter(self, queryset: VillagePairingQuerySet) -> QuerySet[VillagePairing]:
        self.is_valid()
        data = self.cleaned_data
        return super().filter(queryset if data.get("state") else queryset.current(data.get("at")))

    def by_at(self, queryset: QuerySet[VillagePairing], _value: Any) -> QuerySet[VillagePairing]:
        """List pairings of a day, today by default; with a state filter, of all time."""
        return queryset

    def by_q(self, queryset: QuerySet[VillagePairing], value: str) -> QuerySet[VillagePairing]:
        if value.isdecimal():
            return queryset.filter(village__code__startswith=value)
        return queryset.filter(by_name(value, "unit__") | by_name(value, "village__"))

    def by_town(self, queryset: QuerySet[VillagePairing], value: str) -> QuerySet[VillagePairing]:
        return queryset.filter(under(value))

    def by_state(self, queryset: QuerySet[VillagePairing], value: str) -> QuerySet[VillagePairing]:
        return queryset.exclude(ended_on=None) if value == "ended" else queryset


def village_pairings(request: HttpRequest) -> HttpResponseBase:
    """List 联村; offices get the form that adds one."""
    user = user_of(request)
    if request.method == "POST" and not user.is_office:
        raise PermissionDenied("哪个单位联哪个村由双联办定。")
    form = _pair_form(request, user) if user.is_office else None
    if form and form.is_bound and form.is_valid() and _pair(request, form):
        return redirect(request.get_full_path())
    listing = Listing(
        title="联村",
        of_people=False,
        unit="条",
        queryset=VillagePairing.objects.visible_to(user),
        form=VillagePairingSearch(request.GET, user=user),
        annotate=_with_households,
        columns=_columns(ended=request.GET.get("state") in {"ended", "all"} or bool(request.GET.get("at"))),
        sort="village__code",
        href=link_to("village-pairing-end"),
        crumbs=[("联户", reverse("pairings"))],
        actions=_list_actions(user),
        empty={"text": "没有符合条件的联村。", "url": request.path, "label": "看现在的联村"}
        if request.GET
        else {"text": "还没有联村。" + ("上面可以加一条，也可以导入。" if user.is_office else "")},
        template="pairings/villages.html",
    )
    return list_page(request, listing, form=form)


def _columns(*, ended: bool) -> list[Column]:
    return [
        Column("单位", "unit__name", sort="unit__code"),
        Column("村", "village__name", sort="village__pinyin"),
        Column("乡镇", "village__division__name"),
        Column("村级代码", "village__code", sort="village__code", css="quiet"),
        Column("在村里联的户", "household_count", sort="household_count", css="num"),
        Column("开始日期", "started_on", sort="started_on"),
        *([Column("结束日期", "ended_on"), Column("结束原因", "end_reason", css="wrap")] if ended else []),
    ]


def _pair_form(request: HttpRequest, user: Cadre) -> VillagePairForm:
    """Return the form, prefilled by links on the pages of units and villages."""
    initial = {name: request.GET[name] for name in ("unit", "village") if name in request.GET}
    town = request.GET.get("town", "")
    return VillagePairForm(
        request.POST or None,
        user=user,
        town=town if town.isascii() and town.isdecimal() else "",
        initial=initial,
    )


def _pair(request: HttpRequest, form: VillagePairForm) -> bool:
    data = form.cleaned_data
    try:
        made = pair_village(unit=form.chosen, village=data["village"], started_on=data["started_on"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"{made.unit}联上了{made.village}。")
    for warning in village_warnings(made):
        messages.warning(request, warning)
    return True


def _with_households(rows: QuerySet[VillagePairing]) -> QuerySet[Any]:
    """Add `household_count`: how many households of the village the unit's cadres have today."""
    there = HouseholdPairing.objects.current().filter(
        unit=OuterRef("unit"), household__village=OuterRef("village")
    )
    counted = there.order_by().values("unit").annotate(n=Count("household", distinct=True))
    return rows.annotate(household_count=Coalesce(Subquery(counted.values("n")), 0))


def _list_actions(user: Cadre) -> list[dict[str, str]]:
    if not user.is_office:
        return []
    return [
        {"label": "没有单位联的村", "url": f"{reverse('villages')}?paired=no"},
        {"label": "导入", "url": reverse("import-kind", args=["village_pairings"])},
    ]


def village_pairing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one 联村 with its history; offices may end it."""
    user = user_of(request)
    found = _stored(user, pk)
    if request.method == "POST" and not user.is_office:
        raise PermissionDenied("哪个单位联哪个村由双联办定。")
    form = EndVillageForm(request.POST or None) if user.is_office else None
    if form and form.is_bound and form.is_valid():
        if _end(request, form, found):
            return redirect("village-pairing-end", pk=pk)
        found = _stored(user, pk)
    return render(
        request,
        "pairings/village_pairing.html",
        {
            "page": {
                "title": f"{found.unit} 联 {found.village}",
                "facts": f"{found.village.division}，{found.village.code}",
                "crumbs": [("联村", reverse("village-pairings"))],
            },
            "pairing": found,
            "facts": [
                ("单位", found.unit),
                ("村", found.village),
                ("开始日期", found.started_on.isoformat()),
                ("结束日期", found.ended_on.isoformat() if found.ended_on else "现在还联着"),
                *([("结束原因", found.end_reason)] if found.ended_on else []),
                ("在村里联的户", f"{found.household_count} 户"),
            ],
            "form": form,
            "may_reopen": user.is_office and may_reopen_village(found),
            "history": history_of(found),
        },
    )


def _stored(user: Cadre, pk: int) -> Any:
    rows = VillagePairing.objects.select_related("unit", "village__division")
    return get_visible(_with_households(rows), user, pk=pk)


def _end(request: HttpRequest, form: EndVillageForm, found: VillagePairing) -> bool:
    # The version that the page showed: what somebody changed since is not ended unseen.
    found.version = key_of(request.POST.get("version", "")) or found.version
    try:
        end_village_pairing(found, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except StaleRecord as stale:
        who = history_of(stale.stored, 1)[0].who or "别人"
        form.add_error(None, f"这条联村刚刚被{who}改过，没有结束。现在的情况在上面，请看清再办。")
        return False
    back = f"undo:{reverse('village-pairing-reopen', args=[found.pk])}"
    messages.success(request, f"{found.unit}不再联{found.village}。", extra_tags=back)
    return True


@office_required
@require_POST
def village_pairing_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    rows = VillagePairing.objects.select_related("unit", "village")
    found: VillagePairing = get_editable(rows, user_of(request), pk=pk)
    try:
        reopen_village_pairing(found)
        messages.success(request, "已恢复这条联村。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except StaleRecord:
        messages.error(request, "这条联村刚刚被别人改过，没有恢复，请看清再办。")
    return redirect("village-pairing-end", pk=pk)

"""The list of pairings, one pairing, its end, a hand-over, and units with villages."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.display import history_of
from core.forms import ChineseDateField
from core.lists import Column, Listing, SearchForm, by_name, labels_of, link_to, list_page
from core.places import under
from households.choices import PairingKind, Relation
from households.models import HouseholdPairing, Member
from households.pairing import end_pairing, hand_over, may_reopen, reopen, warnings
from units.access import get_editable, get_visible, manager_required, office_required, user_of
from units.models import Cadre, today
from units.roles import Rank
from villages.models import VillagePairing
from villages.pairing import end_village_pairing, pair_village, village_ceiling_warning
from visits.models import Visit
from visits.pairings.forms import EndForm, EndVillageForm, VillagePairForm
from visits.registers.places import town_choices, unit_choices


class PairingSearch(SearchForm):
    placeholder = "干部、户主"
    town = forms.ChoiceField(label="乡镇", required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    kind = forms.ChoiceField(label="方式", required=False, choices=[("", "方式"), *PairingKind.choices])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "现在的"), ("ended", "已结束"), ("all", "全部")]
    )
    since = ChineseDateField(label="从", required=False)

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("town", town_choices(user)), ("unit", unit_choices(user))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def filter(self, queryset: Any) -> Any:
        found = super().filter(queryset)
        return found if self.cleaned_data.get("state") else found.current()

    def by_q(self, queryset: Any, value: str) -> Any:
        heads = Member.objects.filter(by_name(value), relation=Relation.HEAD).values("household")
        people = Cadre.objects.filter(by_name(value)).values("pk")
        return queryset.filter(Q(cadre__in=people) | Q(household__in=heads))

    def by_town(self, queryset: Any, value: str) -> Any:
        return queryset.filter(under(value))

    def by_unit(self, queryset: Any, value: str) -> Any:
        return queryset.filter(unit=value)

    def by_kind(self, queryset: Any, value: str) -> Any:
        return queryset.filter(kind=value)

    def by_state(self, queryset: Any, value: str) -> Any:
        return queryset.exclude(ended_on=None) if value == "ended" else queryset

    def by_since(self, queryset: Any, value: Any) -> Any:
        return queryset.filter(started_on__gte=value)


def pairings(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    listing = Listing(
        title="联户",
        unit="条",
        queryset=HouseholdPairing.objects.visible_to(user),
        form=PairingSearch(request.GET, user=user),
        annotate=with_head,
        columns=[
            Column("户主", "head_name", css="nowrap"),
            Column("户编号", "household__no", sort="household__no", css="quiet nowrap"),
            Column("村", "household__village__name", css="nowrap"),
            Column("组(社)", "household__group", css="nowrap"),
            Column("联户干部", "cadre__name", sort="cadre__pinyin", css="nowrap"),
            Column("单位", "unit__name", css="nowrap"),
            Column("级别", "rank", show=labels_of(Rank)),
            Column("方式", "kind", show=labels_of(PairingKind)),
            Column("开始日期", "started_on", sort="started_on", css="nowrap"),
            Column("结束日期", "ended_on", css="nowrap"),
            Column("结束原因", "end_reason"),
        ],
        sort="-started_on",
        href=link_to("pairing"),
        actions=_list_actions(user),
        empty={"text": "没有符合条件的联户。", "url": reverse("pairings"), "label": "看全部联户"},
    )
    return list_page(request, listing)


def with_head(pairings: Any) -> Any:
    """Adds `head_name` of the paired household."""
    head = Member.objects.filter(household=OuterRef("household"), relation=Relation.HEAD).order_by(
        "left_on", "-pk"
    )
    return pairings.annotate(head_name=Subquery(head.values("name")[:1]))


def _list_actions(user: Cadre) -> list[dict[str, str]]:
    if not user.is_staff:
        return []
    actions = [
        {"label": "结对台", "url": reverse("pairing-board")},
        {"label": "未结对户", "url": f"{reverse('households')}?paired=no"},
        {"label": "无户干部", "url": f"{reverse('cadres')}?paired=no"},
    ]
    if user.is_office:
        actions.insert(1, {"label": "联村", "url": reverse("village-pairings")})
        actions.append({"label": "导入", "url": reverse("import-kind", args=["household_pairings"])})
    return actions


def pairing(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    rows = with_head(HouseholdPairing.objects.select_related("cadre", "unit", "household__village"))
    pairing: Any = get_visible(rows, user, pk=pk)
    editable = HouseholdPairing.objects.editable_by(user).filter(pk=pk).exists()
    return render(
        request,
        "pairings/pairing.html",
        {
            "page": {
                "title": f"{pairing.cadre} 联 {pairing.head_name or pairing.household}",
                "crumbs": [("联户", reverse("pairings"))],
            },
            "pairing": pairing,
            "facts": [
                ("户编号", pairing.household.no),
                ("村、组", f"{pairing.household.village}{pairing.household.group}"),
                ("联户干部", pairing.cadre),
                ("单位", pairing.unit),
                ("级别", pairing.get_rank_display()),
                ("方式", pairing.get_kind_display()),
                ("开始日期", pairing.started_on),
                ("结束日期", pairing.ended_on),
                ("结束原因", pairing.end_reason),
            ],
            "may_end": editable and pairing.ended_on is None,
            "may_reopen": editable and may_reopen(pairing),
            "history": history_of(pairing),
        },
    )


@manager_required
def pairing_end(request: HttpRequest, pk: int) -> HttpResponse:
    rows = with_head(HouseholdPairing.objects.select_related("cadre__unit", "household__village"))
    pairing: HouseholdPairing = get_editable(rows, user_of(request), pk=pk)
    if pairing.ended_on is not None:
        raise PermissionDenied("这条联户已经结束了。")
    return _end(request, pairing.cadre, [pairing], back=reverse("pairing", args=[pk]))


@manager_required
def cadre_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """交接: all households of a cadre who leaves, at once."""
    user = user_of(request)
    cadre = get_editable(Cadre.objects.select_related("unit"), user, pk=pk)
    rows = with_head(HouseholdPairing.objects.editable_by(user).current().of_cadre(cadre))
    return _end(
        request,
        cadre,
        list(rows.select_related("cadre__unit", "household__village")),
        back=reverse("cadre", args=[pk]),
    )


def _end(request: HttpRequest, cadre: Cadre, pairings: list[Any], *, back: str) -> HttpResponse:
    """End pairings, with a successor or none, after reading what is still promised."""
    user = user_of(request)
    form = EndForm(request.POST or None, user=user, leaving=cadre)
    if request.method == "POST" and form.is_valid() and _ended(form, pairings):
        to = form.cleaned_data["to"]
        messages.success(request, f"结束了 {len(pairings)} 条联户" + (f"，已交给{to}。" if to else "。"))
        if to:
            begun = list(HouseholdPairing.objects.current().of_cadre(to).select_related("cadre__unit"))
            for warning in warnings(begun, today().year):
                messages.warning(request, warning)
        return redirect(back)
    promises = Visit.objects.filter(
        cadre=cadre, household__in=[pairing.household_id for pairing in pairings]
    ).open_promises()
    return render(
        request,
        "pairings/end.html",
        {
            "page": {
                "title": f"{cadre}的联户交接" if len(pairings) != 1 else "结束联户",
                "facts": str(cadre.unit),
            },
            "cadre": cadre,
            "pairings": pairings,
            "rows": _rows_with_promises(pairings, promises),
            "form": form,
            "submit": f"结束 {len(pairings)} 户的联户",
            "cancel": back,
        },
    )


def _rows_with_promises(pairings: list[Any], promises: Any) -> list[tuple[Any, Any]]:
    open_ones = {visit.household_id: visit for visit in promises.order_by("visited_on")}
    return [(pairing, open_ones.get(pairing.household_id)) for pairing in pairings]


def _ended(form: EndForm, pairings: list[HouseholdPairing]) -> bool:
    data = form.cleaned_data
    try:
        if data["to"]:
            hand_over(pairings, to=data["to"], on=data["on"], reason=data["reason"])
        else:
            for pairing in pairings:
                end_pairing(pairing, on=data["on"], reason=data["reason"])
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


@manager_required
@require_POST
def pairing_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    pairing = get_editable(HouseholdPairing.objects.select_related("household"), user_of(request), pk=pk)
    try:
        reopen(pairing)
        messages.success(request, "已恢复这条联户。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("pairing", pk=pk)


class VillagePairingSearch(SearchForm):
    placeholder = "单位、村"
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "现在的"), ("all", "全部")])

    def filter(self, queryset: Any) -> Any:
        found = super().filter(queryset)
        return found if self.cleaned_data.get("state") else found.current()

    def by_q(self, queryset: Any, value: str) -> Any:
        return queryset.filter(by_name(value, "unit__") | by_name(value, "village__"))

    def by_state(self, queryset: Any, _value: str) -> Any:
        return queryset


@office_required
def village_pairings(request: HttpRequest) -> HttpResponseBase:
    """联村: the list, and the form that adds one."""
    user = user_of(request)
    form = VillagePairForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            pair_village(unit=data["unit"], village=data["village"], started_on=data["started_on"])
        except IntegrityError:
            form.add_error("village", "这个单位已经联着这个村。")
        else:
            messages.success(request, f"{data['unit']}联上了{data['village']}。")
            if warning := village_ceiling_warning(data["unit"], data["started_on"].year):
                messages.warning(request, warning)
            return redirect("village-pairings")
    listing = Listing(
        title="联村",
        unit="条",
        queryset=VillagePairing.objects.visible_to(user),
        form=VillagePairingSearch(request.GET),
        columns=[
            Column("单位", "unit__name", sort="unit__pinyin"),
            Column("村", "village__name", sort="village__pinyin"),
            Column("乡镇", "village__division__name"),
            Column("村级代码", "village__code", sort="village__code", css="quiet"),
            Column("开始日期", "started_on", sort="started_on"),
            Column("结束日期", "ended_on"),
            Column("结束原因", "end_reason"),
        ],
        sort="village__code",
        href=link_to("village-pairing-end"),
        crumbs=[("联户", reverse("pairings"))],
        actions=[{"label": "导入", "url": reverse("import-kind", args=["village_pairings"])}],
        empty={"text": "没有符合条件的联村。上面可以加一条，也可以导入。"},
        template="pairings/villages.html",
    )
    return list_page(request, listing, form=form)


@office_required
def village_pairing_end(request: HttpRequest, pk: int) -> HttpResponse:
    rows = VillagePairing.objects.select_related("unit", "village")
    pairing: VillagePairing = get_editable(rows, user_of(request), pk=pk)
    form = EndVillageForm(request.POST or None)
    if request.method == "POST" and pairing.ended_on is None and form.is_valid():
        if form.cleaned_data["on"] < pairing.started_on:
            form.add_error("on", "结束日期不能早于开始日期。")
        else:
            end_village_pairing(pairing, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"])
            messages.success(request, f"{pairing.unit}不再联{pairing.village}。")
            return redirect("village-pairings")
    return render(
        request,
        "pairings/village_pairing.html",
        {
            "page": {
                "title": f"{pairing.unit} 联 {pairing.village}",
                "crumbs": [("联村", reverse("village-pairings"))],
            },
            "pairing": pairing,
            "facts": [
                ("单位", pairing.unit),
                ("村", pairing.village),
                ("开始日期", pairing.started_on),
                ("结束日期", pairing.ended_on),
                ("结束原因", pairing.end_reason),
            ],
            "form": form,
            "history": history_of(pairing),
        },
    )

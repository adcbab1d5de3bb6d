"""List pairings, show one with its history, reopen one that was ended by mistake."""

from operator import methodcaller
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from core.display import history_of
from core.forms import ChineseDateField
from core.labels import label_of
from core.lists import Column, Listing, labels_of, link_to, list_page
from core.periods import PeriodSearch
from core.places import under
from core.records import StaleRecord
from core.search import by_name, choice_field, offer
from households.choices import PairingKind
from households.models import NO_HEAD, Household, HouseholdPairing, headed_by
from households.models.pairing import HouseholdPairingQuerySet
from households.pairing import may_reopen
from units.access import get_editable, get_visible, manager_required, user_of
from units.models import Cadre
from units.roles import Rank
from villages.choices import town_choices, unit_choices, village_choices, village_filter
from visits.models import Visit
from visits.problems.problem_handover import reopen_and_take_up


class PairingSearch(PeriodSearch):
    is_open = True
    period_fields = ("at",)
    placeholder = "户主、干部、拼音、户编号"
    town = forms.ChoiceField(label="乡镇", required=False)
    village = village_filter()
    unit = forms.ChoiceField(label=label_of(HouseholdPairing, "unit"), required=False)
    kind = choice_field(HouseholdPairing, "kind")
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "现在的"), ("ended", "已结束"), ("all", "全部")]
    )
    at = ChineseDateField(label="截至", required=False)
    since = ChineseDateField(label="开始日期从", required=False, widget=forms.HiddenInput)
    until = ChineseDateField(label="开始日期到", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "town": town_choices(user),
            "village": village_choices(user, self.data),
            "unit": unit_choices(user),
        }
        for name, options in choices.items():
            offer(self, name, options)

    def filter(self, queryset: HouseholdPairingQuerySet) -> QuerySet[HouseholdPairing]:
        self.is_valid()
        data = self.cleaned_data
        return super().filter(queryset if data.get("state") else queryset.current(data.get("at")))

    def by_at(self, queryset: QuerySet[HouseholdPairing], _value: Any) -> QuerySet[HouseholdPairing]:
        """List pairings of a day, today by default; with a state filter, of all time."""
        return queryset

    def by_q(self, queryset: QuerySet[HouseholdPairing], value: str) -> QuerySet[HouseholdPairing]:
        if value[:1].isdecimal():
            return queryset.filter(household__no__startswith=value)
        heads = headed_by(value)
        people = Cadre.objects.filter(by_name(value)).values("pk")
        return queryset.filter(Q(cadre__in=people) | Q(household__in=heads))

    def by_town(self, queryset: QuerySet[HouseholdPairing], value: str) -> QuerySet[HouseholdPairing]:
        return queryset.filter(under(value))

    def by_village(self, queryset: QuerySet[HouseholdPairing], value: str) -> QuerySet[HouseholdPairing]:
        return queryset.filter(under(value))

    def by_state(self, queryset: QuerySet[HouseholdPairing], value: str) -> QuerySet[HouseholdPairing]:
        return queryset.exclude(ended_on=None) if value == "ended" else queryset

    def by_since(self, queryset: QuerySet[HouseholdPairing], value: Any) -> QuerySet[HouseholdPairing]:
        return queryset.filter(started_on__gte=value)

    def by_until(self, queryset: QuerySet[HouseholdPairing], value: Any) -> QuerySet[HouseholdPairing]:
        return queryset.filter(started_on__lte=value)


def pairings(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = PairingSearch(request.GET, user=user)
    listing = Listing(
        title="联户",
        unit="条",
        queryset=HouseholdPairing.objects.visible_to(user),
        form=form,
        annotate=methodcaller("with_head"),
        columns=_columns(ended=request.GET.get("state") in {"ended", "all"} or bool(request.GET.get("at"))),
        sort="household__no",
        href=link_to("pairing"),
        actions=_list_actions(user),
        ticks=None if request.GET.get("state") == "ended" else _ticks(user),
        empty={"text": "没有符合条件的联户。", "url": request.path, "label": "看现在的联户"}
        if request.GET
        else {"text": "还没有联户。"},
    )
    return list_page(request, listing)


def _columns(*, ended: bool) -> list[Column]:
    """Return the columns; ended pairings show day and reason instead of what the filters imply."""
    return [
        Column("户主", "head_name"),
        Column("户编号", "household__no", sort="household__no", css="quiet"),
        *([] if ended else [Column("乡镇", "household__village__division__name")]),
        Column("村", "household__village__name"),
        Column("组(社)", "household__group"),
        Column("联户干部", "cadre__name", sort="cadre__pinyin"),
        Column("单位", "unit__name", sort="unit__code", css="break" if ended else ""),
        *([] if ended else [Column("级别", "rank", show=labels_of(Rank))]),
        Column("结对方式", "kind", show=labels_of(PairingKind)),
        Column("开始日期", "started_on", sort="started_on"),
        *([Column("结束日期", "ended_on"), Column("结束原因", "end_reason", css="wrap")] if ended else []),
    ]


def _list_actions(user: Cadre) -> list[dict[str, str]]:
    actions = [{"label": "联村", "url": reverse("village-pairings")}]
    if user.is_office or user.is_leader:
        actions.append({"label": "结对台", "url": reverse("pairing-board")})
    if user.is_office:
        actions.append({"label": "导入", "url": reverse("import-kind", args=["household_pairings"])})
    return actions


def _ticks(user: Cadre) -> dict[str, Any] | None:
    if not (user.is_office or user.is_leader):
        return None
    return {"unit": "条", "actions": [{"label": "结束或交接", "url": reverse("pairings-end")}]}


def pairing(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    rows = HouseholdPairing.objects.with_head().select_related("cadre", "unit", "household__village")
    found: Any = get_visible(rows, user, pk=pk)
    editable = HouseholdPairing.objects.editable_by(user).filter(pk=pk).exists()
    promises = Visit.objects.visible_to(user).filter(cadre=found.cadre_id, household=found.household_id)
    return render(
        request,
        "pairings/pairing.html",
        {
            "page": {
                "title": f"{found.cadre} 联 {found.head_name or found.household}",
                "facts": f"{found.unit}，{found.household.village}",
                "crumbs": [("联户", reverse("pairings"))],
            },
            "pairing": found,
            "facts": _facts(user, found),
            "promises": promises.open_promises().order_by("promised_on", "pk"),
            "may_end": editable and found.ended_on is None,
            "may_reopen": editable and may_reopen(found),
            "history": history_of(found),
        },
    )


def _facts(user: Cadre, found: Any) -> list[tuple[str, Any]]:
    household, cadre = found.household, found.cadre
    sees_household = Household.objects.visible_to(user).filter(pk=household.pk).exists()
    sees_cadre = Cadre.objects.visible_to(user).filter(pk=cadre.pk).exists()
    head = found.head_name or NO_HEAD
    facts = [
        ("户主", _link("household", household.pk, head) if sees_household else head),
        ("户编号", household.no),
        ("村、组", f"{household.village}{household.group}"),
        ("联户干部", _link("cadre", cadre.pk, cadre.name) if sees_cadre else cadre.name),
        ("单位", found.unit),
        ("级别", found.get_rank_display()),
        ("结对方式", found.get_kind_display()),
        ("开始日期", found.started_on.isoformat()),
        ("结束日期", found.ended_on.isoformat() if found.ended_on else "现在还联着"),
        ("结束原因", found.end_reason),
    ]
    return [(label, value) for label, value in facts if value != ""]


def _link(name: str, pk: int, text: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse(name, args=[pk]), text)


@manager_required
@require_POST
def pairing_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    rows = HouseholdPairing.objects.select_related("household", "cadre")
    found: HouseholdPairing = get_editable(rows, user_of(request), pk=pk)
    try:
        taken = reopen_and_take_up(found, by=user_of(request))
        with_it = f"{taken} 件诉求回到{found.cadre}名下。" if taken else ""
        messages.success(request, f"已恢复这条联户。{with_it}")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except StaleRecord:
        messages.error(request, "这条联户刚刚被别人改过，没有恢复，请看清再办。")
    return redirect("pairing", pk=pk)

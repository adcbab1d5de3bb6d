"""名册：干部。"""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime

from core.display import history_of
from core.labels import label_of
from core.lists import Column, Listing, count_of, labels_of, link_to, list_page
from core.oversight import note_look
from core.periods import OptionalPeriodForm, PeriodSearch, period_bar
from core.search import by_name, choice_field, offer
from households.models import HouseholdPairing
from households.years import years_at
from units.access import get_visible, user_of
from units.models import Cadre, today
from units.models.staff import CadreQuerySet
from units.roles import Rank, Role
from villages.choices import phone_for, unit_choices
from visits.indicators import VISIT_DAYS, last_day_of_cadre
from visits.models import Visit

NO_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)


class CadreSearch(PeriodSearch):
    placeholder = "姓名、拼音、手机号、工号"
    unit = forms.ChoiceField(label=label_of(Cadre, "unit"), required=False)
    rank = choice_field(Cadre, "rank")
    role = choice_field(Cadre, "role")
    paired = forms.ChoiceField(
        label="联户", required=False, choices=[("", "联户"), ("yes", "有联户"), ("no", "无户干部")]
    )
    account = forms.ChoiceField(
        label="账号",
        required=False,
        choices=[("", "账号"), ("new", "还没有密码"), ("locked", "停用"), ("left", "离岗")],
    )

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.is_viewer:
            self.placeholder = "姓名、拼音、工号"
        offer(self, "unit", unit_choices(user))

    def by_q(self, queryset: CadreQuerySet, value: str) -> CadreQuerySet:
        """Search phones only for users who see them whole: a viewer could guess a masked one."""
        known = queryset.filter(by_name(value)) | queryset.filter(staff_no__startswith=value)
        return known if self.user.is_viewer else known | queryset.filter(phone__startswith=value)

    def by_paired(self, queryset: CadreQuerySet, value: str) -> CadreQuerySet:
        paired = HouseholdPairing.objects.current(self.on).values("cadre")
        if value == "yes":
            return queryset.filter(pk__in=paired)
        return queryset.current(self.on).exclude(pk__in=paired).exclude(role=Role.VIEWER)

    def by_account(self, queryset: CadreQuerySet, value: str) -> CadreQuerySet:
        if value == "new":
            return queryset.current().filter(NO_PASSWORD, is_active=True)
        return queryset.filter(is_active=False) if value == "locked" else queryset.exclude(left_on=None)


def cadres(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = CadreSearch(request.GET, user=user)
    listing = Listing(
        title="干部",
        facts=form.as_at and f"联户{form.as_at}",
        unit="人",
        queryset=Cadre.objects.visible_to(user),
        form=form,
        annotate=lambda rows: _with_counts(rows, form.on),
        columns=[
            Column("姓名", "name", sort="pinyin"),
            Column("工号", "staff_no", css="quiet"),
            Column("单位", "unit__name", css="nowrap"),
            Column("级别", "rank", sort="rank", show=labels_of(Rank)),
            Column("职务", "post"),
            Column("角色", "role", sort="role", show=labels_of(Role)),
            Column("手机号", "phone", show=phone_for(user)),
            Column("联户（户）", "household_count", sort="household_count", css="num"),
            Column("最近走访", "last_visit"),
            Column("账号", "account"),
        ],
        sort="pk",
        href=link_to("cadre"),
        actions=_list_actions(user),
        ticks={"unit": "人", "actions": [{"label": "打印一次性口令", "url": reverse("slips")}]}
        if user.is_staff
        else None,
        empty={"text": "没有符合条件的干部。", "url": request.path, "label": "看全部干部"},
    )
    return list_page(request, listing, bar=period_bar(request, form, form.chosen, years_at(user)))


def cadre(request: HttpRequest, pk: int) -> HttpResponse:
    user, form = user_of(request), OptionalPeriodForm(request.GET)
    cadre = get_visible(_with_counts(Cadre.objects.select_related("unit", "locked_by"), today()), user, pk=pk)
    note_look(user, cadre)
    own = Visit.objects.of(cadre)
    pairings = (
        HouseholdPairing.objects.visible_to(user).filter(cadre=cadre).select_related("household__village")
    )
    return render(
        request,
        "registers/cadre.html",
        {
            "page": {
                "title": cadre.name,
                "facts": f"{cadre.unit} {cadre.post}".strip(),
                "crumbs": [("干部", reverse("cadres"))],
            },
            "cadre": cadre,
            "facts": [
                ("手机号", phone_for(user)(cadre.phone)),
                ("工号", cadre.staff_no),
                ("级别", cadre.get_rank_display()),
                ("角色", cadre.get_role_display()),
                ("账号", cadre.account),
                ("现联户", f"{cadre.household_count} 户"),
                ("离岗日期", cadre.left_on),
                *([("谁停用的", _locker(cadre))] if not cadre.is_active else []),
                *(
                    [("两步登录", f"{localtime(cadre.second_factor_at):%Y-%m-%d} 开通")]
                    if cadre.second_factor_at
                    else []
                ),
            ],
            "may_unlock": cadre.may_be_unlocked_by(user),
            "pairings": pairings.with_head().order_by("ended_on", "household__no"),
            "visits": Visit.objects.visible_to(user)
            .filter(cadre=cadre)
            .select_related("village", "household")[:10],
            "visit_days": VISIT_DAYS.count(own.filter(visited_on__range=form.period.days)),
            "period": form.period,
            "bar": period_bar(request, form, form.chosen, own.years()),
            "editable": Cadre.objects.editable_by(user).filter(pk=cadre.pk).exists(),
            "history": history_of(cadre, show_phones=not user.is_viewer),
        },
    )


def _locker(cadre: Cadre) -> str:
    """Return who locked the account, in which role, and when."""
    if not cadre.locked_by or not cadre.locked_at:
        return "没有记下，由双联办启用"
    return f"{cadre.locked_by}（{Role(cadre.locked_as).label}），{localtime(cadre.locked_at):%Y-%m-%d %H:%M}"


def _with_counts(cadres: QuerySet[Cadre], on: date) -> QuerySet[Any]:
    return cadres.annotate(
        household_count=count_of(HouseholdPairing.objects.current(on), "cadre", what="household"),
        last_visit=last_day_of_cadre(),
        account=Case(
            When(left_on__isnull=False, then=Value("离岗")),
            When(is_active=False, then=Value("停用")),
            When(NO_PASSWORD, code_hash="", then=Value("未开通")),
            When(NO_PASSWORD, then=Value("已发口令")),
            default=Value("可用"),
            output_field=CharField(),
        ),
    )


def _list_actions(user: Cadre) -> list[dict[str, str]]:
    if not user.is_staff:
        return []
    new = {"label": "登记一名干部", "url": reverse("cadre-new")}
    return (
        [{"label": "导入", "url": reverse("import-kind", args=["cadres"])}, new] if user.is_office else [new]
    )

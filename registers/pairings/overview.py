"""结对台 before a village is chosen: what is unpaired, by village."""

from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from core.figures import Figure, cards
from core.lists import Column, Listing, count_of, list_page
from core.places import under
from core.search import SearchForm, by_name, offer
from households.models import Household, HouseholdPairing
from households.pairing import pairable_cadres
from units.access import user_of
from units.models import Cadre
from villages.choices import town_choices
from villages.models import Village, VillagePairing

REGISTERED = Household.objects.registered()


class BoardSearch(SearchForm):
    placeholder = "村名、拼音、代码"
    town = forms.ChoiceField(label="乡镇", required=False)
    unpaired = forms.BooleanField(label="还有未结对户", required=False)
    without_unit = forms.BooleanField(label="没有单位联", required=False)

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "town", town_choices(user))

    def by_q(self, queryset: QuerySet[Village], value: str) -> QuerySet[Village]:
        return (
            queryset.filter(code__startswith=value) if value.isdecimal() else queryset.filter(by_name(value))
        )

    def by_town(self, queryset: QuerySet[Village], value: str) -> QuerySet[Village]:
        return queryset.filter(under(value))

    def by_unpaired(self, queryset: QuerySet[Village], _value: bool) -> QuerySet[Village]:
        return queryset.filter(pk__in=REGISTERED.unpaired().values("village"))

    def by_without_unit(self, queryset: QuerySet[Village], _value: bool) -> QuerySet[Village]:
        return queryset.exclude(pk__in=VillagePairing.objects.current().values("village"))


def overview(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    listing = Listing(
        title="结对台",
        of_people=False,
        unit="个村",
        facts="" if "export" in request.GET else "先选一个村，再给户选干部",
        queryset=Village.objects.visible_to(user).current(),
        form=BoardSearch(request.GET, user=user),
        annotate=_with_counts,
        columns=[
            Column("村名", "name", sort="pinyin"),
            Column("乡镇", "division__name"),
            Column("村级代码", "code", sort="code", css="quiet"),
            Column("联村单位（个）", "unit_count", sort="unit_count", css="num"),
            Column("在册户", "household_count", sort="household_count", css="num"),
            Column("已结对户", "paired_count", sort="paired_count", css="num"),
            Column("未结对户", "unpaired_count", sort="unpaired_count", css="num"),
        ],
        sort="code",
        href=lambda pk: f"{request.path}?village={pk}",
        actions=[
            {"label": "联户", "url": reverse("pairings")},
            {"label": "联村", "url": reverse("village-pairings")},
        ],
        empty={"text": "没有符合条件的村。", "url": request.path, "label": "看全部村"}
        if request.GET
        else {"text": "还没有村。" if user.is_office else "本单位还没有联村，请找双联办。"},
        template="pairings/overview.html",
    )
    return list_page(request, listing, figures=cards(_figures(user), None))


def _with_counts(villages: QuerySet[Village]) -> QuerySet[Village]:
    return villages.annotate(
        unit_count=count_of(VillagePairing.objects.current(), "village", what="unit"),
        household_count=count_of(REGISTERED, "village"),
        paired_count=count_of(REGISTERED.paired(), "village"),
        unpaired_count=F("household_count") - F("paired_count"),
    )


def _figures(user: Cadre) -> list[Figure]:
    """未结对户, 无户干部 and, for an office, villages that no unit has; each opens its rows."""
    households = Household.objects.visible_to(user).registered()
    cadres = pairable_cadres(user)
    idle = cadres.exclude(pk__in=HouseholdPairing.objects.current().values("cadre"))
    figures = [
        Figure(
            "未结对户",
            lambda _: households.unpaired().count(),
            "在册的户里，今天没有一名干部联系或帮扶的。迁出、并入、分户、注销的户不算",
            url=lambda _: f"{reverse('households')}?paired=no",
            unit="户",
            note=lambda _: f"在册 {households.count():,} 户",
        ),
        Figure(
            "无户干部",
            lambda _: idle.count(),
            "在岗的干部里，今天一户也没有联的。离岗的和只供查阅的账号不算",
            url=lambda _: f"{reverse('cadres')}?paired=no",
            unit="人",
            note=lambda _: f"在岗 {cadres.count():,} 人",
        ),
    ]
    if user.is_office:
        villages = Village.objects.visible_to(user).current()
        having = VillagePairing.objects.current().values("village")
        figures.append(
            Figure(
                "没有单位联的村",
                lambda _: villages.exclude(pk__in=having).count(),
                "没有撤并的村和社区里，今天没有单位联的",
                url=lambda _: f"{reverse('pairing-board')}?without_unit=1",
                unit="个",
                note=lambda _: f"共 {villages.count():,} 个村、社区",
            )
        )
    return figures

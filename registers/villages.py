"""名册：村。"""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from core.display import history_of
from core.lists import Column, Listing, count_of, labels_of, link_to, list_page, yes_no
from core.periods import AsAtForm, PeriodSearch, period_bar
from core.places import under
from core.search import by_name, choice_field, offer
from households.models import Household
from households.years import years_at
from surveys.filling.due import rounds
from units.access import get_visible, user_of
from units.models import Cadre
from villages.choices import town_choices
from villages.models import Project, Village, VillageNote, VillagePairing, VillagePlan
from visits.models import Visit


class VillageSearch(PeriodSearch):
    placeholder = "村名、拼音、代码"
    town = forms.ChoiceField(label="乡镇", required=False)
    kind = choice_field(Village, "kind")
    poor = forms.BooleanField(label="贫困村", required=False)
    paired = forms.ChoiceField(
        label="联村单位",
        required=False,
        choices=[("", "联村单位"), ("yes", "有单位联"), ("no", "没有单位联")],
    )

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "town", town_choices(user))

    def by_q(self, queryset: QuerySet[Village], value: str) -> QuerySet[Village]:
        return queryset.filter(code__startswith=value) if value.isdigit() else queryset.filter(by_name(value))

    def by_town(self, queryset: QuerySet[Village], value: str) -> QuerySet[Village]:
        return queryset.filter(under(value))

    def by_poor(self, queryset: QuerySet[Village], value: bool) -> QuerySet[Village]:
        return queryset.filter(is_poor=value)

    def by_paired(self, queryset: QuerySet[Village], value: str) -> QuerySet[Village]:
        paired = VillagePairing.objects.current(self.on).values("village")
        return queryset.filter(pk__in=paired) if value == "yes" else queryset.exclude(pk__in=paired)


def villages(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = VillageSearch(request.GET, user=user)
    listing = Listing(
        title="村",
        facts=form.as_at and f"在册、结对、联村{form.as_at}",
        of_people=False,
        unit="个",
        queryset=Village.objects.visible_to(user),
        form=form,
        annotate=lambda rows: _with_counts(rows, form.on),
        columns=[
            Column("村名", "name", sort="pinyin"),
            Column("村级代码", "code", sort="code", css="quiet"),
            Column("乡镇", "division__name"),
            Column("类型", "kind", sort="kind", show=labels_of(Village.Kind)),
            Column("贫困村", "is_poor", sort="is_poor", show=yes_no),
            Column("联村单位（个）", "unit_count", sort="unit_count", css="num"),
            Column("在册户", "household_count", sort="household_count", css="num"),
            Column("已结对户", "paired_count", sort="paired_count", css="num"),
        ],
        sort="code",
        href=link_to("village"),
        actions=_list_actions(user),
        empty={"text": "没有符合条件的村。", "url": request.path, "label": "看全部村"},
    )
    return list_page(request, listing, bar=period_bar(request, form, form.chosen, years_at(user)))


def village(request: HttpRequest, pk: int) -> HttpResponse:
    user, form = user_of(request), AsAtForm(request.GET)
    village = get_visible(_with_counts(Village.objects.select_related("division"), form.on), user, pk=pk)
    pairings = (
        VillagePairing.objects.filter(village=village).select_related("unit").order_by("ended_on", "pk")
    )
    return render(
        request,
        "registers/village.html",
        {
            "page": {
                "title": village.name,
                "facts": f"{village.division}，{village.code}",
                "crumbs": [("村", reverse("villages"))],
            },
            "village": village,
            "bar": period_bar(request, form, form.chosen, years_at(user)),
            "facts": [
                ("乡镇", village.division),
                ("类型", village.get_kind_display()),
                ("贫困村", "是" if village.is_poor else "否"),
                (f"{form.label}在册户", f"{village.household_count} 户"),
                (f"{form.label}已结对", f"{village.paired_count} 户"),
                *(
                    [("撤并日期", village.ended_on), ("并入", village.merged_into)]
                    if village.ended_on
                    else []
                ),
            ],
            "pairings": pairings,
            "rounds": rounds(user, village),
            "visits": Visit.objects.visible_to(user)
            .filter(village=village)
            .select_related("cadre", "unit")[:10],
            "actions": _page_actions(user, village),
            "history": history_of(village),
            **_plans(user, village),
        },
    )


def _plans(user: Cadre, village: Village) -> dict[str, Any]:
    """Return the village's plan, goals and notes."""
    plan = VillagePlan.objects.filter(village=village).select_related("unit").first()
    projects = Project.objects.visible_to(user).filter(village=village).select_related("unit")
    notes = VillageNote.objects.filter(village=village)
    return {
        "plan": plan,
        "goals": plan.goals.all() if plan else (),
        "projects": projects.with_money(),
        "notes": notes.select_related("by").prefetch_related("files"),
        "notes_editable": set(notes.editable_by(user).values_list("pk", flat=True)),
        "may_plan": user.is_office or user.is_leader,
        "may_note": not user.is_viewer,
    }


def _with_counts(villages: QuerySet[Village], on: date) -> QuerySet[Any]:
    """Add the counts of what was paired and registered at the end of a day."""
    registered = Household.objects.registered(on)
    return villages.annotate(
        unit_count=count_of(VillagePairing.objects.current(on), "village", what="unit"),
        household_count=count_of(registered, "village"),
        paired_count=count_of(registered.paired(on), "village"),
    )


def _list_actions(user: Cadre) -> list[dict[str, str]]:
    if not user.is_office:
        return []
    return [
        {"label": "行政区划", "url": reverse("divisions")},
        {"label": "导入", "url": reverse("import-kind", args=["villages"])},
        {"label": "登记一个村", "url": reverse("village-new")},
    ]


def _page_actions(user: Cadre, village: Village) -> list[dict[str, str]]:
    actions = [{"label": "贫困户", "url": f"{reverse('households')}?village={village.code}"}]
    if user.is_staff:
        actions.append({"label": "结对台", "url": f"{reverse('pairing-board')}?village={village.pk}"})
        actions.append({"label": "联户花名册", "url": f"{reverse('pairing-roster')}?village={village.pk}"})
    if user.is_office:
        actions.append({"label": "修改", "url": reverse("village-edit", args=[village.pk])})
    return actions

"""帮扶项目: the list, one project with its money and progress, and its forms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.forms import key_of
from core.lists import Column, Listing, labels_of, link_to, list_page
from core.pages import form_page
from core.places import under
from core.search import SearchForm, choice_field, offer
from core.templatetags.look import money
from households.models import Household, ProjectBeneficiary
from registers.plans.forms import BeneficiariesForm, FundForm, ProjectForm
from registers.projects.progress import history_with_notes, may_note
from units.access import get_editable, get_visible, manager_required, user_of
from units.context import frame_of
from units.models import Cadre
from villages.choices import place_field, town_choices, unit_choices
from villages.models import FundSource, Project, ProjectFund, ProjectNote, Village
from visits.assistance.amounts import in_fen


class ProjectSearch(SearchForm):
    placeholder = "项目名称"
    town = forms.ChoiceField(label="乡镇", required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "类别"), *Project.Kind.choices])
    status = choice_field(Project, "status")
    place = place_field()

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "town", town_choices(user))
        offer(self, "unit", unit_choices(user))

    def by_town(self, queryset: QuerySet[Project], value: str) -> QuerySet[Project]:
        return queryset.filter(under(value))

    by_place = by_town

    def by_q(self, queryset: QuerySet[Project], value: str) -> QuerySet[Project]:
        return queryset.filter(name__contains=value) | queryset.filter(village__name__contains=value)


def _with_money(rows: Any) -> QuerySet[Any]:
    with_money: QuerySet[Any] = rows.with_money()
    return with_money


def projects(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    new = {"label": "登记一个项目", "url": reverse("project-new")}
    listing = Listing(
        title="帮扶项目",
        of_people=False,
        unit="个",
        queryset=Project.objects.visible_to(user).order_by(),
        form=ProjectSearch(request.GET, user=user),
        annotate=_with_money,
        columns=[
            Column("项目名称", "name", sort="name", css="break"),
            Column("村", "village__name"),
            Column("帮扶单位", "unit__name", css="break"),
            Column("类别", "kind", sort="kind", show=labels_of(Project.Kind)),
            Column("状态", "status", sort="status", show=labels_of(Project.Status)),
            Column("进度（%）", "progress", sort="progress", css="num"),
            Column("计划（元）", "planned", css="num", show=in_fen),
            Column("到位（元）", "arranged", css="num", show=in_fen),
            Column("已用（元）", "spent", css="num", show=in_fen),
            Column("计划完工", "due_on"),
        ],
        sort="-pk",
        href=link_to("project"),
        totals=_totals,
        actions=[new] if user.is_staff else [],
        empty={"text": "没有符合条件的项目。", "url": request.path, "label": "看全部项目"},
    )
    return list_page(request, listing, frame=frame_of(user))


def _totals(rows: Any, count: int) -> list[dict[str, Any]]:
    """Of those not given up, each 元 once."""
    sums = ProjectFund.objects.filter(project__in=rows.counted().values("pk")).aggregate(
        **{name: Sum(name) for name in ProjectFund.MONEY}
    )
    amounts = [{"text": money(sums[name] or 0), "css": "num"} for name in ProjectFund.MONEY]
    return [{"text": f"合计 {count:,} 个，取消的不计金额", "span": 6}, *amounts, {"text": ""}]


def project(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    rows = Project.objects.select_related("village__division", "unit")
    project: Project = get_visible(rows, user, pk=pk)
    funds = {fund.source: fund for fund in project.funds.all()}
    served = ProjectBeneficiary.objects.visible_to(user).filter(project=project).values("household")
    notes = ProjectNote.objects.filter(project=project)
    return render(
        request,
        "projects/project.html",
        {
            "page": {
                "title": project.name,
                "facts": f"{project.village.division}{project.village}，{project.unit}",
                "crumbs": [("帮扶项目", reverse("projects"))],
            },
            "frame": frame_of(user),
            "back": reverse("projects"),
            "project": project,
            "facts": [
                ("类别", project.get_kind_display()),
                ("状态", project.get_status_display()),
                ("进度", f"{project.progress}%"),
                ("建设内容", project.content),
                ("开工日期", project.starts_on),
                ("计划完工", project.due_on),
                *([("完工日期", project.finished_on)] if project.finished_on else []),
                ("受益", f"{project.benefit_households:,} 户 {project.benefit_people:,} 人"),
            ],
            "funds": [(source, label, funds.get(source)) for source, label in FundSource.choices],
            "sums": {name: sum(getattr(fund, name) for fund in funds.values()) for name in ProjectFund.MONEY},
            "notes": notes.select_related("by").prefetch_related("photos"),
            "served": Household.objects.with_head().filter(pk__in=served).order_by("no"),
            "editable": Project.objects.editable_by(user).filter(pk=pk).exists(),
            "may_note": may_note(user, project),
            "notes_editable": set(notes.editable_by(user).values_list("pk", flat=True)),
            "history": history_with_notes(project, funds.values()),
        },
    )


@manager_required
def project_new(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    village = Village.objects.visible_to(user).filter(pk=key_of(request.GET.get("village", ""))).first()
    form = ProjectForm(request.POST or None, user=user, initial={"village": village})
    return form_page(
        request, form, title="登记一个项目", done="项目已登记，接着填资金。", back=reverse("projects")
    )


@manager_required
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    project = get_editable(Project.objects, user, pk=pk)
    form = ProjectForm(request.POST or None, instance=project, user=user)
    return form_page(
        request, form, title=f"改{project}", done="项目已保存。", back=reverse("project", args=[pk])
    )


@manager_required
def project_fund(request: HttpRequest, pk: int, source: str) -> HttpResponse:
    """Edit the money of one source, in 元."""
    project = get_editable(Project.objects, user_of(request), pk=pk)
    if source not in FundSource.values:
        raise Http404("没有这种资金来源。")
    fund = project.funds.filter(source=source).first() or ProjectFund(project=project, source=source)
    form = FundForm(request.POST or None, instance=fund)
    title = f"{FundSource(source).label}资金"
    return form_page(
        request,
        form,
        title=title,
        facts=str(project),
        done=f"{title}已保存。",
        back=reverse("project", args=[pk]),
    )


@manager_required
def project_beneficiaries(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the households of the village that the project serves."""
    user = user_of(request)
    project = get_editable(Project.objects.select_related("village"), user, pk=pk)
    form = BeneficiariesForm(request.POST or None, project=project, user=user)
    if request.method == "POST" and form.is_valid():
        _serve(project, *form.changed())
        messages.success(request, f"受益户现在是 {project.beneficiaries.count()} 户。")
        return redirect("project", pk=pk)
    return render(
        request,
        "projects/beneficiaries.html",
        {
            "page": {"title": "受益户", "facts": str(project), "crumbs": [("帮扶项目", reverse("projects"))]},
            "form": form,
            "keep": "beneficiaries",
            "cancel": reverse("project", args=[pk]),
        },
    )


@transaction.atomic
def _serve(project: Project, ticked: set[int], unticked: set[int]) -> None:
    """Lock the project, so that two pages cannot both add a household."""
    list(Project.objects.select_for_update().filter(pk=project.pk))
    for row in project.beneficiaries.filter(household__in=unticked):
        row.delete()
    served = set(project.beneficiaries.values_list("household", flat=True))
    for household in Household.objects.filter(pk__in=ticked - served).select_related("village"):
        ProjectBeneficiary.objects.create(project=project, household=household)

"""Admin of village projects with their money; progress and beneficiaries are read here and written on its page."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from households.admin import FamilyInline
from households.models import ProjectBeneficiary
from registers.plans.forms import DayPassed
from units.access import user_of
from units.admin_lists import Seen
from units.models import Unit
from units.scoped_admin import MANAGERS, NOBODY, ScopedAdmin, ScopedForm, ScopedInline
from villages.models import Project, ProjectFund, ProjectNote, Village
from visits.assistance.amounts import in_fen


class ProjectAdminForm(ScopedForm):
    """Default a leader's new project to the leader's unit."""

    finished_on = DayPassed(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not self.user.is_office:
            self.instance.unit = self.user.unit


class FundInline(ScopedInline):
    model = ProjectFund
    writers = MANAGERS
    fields = ("source", "planned", "arranged", "spent")


class NoteInline(ScopedInline):
    model = ProjectNote
    writers = NOBODY
    fields = ("on", "progress", "text", "by")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by")


class BeneficiaryInline(FamilyInline):
    model = ProjectBeneficiary
    fields = ("household", "head")


@admin.register(Project)
class ProjectAdmin(ScopedAdmin):
    page = "project"
    writers = MANAGERS
    form = ProjectAdminForm
    fields = (
        "name",
        "village",
        "unit",
        ("kind", "status", "progress"),
        "content",
        ("starts_on", "due_on", "finished_on"),
        ("benefit_households", "benefit_people"),
    )
    fixed = ("village",)  # the families that it serves live there
    choices = {
        "village": lambda user: Village.objects.visible_to(user).current().select_related("division"),
        "unit": lambda user: Unit.objects.visible_to(user),
    }
    autocomplete_fields = ("village", "unit")
    inlines = (FundInline, NoteInline, BeneficiaryInline)
    list_display = (
        "name",
        "village",
        "kind",
        "status",
        "progress",
        "planned",
        "arranged",
        "spent",
        "due_on",
        "finished_on",
        "unit",
    )
    list_filter = (
        "status",
        "kind",
        "due_on",
        ("village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = ("name", "content", "village__name", "village__pinyin", "village__initials", "unit__name")
    search_help_text = "项目名称、内容、村、单位"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.prefetch_related("village", "unit").with_money()
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Omit the unit from a leader's new project."""
        asked = obj is not None or user_of(request).is_office
        return [name for name in super().get_fields(request, obj) if asked or name != "unit"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        kept = () if user_of(request).is_office else ("unit",)
        return [*super().get_readonly_fields(request, obj), *kept]

    def option(self, row: Project) -> str:
        return f"{row.name}（{row.village}）"

    @admin.display(description="计划（元）", ordering="planned")
    def planned(self, project: Any) -> Decimal:
        return in_fen(project.planned)

    @admin.display(description="到位（元）", ordering="arranged")
    def arranged(self, project: Any) -> Decimal:
        return in_fen(project.arranged)

    @admin.display(description="已用（元）", ordering="spent")
    def spent(self, project: Any) -> Decimal:
        return in_fen(project.spent)


@admin.register(ProjectFund)
class ProjectFundAdmin(ScopedAdmin):
    """The money of one project from one source, reached from the project."""

    page = "project"
    writers = MANAGERS
    fields = ("project", "source", "planned", "arranged", "spent")
    fixed = ("project", "source")
    choices = {"project": lambda user: Project.objects.editable_by(user).select_related("village")}
    autocomplete_fields = ("project",)
    list_display = ("project", "village", "source", "planned", "arranged", "spent")
    list_select_related = ("project__village",)
    list_filter = ("source", ("project__village__division", RelatedOnlyFieldListFilter))
    search_fields = ("project__name", "project__village__name")
    search_help_text = "项目名称、村"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def page_of(self, row: ProjectFund) -> str:
        return reverse(self.page, args=[row.project_id])

    @admin.display(description="村")
    def village(self, fund: ProjectFund) -> str:
        return str(fund.project.village)

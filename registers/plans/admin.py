"""Admin of plans: of a village with its goals, of a household with its measures; of notes, and of families away."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from households.admin import head_of, heads_of, pairable_households, people
from households.models import Household, HouseholdAway, HouseholdPlan, Measure
from registers.plans.forms import (
    AwayForm,
    DayPassed,
    GoalForm,
    HouseholdPlanForm,
    MeasureForm,
    VillagePlanForm,
)
from units.admin_lists import Filled
from units.models import Cadre, today
from units.scoped_admin import MANAGERS, NOBODY, ScopedAdmin, ScopedForm, ScopedInline
from villages.models import Village, VillageGoal, VillageNote, VillageNoteFile, VillagePlan

# --- a village ------------------------------------------------------------------------------------


class VillagePlanAdminForm(ScopedForm, VillagePlanForm):
    """Default a new plan to today and the author's unit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["written_on"].initial = today()
        if self.instance.pk is None:
            self.instance.unit = self.user.unit


class GoalAdminForm(ScopedForm, GoalForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = today().year


class NoteAdminForm(ScopedForm):
    on = DayPassed()


class GoalInline(ScopedInline):
    model = VillageGoal
    form = GoalAdminForm
    writers = MANAGERS
    fields = ("year", "text", "done_on")


@admin.register(VillagePlan)
class VillagePlanAdmin(ScopedAdmin):
    page = "village"
    writers = MANAGERS
    form = VillagePlanAdminForm
    fields = ("village", "unit", "written_on", "problems", "approach", "industry")
    readonly_fields = ("unit",)
    fixed = ("village",)
    choices = {
        "village": lambda user: (
            Village.objects.visible_to(user).current().filter(plan=None).select_related("division")
        )
    }
    autocomplete_fields = ("village",)
    inlines = (GoalInline,)
    list_display = ("village", "written_on", "industry", "unit")
    list_select_related = ("village", "unit")
    list_filter = (("village__division", RelatedOnlyFieldListFilter),)
    search_fields = (
        "village__name",
        "village__pinyin",
        "village__initials",
        "industry",
        "problems",
        "approach",
    )
    search_help_text = "村、产业、问题、思路"

    def page_of(self, row: VillagePlan) -> str:
        return reverse(self.page, args=[row.village_id])


@admin.register(VillageGoal)
class VillageGoalAdmin(ScopedAdmin):
    page = "village"
    writers = MANAGERS
    form = GoalAdminForm
    fields = ("plan", "year", "text", "done_on")
    fixed = ("plan",)
    choices = {"plan": lambda user: VillagePlan.objects.editable_by(user).select_related("village")}
    autocomplete_fields = ("plan",)
    list_display = ("text", "year", "village", "done_on")
    list_select_related = ("plan__village",)
    list_filter = ("year", ("done_on", Filled), ("plan__village__division", RelatedOnlyFieldListFilter))
    search_fields = ("text", "plan__village__name", "plan__village__pinyin", "plan__village__initials")
    search_help_text = "目标、村"

    def page_of(self, row: VillageGoal) -> str:
        return reverse(self.page, args=[row.plan.village_id])

    @admin.display(description="村")
    def village(self, goal: VillageGoal) -> str:
        return str(goal.plan.village)


class FileInline(ScopedInline):
    model = VillageNoteFile
    writers = NOBODY
    fields = ("name",)
    show_change_link = False


@admin.register(VillageNote)
class VillageNoteAdmin(ScopedAdmin):
    """Notes are written on their page, which accepts files; their text may be corrected here."""

    page = "village-note-edit"
    page_label = "改文件"
    writers = MANAGERS
    form = NoteAdminForm
    fields = ("village", "kind", "on", "text", "by")
    readonly_fields = ("village", "by")
    inlines = (FileInline,)
    list_display = ("on", "village", "kind", "by", "text")
    list_select_related = ("village", "by")
    list_filter = ("kind", "on", ("village__division", RelatedOnlyFieldListFilter))
    search_fields = ("text", "village__name", "village__pinyin", "village__initials", "by__name")
    search_help_text = "内容、村、谁记的"

    def has_add_permission(self, request: HttpRequest, *parent: Any) -> bool:
        return False


# --- a household ----------------------------------------------------------------------------------


class HouseholdPlanAdminForm(ScopedForm, HouseholdPlanForm):
    """Default a new plan to today and its author."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["written_on"].initial = today()
        if self.instance.pk is None:
            self.instance.written_by = self.user


class MeasureAdminForm(ScopedForm, MeasureForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = today().year


class AwayAdminForm(ScopedForm, AwayForm):
    """The rules of the page's form."""


def unplanned(user: Cadre) -> QuerySet[Any]:
    return pairable_households(user).filter(plan=None)


class OfHouseholdAdmin(ScopedAdmin):
    """Rows that lead to one household, by `path`."""

    page = "household"
    writers = MANAGERS
    path = "household"
    search_help_text = "户主、户编号、村"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        near = super().get_queryset(request).select_related(f"{self.path}__village")
        return near.prefetch_related(heads_of(self.path))

    def matches(self, word: str, user: Cadre) -> Q:
        return super().matches(word, user) | Q(**{f"{self.path}__in": people(word, user).values("household")})

    def household_of(self, row: Any) -> Household:
        household: Household = row.household
        return household

    def page_of(self, row: Any) -> str:
        return f"{reverse(self.page, args=[self.household_of(row).pk])}#plan"

    def option(self, row: Any) -> str:
        return f"{self.head(row)} {self.village(row)} {self.household_of(row)}"

    @admin.display(description="户主")
    def head(self, row: Any) -> str:
        return head_of(self.household_of(row))

    @admin.display(description="村")
    def village(self, row: Any) -> str:
        return str(self.household_of(row).village)


class MeasureInline(ScopedInline):
    model = Measure
    form = MeasureAdminForm
    writers = MANAGERS
    fields = ("year", "text", "target", "expected_gain", "done_on", "result")


@admin.register(HouseholdPlan)
class HouseholdPlanAdmin(OfHouseholdAdmin):
    form = HouseholdPlanAdminForm
    fields = ("household", "written_on", "written_by", "situation", "goal")
    readonly_fields = ("written_by",)
    fixed = ("household",)
    choices = {"household": unplanned}
    autocomplete_fields = ("household",)
    inlines = (MeasureInline,)
    list_display = ("head", "household", "village", "written_on", "written_by", "goal")
    list_filter = ("written_on", ("household__village__division", RelatedOnlyFieldListFilter))
    search_fields = ("household__no", "household__village__name", "goal", "written_by__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("written_by")


@admin.register(Measure)
class MeasureAdmin(OfHouseholdAdmin):
    path = "plan__household"
    form = MeasureAdminForm
    fields = ("plan", "year", "text", "target", "expected_gain", "done_on", "result")
    fixed = ("plan",)
    choices = {"plan": lambda user: HouseholdPlan.objects.editable_by(user)}
    autocomplete_fields = ("plan",)
    list_display = ("text", "head", "village", "year", "target", "expected_gain", "done_on", "result")
    list_filter = (
        "year",
        ("done_on", Filled),
        ("plan__household__village__division", RelatedOnlyFieldListFilter),
    )
    search_fields = ("text", "target", "plan__household__no", "plan__household__village__name")
    search_help_text = "措施、户主、户编号、村"

    def household_of(self, row: Measure) -> Household:
        return row.plan.household

    def option(self, row: Measure) -> str:
        return f"{row}（{self.head(row)}）"


@admin.register(HouseholdAway)
class HouseholdAwayAdmin(OfHouseholdAdmin):
    form = AwayAdminForm
    fields = ("household", "started_on", "ended_on", "reason")
    fixed = ("household",)
    choices = {"household": pairable_households}
    autocomplete_fields = ("household",)
    list_display = ("head", "household", "village", "started_on", "ended_on", "reason")
    list_filter = (("ended_on", Filled), ("household__village__division", RelatedOnlyFieldListFilter))
    search_fields = ("household__no", "household__village__name", "reason")
    search_help_text = "户主、户编号、村、去向"

"""Admin of problems: found, read with all their moves, put right and handed to another; moved on by their page."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core.forms import ChineseDateField, limit
from households.admin import head_of, heads_of, people
from units.access import user_of
from units.admin_lists import Filled, Seen, said
from units.models import Cadre, today
from units.scoped_admin import MANAGERS, NOBODY, ScopedForm, ScopedInline
from visits.models import OPEN, Problem, ProblemMove
from visits.problems import rules as problems
from visits.problems.models import ProblemQuerySet
from visits.voiding.admin import VoidableAdmin


class ProblemAdminForm(ScopedForm):
    """A problem stays with the cadres of its unit, as on its page, and falls due after it was raised."""

    handed_on = ChineseDateField(
        label="交接日期", required=False, help_text="换了负责人的，从哪天起；空着就是今天"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        problem: Problem = self.instance
        seen = Cadre.objects.visible_to(self.user).filter(pk__in=problems.owners(problem).values("pk"))
        own = Cadre.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk=problem.owner_id))
        limit(self, "owner", own.select_related("unit").order_by("pinyin", "pk"))

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if why := problems.problem_of_due(self.instance.raised_on, due_on):
            raise forms.ValidationError(why)
        return due_on

    def clean_handed_on(self) -> date:
        """Today by default. Without a new owner there is no move that needs a date."""
        day: date = self.cleaned_data["handed_on"] or today()
        why = problems.problem_of_move(self.instance, day) if "owner" in self.changed_data else ""
        if why:
            raise forms.ValidationError(why)
        return day


class MoveInline(ScopedInline):
    model = ProblemMove
    writers = NOBODY
    fields = ("on", "status", "by", "owner", "word", "at")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by", "owner")


class DueFilter(admin.SimpleListFilter):
    title = "办结"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "没办结"), ("overdue", "逾期"), ("settled", "已办结")]

    def queryset(self, request: HttpRequest, queryset: Any) -> ProblemQuerySet:
        rows: ProblemQuerySet = queryset
        match self.value():
            case "open":
                return rows.open()
            case "overdue":
                return rows.overdue(today())
            case "settled":
                return rows.counted().exclude(status__in=OPEN)
        return rows


@admin.register(Problem)
class ProblemAdmin(VoidableAdmin):
    page = "problem"
    page_label = "在台账中办理"
    new_page = "problem-new"
    form = ProblemAdminForm
    writers = MANAGERS
    fields = (
        ("category", "status"),
        "description",
        ("owner", "due_on"),
        "handed_on",
        ("village", "household", "head"),
        ("raised_on", "raised_by", "unit"),
        ("visit", "response"),
        ("outcome", "status_on", "confirmed_on"),
        "joined_into",
        ("entered_by", "recorded_at"),
        ("voided_on", "void_reason"),
    )
    written = ("description", "owner", "handed_on", "due_on")
    """States move on the page alone, by `visits.problems.rules`."""
    inlines = (MoveInline,)
    list_display = (
        "raised_on",
        "head",
        "category",
        "description",
        "status",
        "due_on",
        "late",
        "owner",
        "village",
        "unit",
        said("joined_into_id", "并入", "已并入"),
        "voided_on",
    )
    list_filter = (
        DueFilter,
        "status",
        "category",
        "raised_on",
        ("voided_on", Filled),
        ("village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = (
        "owner__name",
        "owner__pinyin",
        "owner__initials",
        "description",
        "village__name",
        "household__no",
    )
    search_help_text = "户主、负责人、困难、村、户编号"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        names = ("owner", "unit", "village", heads_of("household"))
        return super().get_queryset(request).prefetch_related(*names)

    def matches(self, word: str, user: Cadre) -> Q:
        return super().matches(word, user) | Q(household__in=people(word, user).values("household"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Without the date of a hand-over where nothing can be handed over."""
        writable = self.has_change_permission(request, obj)
        return [name for name in super().get_fields(request, obj) if writable or name != "handed_on"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While it is worked on; what is settled or joined stays as it is."""
        worked_on = obj is None or (obj.is_open and obj.joined_into_id is None)
        return worked_on and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Problem, form: Any, change: bool) -> None:
        before = Cadre.objects.get(problems=obj)
        super().save_model(request, obj, form, change)
        if obj.owner != before:
            problems.note_owner(obj, by=user_of(request), before=before, on=form.cleaned_data["handed_on"])

    def takeable(self, user: Cadre) -> QuerySet[Problem]:
        return Problem.objects.voidable_by(user).filter(voided_on=None)

    def take_back(self, row: Problem, *, by: Cadre, reason: str) -> None:
        problems.take_back(row, by=by, reason=reason)

    @admin.display(description="户主")
    def head(self, problem: Any) -> str:
        return head_of(problem.household)

    @admin.display(description="逾期")
    def late(self, problem: Problem) -> str:
        return f"{(today() - problem.due_on).days} 天" if problem.is_overdue(today()) else ""

"""Admin of visits: read, exported and declared 作废; what was recorded is never rewritten."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from households.admin import head_of, heads_of, people
from units.access import user_of
from units.admin_export import export_rows
from units.admin_lists import Filled, Seen, said
from units.admin_reason import ReasonForm, ask_reason
from units.scoped_admin import MANAGERS, NOBODY, ReadOnlyAdmin, ScopedInline
from visits.models import Visit, VisitCompanion
from visits.voiding import void

MOST_AT_ONCE = 200
"""More is no slip of one evening, and needs a look at each."""


@admin.action(description="作废所选", permissions=["void"])
def void_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Visit]
) -> TemplateResponse | None:
    """Ask why, then declare 作废 those that the user may; what is so already stays as it is."""
    user = user_of(request)
    ticked = queryset.order_by().values("pk")
    visits = Visit.objects.editable_by(user).counted().filter(pk__in=ticked).select_related("cadre")
    count = visits.count()
    if not 0 < count <= MOST_AT_ONCE:
        messages.warning(request, f"一次作废 1 到 {MOST_AT_ONCE} 条，勾选的里面能作废的有 {count} 条。")
        return None
    form = ReasonForm(request, "作废")
    if form.is_valid():
        for visit in visits:
            void(visit, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, f"已作废 {count} 条，仍可查看，不再计数。")
        return None
    text = "作废的走访仍可查看，加删除线，不再计数；不能恢复。"
    return ask_reason(
        model_admin,
        request,
        visits,
        form,
        action="void_selected",
        verb="作废",
        text=text,
        count=f"{count} 条走访",
    )


class CompanionInline(ScopedInline):
    model = VisitCompanion
    writers = NOBODY
    fields = ("cadre", "unit", "rank")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("cadre", "unit")


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    page = "visit"
    fields = (
        ("cadre", "unit"),
        ("visited_on", "kind"),
        ("village", "household"),
        "head",
        "reasons",
        "content",
        "nights",
        ("promised_on", "promise"),
        ("entered_by", "recorded_at"),
        ("voided_on", "void_reason"),
    )
    inlines = (CompanionInline,)
    actions = (export_rows, void_selected)
    list_display = (
        "visited_on",
        "cadre",
        "unit",
        "village",
        "head",
        "kind",
        "nights",
        said("is_late", "补录", "补录"),
        "voided_on",
        "said_and_done",
    )
    list_filter = (
        "visited_on",
        "kind",
        "is_late",
        ("voided_on", Filled),
        ("village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = ("cadre__name", "cadre__pinyin", "cadre__initials", "content", "village__name")
    search_help_text = "干部、户主、村、内容"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Names are fetched for the rows of one page; far down 68,000 rows, joins would take seconds."""
        names = ("cadre", "unit", "village", heads_of("household"))
        return super().get_queryset(request).prefetch_related(*names)

    def matches(self, word: str) -> Q:
        return super().matches(word) | Q(household__in=people(word).values("household"))

    def has_void_permission(self, request: HttpRequest) -> bool:
        return user_of(request).role in MANAGERS

    @admin.display(description="户主")
    def head(self, visit: Any) -> str:
        return head_of(visit.household)

    @admin.display(description="谈了什么、办了什么")
    def said_and_done(self, visit: Visit) -> str:
        return visit.content

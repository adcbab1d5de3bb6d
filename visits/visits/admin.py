"""Admin of visits: read, export and void them; recorded facts are never edited."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from households.admin import head_of, heads_of, people
from units.admin_lists import Filled, Seen, said
from units.models import Cadre
from units.scoped_admin import NOBODY, ScopedInline
from visits.models import Visit, VisitCompanion
from visits.voiding.admin import VoidableAdmin
from visits.voiding.rules import void


class CompanionInline(ScopedInline):
    model = VisitCompanion
    writers = NOBODY
    fields = ("cadre", "unit", "rank")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("cadre", "unit")


@admin.register(Visit)
class VisitAdmin(VoidableAdmin):
    page = "visit"
    new_page = "visit-new"
    fields = (
        ("cadre", "unit"),
        ("visited_on", "kind"),
        ("village", "household"),
        "head",
        "reasons",
        "content",
        ("nights", "card_given"),
        ("promised_on", "promise"),
        ("entered_by", "recorded_at"),
        ("voided_on", "void_reason"),
    )
    inlines = (CompanionInline,)
    list_display = (
        "visited_on",
        "cadre",
        "head",
        "kind",
        "said_and_done",
        "village",
        "unit",
        "nights",
        said("is_late", "补录", "补录"),
        "voided_on",
    )
    list_filter = (
        "visited_on",
        "kind",
        "is_late",
        "card_given",
        ("voided_on", Filled),
        ("village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = ("cadre__name", "cadre__pinyin", "cadre__initials", "content", "village__name")
    search_help_text = "干部、户主、村、内容"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch names for the rows of one page only: far down 68,000 rows, joins would take seconds."""
        names = ("cadre", "unit", "village", heads_of("household"))
        return super().get_queryset(request).prefetch_related(*names)

    def matches(self, word: str, user: Cadre) -> Q:
        return super().matches(word, user) | Q(household__in=people(word, user).values("household"))

    void_note = "一起登记的诉求、记的帮扶不跟着作废，要一起作废的到走访的页面上办。"

    def takeable(self, user: Cadre) -> QuerySet[Visit]:
        return Visit.objects.editable_by(user).counted().select_related("cadre")

    def take_back(self, row: Visit, *, by: Cadre, reason: str) -> None:
        void(row, by=by, reason=reason)

    @admin.display(description="户主")
    def head(self, visit: Any) -> str:
        return head_of(visit.household)

    @admin.display(description="谈了什么、办了什么")
    def said_and_done(self, visit: Visit) -> str:
        return visit.content

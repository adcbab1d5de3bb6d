"""Admin of help: find it, sum it up, read it with its shares, add the family's result."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from households.admin import FamilyInline, people
from units.access import user_of
from units.admin_lists import Filled, Seen
from units.models import Cadre
from units.scoped_admin import MANAGERS
from visits.assistance.rules import Worth
from visits.models import Assistance, AssistanceShare
from visits.voiding.admin import VoidableAdmin


class ShareInline(FamilyInline):
    model = AssistanceShare
    fields = ("household", "head", *Worth._fields)


@admin.register(Assistance)
class AssistanceAdmin(VoidableAdmin):
    page = "assistance-item"
    new_page = "assistance-new"
    writers = MANAGERS
    fields = (
        ("kind", "given_on", "source"),
        "content",
        "result",
        ("village", "cadre", "unit"),
        ("cash", "loan", "people"),
        ("goods", "quantity", "goods_unit", "goods_value"),
        ("problem", "visit", "project"),
        ("entered_by", "recorded_at"),
        ("voided_on", "void_reason"),
    )
    written = ("result",)
    """Amounts and shares are corrected together, on the public page of the item."""
    inlines = (ShareInline,)
    list_display = (
        "given_on",
        "heads",
        "kind",
        "content",
        "village",
        "cadre",
        "unit",
        "source",
        "cash",
        "goods",
        "goods_value",
        "loan",
        "people",
        "project",
        "voided_on",
        "result",
    )
    list_filter = (
        "kind",
        "source",
        "given_on",
        ("project", Filled),
        ("voided_on", Filled),
        ("village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = (
        "cadre__name",
        "cadre__pinyin",
        "cadre__initials",
        "content",
        "goods",
        "village__name",
    )
    search_help_text = "户主、干部、做了什么、物资、村"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        named = rows.prefetch_related("cadre", "unit", "village", "project")
        found: QuerySet[Any] = named.with_heads(user_of(request))
        return found

    def matches(self, word: str, user: Cadre) -> Q:
        shares = AssistanceShare.objects.filter(household__in=people(word, user).values("household"))
        return super().matches(word, user) | Q(pk__in=shares.values("assistance"))

    def takeable(self, user: Cadre) -> QuerySet[Assistance]:
        return Assistance.objects.voidable_by(user).counted()

    @admin.display(description="给了谁")
    def heads(self, item: Any) -> str:
        return item.heads or "全村"

"""Admin of activities: read, export and void them; recorded facts are never edited."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from units.admin_lists import Filled, Seen
from units.models import Cadre
from visits.activities.rules import MATERIALS
from visits.models import Activity
from visits.voiding.admin import VoidableAdmin


@admin.register(Activity)
class ActivityAdmin(VoidableAdmin):
    page = "activity"
    new_page = "activity-new"
    fields = (
        ("kind", "held_on"),
        "title",
        ("unit", "village", "people"),
        tuple(MATERIALS),
        "text",
        ("entered_by", "recorded_at"),
        ("voided_on", "void_reason"),
    )
    list_display = ("held_on", "title", "kind", "village", "unit", "people", *MATERIALS, "voided_on")
    list_filter = (
        "kind",
        "held_on",
        ("voided_on", Filled),
        ("village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = ("title", "text", "village__name", "unit__name")
    search_help_text = "主题、内容、村、单位"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("unit", "village")

    def takeable(self, user: Cadre) -> QuerySet[Activity]:
        return Activity.objects.editable_by(user).counted()

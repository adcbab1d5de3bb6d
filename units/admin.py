"""Admin of divisions, units, cadres, quotas and word lists; the logs of core, read-only for the office."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest

from core.confirming import require_password
from core.importing.sheet import find_kind
from core.models import Download, ImportRun, Reveal
from core.oversight import note_look
from units import admin_links as admin_links  # shows links for read-only values in every admin
from units.access import user_of
from units.accounts import note_lock
from units.admin_lists import Filled, Seen, said
from units.forms import weighs
from units.models import Cadre, CalendarDay, DailyLimit, Division, Leave, Requirement, Unit, Word
from units.roles import Role
from units.scoped_admin import MANAGERS, OFFICE, ReadOnlyAdmin, ScopedAdmin, ScopedForm

ACCOUNT = said("is_active", "账号", "可用", "停用")


@admin.register(Division)
class DivisionAdmin(ScopedAdmin):
    fields = ("code", "name")
    fixed = ("code",)  # every row under a division carries its code
    list_display = ("name", "code", "level")
    list_filter = ("level",)
    search_fields = ("name", "code")
    search_help_text = "名称、代码"

    def has_module_permission(self, request: HttpRequest) -> bool:
        """A leader may open a division that a row links to, but gets no division list."""
        return user_of(request).is_office


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    page = "unit"
    fields = ("name", "short_name", "code", "level", "division", "contact", "contact_phone", "closed_on")
    fixed = ("division",)  # every cadre of a unit carries its place
    choices = {"division": lambda user: Division.objects.editable_by(user)}
    autocomplete_fields = ("division",)
    list_display = ("name", "code", "level", "division", "contact", "contact_phone", "closed_on")
    list_select_related = ("division",)
    list_filter = ("level", ("division", RelatedOnlyFieldListFilter), ("closed_on", Filled))
    search_fields = ("name", "short_name", "pinyin", "initials", "code")
    search_help_text = "单位名称、拼音、代码"


class CadreAdminForm(ScopedForm):
    """A leader's new cadre belongs to the leader's unit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not self.user.is_office:
            self.instance.unit, self.instance.role = self.user.unit, Role.CADRE


class CadreAdmin(ScopedAdmin):
    """Registered in households, whose subclass warns about households that a leaving cadre still holds."""

    page = "cadre"
    writers = MANAGERS
    form = CadreAdminForm
    fields = ("name", "unit", "phone", "staff_no", "rank", "post", "role", "left_on", "is_active")
    fixed = ("unit", "rank")  # a transfer has a date: it is made on the cadre's page
    choices = {"unit": lambda user: Unit.objects.editable_by(user)}
    autocomplete_fields = ("unit",)
    list_display = ("name", "staff_no", "unit", "rank", "post", "phone", "role", "left_on", ACCOUNT)
    list_select_related = ("unit",)
    list_filter = (
        "rank",
        "role",
        "is_active",
        ("left_on", Filled),
        ("unit", Seen),
    )
    search_fields = ("name", "pinyin", "initials", "phone", "staff_no")
    search_help_text = "姓名、拼音、手机号、工号"
    office_fields = ("unit", "role", "is_active")
    """Only the office edits role, unit and flags, and nobody their own."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Log that the account was opened; its owner sees it in 谁看过我."""
        found = super().get_object(request, object_id, from_field)
        note_look(user_of(request), found)
        return found

    def option(self, row: Cadre) -> str:
        return f"{row.name}（{row.unit}，{row.staff_no or row.phone}）"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if weighs(form):
            require_password(request)
        if "is_active" in form.changed_data:
            note_lock(obj, user_of(request))
        super().save_model(request, obj, form, change)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        hidden = self.office_fields if obj is None and not user_of(request).is_office else ()
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        user = user_of(request)
        kept = obj is not None and (not user.is_office or obj.pk == user.pk)
        return [*super().get_readonly_fields(request, obj), *(self.office_fields if kept else ())]


class PlacedAdmin(ScopedAdmin):
    """Pre-fill a new row with the office's place."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"place": user_of(request).place, **super().get_changeform_initial_data(request)}


@admin.register(Requirement)
class RequirementAdmin(PlacedAdmin):
    erasers = OFFICE
    fields = ("year", "place", "rank", "unit", "indicator", "minimum", "maximum")
    autocomplete_fields = ("unit",)
    list_display = ("indicator", "year", "place", "rank", "unit", "minimum", "maximum")
    list_select_related = ("unit",)
    list_filter = ("year", "indicator", "rank")


@admin.register(Leave)
class LeaveAdmin(ScopedAdmin):
    """Leaves of the unit's cadres; requirements are pro-rated for these days."""

    writers = erasers = MANAGERS
    fields = ("cadre", "started_on", "ended_on", "reason")
    fixed = ("cadre",)
    choices = {"cadre": lambda user: Cadre.objects.editable_by(user)}
    autocomplete_fields = ("cadre",)
    list_display = ("cadre", "started_on", "ended_on", "reason")
    list_select_related = ("cadre",)
    search_fields = ("cadre__name", "cadre__pinyin", "cadre__initials")
    search_help_text = "干部姓名、拼音"


@admin.register(CalendarDay)
class CalendarDayAdmin(PlacedAdmin):
    """Days on which the office overrides the calendar for due dates of problems."""

    readers = erasers = OFFICE
    fields = ("on", "works", "note", "place")
    list_display = ("on", said("works", "上班", "上班", "放假"), "note", "place")
    list_filter = ("works",)


@admin.register(Word)
class WordAdmin(ScopedAdmin):
    readers = erasers = OFFICE
    fields = ("group", "text", "source", "order", "active")
    list_display = ("text", "group", "source", "order", said("active", "在用", "在用", "停用"))
    list_filter = ("group", "active")
    search_fields = ("text",)


@admin.register(DailyLimit)
class DailyLimitAdmin(ScopedAdmin):
    """One row per role, created with the database."""

    readers = OFFICE
    fields = ("role", "persons", "exports")
    fixed = ("role",)
    list_display = ("role", "persons", "exports")

    def has_add_permission(self, request: HttpRequest, *_parent: Any) -> bool:
        return False


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    readers = OFFICE
    fields = (
        ("kind_label", "status"),
        ("filename", "sheet_name"),
        ("by", "uploaded_at", "applied_at", "undone_at"),
        ("created_count", "changed_count", "same_count", "wrong_count"),
        "partial",
        "message",
    )
    list_display = (
        "filename",
        "kind_label",
        "status",
        "by",
        "uploaded_at",
        "created_count",
        "changed_count",
        "wrong_count",
    )
    list_select_related = ("by",)
    readonly_fields = ("kind_label",)
    list_filter = ("status", "uploaded_at")
    search_fields = ("filename", "by__name", "by__pinyin", "by__initials")
    search_help_text = "文件名、姓名"

    @admin.display(description="种类", ordering="kind")
    def kind_label(self, run: ImportRun) -> str:
        found = find_kind(run.kind)
        return found.label if found else run.kind


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin):
    readers = OFFICE
    fields = ("what", "by", "at", "filters", "row_count")
    list_display = ("what", "by", "at", "filters", "row_count")
    list_select_related = ("by",)
    list_filter = ("at",)
    search_fields = ("what", "by__name", "by__pinyin", "by__initials")
    search_help_text = "内容、姓名"


@admin.register(Reveal)
class RevealAdmin(ReadOnlyAdmin):
    readers = OFFICE
    fields = ("act", "whose", "by", "at")
    list_display = ("act", "whose", "by", "at")
    list_select_related = ("by",)
    list_filter = ("act", "at")
    search_fields = ("whose", "by__name", "by__pinyin", "by__initials")
    search_help_text = "谁的、谁看的"

"""The admin site with row-level access:

`visible_to` for reading, `editable_by` for writing, and nothing else.

Every admin of the project is a ScopedAdmin; the site refuses to register any other.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin, IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, models
from django.db.models import Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from core.display import history_of
from core.forms import ChineseDateField, RecordForm, conflict_of
from core.places import lies_under
from core.records import Record, StaleRecord
from units.access import user_of
from units.admin_export import export_rows
from units.admin_lists import by_village, comparisons_of, filtered_by
from units.admin_search import SearchSelect, holds
from units.models import Cadre
from units.roles import Role

Choices = Callable[[Cadre], QuerySet[Any]]
RowsFormSet = BaseInlineFormSet[Any, Any, Any]

OFFICE = frozenset({Role.OFFICE})
MANAGERS = frozenset({Role.OFFICE, Role.LEADER})
NOBODY: frozenset[Role] = frozenset()
MOST_WORDS = 10
"""Maximum words of a search: each adds a condition, and databases limit their number."""


class ScopedForm(RecordForm[Any]):
    """A form of the admin: knows its user and detects concurrent edits before it writes."""

    user: Cadre
    request: HttpRequest
    refusals: Sequence[str] = ()
    """All three are set by ScopedAdmin on the class it creates per request."""
    in_table = False
    """Set by ScopedInline: labels are column headings, which a screen reader does not associate with the
    fields.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_version = self.instance.version
        if self.in_table:
            for field in self.fields.values():
                field.widget.attrs["aria-label"] = field.label

    def full_clean(self) -> None:
        super().full_clean()
        if not self.is_bound:
            return
        for sentence in self.refusals:
            self.add_error(None, sentence)
        if self.instance.pk and self.instance.version != self.stored_version:
            stored = type(self.instance)._base_manager.get(pk=self.instance.pk)
            self.conflict = conflict_of(self, stored)
            self.add_error(None, "打开以后别人改过这一条，您的还没有保存，请看上面的两份再定。")

    def validate_unique(self) -> None:
        """Validate all constraints, also those over columns that the form does not show."""
        super().validate_unique()
        if self.errors:
            return
        self.instance.fill()
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self.add_error(None, error.messages)
        place = getattr(self.instance, "place", "")
        if self.user.is_office and place and not lies_under(place, self.user.place):
            self.add_error(None, f"{place} 不在您管的 {self.user.place} 之内。")


class Scoped(BaseModelAdmin[Any]):
    """Shared by admins and inlines: rows and choices of foreign keys within the user's scope."""

    readers = MANAGERS
    writers = OFFICE
    """Roles that add and change rows; which rows is decided by `editable_by`."""
    choices: Mapping[str, Choices] = {}
    """Narrower querysets for foreign keys than the user's scope."""
    fixed: Sequence[str] = ()
    """Fields that cannot be changed once a row is saved."""
    formfield_overrides = {
        models.DateField: {"form_class": ChineseDateField, "widget": ChineseDateField.widget}
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = rows.visible_to(user_of(request))
        return visible

    def choices_of(self, field: models.ForeignKey[Any, Any], user: Cadre) -> QuerySet[Any]:
        related: Any = field.related_model
        chosen = self.choices.get(field.name)
        return chosen(user) if chosen else related._default_manager.visible_to(user)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        accepted = self.choices_of(db_field, user_of(request))
        kwargs["queryset"] = accepted
        related = self.admin_site._registry.get(db_field.related_model)
        if isinstance(related, ScopedAdmin):
            # Choices are labelled by `option`, which takes the rows of its own admin.
            rows = related.get_queryset(request)
            kwargs["queryset"] = rows.filter(pk__in=accepted.order_by().values("pk"))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = SearchSelect(db_field, self.admin_site)
        formfield: forms.ModelChoiceField[Any] | None = super().formfield_for_foreignkey(
            db_field, request, **kwargs
        )
        if formfield and isinstance(related, ScopedAdmin):
            vars(formfield)["label_from_instance"] = related.option
        return formfield

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Return the field without the pop-ups that add or change the related row."""
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = formfield.widget if formfield else None
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.can_add_related = widget.can_change_related = False
            widget.can_view_related = widget.can_delete_related = False
        return formfield

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), *(self.fixed if obj else ())]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return user_of(request).role in self.readers and self._holds("visible_to", request, obj)

    def has_add_permission(self, request: HttpRequest, *_parent: Any) -> bool:
        return user_of(request).role in self.writers

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return user_of(request).role in self.writers and self._holds("editable_by", request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Forbid deletion; rows get an end date instead."""
        return False

    def _holds(self, scope: str, request: HttpRequest, row: Any) -> bool:
        """Return whether the row is in that scope of its model, cached because Django asks often."""
        if row is None or row.pk is None:
            return True
        known = vars(request).setdefault("scopes", {})
        key = (scope, type(row), row.pk)
        if key not in known:
            rows = getattr(type(row)._default_manager, scope)(user_of(request))
            known[key] = rows.filter(pk=row.pk).exists()
        return bool(known[key])


class ScopedInline(Scoped, admin.TabularInline[Any, Any]):
    """Rows of another model on their owner's page: listed, and added by `writers`; changed on their own page."""

    form = ScopedForm
    extra = 0
    can_delete = False
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return user_of(request).role in self.readers

    def has_add_permission(self, request: HttpRequest, *parent: Any) -> bool:
        return super().has_add_permission(request) and self._holds(
            "editable_by", request, *(parent or [None])
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> type[RowsFormSet]:
        formset: type[RowsFormSet] = super().get_formset(request, obj, **kwargs)
        formset.form.user, formset.form.request = user_of(request), request
        formset.form.in_table = True
        return formset


class ScopedAdmin(Scoped, admin.ModelAdmin[Any]):
    """Lists and forms of one model.

    `page` is the URL name of the row's page outside the admin, `page_label` the link.
    """

    form = ScopedForm
    erasers = NOBODY
    """Roles that may delete, and only rows that nothing refers to."""
    page = ""
    page_label = "在前台看"
    new_page = ""
    """URL of the page outside the admin where new rows are recorded, if not here."""
    actions: Sequence[Any] = (export_rows,)
    list_select_related: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    # --- rows -----------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Return the row, or None outside the user's scope."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return user_of(request).role in self.erasers and self._holds("editable_by", request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete one by one, so that the history is written."""
        for row in queryset:
            row.delete()

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Omit filters by unit for leaders, whose rows belong to one unit in a few villages."""
        offered: list[Any] = list(super().get_list_filter(request))
        if user_of(request).is_office:
            return offered
        return [by_village(item) for item in offered if filtered_by(item) != "unit"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only lookups that the offered filters use.

        Others would let users guess the values of hidden columns or of related rows.
        """
        return any(
            lookup == name or lookup in comparisons_of(self.model, name)
            for name in map(filtered_by, self.get_list_filter(request))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.split()
        if len(words) > MOST_WORDS or "\0" in search_term:
            return queryset.none(), False
        user = user_of(request)
        for word in words:
            queryset = queryset.filter(self.matches(word, user))
        return queryset, False

    def matches(self, word: str, user: Cadre) -> Q:
        """Match rows by a word. Other tables are searched by a subquery, so that no row is duplicated."""
        return holds(self.search_fields, word)

    def option(self, row: Any) -> str:
        """Return the row's label among choices."""
        return str(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Omit read-only fields from the form of a new row."""
        later = () if obj else self.readonly_fields
        return [name for name in super().get_fields(request, obj) if name not in later]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Omit read-only inlines from the form of a new row."""
        inlines = super().get_inlines(request, obj)
        return [inline for inline in inlines if obj or getattr(inline, "writers", NOBODY)]

    # --- saving ---------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        if obj and not self.has_change_permission(request, obj):
            kwargs["form"] = forms.ModelForm
        form_class = super().get_form(request, obj, change=change, **kwargs)
        form: Any = form_class
        form.user, form.request = user_of(request), request
        form.refusals = vars(request).get("refusals", ())
        return form_class

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the reason on the form when a save is refused, with the user's input."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (StaleRecord, IntegrityError):
            # Another user saved in between: validating again finds the conflict and shows it.
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            vars(request)["refusals"] = error.messages
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Refuse the save if the result would no longer be editable by the user."""
        super().save_model(request, obj, form, change)
        self.refuse_foreign(request, obj)

    def refuse_foreign(self, request: HttpRequest, obj: Any) -> None:
        if not type(obj)._default_manager.editable_by(user_of(request)).filter(pk=obj.pk).exists():
            raise PermissionDenied("存下去就不归您管了，没有保存。")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form, row = context["adminform"].form, context.get("original")
        context["conflict"] = getattr(form, "conflict", None)
        context["page_url"] = self.page_of(row) if self.page and row else ""
        context["page_label"] = self.page_label
        context["title"] = self.option(row) if row else f"新增{self.opts.verbose_name}"
        context["subtitle"] = None
        response = super().render_change_form(request, context, *args, **kwargs)
        response.status_code = 409 if context["conflict"] else 200
        return response

    def page_of(self, row: Any) -> str:
        return reverse(self.page, args=[row.pk])

    # --- pages ----------------------------------------------------------------------------------

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Report an invalid date in the address, such as year 0, which only the database detects."""
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError, DataError) as error:
            raise IncorrectLookupParameters(error) from error

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if ERROR_FLAG in request.GET:
            messages.warning(request, "筛选的条件看不懂，下面是全部。")
        context = {
            "title": str(self.opts.verbose_name_plural),
            "new_url": reverse(self.new_page) if self.new_page else "",
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> list[tuple[str, str]]:
        return super().get_action_choices(request, [("", "选一个动作")])

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not all(key.isdecimal() for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("勾选的行看不懂。")
        return super().response_action(request, queryset, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show our Changes instead of Django's log, which does not include pages and imports."""
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, row) or not isinstance(row, Record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"{row}：改过什么",
            "history": history_of(row, 200),
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Do nothing: Record.save has written the Change."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Do nothing: Record.save has written the Change."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """Do nothing: Record.delete writes the Changes."""


class ReadOnlyAdmin(ScopedAdmin):
    """Read-only admin."""

    writers = NOBODY

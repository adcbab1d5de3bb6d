"""作废 in the admin: ask for a reason, then void those of the ticked rows that the user may void."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from units.access import user_of
from units.admin_export import export_rows
from units.admin_reason import AdminReasonForm, ask_reason
from units.models import Cadre
from units.scoped_admin import MANAGERS, NOBODY, ScopedAdmin

MOST_AT_ONCE = 200
"""More than one evening's mistakes; such rows are checked one by one."""


@admin.action(description="作废所选", permissions=["void"])
def void_selected(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
    """Void the ticked rows; voided ones stay as they are."""
    user = user_of(request)
    rows = model_admin.takeable(user).filter(pk__in=queryset.order_by().values("pk"))
    count = rows.count()
    if not 0 < count <= MOST_AT_ONCE:
        messages.warning(request, f"一次作废 1 到 {MOST_AT_ONCE} 条，勾选的里面能作废的有 {count} 条。")
        return None
    form = AdminReasonForm(request, "作废")
    if form.is_valid():
        take_back_all(model_admin, rows, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, f"已作废 {count} 条，仍可查看，不再计数。")
        return None
    noun = model_admin.opts.verbose_name
    return ask_reason(
        model_admin,
        request,
        rows,
        form,
        action="void_selected",
        verb="作废",
        text=f"作废的{noun}仍可查看，加删除线，不再计数；不能恢复。{model_admin.void_note}",
        count=f"{count} 条{noun}",
    )


@transaction.atomic
def take_back_all(model_admin: Any, rows: QuerySet[Any], *, by: Cadre, reason: str) -> None:
    """Void the rows one by one, each read again: voiding one may have changed the next."""
    for key in list(rows.values_list("pk", flat=True)):
        if (row := rows.filter(pk=key).first()) is not None:
            model_admin.take_back(row, by=by, reason=reason)


class VoidableAdmin(ScopedAdmin):
    """Recorded facts are read-only; an action voids rows. Subclasses name the rows and the verb."""

    void_note = ""
    """What 作废所选 does not void."""

    writers = NOBODY
    written: Sequence[str] = ()
    """The fields that `writers` may correct; all others stay as recorded."""
    actions = (export_rows, void_selected)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = flatten(self.get_fields(request, obj))
        return [name for name in fields if name not in self.written]

    def has_add_permission(self, request: HttpRequest, *parent: Any) -> bool:
        """Forbid adding: records are made on their public page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and obj.is_void) and super().has_change_permission(request, obj)

    def takeable(self, user: Cadre) -> QuerySet[Any]:
        """Return the rows, not voided yet, that this user may void."""
        raise NotImplementedError

    def take_back(self, row: Any, *, by: Cadre, reason: str) -> None:
        row.take_back(by=by, reason=reason)

    def has_void_permission(self, request: HttpRequest) -> bool:
        return user_of(request).role in MANAGERS

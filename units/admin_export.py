"""导出所选: export the selected rows of an admin list as a workbook, with the displayed columns."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.downloads import send_workbook
from core.lists import yes_no


@admin.action(description="导出所选（Excel）", permissions=["view"])
def export_rows(
    model_admin: admin.ModelAdmin[Any], request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponseBase:
    """Export the rows through the list's own queryset, which applies the user's scope; log the download."""
    columns: list[Any] = list(model_admin.get_list_display(request))
    headings = [str(label_for_field(name, model_admin.model, model_admin)) for name in columns]
    rows = (_cells(columns, row, model_admin) for row in queryset.iterator(chunk_size=2000))
    search = request.GET.get("q", "")
    return send_workbook(
        request,
        str(model_admin.opts.verbose_name),
        headings,
        rows,
        filters=f"管理站勾选的行；查找：{search}" if search else "管理站勾选的行",
        row_count=queryset.count(),
        of_people=True,
    )


def _cells(columns: Sequence[Any], row: models.Model, model_admin: admin.ModelAdmin[Any]) -> list[Any]:
    return [_cell(*lookup_field(name, row, model_admin)) for name in columns]


def _cell(field: Any, _attribute: Any, value: Any) -> object:
    """Return a value as the list displays it: labels for codes, names for rows."""
    if isinstance(value, bool):
        return yes_no(value)
    if field is not None and getattr(field, "flatchoices", None):
        return dict(field.flatchoices).get(value, value)
    return str(value) if isinstance(value, models.Model) else value

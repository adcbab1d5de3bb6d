"""An admin action that asks for a reason before it changes the selected rows."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse


class AdminReasonForm(forms.Form):
    """Bound once the reason page was submitted."""

    reason = forms.CharField(max_length=100)

    def __init__(self, request: HttpRequest, verb: str) -> None:
        super().__init__(request.POST if "reason" in request.POST else None)
        field = self.fields["reason"]
        field.label = f"为什么{verb}"
        field.error_messages["required"] = f"请写为什么{verb}。"


def ask_reason(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    rows: Collection[Any],
    form: AdminReasonForm,
    *,
    action: str,
    verb: str,
    text: str,
    count: str,
) -> TemplateResponse:
    """Return the page that asks for a reason; `count` gives the number of rows in words: 3 条走访."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{verb} {count}",
        "opts": model_admin.opts,
        "action": action,
        "verb": verb,
        "text": text,
        "rows": rows,
        "form": form,
        "submit": f"{verb} {count}",
    }
    return TemplateResponse(request, "admin/reason_selected.html", context)

"""What the pages of every app share: one form on one row."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.forms import RecordForm, saved


def form_page(
    request: HttpRequest,
    form: RecordForm[Any],
    *,
    title: str,
    done: str,
    back: str,
    facts: str = "",
    frame: str = "desk.html",
) -> HttpResponse:
    """Show a form, or save it and go `back`; a stale or wrong one comes back with all that was typed."""
    if request.method == "POST" and form.is_valid() and saved(form):
        messages.success(request, done)
        return redirect(back)
    return render(
        request,
        "pages/form.html",
        {
            "page": {"title": title, "facts": facts},
            "frame": frame,
            "back": back,
            "form": form,
            "conflict": form.conflict,
            "cancel": back,
            "keep": f"{form._meta.model._meta.model_name}-{form.instance.pk or 'new'}",
        },
        status=409 if form.conflict else 200,
    )

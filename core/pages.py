"""The page with one form for one row, shared by all apps."""

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
    """Show a form, or save it and redirect to `back`; a stale or invalid one is shown again with the user's
    input.
    """
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

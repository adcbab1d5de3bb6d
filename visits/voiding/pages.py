"""Ask for the reason before voiding, which cannot be undone."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from units.access import user_of
from units.context import frame_of
from visits.visits.forms import VoidForm
from visits.voiding.models import Voidable


def void_page(
    request: HttpRequest,
    row: Voidable,
    *,
    allowed: bool,
    title: str,
    text: str,
    points: Sequence[str],
    back: str,
    take_back: Callable[..., None] = Voidable.take_back,
) -> HttpResponse:
    """Ask for a reason, void the row and go `back`; 403 if the user may not, or if it is voided already."""
    if not allowed:
        raise PermissionDenied("只有录入的人七天以内、负责人和双联办可以作废，作废了的不能再作废。")
    form = VoidForm(request.POST or None, others=0)
    if request.method == "POST" and form.is_valid():
        take_back(row, by=user_of(request), reason=form.cleaned_data["reason"])
        messages.success(request, "已作废，不再计数。")
        return redirect(back)
    return ask_why(request, form, title=title, text=text, points=points, back=back)


def ask_why(
    request: HttpRequest, form: VoidForm, *, title: str, text: str, points: Sequence[str], back: str
) -> HttpResponse:
    return render(
        request,
        "pages/confirm.html",
        {
            "page": {"title": title},
            "frame": frame_of(user_of(request)),
            "back": back,
            "text": text,
            "points": points,
            "form": form,
            "submit": "作废",
            "cancel": back,
        },
    )

"""The page that asks for a reason above a daily limit, and then repeats the request.

A GET is redirected here and continues to its address; a POST is answered with this page, which holds the
posted data and repeats it (307) once the reason is given.
"""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from core.forms import OpenTextField
from core.onward import came_from, carried, own_address
from core.oversight import Kind, LimitReached, reason_given, said
from units.access import user_of
from units.context import frame_of
from units.models import Cadre
from units.oversight.telling import give_reason, level_above

AGAIN = "limit_again"
OWN_FIELDS = {"limit_kind", "limit_next", "limit_reason", AGAIN}
SHEETS = ("export", "print")
"""Parameters with which a list's address returns a file."""


class OverLimitReasonForm(forms.Form):
    limit_reason = OpenTextField(
        label="原因",
        max_length=200,
        help_text="一句话，如：核对全镇新农合名单。不要写身份证号",
        error_messages={"required": "请写一句原因。"},
    )


def ask(request: HttpRequest, reached: LimitReached) -> HttpResponse:
    """Answer a request that reached the limit, before it had any effect."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":  # a script gets the address of the page
        here = f"{reverse('security-reason')}?{urlencode({'kind': reached.kind})}"
        return JsonResponse({"error": str(reached), "page": here}, status=429)
    if request.method == "POST":
        return _page(
            request, OverLimitReasonForm(), reached.kind, request.get_full_path(), again=True, status=429
        )
    query = urlencode({"kind": reached.kind, "next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('security-reason')}?{query}")


@never_cache
def reason(request: HttpRequest) -> HttpResponse:
    user, asked = user_of(request), request.POST if request.method == "POST" else request.GET
    kind = asked.get("limit_kind") or asked.get("kind", "")
    kind = kind if kind in Kind.values else Kind.PERSONS
    onward, again = own_address(asked.get("limit_next") or asked.get("next", "")), asked.get(AGAIN) == "1"
    form = OverLimitReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        give_reason(user, kind, form.cleaned_data["limit_reason"])
        if kind == Kind.EXPORTS:  # the file is saved while a page stays open that explains so
            return _page(request, None, kind, onward, again=again)
        return redirect(onward, preserve_request=again)
    if request.method == "GET" and reason_given(user, kind):
        return _page(request, None, kind, onward, again=False)
    return _page(request, form, kind, onward, again=again)


def _page(
    request: HttpRequest,
    form: OverLimitReasonForm | None,
    kind: str,
    onward: str,
    *,
    again: bool,
    status: int = 200,
) -> HttpResponse:
    """Render the page: with `form` to enter the reason, without it to continue."""
    user = user_of(request)
    fields = [("limit_kind", kind), ("limit_next", onward), *([(AGAIN, "1")] if again else [])]
    context = {
        "page": {"title": "已到一天的限额"},
        "frame": frame_of(user),
        "back": _page_behind(onward) or came_from(request, reverse("security-reason")),
        "form": form,
        "said": said(kind, user.daily_limit(kind)),
        "told": _names(level_above(user)),
        "again": again,
        "onward": onward,
        "fields": [*(fields if form else []), *(carried(request.POST, OWN_FIELDS) if again else [])],
    }
    return render(request, "security/reason.html", context, status=status)


def _names(told: list[Cadre]) -> str:
    return "、".join(f"{cadre.name}（{cadre.unit}）" for cadre in told)


def _page_behind(address: str) -> str:
    """Return the list behind the address of its file; '' for any other address."""
    path, _, query = address.partition("?")
    asked = QueryDict(query, mutable=True)
    sheets = [asked.pop(name, None) for name in SHEETS]
    if not any(sheets):
        return ""
    return f"{path}?{asked.urlencode()}" if asked else path

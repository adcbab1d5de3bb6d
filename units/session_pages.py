"""登录的地方: list the user's sessions and end them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from units.access import user_of
from units.models import Session
from units.sessions import current_key


def sessions(request: HttpRequest) -> HttpResponse:
    found = list(Session.objects.of(user_of(request)))
    here = current_key(request)
    context = {
        "page": {"title": "登录的地方"},
        "back": reverse("me"),
        "here": next((session for session in found if session.pk == here), None),
        "others": [session for session in found if session.pk != here],
    }
    return render(request, "units/sessions.html", context)


@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End another session (`pk`), or all others (`all`); the current one is ended by 退出."""
    others = Session.objects.of(user_of(request)).exclude(pk=current_key(request))
    ended = others if "all" in request.POST else others.filter(pk=request.POST.get("pk", ""))
    count, _ = ended.order_by().delete()
    if count:
        messages.success(request, f"已退出 {count} 处，那里再点一下就要重新登录。")
    else:
        messages.info(request, "那里已经退出了。")
    return redirect("sessions")

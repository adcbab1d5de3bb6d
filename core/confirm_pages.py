"""The page that asks the password again, for a POST in place of its answer, for a GET at its own address."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache

from core.confirming import FIELD, PasswordWanted, carried, check_password


def ask(request: HttpRequest, wanted: PasswordWanted) -> HttpResponse:
    """In place of the answer to a request that has raised PasswordWanted."""
    if request.method == "POST":
        return _page(
            request,
            wanted.error,
            action=request.get_full_path(),
            fields=carried(request.POST),
            back=_came_from(request),
        )
    return HttpResponseRedirect(f"{reverse('password-again')}?{urlencode({'next': request.get_full_path()})}")


@never_cache
def password_again(request: HttpRequest) -> HttpResponse:
    """Ask, then open the address of `next`: a file is saved while the page says where to go on."""
    onward = _own(request.GET.get("next", ""))
    back = _own(request.POST.get("back", "")) if request.method == "POST" else _came_from(request)
    error = ""
    if request.method == "POST":
        error = check_password(request, request.POST.get(FIELD, ""))
        if not error:
            return render(request, "registration/password_given.html", {"onward": onward, "back": back})
    return _page(request, error, action=request.get_full_path(), fields=[("back", back)], back=back)


def _page(
    request: HttpRequest, error: str, *, action: str, fields: list[tuple[str, str]], back: str
) -> HttpResponse:
    context = {"error": error, "action": action, "fields": fields, "back": back}
    return render(request, "registration/password_again.html", context)


def _came_from(request: HttpRequest) -> str:
    """The page of ours from which the browser came, else the first page."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host() or parts.path == reverse("password-again"):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _own(address: str) -> str:
    """The address when it is one of ours, else the first page."""
    fits = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if fits else "/"

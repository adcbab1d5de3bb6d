"""The page that asks for the password again: as the answer to a POST, at its own address for a GET."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from core.confirming import FIELD, PasswordWanted, check_password
from core.onward import came_from, carried, own_address


def ask(request: HttpRequest, wanted: PasswordWanted) -> HttpResponse:
    """Answer a request that has raised PasswordWanted."""
    if request.method == "POST":
        return _page(
            request,
            wanted.error,
            action=request.get_full_path(),
            fields=carried(request.POST),
            back=came_from(request, reverse("password-again")),
        )
    return HttpResponseRedirect(f"{reverse('password-again')}?{urlencode({'next': request.get_full_path()})}")


@never_cache
def password_again(request: HttpRequest) -> HttpResponse:
    """Ask, then open the address in `next`. When that is a file, the browser saves it and stays on the page."""
    onward = own_address(request.GET.get("next", ""))
    back = (
        own_address(request.POST.get("back", ""))
        if request.method == "POST"
        else came_from(request, reverse("password-again"))
    )
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

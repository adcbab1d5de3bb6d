"""Middleware: the first password, the required second factor, the reason above a daily limit, masked phones."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.identity import hide_phones
from core.oversight import LimitReached
from units.oversight import reason_page
from units.second_factor.factors import demanded_of


class FirstPasswordMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_choose_password:
            open_paths = {reverse("password"), reverse("logout"), reverse("healthz"), reverse("readyz")}
            if request.path not in open_paths:
                return redirect("password")
        return self.get_response(request)


class LimitMiddleware:
    """Answer LimitReached with the page that asks for a reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return reason_page.ask(request, error) if isinstance(error, LimitReached) else None


class SecondFactorMiddleware:
    """Restrict an account that needs a second factor and has none to the pages that set it up."""

    OPEN = ("factor", "factor-setup", "password", "password-again", "logout", "healthz", "readyz")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        demanded = user.is_authenticated and not user.must_choose_password and demanded_of(user)
        if demanded and request.path not in map(reverse, self.OPEN):
            return redirect("factor")
        return self.get_response(request)


class PhonesMiddleware:
    """Mask every phone in a viewer's pages, also within free text.

    Workbooks and documents are masked where they are written (`core.downloads.send_workbook`, `surveys`).
    """

    TEXT = re.compile(
        r"""(?<=>)[^<]*\d[^<]* | (?:(?<=aria-label=") | (?<=title=") | (?<=alt="))[^"]*\d[^"]*""", re.VERBOSE
    )
    """Text and labels; addresses and field values are left unchanged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = request.user
        is_page = not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and user.is_authenticated and user.is_viewer:
            own = user.phone or ""
            page = response.content.decode(response.charset)
            response.content = self.TEXT.sub(lambda found: hide_phones(found[0], but=own), page)
        return response

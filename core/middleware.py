"""Middleware: no caching of answers, the actor of a request, stale records, the password prompt."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import confirm_pages
from core.confirming import PasswordWanted
from core.history import acting
from core.models import Change
from core.records import StaleRecord


class NoStoreMiddleware:
    """Forbid browsers and proxies to store pages and files, so that Back after logout asks the server
    again.

    Static files are answered before this middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store, private"
        return response


class ActingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        source = Change.Source.ADMIN if request.path.startswith("/admin/") else Change.Source.PAGE
        with acting(request.user.pk, source):
            return self.get_response(request)


class StaleMiddleware:
    """Answer StaleRecord, raised when two requests save at the same moment; the second one writes nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return render(request, "409.html", status=409) if isinstance(error, StaleRecord) else None


class PasswordMiddleware:
    """Answer PasswordWanted with the page that asks for the password."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return confirm_pages.ask(request, error) if isinstance(error, PasswordWanted) else None

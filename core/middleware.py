"""Says who writes during a request, for the history."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.history import acting
from core.models import Change


class ActingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        source = Change.Source.ADMIN if request.path.startswith("/admin/") else Change.Source.PAGE
        with acting(request.user.pk, source):
            return self.get_response(request)

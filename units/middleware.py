"""A new account chooses its password before anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class FirstPasswordMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_choose_password:
            open_paths = {reverse("password"), reverse("logout"), reverse("healthz")}
            if request.path not in open_paths:
                return redirect("password")
        return self.get_response(request)

"""The second step of the login. Until it is done nobody is logged in; the session holds the pending user."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache

from units.accounts import PhoneOrStaffNumberBackend
from units.models import Cadre
from units.second_factor import factors, passkeys
from units.slowing import remember_device

HALF = "half_login"
LASTS = 10 * 60
"""Seconds between the password and the second step."""
RECOVERED = "用掉了一个恢复码，还有 {} 个。换了手机的，在“我的”的“两步登录”里先关闭，再用新手机开通。"
BACKEND = "units.accounts.PhoneOrStaffNumberBackend"


def enter(request: HttpRequest, user: Cadre, onward: str) -> HttpResponse:
    """Log in, after all steps are passed."""
    login(request, user, backend=BACKEND)
    response = redirect(onward)
    remember_device(request, response, user)
    return response


def begin(request: HttpRequest, user: Cadre, onward: str) -> HttpResponse:
    """Store who entered the right password and go to the second step, without logging in."""
    request.session[HALF] = {
        "pk": user.pk,
        "auth": user.get_session_auth_hash(),
        "at": int(timezone.now().timestamp()),
        "onward": onward,
    }
    return redirect("second-step")


@login_not_required
@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    user = _half_logged_in(request)
    if user is None:
        messages.warning(request, "隔得太久了，请从头登录。")
        return redirect("login")
    before = factors.codes_left(user)
    error = factors.prove(request, user) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        if (left := factors.codes_left(user)) < before:
            messages.warning(request, RECOVERED.format(left))
        return enter(request, user, request.session.pop(HALF)["onward"])
    context = {"who": user, "error": error, "options": passkeys.request_options(request, user)}
    return render(request, "second_factor/step.html", context)


def _half_logged_in(request: HttpRequest) -> Cadre | None:
    """Return the pending user; None after LASTS seconds or when the password has changed since."""
    half = request.session.get(HALF)
    if not half or timezone.now().timestamp() - half["at"] > LASTS:
        return None
    user = PhoneOrStaffNumberBackend().get_user(half["pk"])
    if user is None or user.second_factor_at is None:
        return None
    return user if constant_time_compare(half["auth"], user.get_session_auth_hash()) else None

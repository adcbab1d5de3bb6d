"""两步登录 on the user's own page (set up, recovery codes, passkeys, off), and the office's reset."""

from datetime import timedelta
from textwrap import wrap
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.confirming import password_again
from core.crypto import SealError, open_text, seal_text
from core.forms import key_of
from units.access import get_editable, office_required, user_of
from units.context import frame_of
from units.models import Cadre, Passkey, SecondFactor
from units.second_factor import factors, passkeys

SETTING_UP = "factor_setting_up"
LATER_DAYS = timedelta(days=30)
CRUMBS = [("我的", "/me/"), ("两步登录", "/me/factor/")]


def factor(request: HttpRequest) -> HttpResponse:
    """Explain second factors and show the state of the user's own."""
    user = user_of(request)
    found = SecondFactor.objects.filter(user=user).first()
    context = {
        **_framed(user, "两步登录", CRUMBS[:1]),
        "factor": found,
        "codes_left": len(found.recovery) if found else 0,
        "since": user.second_factor_at,
        "demanded": factors.demanded_of(user),
        "keys": Passkey.objects.filter(user=user),
        "keys_possible": passkeys.are_possible(request),
    }
    return render(request, "second_factor/factor.html", context)


@never_cache
@password_again
def factor_setup(request: HttpRequest) -> HttpResponse:
    """Show the secret as QR code and text; store it once a code made from it is entered."""
    user = user_of(request)
    if user.second_factor_at:
        return redirect("factor")
    secret = _secret(request)
    error = ""
    if request.method == "POST":
        code = request.POST.get("code", "").replace(" ", "")
        if codes := factors.turn_on(user, secret, code):
            del request.session[SETTING_UP]
            request.session.cycle_key()  # all sessions have ended; this one continues
            return _codes_page(request, user, codes)
        error = "验证码不对。等手机上换了数字再输一次；手机的时间要准。"
    context = {
        **_framed(user, "开通两步登录", CRUMBS),
        "picture": factors.picture_of(user, secret),
        "secret": wrap(factors.in_base32(secret), 4),
        "error": error,
    }
    return render(request, "second_factor/setup.html", context)


@never_cache
@password_again
def factor_codes(request: HttpRequest) -> HttpResponse:
    """Show ten new recovery codes, after a code."""
    user = user_of(request)
    if not user.second_factor_at:
        return redirect("factor")
    error = factors.prove(request, user) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        return _codes_page(request, user, factors.renew_recovery_codes(user))
    return _prove_page(request, "换一套恢复码", "原来的恢复码都作废，新的只显示一次。", "换一套", error)


@never_cache
@password_again
def factor_off(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if not user.second_factor_at:
        return redirect("factor")
    error = factors.prove(request, user) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        factors.turn_off(user)
        request.session.cycle_key()
        messages.success(request, "两步登录已关闭，以后登录只要密码。")
        return redirect("factor")
    text = "关闭以后登录只要密码，恢复码和通行密钥也都作废。"
    return _prove_page(request, "关闭两步登录", text, "关闭", error)


@never_cache
@password_again
def passkey_new(request: HttpRequest) -> HttpResponse:
    """Add a passkey beside the code generator."""
    user = user_of(request)
    if not user.second_factor_at or not passkeys.are_possible(request):
        return redirect("factor")
    error = ""
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:40] or "通行密钥"
        if passkeys.add(request, user, request.POST.get("credential", ""), name):
            messages.success(request, f"“{name}”登记好了，下次登录可以用它代替验证码。")
            return redirect("factor")
        error = "没有登记成，请再试一次。"
    context = {
        **_framed(user, "登记一个通行密钥", CRUMBS),
        "options": passkeys.creation_options(request, user),
        "error": error,
    }
    return render(request, "second_factor/passkey.html", context)


@require_POST
@password_again
def passkey_remove(request: HttpRequest) -> HttpResponse:
    found = Passkey.objects.filter(user=user_of(request), pk=key_of(request.POST.get("pk", ""))).first()
    if found:
        found.delete()
        messages.success(request, f"“{found.name}”去掉了，不能再用它登录。")
    return redirect("factor")


@require_POST
def factor_later(request: HttpRequest) -> HttpResponse:
    """Hide the offer on the first page for a month on this device."""
    response = redirect("home")
    response.set_cookie(
        factors.LATER,
        "1",
        max_age=int(LATER_DAYS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@office_required
@never_cache
@password_again
def factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another office account remove a lost factor after verifying the person."""
    user = user_of(request)
    cadre = get_editable(Cadre.objects, user, pk=pk)
    if cadre.pk == user.pk:
        messages.warning(request, "自己的两步登录在这里关闭；手机丢了，用恢复码，或者请别的双联办账号重置。")
        return redirect("factor")
    if not cadre.second_factor_at:
        messages.warning(request, f"{cadre.name}没有开通两步登录。")
        return redirect("cadre", pk=pk)
    if request.method == "POST":
        factors.turn_off(cadre)
        messages.success(request, f"{cadre.name}的两步登录已重置，本人登录后可以再开通。")
        return redirect("cadre", pk=pk)
    return render(
        request,
        "pages/confirm.html",
        {
            "page": {"title": f"重置 {cadre.name} 的两步登录"},
            "text": "请先当面或打电话核对是本人。重置以后只凭密码就能登录，直到本人再开通；已经登录的会退出。",
            "submit": "重置两步登录",
            "cancel": reverse("cadre", args=[pk]),
        },
    )


def _secret(request: HttpRequest) -> str:
    """Return the secret being set up, kept encrypted in the session, so that a second submission still fits."""
    try:
        kept = open_text(request.session.get(SETTING_UP, ""))
    except SealError:
        kept = ""
    secret = kept or factors.new_secret()
    request.session[SETTING_UP] = seal_text(secret)
    return secret


def _framed(user: Cadre, title: str, crumbs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the context of a page below 我的, in the frame that the account uses."""
    return {"page": {"title": title, "crumbs": crumbs}, "frame": frame_of(user), "back": crumbs[-1][1]}


def _codes_page(request: HttpRequest, user: Cadre, codes: list[str]) -> HttpResponse:
    context = {
        "page": {"title": "恢复码"},
        "codes": codes,
        "who": user,
        "sheet": {"back": reverse("factor")},
    }
    return render(request, "second_factor/codes.html", context)


def _prove_page(request: HttpRequest, title: str, text: str, submit: str, error: str) -> HttpResponse:
    framed = _framed(user_of(request), title, CRUMBS)
    context = {**framed, "text": text, "submit": submit, "error": error}
    return render(request, "second_factor/prove.html", context)

"""Login, the user's own password, and accounts that an office or leader opens, locks and resets."""

from typing import Any

from axes.decorators import axes_dispatch
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.confirming import note_password, password_again
from core.forms import key_of
from units import accounts
from units.access import get_editable, manager_required, user_of
from units.forms import LoginForm
from units.models import Cadre
from units.second_factor import login as second_factor
from units.sessions import choose_length
from units.slowing import seconds_to_wait


@method_decorator(axes_dispatch, name="dispatch")
class Login(LoginView):
    form_class = LoginForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = seconds_to_wait(request)
        if not seconds:
            return super().post(request, *args, **kwargs)
        form = LoginForm(request, initial={"username": request.POST.get("username", "")})
        return render(
            request, "registration/login.html", self.get_context_data(form=form, seconds=seconds), status=429
        )

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        choose_length(self.request, own_phone=form.cleaned_data["own_phone"])
        user, onward = form.get_user(), self.get_success_url()
        step = second_factor.begin if user.second_factor_at else second_factor.enter
        return step(self.request, user, onward)


@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Set the first password after logging in with the one-time code, or change it by entering the old one."""
    user = user_of(request)
    form_class = SetPasswordForm if user.must_choose_password else PasswordChangeForm
    form = form_class(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        accounts.choose_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        note_password(request)
        messages.success(request, "密码已经换好，下次用新密码登录。")
        return redirect("home")
    return render(request, "registration/password_change_form.html", {"form": form, "user": user})


def me(request: HttpRequest) -> HttpResponse:
    """我的: the user's profile and account settings."""
    return render(request, "units/me.html", {"page": {"title": "我的"}, "cadre": user_of(request)})


@manager_required
@never_cache
@require_POST
@password_again
def slips(request: HttpRequest) -> HttpResponse:
    """Print one-time codes for the selected cadres without a password, as slips to cut apart. Shown once.

    A locked account is unlocked on its own page only, not by selecting all.
    """
    user = user_of(request)
    keys = {key for key in map(key_of, request.POST.getlist("pk")) if key}
    ticked = (
        Cadre.objects.editable_by(user)
        .current()
        .filter(pk__in=keys, is_active=True)
        .exclude(pk=user.pk)
        .select_related("unit")
    )
    new = [cadre for cadre in ticked if cadre.must_choose_password]
    if not new:
        messages.warning(request, "请勾选还没有密码的干部。已有密码的、停用的，到他那一页点“重置密码”。")
        return redirect("cadres")
    return _slips_page(request, new, left_out=len(keys) - len(new))


@manager_required
@never_cache
@password_again
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the password with a new one-time code; users change their own by entering the old one."""
    cadre = get_editable(Cadre.objects, user_of(request), pk=pk)
    if cadre.pk == user_of(request).pk:
        messages.warning(
            request, "自己的密码在这里改，要填原来的密码。忘了的，请别的双联办账号或单位负责人重置。"
        )
        return redirect("password")
    if not cadre.is_active:
        messages.warning(request, "账号停用着，没有发口令。要先启用账号。")
        return redirect("cadre", pk=pk)
    if request.method == "POST":
        return _slips_page(request, [cadre])
    return render(
        request,
        "pages/confirm.html",
        {
            "page": {"title": f"重置 {cadre.name} 的密码"},
            "text": "原来的密码马上失效，已经登录的也会退出。下一页显示一次性口令，只显示这一次，请打印或抄给本人。",
            "submit": "重置密码",
            "cancel": f"/cadres/{cadre.pk}/",
        },
    )


@manager_required
@require_POST
@password_again
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock the account (停用), or unlock it (启用)."""
    user = user_of(request)
    cadre = get_editable(Cadre.objects, user, pk=pk)
    if cadre.pk == user.pk:
        messages.error(request, "不能停用自己的账号。")
    elif cadre.is_active:
        accounts.lock(cadre, by=user)
        messages.success(request, f"{cadre.name}的账号已停用，记录都还在。")
    elif not cadre.may_be_unlocked_by(user):
        messages.error(request, "这个账号是双联办停用的，请找双联办启用。")
    else:
        accounts.unlock(cadre, by=user)
        messages.success(request, f"{cadre.name}的账号又可以登录了。")
    return redirect("cadre", pk=cadre.pk)


def _slips_page(request: HttpRequest, cadres: list[Cadre], *, left_out: int = 0) -> HttpResponse:
    lines = [
        {
            "title": f"{cadre.name}（{cadre.unit}）",
            "lines": [
                f"登录名：{cadre.phone or cadre.staff_no}",
                f"一次性口令：{code}",
                f"{timezone.localtime(until):%Y年%-m月%-d日}前有效，登录后自己选密码",
                request.build_absolute_uri("/"),
            ],
        }
        for cadre, code, until in accounts.issue_codes(cadres)
    ]
    context = {
        "page": {"title": f"一次性口令 {len(lines)} 张"},
        "slips": lines,
        "sheet": {"back": "/cadres/"},
    }
    return render(request, "pages/slips.html", {**context, "left_out": left_out})

"""Set up, verify and remove the second factor of an account."""

import base64
import secrets
from urllib.parse import quote

import segno
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from core.confirming import PAUSED, without_posted
from core.crypto import seal_text
from core.models import Installation
from units.accounts import CODE_ALPHABET
from units.models import Cadre, Passkey, SecondFactor, generator_of, recovery_hash
from units.second_factor import passkeys

RECOVERY_CODES = 10
LATER = "factor_later"
"""The cookie of a device on which the offer was postponed."""
WRONG = "验证码不对。看一眼手机上现在的 6 位数字，再输一次；用过的不能再用。"
EMPTY = "请填手机上的 6 位验证码，或者一个恢复码。"
WRONG_KEY = "这个通行密钥没有通过，请再试一次，或者用验证码。"


def demanded_of(user: Cadre) -> bool:
    """Return whether the account must set one up before anything else; never with demo data."""
    if user.second_factor_at or user.role not in settings.SECOND_FACTOR_REQUIRED:
        return False
    installation = Installation.this()
    return not (installation and installation.is_demo)


def offered_to(user: Cadre) -> bool:
    """Return whether the first page offers one: to accounts with many rights, except with demo data."""
    installation = Installation.this()
    return bool(user.is_staff and not user.second_factor_at and installation and not installation.is_demo)


def new_secret() -> str:
    return secrets.token_hex(20)


def in_base32(secret: str) -> str:
    """Return the secret in base32, to type into a phone that cannot scan the QR code."""
    return base64.b32encode(bytes.fromhex(secret)).decode()


def picture_of(user: Cadre, secret: str) -> str:
    """Return the QR code of the secret as a data URL."""
    installation = Installation.this()
    issuer = quote(f"{installation.name if installation else ''}联村联户")
    uri = f"otpauth://totp/{issuer}:{quote(user.name)}?secret={in_base32(secret)}&issuer={issuer}"
    return segno.make(uri, error="m").svg_data_uri(scale=5, border=4, light="white")


@transaction.atomic
def turn_on(user: Cadre, secret: str, code: str) -> list[str]:
    """Activate the factor if the code fits and return the recovery codes; none if it does not fit."""
    generator = generator_of(secret)
    if not (code.isdecimal() and len(code) == 6 and generator.verify(int(code), tolerance=1)):
        return []
    codes, hashes = _recovery_codes(user)
    SecondFactor.objects.create(user=user, secret=seal_text(secret), last_step=generator.t(), recovery=hashes)
    user.second_factor_at = timezone.now()
    user.save()
    return codes


@transaction.atomic
def renew_recovery_codes(user: Cadre) -> list[str]:
    """Return new recovery codes and void the old ones."""
    codes, hashes = _recovery_codes(user)
    factor = SecondFactor.objects.select_for_update().get(user=user)
    factor.recovery = hashes
    factor.save(update_fields=["recovery"])
    return codes


@transaction.atomic
def turn_off(user: Cadre) -> None:
    """Remove the second factor, also for a lost one; the account's history records who did it."""
    SecondFactor.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    user.second_factor_at = None
    user.save()


def prove(request: HttpRequest, user: Cadre) -> str:
    """Return what is wrong with the posted code or passkey, or ''. A wrong one counts as a failed login.

    Empty input is not an attempt.
    """
    bare = without_posted(request)
    credentials = {"username": user.get_username()}
    if not AxesProxyHandler.is_allowed(bare, credentials):
        return PAUSED
    answer, code = request.POST.get("credential", ""), request.POST.get("code", "")
    if not answer and not code.strip():
        return EMPTY
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().get(user=user)
        allowed, why = factor.verify_is_allowed()
        if not allowed:
            left = (why["locked_until"] - timezone.now()).total_seconds()
            return f"请等 {int(left) + 1} 秒再试。"
        if answer:
            fits = passkeys.fits(request, user, answer)
            if not fits:
                factor.throttle_increment()
        else:
            fits = factor.verify_token(code)
    if fits:
        return ""
    user_login_failed.send(sender=__name__, credentials=credentials, request=bare)
    if getattr(bare, "axes_locked_out", False):
        return PAUSED
    return WRONG_KEY if answer else WRONG


def codes_left(user: Cadre) -> int:
    """Return how many recovery codes are unused."""
    return len(SecondFactor.objects.get(user=user).recovery)


def _recovery_codes(user: Cadre) -> tuple[list[str], list[str]]:
    """Return ten codes in printed form, and their hashes."""
    plain = ["".join(secrets.choice(CODE_ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    printed = [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in plain]
    return printed, [recovery_hash(user.pk, code) for code in plain]

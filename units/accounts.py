"""Login, one-time codes, locking and resetting accounts."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from core.crypto import keyed_hash, keyed_hashes
from core.identity import hide_numbers
from units.models import Cadre

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which look alike on a printed slip."""
LONGEST_NAME = 60
"""Longest attempted login name kept in the log."""


class LongEnough(MinimumLengthValidator):
    """Restore the Chinese message, whose translation is missing in Django 5.2."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 个字符。"


class PhoneOrStaffNumberBackend(ModelBackend):
    """Log in by phone or staff number, with the password or, until one is set, the one-time code."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Cadre | None:
        if not username or not password:
            return None
        try:
            cadre = Cadre.objects.get_by_natural_key(username.strip())
        except Cadre.DoesNotExist:
            make_password(password)  # same duration as for a known account
            return None
        # Check the password first, so that response times do not reveal which accounts are locked.
        fits = cadre.check_password(password) or code_fits(cadre, password)
        return cadre if fits and self.user_can_authenticate(cadre) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Refuse locked accounts and cadres who have left (离岗); their sessions end too."""
        return super().user_can_authenticate(user) and user.left_on is None

    def get_user(self, user_id: int) -> Cadre | None:
        cadre = Cadre.objects.select_related("unit__division").filter(pk=user_id).first()
        return cadre if cadre and self.user_can_authenticate(cadre) else None


def client_address(request: HttpRequest) -> str:
    """Return the client's address; behind a proxy on this machine, the address that the proxy passes on.

    The header is trusted only from there: any other client could forge it.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    if peer and not ip_address(peer).is_loopback:
        return peer
    nearest = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(nearest))
    except ValueError:
        return peer


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the attempted login name for the log, masked, since many users type their ID number first."""
    name = str((credentials or request.POST).get("username") or "")
    return hide_numbers(name)[:LONGEST_NAME]


def code_fits(cadre: Cadre, code: str) -> bool:
    """Return whether this is the account's valid one-time code; lower case and hyphens do not matter."""
    if not cadre.code_hash or cadre.code_expires_at is None or cadre.code_expires_at < timezone.now():
        return False
    plain = code.strip().replace("-", "").upper()
    return any(hmac.compare_digest(cadre.code_hash, value) for value in keyed_hashes(f"{cadre.pk}:{plain}"))


def new_code() -> str:
    """Return eight characters, about 40 bits, printed as `K7M4-Q9PX`."""
    letters = [secrets.choice(CODE_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


@transaction.atomic
def issue_codes(cadres: Iterable[Cadre]) -> list[tuple[Cadre, str, datetime]]:
    """Replace each password with a new one-time code; return (cadre, code, expiry). Codes are shown once.

    A locked account stays locked.
    """
    until = timezone.now() + timedelta(days=settings.CODE_DAYS)
    issued = []
    for cadre in cadres:
        code = new_code()
        cadre.set_unusable_password()
        cadre.code_hash = keyed_hash(f"{cadre.pk}:{code.replace('-', '')}")
        cadre.code_expires_at = until
        cadre.save()
        _forget_failures(cadre)
        issued.append((cadre, code, until))
    return issued


def choose_password(cadre: Cadre, password: str) -> None:
    """Set the password and void the one-time code."""
    cadre.set_password(password)
    cadre.code_hash, cadre.code_expires_at = "", None
    cadre.save()


def lock(cadre: Cadre, by: Cadre) -> None:
    """Lock the account (停用): it cannot log in, and its sessions end with the next request."""
    cadre.is_active = False
    note_lock(cadre, by)
    cadre.save()


def unlock(cadre: Cadre, by: Cadre) -> None:
    cadre.is_active = True
    note_lock(cadre, by)
    cadre.save()
    _forget_failures(cadre)


def note_lock(cadre: Cadre, by: Cadre) -> None:
    """Record beside is_active who locked the account, and that person's role at the time."""
    locked = not cadre.is_active
    cadre.locked_by = by if locked else None
    cadre.locked_as = by.role if locked else ""
    cadre.locked_at = timezone.now() if locked else None


def _forget_failures(cadre: Cadre) -> None:
    """Reset the failed attempts under both login names."""
    for number in (cadre.phone, cadre.staff_no):
        if number:
            forget_failures(username=number)

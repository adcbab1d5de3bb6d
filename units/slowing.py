"""Rate-limit the guessing of passwords from one address, across all accounts.

Only failures count. Above LOGIN_FAILURES_AN_HOUR the address is allowed one attempt every few seconds; it is
never locked, since a whole county may share one address. A device on which an account has logged in before
holds a signed cookie, and its attempts on that account are not limited.
"""

from datetime import datetime, timedelta

from axes.models import AccessFailureLog
from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from units.accounts import client_address
from units.models import Cadre

HOUR = timedelta(hours=1)
SHORTEST, LONGEST = 2, 30
"""Seconds between two attempts: the minimum just above the limit, one more for every ten further failures."""
STEP = 10
COOKIE = "device"
SALT = "units.slowing"
KEPT = 365 * 24 * 3600
ACCOUNTS = 20
"""Accounts remembered per device, such as a shared computer."""


def seconds_to_wait(request: HttpRequest) -> int:
    """Return the seconds until this address may try to log in again; 0 for at once."""
    address = client_address(request) or None
    # Filter by key, which grows with time: old failures of an address then cost nothing.
    newest = AccessFailureLog.objects.filter(ip_address=address).order_by("-pk")
    most = settings.LOGIN_FAILURES_AN_HOUR + STEP * (LONGEST - SHORTEST)
    now = timezone.now()
    times: list[datetime] = [
        at for at in newest.values_list("attempt_time", flat=True)[:most] if at > now - HOUR
    ]
    over = len(times) - settings.LOGIN_FAILURES_AN_HOUR
    if over < 0 or is_known(request):
        return 0
    pause = min(LONGEST, SHORTEST + over // STEP)
    left: timedelta = times[0] + timedelta(seconds=pause) - now
    return max(0, -(-left // timedelta(seconds=1)))


def is_known(request: HttpRequest) -> bool:
    """Return whether the attempted account has logged in on this device."""
    known = _accounts(request)
    name = str(request.POST.get("username", "")).strip()
    try:
        return bool(known) and Cadre.objects.get_by_natural_key(name).pk in known
    except Cadre.DoesNotExist:
        return False


def remember_device(request: HttpRequest, response: HttpResponseBase, user: Cadre) -> None:
    """Remember the account in a cookie, which holds keys only, no name and no number."""
    known = [user.pk, *(pk for pk in _accounts(request) if pk != user.pk)][:ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps(known, salt=SALT),
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _accounts(request: HttpRequest) -> list[int]:
    try:
        known: list[int] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return []
    return known

"""Sessions: how long they last, where they began, and how they end."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.messages import get_messages
from django.db import DatabaseError, connection
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from units.accounts import client_address
from units.devices import device_of
from units.models import Cadre, Session
from units.session_store import LOGIN, good_until, stored_key

logger = logging.getLogger(__name__)

NOTED_EVERY = timedelta(minutes=1)
UNATTENDED = "X-Unattended"
"""The header of background requests, which do not keep a session alive."""


def choose_length(request: HttpRequest, *, own_phone: bool) -> None:
    """Set, before the login, whether the session ends with the browser or lasts hours on one's own phone."""
    request.session.set_expiry(timedelta(seconds=settings.SESSION_LONGEST) if own_phone else None)


@receiver(user_logged_in)
def note_login(request: HttpRequest, **_kwargs: Any) -> None:
    request.session[LOGIN] = {
        "device": device_of(request.headers.get("User-Agent", "")),
        "address": client_address(request),
        "at": timezone.now().isoformat(),
    }


@receiver(user_logged_out)
def drop_messages(request: HttpRequest, **_kwargs: Any) -> None:
    """Drop pending messages, which the next person must not see."""
    list(get_messages(request))


def note_seen(request: HttpRequest) -> None:
    """Record at most once a minute that the session is in use. Ignore a database that cannot be written."""
    found: Session | None = getattr(request.session, "row", None)
    now = timezone.now()
    if found is None or found.cadre_id is None or request.headers.get(UNATTENDED):
        return
    if now - found.last_seen_at < NOTED_EVERY:
        return
    until = found.expire_date if found.own_phone else good_until(found.started_at)
    try:
        with _without_waiting():
            Session.objects.filter(pk=found.pk).note(seen_at=now, until=until)
    except DatabaseError as error:
        logger.info("session not noted: %s", error)


class SeenMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        note_seen(request)
        return response


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Do not wait for SQLite's single writer: a page that only reads must not block during an import."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual:d}")


def current_key(request: HttpRequest) -> str:
    """Return the key of the request's session in the table."""
    return stored_key(request.session.session_key or "")


def end_sessions(cadre: Cadre, except_key: str | None = None) -> int:
    """End all sessions of an account except the one with this table key. Return how many.

    A change of password, role or lock ends them automatically (see Cadre.after_changes).
    """
    ended: int
    ended, _ = Session.objects.filter(cadre=cadre.pk).exclude(pk=except_key or "").delete()
    return ended

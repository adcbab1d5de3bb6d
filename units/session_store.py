"""SESSION_ENGINE: Django's database sessions with their user; the table holds only digests of the keys."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from units.models import Session

LOGIN = "login"
"""Session data with the device, address and time of the login (see units.sessions)."""


def stored_key(key: str) -> str:
    """Return the digest stored for a cookie's key. No salt is needed: the key has 165 random bits."""
    return sha256(key.encode()).hexdigest()[:40]


def good_until(started: datetime, idle: datetime | None = None) -> datetime:
    """Return the expiry: half an hour after the last request, and at most the length of a session on one's
    own phone.
    """
    idle = idle or timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(idle, started + timedelta(seconds=settings.SESSION_LONGEST))


class SessionStore(DatabaseStore):
    row: Session | None = None
    """A session loaded from the table."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        valid = Session.objects.filter(expire_date__gt=timezone.now())
        self.row = valid.filter(pk=stored_key(self.session_key or "")).first()
        if self.row is None:
            self._session_key = None
        return self.row

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(stored_key(key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        login = data.get(LOGIN, {})
        started = datetime.fromisoformat(login["at"]) if login else timezone.now()
        return Session(
            session_key=stored_key(self.session_key or ""),
            session_data=self.encode(data),
            expire_date=good_until(started, self.get_expiry_date()),
            cadre_id=data.get(SESSION_KEY),
            device=login.get("device", ""),
            address=login.get("address", ""),
            own_phone=not self.get_expire_at_browser_close(),
            started_at=started,
        )

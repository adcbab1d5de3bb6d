"""Sessions: Django's session table extended by user, device and times."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from units.models.staff import Cadre
    from units.session_store import SessionStore


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, cadre: "Cadre") -> "SessionQuerySet":
        """Active sessions of a cadre, the most recently used first."""
        return self.filter(cadre=cadre.pk, expire_date__gt=timezone.now()).order_by("-last_seen_at")

    def note(self, *, seen_at: datetime, until: datetime) -> None:
        """Record that the sessions are in use. A session ended in the meantime stays ended."""
        self.update(last_seen_at=seen_at, expire_date=until)


class Session(AbstractBaseSession):
    """A session as written by units.session_store; its key is a digest, which cannot be used to log in."""

    cadre = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="谁", null=True, related_name="+"
    )
    device = models.CharField("设备", max_length=60, blank=True)
    address = models.CharField("地址", max_length=45, blank=True)
    own_phone = models.BooleanField("自己的手机", default=False)
    started_at = models.DateTimeField("登录时间", default=timezone.now)
    last_seen_at = models.DateTimeField("最近一次使用", default=timezone.now)

    objects: ClassVar[Any] = BaseSessionManager.from_queryset(SessionQuerySet)()

    class Meta:
        verbose_name = verbose_name_plural = "登录"

    def __str__(self) -> str:
        return f"{self.cadre} {self.device}"

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        from units.session_store import SessionStore

        return SessionStore

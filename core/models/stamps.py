"""Timestamps of system events."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class Stamp(models.Model):
    """The last time of a system event: the worker's heartbeat, a backup, the daily clean-up."""

    WORKER, BACKUP, TIDY, PROBE = "worker", "backup", "tidy", "probe"

    name = models.CharField("什么", max_length=20, primary_key=True)
    at = models.DateTimeField("何时")

    class Meta:
        verbose_name = verbose_name_plural = "运行时刻"

    def __str__(self) -> str:
        return f"{self.name} {self.at}"

    @classmethod
    def note(cls, name: str) -> None:
        """Record that the event happens now."""
        cls.objects.update_or_create(name=name, defaults={"at": timezone.now()})

    @classmethod
    def age(cls, name: str) -> timedelta | None:
        """Return the time since the event; None if it never happened."""
        at = cls.objects.filter(name=name).values_list("at", flat=True).first()
        return None if at is None else timezone.now() - at

    @classmethod
    def claim(cls, name: str, every: timedelta) -> bool:
        """Return whether the event is due, and record it. Of several concurrent callers one gets True."""
        now = timezone.now()
        if cls.objects.get_or_create(name=name, defaults={"at": now})[1]:
            return True
        # A clock that once ran ahead may have left a time in the future, which also counts as due.
        due = models.Q(at__lte=now - every) | models.Q(at__gt=now)
        return bool(cls.objects.filter(due, name=name).update(at=now))

"""When something of the machine last happened."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class Stamp(models.Model):
    """When something of the machine last happened: a beat of the worker, a backup, the daily tidying."""

    WORKER, BACKUP, TIDY, PROBE = "worker", "backup", "tidy", "probe"

    name = models.CharField("什么", max_length=20, primary_key=True)
    at = models.DateTimeField("何时")

    class Meta:
        verbose_name = verbose_name_plural = "运行时刻"

    def __str__(self) -> str:
        return f"{self.name} {self.at}"

    @classmethod
    def note(cls, name: str) -> None:
        """Note that it happens now."""
        cls.objects.update_or_create(name=name, defaults={"at": timezone.now()})

    @classmethod
    def age(cls, name: str) -> timedelta | None:
        """Return how long ago it was; None when it never was."""
        at = cls.objects.filter(name=name).values_list("at", flat=True).first()
        return None if at is None else timezone.now() - at

    @classmethod
    def claim(cls, name: str, every: timedelta) -> bool:
        """Return whether it is due, and note it as done. Of several processes that ask at once one gets True."""
        now = timezone.now()
        if cls.objects.get_or_create(name=name, defaults={"at": now})[1]:
            return True
        # A clock that once ran ahead may have left a time in the future: due as well.
        due = models.Q(at__lte=now - every) | models.Q(at__gt=now)
        return bool(cls.objects.filter(due, name=name).update(at=now))

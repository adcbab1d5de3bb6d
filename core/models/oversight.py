"""Who took rows out of the system, and who looked at whose whole ID number."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.places import under


class LogQuerySet(models.QuerySet[Any]):
    """Downloads and reveals: an office reads those of its place."""

    def visible_to(self, user: Any) -> "LogQuerySet":
        return self.filter(under(user.place)) if user.is_office else self.none()


class Download(models.Model):
    """Who took which rows out of the system, when."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="谁", related_name="+")
    place = models.CharField("所属区划", max_length=12, db_index=True)
    at = models.DateTimeField("何时", default=timezone.now)
    what = models.CharField("内容", max_length=60)
    filters = models.CharField("筛选条件", max_length=500, blank=True)
    row_count = models.PositiveIntegerField("行数")

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出记录"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.row_count} 行"


class Reveal(models.Model):
    """Who looked at whose whole ID number, when."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="谁", related_name="+")
    place = models.CharField("所属区划", max_length=12, db_index=True)
    at = models.DateTimeField("何时", default=timezone.now)
    table = models.CharField("表", max_length=40)
    row = models.BigIntegerField("行")
    whose = models.CharField("谁的", max_length=40)

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "查看证件号记录"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"查看 {self.whose} 的身份证号"

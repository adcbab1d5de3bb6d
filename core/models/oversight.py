"""Logs of downloads, uses of whole ID numbers, reasons for exceeding limits, and opened accounts."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.scope import PlacedQuerySet, PlacedUser


class LogQuerySet(PlacedQuerySet[Any, PlacedUser]):
    """Offices see the acts done in their place; nobody edits them."""

    def visible_to(self, user: PlacedUser) -> Self:
        return self.of_office(user)

    def editable_by(self, user: PlacedUser) -> Self:
        return self.none()


class Download(models.Model):
    """One download or print: who took which rows, when."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="谁", related_name="+", db_index=False
    )
    place = models.CharField("所属区划", max_length=12, db_index=True)
    at = models.DateTimeField("何时", default=timezone.now, db_index=True)
    what = models.CharField("内容", max_length=60)
    filters = models.CharField("筛选条件", max_length=500, blank=True)
    row_count = models.PositiveIntegerField("行数")

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出记录"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["by", "at"], name="download_by_day")]

    def __str__(self) -> str:
        return f"{self.what} {self.row_count} 行"


class Reveal(models.Model):
    """One use of a whole ID number: revealed, searched for, or checked for duplicates.

    `id_hash` shows that two uses concern one person. A search or check without a match has no row.
    """

    class Act(models.TextChoices):
        VIEW = "view", "查看"
        SEARCH = "search", "按号码查找"
        CHECK = "check", "查重"

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="谁", related_name="+", db_index=False
    )
    place = models.CharField("所属区划", max_length=12, db_index=True)
    at = models.DateTimeField("何时", default=timezone.now, db_index=True)
    act = models.CharField("怎么用的", max_length=8, choices=Act.choices, default=Act.VIEW)
    id_hash = models.CharField(max_length=80, blank=True, editable=False)
    table = models.CharField("表", max_length=40, blank=True)
    row = models.BigIntegerField("行", null=True)
    whose = models.CharField("谁的", max_length=40, blank=True)

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "查看证件号记录"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["by", "at"], name="reveal_by_day")]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.whose or '一个身份证号'}"


class OverLimit(models.Model):
    """The reason for exceeding a daily limit: one per person, kind and day."""

    class Kind(models.TextChoices):
        PERSONS = "persons", "身份证号"
        EXPORTS = "exports", "导出"

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="谁", related_name="+", db_index=False
    )
    place = models.CharField("所属区划", max_length=12)
    on = models.DateField("哪天", db_index=True)
    at = models.DateTimeField("何时", default=timezone.now)
    kind = models.CharField("哪一种", max_length=8, choices=Kind.choices)
    limit = models.PositiveIntegerField("当天的限额")
    text = models.CharField("原因", max_length=200)

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "超过限额的原因"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "on", "kind"],
                name="over_limit_once_a_day",
                violation_error_message="今天已经写过原因了。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.on} {self.what_was_exceeded}"

    @property
    def what_was_exceeded(self) -> str:
        """Return the exceeded limit in words: 看和查的身份证号超过一天 100 人的限额."""
        what = "看和查的身份证号" if self.kind == self.Kind.PERSONS else "导出的文件"
        return f"{what}超过一天 {self.limit:,} {MEASURES[self.kind]}的限额"


MEASURES: dict[str, str] = {OverLimit.Kind.PERSONS: "人", OverLimit.Kind.EXPORTS: "个"}


class Notice(models.Model):
    """A notice of an OverLimit to one person of the level above."""

    over = models.ForeignKey(OverLimit, models.CASCADE, related_name="notices", db_index=False)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="告诉谁", related_name="+", db_index=False
    )
    seen_at = models.DateTimeField("看过的时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["over", "to"], name="notice_once")]
        indexes = [
            models.Index(fields=["to", "-id"], name="notice_to"),
            models.Index(fields=["to"], name="notice_unseen", condition=Q(seen_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.to}：{self.over}"


class Look(models.Model):
    """One viewing of an account's page, once per viewer, account and day."""

    whose = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="谁的", related_name="+", db_index=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="谁", related_name="+", db_index=False
    )
    on = models.DateField("哪天")
    at = models.DateTimeField("何时", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "账号查看记录"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["whose", "on", "by"], name="look_once_a_day")]

    def __str__(self) -> str:
        return f"{self.by} 看 {self.whose}"


class ReportRead(models.Model):
    """The day up to which somebody has read the security report."""

    by = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="谁", related_name="+", primary_key=True
    )
    until = models.DateField("看到哪天")

    class Meta:
        verbose_name = verbose_name_plural = "安全情况看到哪天"

    def __str__(self) -> str:
        return f"{self.by} {self.until}"

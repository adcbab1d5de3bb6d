"""An uploaded workbook and the outcome of its rows."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.places import above
from core.scope import PlacedQuerySet, PlacedUser


class ImportRunQuerySet(PlacedQuerySet["ImportRun", PlacedUser]):
    def visible_to(self, user: PlacedUser) -> Self:
        """Offices see the runs of their place."""
        return self.of_office(user)


class ImportRun(models.Model):
    """One uploaded workbook from check to undo: user, file, progress, result."""

    class Status(models.TextChoices):
        UNSORTED = "unsorted", "要选种类"
        QUEUED = "queued", "排队中"
        CHECKING = "checking", "正在检查"
        CHECKED = "checked", "检查完成"
        APPLYING = "applying", "正在导入"
        DONE = "done", "已导入"
        UNDOING = "undoing", "正在撤销"
        UNDONE = "undone", "已撤销"
        REFUSED = "refused", "不能导入"
        STOPPED = "stopped", "已停止"
        BROKEN = "broken", "中断"

    uuid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    batch = models.UUIDField("同一次上传", null=True, db_index=True)
    kind = models.CharField("种类", max_length=30, blank=True)
    place = models.CharField("所属区划", max_length=12, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="谁", related_name="+")
    filename = models.CharField("文件名", max_length=200)
    sheet_name = models.CharField("工作表", max_length=100, blank=True)
    digest = models.CharField("文件摘要", max_length=64)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.QUEUED)
    message = models.CharField("说明", max_length=500, blank=True)
    partial = models.BooleanField("只导入没有错的行", default=False)
    done_rows = models.PositiveIntegerField("已处理行", default=0)
    total_rows = models.PositiveIntegerField("总行数", default=0)
    created_count = models.PositiveIntegerField("新增", default=0)
    changed_count = models.PositiveIntegerField("更新", default=0)
    same_count = models.PositiveIntegerField("无变化", default=0)
    wrong_count = models.PositiveIntegerField("有错的行", default=0)
    unknown_headings = models.JSONField("不认得的列", default=list)
    known_headings = models.JSONField("认得的列", default=list)
    header_row = models.PositiveIntegerField("标题行", default=0)
    layout = models.JSONField("表头怎么认的", default=dict)
    questions = models.JSONField("问题", default=list)
    answers = models.JSONField("答案", default=dict)
    notes = models.JSONField("怎么处理的", default=list)
    effects = models.JSONField("导入后改什么", default=list)
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    heartbeat_at = models.DateTimeField("最近一次动静", null=True)
    applied_at = models.DateTimeField("导入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    stop_asked = models.BooleanField("要求停止", default=False)
    seen = models.BooleanField("结果看过了", default=True)
    files_deleted_at = models.DateTimeField("原表删除时间", null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.filename}（{self.get_status_display()}）"

    @property
    def is_running(self) -> bool:
        """Return whether the run waits for the worker or is being processed."""
        status = ImportRun.Status
        return self.status in {status.QUEUED, status.CHECKING, status.APPLYING, status.UNDOING}

    @property
    def open_questions(self) -> list[dict[str, Any]]:
        """Return the questions that must be answered before the import."""
        return [question for question in self.questions if question["must"] and not question["chosen"]]


class ImportRow(models.Model):
    """The outcome of one row of a sheet."""

    class Outcome(models.TextChoices):
        CREATED = "created", "新增"
        CHANGED = "changed", "更新"
        SAME = "same", "无变化"
        WRONG = "wrong", "要改"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField("行号")
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices)
    errors = models.JSONField("错误", null=True)
    warnings = models.JSONField("提醒", null=True)
    row = models.BigIntegerField("对应的行", null=True)
    given = models.CharField("给定的编号", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入的行"
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]

    def __str__(self) -> str:
        return f"第 {self.number} 行：{self.get_outcome_display()}"


class SpellingQuerySet(models.QuerySet["Spelling"]):
    def visible_to(self, user: Any) -> "SpellingQuerySet":
        """Offices see the spellings of their place and those of the divisions above it, which apply too."""
        return self.filter(place__in=above(user.place)) if user.is_office else self.none()

    def editable_by(self, user: Any) -> "SpellingQuerySet":
        return self.filter(place=user.place) if user.is_office else self.none()


class Spelling(models.Model):
    """A heading or word that a county uses, and what it means; learned from a clerk's answer."""

    place = models.CharField("所属区划", max_length=12)
    kind = models.CharField("种类", max_length=30, blank=True)
    column = models.CharField("列", max_length=100, blank=True)
    text = models.CharField("写法", max_length=100)
    shown = models.CharField("原来的写法", max_length=100)
    meaning = models.CharField("认作", max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="谁", related_name="+")
    at = models.DateTimeField("记住的时间", default=timezone.now)

    objects = SpellingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本县的写法"
        ordering = ["column", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind", "column", "text"],
                name="spelling_once",
                violation_error_message="这种写法已经记住了。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.shown} → {self.meaning}"

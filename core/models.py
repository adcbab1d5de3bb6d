"""Rows that every app stands on: history, import runs, downloads and reveals, and editable words."""

import uuid
from functools import cache
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from core.places import under


class Change(models.Model):
    """One act on one row, append-only; ID numbers stand in it as ciphertext."""

    class Act(models.TextChoices):
        CREATED = "created", "新增"
        CHANGED = "changed", "修改"
        DELETED = "deleted", "删除"

    class Source(models.TextChoices):
        PAGE = "page", "网页"
        ADMIN = "admin", "管理站"
        IMPORT = "import", "导入"
        UNDO = "undo", "撤销导入"
        COMMAND = "command", "命令"

    table = models.CharField("表", max_length=40)
    row = models.BigIntegerField("行")
    act = models.CharField("动作", max_length=8, choices=Act.choices)
    changes = models.JSONField("变动", null=True, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="谁",
        null=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField("何时", default=timezone.now)
    source = models.CharField("经由", max_length=8, choices=Source.choices)
    run = models.ForeignKey(
        "core.ImportRun",
        models.PROTECT,
        verbose_name="导入批次",
        null=True,
        related_name="changes",
        db_index=False,
    )
    number = models.PositiveIntegerField("表中行号", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "变动记录"
        indexes = [
            models.Index(fields=["table", "row"], name="change_row"),
            models.Index(fields=["run"], name="change_run", condition=models.Q(run__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.table} {self.row}"


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: Any) -> "ImportRunQuerySet":
        """Offices see the runs of their place."""
        return self.filter(under(user.place)) if user.is_office else self.none()

    def editable_by(self, user: Any) -> "ImportRunQuerySet":
        return self.visible_to(user)


class ImportRun(models.Model):
    """One uploaded workbook from check to undo: who, which file, how far, what came of it."""

    class Status(models.TextChoices):
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
    kind = models.CharField("种类", max_length=30)
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
        """Waiting for the worker, or at work."""
        status = ImportRun.Status
        return self.status in {status.QUEUED, status.CHECKING, status.APPLYING, status.UNDOING}


class ImportRow(models.Model):
    """What became of one row of a sheet."""

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


class Installation(models.Model):
    """The one row that says which county this database is, and whether its people are invented."""

    code = models.CharField("区划代码", max_length=9)
    name = models.CharField("名称", max_length=40)
    is_demo = models.BooleanField("示例数据", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "安装"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="installation_single")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def this(cls) -> "Installation | None":
        """The row, which every page shows and nothing changes: read once a process, as soon as there is one."""
        try:
            return installed()
        except cls.DoesNotExist:
            return None


@cache
def installed() -> Installation:
    """Raises Installation.DoesNotExist, which is not remembered."""
    return Installation.objects.get()

"""Change: who changed which row, append-only."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

ACCOUNTS = settings.AUTH_USER_MODEL.lower()
"""The table of accounts; the security report lists its changes by day."""


class Change(models.Model):
    """One change of one row, append-only; ID numbers are stored as ciphertext."""

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
            models.Index(fields=["at"], name="change_of_account", condition=models.Q(table=ACCOUNTS)),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.table} {self.row}"

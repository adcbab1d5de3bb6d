"""每日限额: how many people and files a role may take out in a day before a reason is required."""

from typing import TYPE_CHECKING

from django.db import models

from core.records import Record
from units.roles import Role

if TYPE_CHECKING:
    from units.models.staff import Cadre

PRESET: dict[str, dict[str, int]] = {
    Role.OFFICE: {"persons": 1000, "exports": 30},
    Role.LEADER: {"persons": 300, "exports": 30},
    Role.CADRE: {"persons": 100, "exports": 30},
    Role.VIEWER: {"persons": 0, "exports": 30},
}


class DailyLimitQuerySet(models.QuerySet["DailyLimit"]):
    def visible_to(self, user: "Cadre") -> "DailyLimitQuerySet":
        return self.all()

    def editable_by(self, user: "Cadre") -> "DailyLimitQuerySet":
        return self.all() if user.is_county_office else self.none()

    def of(self, role: str) -> "DailyLimit":
        """Return the limits of a role; the defaults of a new county if the row is missing."""
        return self.filter(role=role).first() or DailyLimit(role=role, **PRESET[role])


class DailyLimit(Record):
    """The limits of a role, one row each for the whole county."""

    role = models.CharField(
        "角色",
        max_length=8,
        choices=Role.choices,
        unique=True,
        error_messages={"unique": "这个角色已经有限额。"},
    )
    persons = models.PositiveIntegerField("身份证号（人）", help_text="一天能看、能查几个人的身份证号")
    exports = models.PositiveIntegerField("导出（个文件）", help_text="一天能导出、打印几个文件")

    objects = DailyLimitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "每日限额"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_role_display()

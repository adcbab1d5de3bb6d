"""活动：meetings, study, publicity and training of a unit in a village."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.attachments import Attachment
from core.scope import PlacedQuerySet
from units.models import Cadre, Unit
from villages.models import Village
from visits.voiding.models import VOID_WITHIN, Voidable, void_has_reason


class ActivityQuerySet(PlacedQuerySet["Activity", Cadre]):
    def _visible_to_others(self, user: Cadre) -> Self:
        return self.filter(unit=user.unit_id)

    def _editable_by_others(self, user: Cadre) -> Self:
        own = Q(entered_by=user.pk, recorded_at__gt=timezone.now() - VOID_WITHIN)
        return self.filter(own | Q(unit=user.unit_id)) if user.is_leader else self.filter(own)

    def counted(self) -> "ActivityQuerySet":
        """Keep rows that are not voided."""
        return self.filter(voided_on=None)


class Activity(Voidable):
    """One activity of a unit on a day, in a village or at the unit itself."""

    class Kind(models.TextChoices):
        MOBILISATION = "mobilisation", "动员大会"
        STUDY = "study", "学习"
        COMMITTEES = "committees", "两委座谈"
        ASSEMBLY = "assembly", "群众代表大会"
        PUBLICITY = "publicity", "宣传"
        TRAINING = "training", "培训"

    ref = models.UUIDField("凭证号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("种类", max_length=14, choices=Kind.choices)
    title = models.CharField("主题", max_length=60)
    held_on = models.DateField("日期")
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="单位", related_name="activities", db_index=False
    )
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        verbose_name="村",
        related_name="activities",
        null=True,
        blank=True,
        db_index=False,
    )
    people = models.PositiveIntegerField("参加人数", default=0, help_text="人")
    slogans = models.PositiveIntegerField("标语", default=0, help_text="条")
    banners = models.PositiveIntegerField("横幅", default=0, help_text="幅")
    boards = models.PositiveIntegerField("宣传牌", default=0, help_text="块")
    handbooks = models.PositiveIntegerField("宣传手册", default=0, help_text="册")
    letters = models.PositiveIntegerField("一封信", default=0, help_text="份")
    text = models.TextField("内容", max_length=2000, blank=True)
    entered_by = models.ForeignKey(Cadre, models.PROTECT, verbose_name="录入人", related_name="+")
    recorded_at = models.DateTimeField("录入时间", default=timezone.now, editable=False)
    place = models.CharField("所属区划代码", max_length=12, editable=False)

    untracked = frozenset({"version", "place"})
    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["place", "held_on", "voided_on"], name="activity_place"),
            models.Index(fields=["unit", "held_on"], name="activity_unit"),
            models.Index(fields=["village", "held_on"], name="activity_village"),
        ]
        constraints = [void_has_reason("activity_void_has_reason")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"

    def fill(self) -> None:
        self.place = self.village.place if self.village else self.unit.place


class ActivityPhoto(Attachment):
    """活动照片。"""

    owner = models.ForeignKey(Activity, models.CASCADE, verbose_name="活动", related_name="photos")

    class Meta(Attachment.Meta):
        verbose_name = verbose_name_plural = "活动照片"

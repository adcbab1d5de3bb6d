"""村发展规划，和村里的记事（土壤检测、土地流转……）。"""

from typing import Any

from django.db import models

from core.attachments import Attachment
from core.places import under
from core.records import Record
from units.models import Cadre, Unit, today
from villages.models.village import Village


class OfVillageQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Cadre) -> "OfVillageQuerySet":
        if user.sees_place:
            return self.filter(under(user.place))
        return self.filter(village__in=Village.objects.visible_to(user).values("pk"))

    def editable_by(self, user: Cadre) -> "OfVillageQuerySet":
        """The office, and the leader of a unit that is paired with the village."""
        return self.visible_to(user) if user.is_office or user.is_leader else self.none()


class VillagePlan(Record):
    """村发展规划：问题、思路、产业，目标按年."""

    village = models.OneToOneField(Village, models.PROTECT, verbose_name="村", related_name="plan")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="制定单位", related_name="+")
    written_on = models.DateField("制定日期", default=today)
    problems = models.TextField("主要问题", max_length=1000, blank=True)
    approach = models.TextField("发展思路", max_length=1000, blank=True)
    industry = models.TextField("主导产业", max_length=500, blank=True)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)

    untracked = frozenset({"version", "place"})
    objects = OfVillageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "村发展规划"
        ordering = ["village__code"]

    def __str__(self) -> str:
        return f"{self.village}发展规划"

    def fill(self) -> None:
        self.place = self.village.place


class OfPlanQuerySet(models.QuerySet["VillageGoal"]):
    def visible_to(self, user: Cadre) -> "OfPlanQuerySet":
        return self.filter(plan__in=VillagePlan.objects.visible_to(user))

    def editable_by(self, user: Cadre) -> "OfPlanQuerySet":
        return self.filter(plan__in=VillagePlan.objects.editable_by(user))


class VillageGoal(Record):
    """年度目标, and when it was reached."""

    plan = models.ForeignKey(VillagePlan, models.CASCADE, verbose_name="规划", related_name="goals")
    year = models.PositiveSmallIntegerField("年度")
    text = models.CharField("目标", max_length=200)
    done_on = models.DateField("完成日期", null=True, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度目标"
        ordering = ["year", "pk"]

    def __str__(self) -> str:
        return f"{self.year}年 {self.text}"


class VillageNote(Record):
    """村记事：one dated kind of note for soil tests, land transfer and the like, with files."""

    class Kind(models.TextChoices):
        SOIL = "soil", "土壤检测"
        LAND = "land", "土地流转"
        COOPERATIVE = "cooperative", "合作社"
        DISASTER = "disaster", "灾情"
        OTHER = "other", "其他"

    village = models.ForeignKey(Village, models.PROTECT, verbose_name="村", related_name="notes")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    on = models.DateField("日期", default=today)
    text = models.TextField("内容", max_length=1000)
    by = models.ForeignKey(Cadre, models.PROTECT, verbose_name="谁记的", related_name="+")
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)

    untracked = frozenset({"version", "place"})
    objects = OfVillageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "村记事"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.village} {self.on:%Y-%m-%d} {self.get_kind_display()}"

    def fill(self) -> None:
        self.place = self.village.place


class VillageNoteFile(Attachment):
    """村记事的图片。"""

    owner = models.ForeignKey(VillageNote, models.CASCADE, verbose_name="记事", related_name="files")

    class Meta(Attachment.Meta):
        verbose_name = verbose_name_plural = "村记事的图片"

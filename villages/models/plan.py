"""村发展规划，和村里的记事（土壤检测、土地流转……）。"""

from functools import partial
from typing import Any, Self

from django.db import models, transaction

from core.attachments import Attachment, random_path
from core.records import Record
from core.scope import PlacedQuerySet
from units.models import OF_THE_CAMPAIGN, Cadre, Unit, today
from villages.models.village import Village


class OfVillageQuerySet(PlacedQuerySet[Any, Cadre]):
    def _visible_to_others(self, user: Cadre) -> Self:
        return self.filter(village__in=Village.objects.visible_to(user).values("pk"))

    def _editable_by_others(self, user: Cadre) -> Self:
        """The leader of a unit paired with the village."""
        return self.visible_to(user) if user.is_leader else self.none()


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
    year = models.PositiveSmallIntegerField("年度", validators=OF_THE_CAMPAIGN)
    text = models.CharField("目标", max_length=200)
    done_on = models.DateField("完成日期", null=True, blank=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度目标"
        ordering = ["year", "pk"]

    def __str__(self) -> str:
        return f"{self.year}年 {self.text}"


class VillageNoteQuerySet(OfVillageQuerySet):
    def _editable_by_others(self, user: Cadre) -> Self:
        """The leader as for a plan; authors their own notes while the village is paired with their unit."""
        seen = self.visible_to(user)
        return seen if user.is_leader else seen.filter(by=user.pk)


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
    objects = VillageNoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "村记事"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.village} {self.on:%Y-%m-%d} {self.get_kind_display()}"

    def fill(self) -> None:
        self.place = self.village.place


class OfNoteQuerySet(models.QuerySet["VillageNoteFile"]):
    def visible_to(self, user: Cadre) -> "OfNoteQuerySet":
        return self.filter(owner__in=VillageNote.objects.visible_to(user))

    def editable_by(self, user: Cadre) -> "OfNoteQuerySet":
        return self.filter(owner__in=VillageNote.objects.editable_by(user))


class VillageNoteFile(Attachment, Record):
    """A picture or document of a note, under its original name; deletions are recorded in the history."""

    owner = models.ForeignKey(VillageNote, models.CASCADE, verbose_name="记事", related_name="files")
    file = models.FileField("文件", upload_to=random_path)
    name = models.CharField("文件名", max_length=100, default="图片.jpg")

    untracked = frozenset({"version", "uuid", "file", "uploaded_at"})
    objects = OfNoteQuerySet.as_manager()

    class Meta(Attachment.Meta):
        verbose_name = verbose_name_plural = "村记事的文件"

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the file as well, once the transaction has committed."""
        gone = super().delete(*args, **kwargs)
        transaction.on_commit(partial(self.file.storage.delete, str(self.file)))
        return gone

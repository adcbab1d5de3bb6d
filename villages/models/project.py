"""帮扶项目：money planned, arranged and spent by source, progress by dated notes."""

from decimal import Decimal
from functools import partial
from typing import Any, Self

from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from core.attachments import Attachment
from core.constraints import ends_after_start, within
from core.records import Record
from core.scope import PlacedQuerySet
from units.models import NOT_NEGATIVE, Cadre, Unit, today
from villages.models.village import Village


class FundSource(models.TextChoices):
    """Sources of money and help, shared with assistance."""

    PERSON = "person", "个人"
    UNIT = "unit", "单位"
    TREASURY = "treasury", "财政"
    PROJECT = "project", "项目"
    SOCIETY = "society", "社会"


class ProjectQuerySet(PlacedQuerySet["Project", Cadre]):
    def _visible_to_others(self, user: Cadre) -> Self:
        """Projects of the villages they see, and of their own unit."""
        villages = Village.objects.visible_to(user).values("pk")
        return self.filter(Q(village__in=villages) | Q(unit=user.unit_id))

    def _editable_by_others(self, user: Cadre) -> Self:
        return self.filter(unit=user.unit_id) if user.is_leader else self.none()

    def counted(self) -> "ProjectQuerySet":
        """Leave out abandoned projects."""
        return self.exclude(status=Project.Status.DROPPED)

    def with_money(self) -> "ProjectQuerySet":
        """Annotate the sums of a project's funds over all sources: planned, arranged and spent."""
        funds = ProjectFund.objects.filter(project=OuterRef("pk")).order_by().values("project")
        sums = {name: Subquery(funds.annotate(n=Sum(name)).values("n")) for name in ProjectFund.MONEY}
        return self.annotate(**{name: Coalesce(total, Decimal(0)) for name, total in sums.items()})


class Project(Record):
    """A village's project, such as a road or a water pipe."""

    class Kind(models.TextChoices):
        ROAD = "road", "道路"
        WATER = "water", "饮水"
        POWER = "power", "用电"
        INDUSTRY = "industry", "产业"
        HOUSING = "housing", "住房"
        SCHOOL = "school", "教育"
        HEALTH = "health", "卫生"
        CULTURE = "culture", "文化"
        FARMLAND = "farmland", "农田水利"
        ENVIRONMENT = "environment", "环境整治"
        OTHER = "other", "其他"

    class Status(models.TextChoices):
        PLANNED = "planned", "计划"
        RUNNING = "running", "在建"
        FINISHED = "finished", "完工"
        DROPPED = "dropped", "取消"

    name = models.CharField("项目名称", max_length=60)
    village = models.ForeignKey(Village, models.PROTECT, verbose_name="村", related_name="projects")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="帮扶单位", related_name="projects")
    kind = models.CharField("项目类别", max_length=12, choices=Kind.choices)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.PLANNED)
    content = models.TextField("建设内容", max_length=1000, blank=True)
    starts_on = models.DateField("开工日期", null=True, blank=True)
    due_on = models.DateField("计划完工", null=True, blank=True)
    finished_on = models.DateField("完工日期", null=True, blank=True)
    progress = models.PositiveSmallIntegerField(
        "进度", default=0, validators=[MaxValueValidator(100)], help_text="%"
    )
    benefit_households = models.PositiveIntegerField("受益户数", default=0, help_text="户")
    benefit_people = models.PositiveIntegerField("受益人数", default=0, help_text="人")
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)

    untracked = frozenset({"version", "place"})
    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶项目"
        ordering = ["village__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "name"],
                name="project_name_once",
                violation_error_message="这个村已经有同名的项目。",
            ),
            within("project_progress_percent", "进度", "progress", 0, 100),
            ends_after_start(
                "project_finishes_after_start", "starts_on", "finished_on", "完工日期不能早于开工日期。"
            ),
            models.CheckConstraint(
                condition=~Q(status="finished") | Q(finished_on__isnull=False),
                name="project_finished_has_date",
                violation_error_message="完工的项目要填完工日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def fill(self) -> None:
        self.place = self.village.place

    def follow_notes(self) -> None:
        """Copy the progress of the newest note that states it; without one, keep the current value."""
        newest = self.notes.filter(progress__isnull=False).first()
        if newest:
            self.progress = newest.progress
            self.save()


class OfProjectQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Cadre) -> "OfProjectQuerySet":
        return self.filter(project__in=Project.objects.visible_to(user))

    def editable_by(self, user: Cadre) -> "OfProjectQuerySet":
        return self.filter(project__in=Project.objects.editable_by(user))


class ProjectFund(Record):
    """资金：the money of one project from one source, in 元."""

    MONEY = ("planned", "arranged", "spent")

    project = models.ForeignKey(Project, models.CASCADE, verbose_name="项目", related_name="funds")
    source = models.CharField("资金来源", max_length=10, choices=FundSource.choices)
    planned = models.DecimalField(
        "计划", max_digits=14, decimal_places=2, default=0, validators=[NOT_NEGATIVE], help_text="元"
    )
    arranged = models.DecimalField(
        "到位", max_digits=14, decimal_places=2, default=0, validators=[NOT_NEGATIVE], help_text="元"
    )
    spent = models.DecimalField(
        "已用", max_digits=14, decimal_places=2, default=0, validators=[NOT_NEGATIVE], help_text="元"
    )

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目资金"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "source"],
                name="project_fund_once",
                violation_error_message="这个来源已经有一行，请改原来的那一行。",
            ),
            models.CheckConstraint(
                condition=Q(planned__gte=0, arranged__gte=0, spent__gte=0),
                name="project_fund_not_negative",
                violation_error_message="金额不能是负数。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_source_display()}"


class ProjectNoteQuerySet(OfProjectQuerySet):
    def editable_by(self, user: Cadre) -> "OfProjectQuerySet":
        """Those who may change the project; authors their own notes."""
        seen = self.visible_to(user)
        if user.is_viewer:
            return seen.none()
        return seen.filter(Q(project__in=Project.objects.editable_by(user)) | Q(by=user.pk))


class ProjectNote(Record):
    """进展：a dated note with the progress of that day and photos."""

    project = models.ForeignKey(Project, models.CASCADE, verbose_name="项目", related_name="notes")
    on = models.DateField("日期", default=today)
    text = models.TextField("进展", max_length=500)
    progress = models.PositiveSmallIntegerField(
        "进度", null=True, blank=True, validators=[MaxValueValidator(100)], help_text="%"
    )
    by = models.ForeignKey(Cadre, models.PROTECT, verbose_name="谁记的", related_name="+")

    objects = ProjectNoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目进展"
        ordering = ["-on", "-pk"]
        constraints = [within("project_note_progress_percent", "进度", "progress", 0, 100)]

    def __str__(self) -> str:
        return f"{self.project} {self.on:%Y-%m-%d}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the photos too, and their files once the transaction has committed."""
        for photo in self.photos.all():
            transaction.on_commit(partial(photo.file.storage.delete, str(photo.file)))
        return super().delete(*args, **kwargs)


class ProjectPhoto(Attachment):
    """项目照片，随一次进展。"""

    owner = models.ForeignKey(ProjectNote, models.CASCADE, verbose_name="进展", related_name="photos")

    class Meta(Attachment.Meta):
        verbose_name = verbose_name_plural = "项目照片"

"""调查表: one version of a form."""

from functools import lru_cache
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.places import under_or_above
from core.records import Record
from core.scope import PlacedQuerySet
from surveys.definition.document import Definition, load_stored
from units.models import Cadre


class SurveyQuerySet(PlacedQuerySet["Survey", Cadre]):
    def visible_to(self, user: Cadre) -> Self:
        """Published forms of the user's county and above, and drafts of the user's own office."""
        seen = self.read_at(user.place)
        return seen if user.is_office else seen.exclude(status=Survey.Status.DRAFT)

    def read_at(self, place: str) -> Self:
        return self.filter(under_or_above(place))

    def open(self) -> "SurveyQuerySet":
        return self.filter(status=Survey.Status.OPEN)

    def published(self) -> "SurveyQuerySet":
        """Open or closed, so their answers count."""
        return self.exclude(status=Survey.Status.DRAFT)


class Survey(Record):
    """One version of a form. Publishing freezes the definition; the next version is a copy of it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        OPEN = "open", "在用"
        CLOSED = "closed", "停用"

    class Subject(models.TextChoices):
        HOUSEHOLD = "household", "贫困户"
        VILLAGE = "village", "村"

    code = models.CharField("代码", max_length=20)
    edition = models.CharField("版本", max_length=20)
    title = models.CharField("名称", max_length=60)
    subject = models.CharField("调查对象", max_length=10, choices=Subject.choices)
    definition = models.JSONField("内容", encoder=DjangoJSONEncoder)
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.DRAFT)
    published_on = models.DateField("发布日期", null=True, blank=True)
    closed_on = models.DateField("停用日期", null=True, blank=True)
    based_on = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上一版", null=True, blank=True, related_name="next_versions"
    )
    place = models.CharField("所属区划代码", max_length=12, editable=False)

    untracked = frozenset({"version", "place"})
    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "调查表"
        ordering = ["code", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "code", "edition"],
                name="survey_edition_once",
                violation_error_message="这张表的这个版本已经有了。",
            ),
            models.UniqueConstraint(
                fields=["place", "code"],
                condition=Q(status="open"),
                name="survey_open_once",
                violation_error_message="这张表已有一个在用的版本。",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_on__isnull=False),
                name="survey_published_has_date",
                violation_error_message="发布了的表要有发布日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.edition}）"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_of_households(self) -> bool:
        return self.subject == self.Subject.HOUSEHOLD

    @property
    def form(self) -> Definition:
        """Return the compiled definition; a published one is cached per process."""
        if self.is_draft or self.pk is None:
            return load_stored(self.definition)
        return published_form(self.pk)


@lru_cache(maxsize=64)
def published_form(pk: int) -> Definition:
    return load_stored(Survey.objects.values_list("definition", flat=True).get(pk=pk))

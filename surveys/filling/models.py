"""答卷: the answers of one household or village to one version of a form."""

import uuid
from datetime import date
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.attachments import Attachment
from core.records import Record
from households.models import HeadedQuerySet, Household
from surveys.definition.models import Survey
from units.models import Cadre, Unit
from units.roles import Rank
from villages.models import Village


class ResponseQuerySet(HeadedQuerySet["Response"]):
    def _visible_to_others(self, user: Cadre) -> Self:
        """Leaders: their unit's; all: their own, and those of subjects in their current scope.

        The last case exists because the next survey starts from the last one.
        """
        own = Q(surveyor=user.pk) | Q(entered_by=user.pk)
        if user.is_leader:
            own |= Q(unit=user.unit_id)
        on_households = Q(household__in=Household.objects.visible_to(user).values("pk"))
        on_villages = Q(household=None, village__in=Village.objects.visible_to(user).values("pk"))
        return self.filter(own | on_households | on_villages)

    def _editable_by_others(self, user: Cadre) -> Self:
        """Until acceptance: the surveyor, the typist and the unit's leader."""
        own = Q(surveyor=user.pk) | Q(entered_by=user.pk)
        if user.is_leader:
            own |= Q(unit=user.unit_id)
        return self.filter(own).exclude(status=Response.Status.ACCEPTED)

    def reviewable_by(self, user: Cadre) -> "ResponseQuerySet":
        """Leaders: submitted ones of their unit surveyed by others; offices: all submitted or accepted of
        their place.
        """
        if user.is_office:
            return self.in_place_of(user).counted()
        if not user.is_leader:
            return self.none()
        waiting = self.filter(unit=user.unit_id, status=Response.Status.SUBMITTED)
        return waiting.exclude(surveyor=user.pk)

    def whole(self) -> "ResponseQuerySet":
        """Select the related rows needed to show and fill a response; the definition comes from
        `Survey.form`.
        """
        return self.defer("survey__definition").select_related(
            "survey",
            "household__village__division",
            "village__division",
            "surveyor",
            "unit",
            "entered_by",
            "reviewed_by",
        )

    def counted(self) -> "ResponseQuerySet":
        """Submitted: 待复核 or 已复核. Drafts and returned responses never count."""
        return self.filter(status__in=COUNTED)


class Response(Record):
    """One household's or village's answers to one version in one year.

    `answers`: clean answers by item code (in a draft also invalid texts), with 家庭人口数 as of the day.
    `members`: snapshot
    of the members' clean answers by M code with `pk` and `age`; no name, no ID number. `confirmed`: the
    confirmation of
    each warning, by rule code.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待复核"
        RETURNED = "returned", "退回"
        ACCEPTED = "accepted", "已复核"

    ref = models.UUIDField("凭证号", default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, verbose_name="调查表", related_name="responses")
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        verbose_name="户",
        related_name="responses",
        null=True,
        blank=True,
        db_index=False,
    )
    village = models.ForeignKey(
        Village, models.PROTECT, verbose_name="村", related_name="responses", db_index=False
    )
    year = models.PositiveSmallIntegerField("年度")
    surveyed_on = models.DateField("调查日期")
    surveyor = models.ForeignKey(Cadre, models.PROTECT, verbose_name="调查人", related_name="responses")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="调查人单位", related_name="responses")
    rank = models.CharField("级别", max_length=8, choices=Rank.choices)
    entered_by = models.ForeignKey(Cadre, models.PROTECT, verbose_name="录入人", related_name="+")
    answers = models.JSONField("答案", default=dict, blank=True, encoder=DjangoJSONEncoder)
    members = models.JSONField("家庭成员", default=list, blank=True, encoder=DjangoJSONEncoder)
    confirmed = models.JSONField("核对过的提醒", default=dict, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    step = models.CharField("填到", max_length=20, blank=True, editable=False)
    signed = models.BooleanField("被调查人签字确认", default=False)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name="复核人", null=True, blank=True, related_name="+", editable=False
    )
    reviewed_on = models.DateField("复核日期", null=True, blank=True, editable=False)
    review_note = models.CharField("退回原因", max_length=200, blank=True)
    recorded_at = models.DateTimeField("录入时间", default=timezone.now, editable=False)
    place = models.CharField("所属区划代码", max_length=12, editable=False)

    untracked = frozenset({"version", "place", "step"})
    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答卷"
        ordering = ["-surveyed_on", "-pk"]
        indexes = [
            models.Index(fields=["survey", "year", "place", "status"], name="response_survey"),
            models.Index(fields=["place", "surveyed_on"], name="response_place"),
            models.Index(fields=["household", "surveyed_on"], name="response_household"),
            models.Index(fields=["village", "surveyed_on"], name="response_village"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "household", "year"],
                condition=Q(household__isnull=False),
                name="response_household_once_a_year",
                violation_error_message="这户这一年的这张表已经有一份。",
            ),
            models.UniqueConstraint(
                fields=["survey", "village", "year"],
                condition=Q(household=None),
                name="response_village_once_a_year",
                violation_error_message="这个村这一年的这张表已经有一份。",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(review_note=""),
                name="response_returned_has_reason",
                violation_error_message="退回要写原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household or self.village} {self.year}年{self.survey.title}"

    def fill(self) -> None:
        if self.household:
            self.village = self.household.village
        self.year = self.surveyed_on.year
        self.place = self.village.place

    @property
    def is_draft(self) -> bool:
        return self.status in {self.Status.DRAFT, self.Status.RETURNED}

    @property
    def subject(self) -> Household | Village:
        return self.household or self.village

    def previous(self) -> "Response | None":
        """Return the last counted response to any version of this form on the same household or village."""
        before = Response.objects.counted().filter(
            survey__code=self.survey.code, household=self.household_id, village=self.village_id
        )
        return before.filter(surveyed_on__lt=self.surveyed_on).select_related("survey").first()

    def submit(self) -> None:
        self.status = self.Status.SUBMITTED
        self.submitted_at = timezone.now()
        self.reviewed_by, self.reviewed_on, self.review_note = None, None, ""
        self.save()

    def accept(self, *, by: Cadre, on: date) -> None:
        self.status, self.reviewed_by, self.reviewed_on, self.review_note = (
            self.Status.ACCEPTED,
            by,
            on,
            "",
        )
        self.save()

    def give_back(self, *, by: Cadre, on: date, reason: str) -> None:
        self.status, self.reviewed_by, self.reviewed_on, self.review_note = (
            self.Status.RETURNED,
            by,
            on,
            reason,
        )
        self.save()


COUNTED = [Response.Status.SUBMITTED, Response.Status.ACCEPTED]


class ResponseSignature(Attachment):
    """被调查人签字：drawn on the screen, or a photo of the signed page."""

    owner = models.ForeignKey(Response, models.CASCADE, verbose_name="答卷", related_name="signatures")

    class Meta(Attachment.Meta):
        verbose_name = verbose_name_plural = "被调查人签字"

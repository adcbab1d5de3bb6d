"""一户一策：the plan of a household, its measures, who benefits from a project, and when a family is away."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core.constraints import ends_after_start
from core.records import Record
from core.scope import PlacedQuerySet
from households.models.household import Household
from units.models import NOT_NEGATIVE, OF_THE_CAMPAIGN, Cadre, today
from villages.models import Project


class OfHouseholdQuerySet(PlacedQuerySet[Any, Cadre]):
    def _visible_to_others(self, user: Cadre) -> Self:
        return self.filter(household__in=Household.objects.visible_to(user).values("pk"))

    def _editable_by_others(self, user: Cadre) -> Self:
        """Those who work with the household: the leader, and the cadre paired with it today."""
        return self.visible_to(user)


class HouseholdPlan(Record):
    """帮扶计划（一户一策）：one for a household, its measures year by year."""

    household = models.OneToOneField(Household, models.PROTECT, verbose_name="户", related_name="plan")
    written_on = models.DateField("制定日期", default=today)
    written_by = models.ForeignKey(Cadre, models.PROTECT, verbose_name="制定人", related_name="+")
    situation = models.TextField("致贫情况", max_length=500, blank=True)
    goal = models.TextField("脱贫目标", max_length=500)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)

    untracked = frozenset({"version", "place"})
    objects = OfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶计划"
        ordering = ["household__no"]

    def __str__(self) -> str:
        return f"{self.household}帮扶计划"

    def fill(self) -> None:
        self.place = self.household.place


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: Cadre) -> "MeasureQuerySet":
        return self.filter(plan__in=HouseholdPlan.objects.visible_to(user))

    def editable_by(self, user: Cadre) -> "MeasureQuerySet":
        return self.filter(plan__in=HouseholdPlan.objects.editable_by(user))


class Measure(Record):
    """措施：what is to be done for the household in a year, what it should bring, and when it was done."""

    plan = models.ForeignKey(HouseholdPlan, models.CASCADE, verbose_name="计划", related_name="measures")
    year = models.PositiveSmallIntegerField("年度", validators=OF_THE_CAMPAIGN)
    text = models.CharField("措施", max_length=200)
    target = models.CharField("目标", max_length=100, blank=True)
    expected_gain = models.DecimalField(
        "预计增收",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text="元",
    )
    done_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("完成情况", max_length=200, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶措施"
        ordering = ["year", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_gain=None) | Q(expected_gain__gte=0),
                name="measure_gain_not_negative",
                violation_error_message="预计增收不能是负数。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.text}"


class BeneficiaryQuerySet(OfHouseholdQuerySet):
    def editable_by(self, user: Cadre) -> Self:
        """A project's editors decide whom it serves."""
        return self.filter(project__in=Project.objects.editable_by(user))


class ProjectBeneficiary(Record):
    """受益户：a household that a project serves."""

    project = models.ForeignKey(Project, models.CASCADE, verbose_name="项目", related_name="beneficiaries")
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="projects")
    place = models.CharField("所属区划代码", max_length=12, editable=False)

    untracked = frozenset({"version", "place"})
    objects = BeneficiaryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "受益户"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "household"],
                name="project_beneficiary_once",
                violation_error_message="这户已经在受益户里。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.household} 受益于 {self.project}"

    def fill(self) -> None:
        self.place = self.household.place


class HouseholdAway(Record):
    """举家外出：while the family is away for work, a phone call counts as 入户."""

    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="aways")
    started_on = models.DateField("外出日期")
    ended_on = models.DateField("回来日期", null=True, blank=True)
    reason = models.CharField("去向和原因", max_length=60)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)

    untracked = frozenset({"version", "place"})
    objects = OfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "举家外出"
        ordering = ["-started_on", "-pk"]
        constraints = [
            ends_after_start("household_away_ends_after_start", message="回来日期不能早于外出日期。"),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(ended_on=None),
                name="household_away_open_once",
                violation_error_message="这户已经记着外出，先填回来日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.started_on:%Y-%m-%d} 起外出"

    def fill(self) -> None:
        self.place = self.household.place

"""要求（限额）、请假、工作日历，和页面上可改的词。"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from core.constraints import BLANK, chosen, ends_after_start, shaped
from core.places import PLACE_SHAPE, under_or_above
from core.records import Record
from core.scope import PlacedQuerySet
from units.models.staff import Cadre, Unit
from units.roles import Rank

YEARS = (2012, 2100)
"""From the campaign's first year to one far in the future."""
MOST_PROBLEM_DAYS = 366
"""Upper limit, since due dates are computed by counting single working days."""
OF_THE_CAMPAIGN = [
    MinValueValidator(YEARS[0], "双联行动 2012 年才开始，年度写四位数，如 2015。"),
    MaxValueValidator(YEARS[1], "年度太远，写四位数，如 2015。"),
]
WORD_SHAPE = r"^[^\s、，,;；]+$"
NOT_NEGATIVE = MinValueValidator(Decimal(0), "不能是负数。")


class RequirementQuerySet(PlacedQuerySet["Requirement", Cadre]):
    def visible_to(self, user: Cadre) -> Self:
        """Everyone reads the quotas of their own county and above, which bind them."""
        return self.filter(under_or_above(user.place))


class Requirement(Record):
    """A quota: year × rank or unit × indicator. 武山 “1085”: a ceiling of 10/8/5 households, a unit 2 villages."""

    class Indicator(models.TextChoices):
        PAIRED_HOUSEHOLDS = "paired_households", "联户数"
        PAIRED_VILLAGES = "paired_villages", "联村数"
        VISIT_TIMES = "visit_times", "联系户入户户次"
        VISIT_DAYS = "visit_days", "走访天数（含外出通话）"
        VILLAGE_TIMES = "village_times", "联系村进村次数"
        VILLAGE_DAYS = "village_days", "联系村进村天数"
        VISITED_HOUSEHOLDS = "visited_households", "走访户数（含外出通话）"
        CONTACT_HOUSEHOLDS = "contact_households", "联系户数"
        HELP_HOUSEHOLDS = "help_households", "帮扶户数"
        PROBLEM_DAYS = "problem_days", "诉求办结工作日"

    year = models.PositiveSmallIntegerField("年度", validators=OF_THE_CAMPAIGN)
    place = models.CharField("区划代码", max_length=12)
    rank = models.CharField("级别", max_length=8, choices=Rank.choices, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", null=True, blank=True)
    indicator = models.CharField("指标", max_length=20, choices=Indicator.choices)
    minimum = models.PositiveIntegerField("下限", null=True, blank=True)
    maximum = models.PositiveIntegerField("上限", null=True, blank=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "要求"
        ordering = ["-year", "indicator", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "place", "rank", "unit", "indicator"],
                name="requirement_of_unit_once",
                violation_error_message="这一年同一对象的这项要求已经有了。",
            ),
            models.UniqueConstraint(
                fields=["year", "place", "rank", "indicator"],
                condition=Q(unit=None),
                name="requirement_once",
                violation_error_message="这一年同一对象的这项要求已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(maximum__gte=F("minimum")),
                name="requirement_minimum_below_maximum",
                violation_error_message="上限不能小于下限。",
            ),
            shaped("requirement_place", "place", PLACE_SHAPE, "区划代码是 2、4、6、9 或 12 位数字。"),
            chosen("requirement_choices", rank=[BLANK, *Rank.choices]),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_rank_display()}{self.get_indicator_display()}"

    def clean(self) -> None:
        super().clean()
        if self.maximum is None:
            return
        if self.minimum is not None and self.minimum > self.maximum:
            raise ValidationError({"maximum": "上限不能小于下限。"})
        if self.indicator == self.Indicator.PROBLEM_DAYS and self.maximum > MOST_PROBLEM_DAYS:
            raise ValidationError({"maximum": f"最长 {MOST_PROBLEM_DAYS} 个工作日，请核对。"})


def nearest_requirement(
    rows: Iterable[Requirement], *, rank: str = "", unit: int | None = None
) -> Requirement | None:
    """Return the requirement that applies to a rank in a unit, of those of one indicator and year.

    The nearest place decides; there the unit's own precedes the rank's, which precedes one for everybody.
    """
    fitting = [row for row in rows if row.unit_id in (None, unit) and row.rank in ("", rank)]
    return max(
        fitting, key=lambda row: (len(row.place), row.unit_id is not None, row.rank != ""), default=None
    )


class WordQuerySet(models.QuerySet["Word"]):
    def visible_to(self, user: Cadre) -> "WordQuerySet":
        return self.all()

    def editable_by(self, user: Cadre) -> "WordQuerySet":
        """One list for the whole county, edited by its office or one above, not by a township's."""
        return self.all() if user.is_county_office else self.none()

    def texts(self, group: str) -> list[str]:
        return list(self.filter(group=group, active=True).values_list("text", flat=True))


class Word(Record):
    """Words that the office may change: 必访 marks of a household, 必到 reasons of a visit, with their source."""

    class Group(models.TextChoices):
        HOUSEHOLD_TAG = "household_tag", "户的标记（必访）"
        VISIT_REASON = "visit_reason", "走访缘由（必到）"

    group = models.CharField("用在", max_length=20, choices=Group.choices)
    text = models.CharField(
        "词", max_length=12, validators=[RegexValidator(WORD_SHAPE, "一个词，不带标点和空格。")]
    )
    source = models.CharField("出处", max_length=100, blank=True)
    order = models.PositiveSmallIntegerField("次序", default=0)
    active = models.BooleanField("在用", default=True)

    objects = WordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "用词"
        ordering = ["group", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "text"], name="word_once", violation_error_message="这个词已经有了。"
            ),
            shaped("word_is_one", "text", WORD_SHAPE, "一个词，不带标点和空格。"),
        ]

    def __str__(self) -> str:
        return self.text


class LeaveQuerySet(PlacedQuerySet["Leave", Cadre]):
    def _visible_to_others(self, user: Cadre) -> Self:
        """Leaders: their unit's; cadres: their own."""
        return self.filter(cadre__unit=user.unit_id) if user.is_leader else self.filter(cadre=user.pk)

    def _editable_by_others(self, user: Cadre) -> Self:
        return self.filter(cadre__unit=user.unit_id) if user.is_leader else self.none()


class Leave(Record):
    """请假: leave of a cadre; a year's minimum is pro-rated for these days."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, verbose_name="干部", related_name="leaves")
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期")
    reason = models.CharField("原因", max_length=60)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)

    untracked = frozenset({"version", "place"})
    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假"
        ordering = ["-started_on", "-pk"]
        constraints = [
            ends_after_start("leave_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.started_on:%Y-%m-%d} 至 {self.ended_on:%Y-%m-%d} {self.reason}"

    def fill(self) -> None:
        self.place = self.cadre.place


class CalendarDayQuerySet(PlacedQuerySet["CalendarDay", Cadre]):
    def visible_to(self, user: Cadre) -> Self:
        return self.filter(under_or_above(user.place))


class CalendarDay(Record):
    """A day on which the office overrides the holiday calendar: 上班 or 放假."""

    on = models.DateField("日期")
    works = models.BooleanField("上班")
    note = models.CharField("说明", max_length=60, blank=True)
    place = models.CharField("区划代码", max_length=12)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "on"],
                name="calendar_day_once",
                violation_error_message="这一天已经改过，请改原来的那一行。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {'上班' if self.works else '放假'}"

"""走访：the record that diary, ledger, attendance and statistics are read from."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.attachments import Attachment
from core.records import Record
from households.models import HeadedQuerySet, Household
from units.days import month_of
from units.models import Cadre, Unit
from units.roles import Rank
from villages.models import Village
from visits.voiding.models import VOID_WITHIN, Voidable, void_has_reason


def recorded_late(visited_on: date, recorded_at: datetime) -> bool:
    """Return whether a visit was back-filled (补录): recorded more than a day after it."""
    return (timezone.localdate(recorded_at) - visited_on).days > 1


class VisitQuerySet(HeadedQuerySet["Visit"]):
    def _visible_to_others(self, user: Cadre) -> Self:
        """Return visits of a leader's unit; for cadres those where they went, went along, or recorded."""
        if user.is_leader:
            return self.filter(Q(unit=user.unit_id) | self._own(user))
        return self.filter(self._own(user))

    def _editable_by_others(self, user: Cadre) -> Self:
        """Return visits that the user may void."""
        recent = Q(recorded_at__gt=timezone.now() - VOID_WITHIN)
        own = (Q(cadre=user.pk) | Q(entered_by=user.pk)) & recent
        return self.filter(own | Q(unit=user.unit_id)) if user.is_leader else self.filter(own)

    def counted(self) -> "VisitQuerySet":
        """Keep rows that are not voided."""
        return self.filter(voided_on=None)

    def in_person(self) -> "VisitQuerySet":
        """Keep visits that count and were not by phone."""
        return self.counted().filter(IN_PERSON)

    def entering(self) -> "VisitQuerySet":
        """入户: in person, at a household."""
        return self.in_person().filter(household__isnull=False)

    def inside(self) -> "VisitQuerySet":
        """进村: in person, in a village."""
        return self.in_person().filter(village__isnull=False)

    def overnight(self) -> "VisitQuerySet":
        """住村: in person, with a night."""
        return self.in_person().filter(nights__gt=0)

    def with_card(self) -> "VisitQuerySet":
        """发放连心卡: at a household, with the contact card handed out."""
        return self.entering().filter(card_given=True)

    def of_unit(self, unit: int) -> "VisitQuerySet":
        """Keep the visits that count for a unit: a cadre of it went, as the one who recorded it or as a companion."""
        along = VisitCompanion.objects.filter(unit=unit).values("visit")
        return self.filter(Q(unit=unit) | Q(pk__in=along))

    def of(self, cadre: Cadre) -> "VisitQuerySet":
        """Keep the visits that count for a cadre: alone or as a companion."""
        return self.filter(Q(cadre=cadre.pk) | _together(cadre))

    def of_cadres(self, cadres: Collection[Cadre]) -> "VisitQuerySet":
        """Keep the visits that count for any of several cadres."""
        along = VisitCompanion.objects.filter(cadre__in=cadres).values("visit")
        return self.filter(Q(cadre__in=cadres) | Q(pk__in=along))

    def own(self, user: Cadre) -> "VisitQuerySet":
        """Keep the visits that count for the user, and those the user recorded for others."""
        return self.filter(self._own(user))

    def years(self) -> set[int]:
        """Return the years with any of them, read from the index."""
        months = self.order_by().values_list("month", flat=True).distinct()
        return {month // 100 for month in months}

    def open_promises(self) -> "VisitQuerySet":
        """Keep visits whose promise the cadre still has to keep."""
        return self.counted().filter(PROMISING, ~_settled())

    @staticmethod
    def _own(user: Cadre) -> Q:
        return Q(cadre=user.pk) | Q(entered_by=user.pk) | _together(user)


IN_PERSON = ~Q(kind="phone")
PROMISING = Q(promised_on__isnull=False) | ~Q(promise="")


@cache
def _settled() -> Exists:
    """Return whether a promise was kept by a counted visit on the promised day or later (without a day: by
    the next visit), or replaced by a later promise. Built once per process, which takes as long as
    running it.
    """
    due = Coalesce(OuterRef("promised_on"), OuterRef("visited_on"))
    later = Q(visited_on__gt=OuterRef("visited_on")) | Q(
        visited_on=OuterRef("visited_on"), pk__gt=OuterRef("pk")
    )
    there = Visit.objects.counted().filter(cadre=OuterRef("cadre"), household=OuterRef("household"))
    return Exists(there.filter(later, PROMISING | Q(visited_on__gte=due)))


def _together(cadre: Cadre) -> Q:
    # A set of keys and not EXISTS, which SQLite would ask of every visit of the county.
    return Q(pk__in=VisitCompanion.objects.filter(cadre=cadre.pk).values("visit"))


class Visit(Voidable):
    """One cadre, one day, one household or none. Unit and rank are those of that day."""

    class Kind(models.TextChoices):
        HOME = "home", "入户"
        SURVEY = "survey", "走访调研"
        STAY = "stay", "住户"
        RETURN = "return", "回访"
        COMFORT = "comfort", "慰问"
        LABOUR = "labour", "劳动"
        COMMITTEES = "committees", "两委座谈"
        TRAINING = "training", "培训"
        PHONE = "phone", "电话"

    ref = models.UUIDField("凭证号", default=uuid.uuid4, unique=True, editable=False)
    cadre = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name="走访干部", related_name="visits", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="visits", db_index=False)
    rank = models.CharField("级别", max_length=8, choices=Rank.choices)
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        verbose_name="村",
        related_name="visits",
        null=True,
        blank=True,
        db_index=False,
    )
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        verbose_name="户",
        related_name="visits",
        null=True,
        blank=True,
        db_index=False,
    )
    visited_on = models.DateField("走访日期")
    month = models.PositiveIntegerField("年月", editable=False)
    nights = models.PositiveSmallIntegerField(
        "住村夜数", default=0, validators=[MaxValueValidator(1)], help_text="夜"
    )
    kind = models.CharField("做什么", max_length=12, choices=Kind.choices, default=Kind.HOME)
    reasons = models.CharField("为什么去", max_length=60, blank=True)
    content = models.TextField("谈了什么、办了什么", max_length=2000)
    topics = models.CharField("谈到的八送", max_length=40, blank=True)
    card_given = models.BooleanField("发放连心卡", default=False)
    latitude = models.DecimalField(
        "纬度",
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        "经度",
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    promised_on = models.DateField("约下次", null=True, blank=True)
    promise = models.CharField("答应的事", max_length=100, blank=True)
    outing = models.UUIDField("同一趟", default=uuid.uuid4, editable=False)
    entered_by = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name="录入人", related_name="entered_visits"
    )
    recorded_at = models.DateTimeField("录入时间", default=timezone.now)
    is_late = models.BooleanField("补录", default=False, editable=False)
    place = models.CharField("所属区划代码", max_length=12, editable=False)

    untracked = frozenset({"version", "place", "month", "is_late"})
    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访"
        ordering = ["-visited_on", "-pk"]
        indexes = [
            # Everything that is counted, so that the visits of a county are listed and counted from the
            # index alone: the rows themselves carry the diary's text.
            models.Index(
                fields=[
                    "place",
                    "visited_on",
                    "voided_on",
                    "kind",
                    "household",
                    "unit",
                    "cadre",
                    "village",
                    "month",
                    "nights",
                    "is_late",
                    "card_given",
                ],
                name="visit_place",
            ),
            models.Index(fields=["cadre", "visited_on"], name="visit_cadre"),
            models.Index(fields=["unit", "visited_on"], name="visit_unit"),
            models.Index(fields=["household", "visited_on"], name="visit_household"),
            models.Index(fields=["outing"], name="visit_outing"),
        ]
        constraints = [
            void_has_reason("visit_void_has_reason"),
            models.CheckConstraint(
                condition=Q(nights__lte=1),
                name="visit_one_night_a_day",
                violation_error_message="一天一条记录，最多一夜。",
            ),
            models.CheckConstraint(
                condition=Q(card_given=False) | Q(household__isnull=False) & ~Q(kind="phone"),
                name="visit_card_at_a_household",
                violation_error_message="民情连心卡要当面发到户。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.visited_on:%Y-%m-%d} {self.get_kind_display()}"

    def fill(self) -> None:
        self.month = month_of(self.visited_on)
        self.place = self.village.place if self.village else self.unit.place
        self.is_late = recorded_late(self.visited_on, self.recorded_at)


class VisitCompanionQuerySet(models.QuerySet["VisitCompanion"]):
    def visible_to(self, user: Cadre) -> "VisitCompanionQuerySet":
        return self.filter(visit__in=Visit.objects.visible_to(user))

    def editable_by(self, user: Cadre) -> "VisitCompanionQuerySet":
        return self.filter(visit__in=Visit.objects.editable_by(user))


class VisitCompanion(Record):
    """同去的人：each gets the visit counted as their own; unit and rank of that day."""

    visit = models.ForeignKey(Visit, models.CASCADE, verbose_name="走访", related_name="companions")
    cadre = models.ForeignKey(Cadre, models.PROTECT, verbose_name="同去的人", related_name="accompanied")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="+")
    rank = models.CharField("级别", max_length=8, choices=Rank.choices)

    objects = VisitCompanionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "同去的人"
        constraints = [models.UniqueConstraint(fields=["visit", "cadre"], name="visit_companion_once")]

    def __str__(self) -> str:
        return str(self.cadre)


class VisitPhoto(Attachment):
    """走访照片。"""

    owner = models.ForeignKey(Visit, models.CASCADE, verbose_name="走访", related_name="photos")

    class Meta(Attachment.Meta):
        verbose_name = verbose_name_plural = "走访照片"


class VisitSignature(Attachment):
    """户主签字：drawn on the screen or photographed."""

    owner = models.ForeignKey(Visit, models.CASCADE, verbose_name="走访", related_name="signatures")

    class Meta(Attachment.Meta):
        verbose_name = verbose_name_plural = "户主签字"

"""帮扶措施、实事：help with money, goods, loans or training, and each household's share of it."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from core.attachments import Attachment
from core.records import Record
from core.scope import PlacedQuerySet
from households.models import NO_HEAD, HeadedQuerySet, Household, paired_by
from units.days import month_of
from units.models import NOT_NEGATIVE, Cadre, Unit
from units.roles import Rank
from villages.models import FundSource, Project, Village
from visits.choices import AssistanceKind
from visits.problems.models import Problem
from visits.visits.models import Visit
from visits.voiding.models import VOID_WITHIN, Voidable, void_has_reason


class AssistanceQuerySet(PlacedQuerySet["Assistance", Cadre]):
    def _visible_to_others(self, user: Cadre) -> Self:
        """Return their own items, and those to visible households and villages; for leaders also the unit's."""
        shares = AssistanceShare.objects.filter(household__in=paired_by(user)).values("assistance")
        return self.filter(_known(user) | Q(pk__in=shares) | _to_villages(user))

    def _editable_by_others(self, user: Cadre) -> Self:
        """Return items whose result the user may add: the giver, the unit's leader."""
        own = Q(cadre=user.pk) | Q(entered_by=user.pk)
        return self.filter(own | Q(unit=user.unit_id)) if user.is_leader else self.filter(own)

    def voidable_by(self, user: Cadre) -> "AssistanceQuerySet":
        """Return items that the user may void: the author within 7 days, leader and office any time."""
        editable = self.editable_by(user)
        if user.is_office or user.is_leader:
            return editable
        return editable.filter(recorded_at__gt=timezone.now() - VOID_WITHIN)

    def counted(self) -> "AssistanceQuerySet":
        """Keep rows that are not voided."""
        return self.filter(voided_on=None)

    def with_heads(self, user: Cadre) -> "AssistanceQuerySet":
        """Add `heads`: the head of the first household that the user may see, with 等 for more."""
        shares = AssistanceShare.objects.visible_to(user).filter(assistance=OuterRef("pk"))
        # Not by the key of the share, along which PostgreSQL would look through all of them for each row.
        headed: QuerySet[Any] = shares.with_head().annotate(named=Coalesce("head_name", Value(NO_HEAD)))
        first = headed.order_by("household_id").values("named")[:1]
        families = shares.order_by().values("assistance").annotate(n=Count("pk")).values("n")
        several = When(families__gt=1, then=Concat(F("first_head"), Value("等")))
        return self.annotate(first_head=Subquery(first), families=Subquery(families)).annotate(
            heads=Case(several, default=F("first_head"))
        )


class Amounts(models.Model):
    """What is given: cash, loans and the value of goods in 元, goods with their quantity, people trained."""

    cash = models.DecimalField(
        "现金", max_digits=12, decimal_places=2, default=0, validators=[NOT_NEGATIVE], help_text="元"
    )
    quantity = models.DecimalField(
        "数量", max_digits=10, decimal_places=2, default=0, validators=[NOT_NEGATIVE]
    )
    goods_value = models.DecimalField(
        "物资折款", max_digits=12, decimal_places=2, default=0, validators=[NOT_NEGATIVE], help_text="元"
    )
    loan = models.DecimalField(
        "贷款", max_digits=12, decimal_places=2, default=0, validators=[NOT_NEGATIVE], help_text="元"
    )
    people = models.PositiveIntegerField("培训人次", default=0, help_text="人次")

    class Meta:
        abstract = True


def amounts_not_negative(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(cash__gte=0, quantity__gte=0, goods_value__gte=0, loan__gte=0),
        name=name,
        violation_error_message="金额和数量不能是负数。",
    )


def _known(user: Cadre, item: str = "") -> Q:
    """Return items that a cadre or leader may read whole: their own, for leaders also the unit's and those
    to its villages.
    """
    known = Q(**{f"{item}cadre": user.pk}) | Q(**{f"{item}entered_by": user.pk})
    if user.is_leader:
        villages = Village.objects.visible_to(user).values("pk")
        known |= Q(**{f"{item}unit": user.unit_id}) | Q(**{f"{item}village__in": villages})
    return known


def _to_villages(user: Cadre) -> Q:
    """Return what visible villages received themselves, without households."""
    villages = Village.objects.visible_to(user).values("pk")
    return Q(~Exists(AssistanceShare.objects.filter(assistance=OuterRef("pk"))), village__in=villages)


class Assistance(Amounts, Voidable):
    """One item of help, to households or a village. Its amounts are the whole; shares split it, never add to it.

    County sums add items, sums of a household add shares. An item that is part of a project is paid out of
    the project's money and is left out of cash and goods sums.
    """

    ref = models.UUIDField("凭证号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("种类", max_length=10, choices=AssistanceKind.choices)
    given_on = models.DateField("日期")
    month = models.PositiveIntegerField("年月", editable=False)
    content = models.CharField("做了什么", max_length=300)
    goods = models.CharField("物资名称", max_length=40, blank=True)
    goods_unit = models.CharField("单位", max_length=10, blank=True, help_text="如 株、袋、台")
    source = models.CharField("来源", max_length=10, choices=FundSource.choices, default=FundSource.UNIT)
    village = models.ForeignKey(
        Village, models.PROTECT, verbose_name="村", related_name="assistance", db_index=False
    )
    cadre = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name="帮扶干部", related_name="assistance", db_index=False
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="帮扶单位", related_name="assistance", db_index=False
    )
    rank = models.CharField("级别", max_length=8, choices=Rank.choices)
    problem = models.ForeignKey(
        Problem, models.PROTECT, verbose_name="回应哪件诉求", related_name="assistance", null=True, blank=True
    )
    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="哪次走访", related_name="assistance", null=True, blank=True
    )
    project = models.ForeignKey(
        Project, models.PROTECT, verbose_name="哪个项目", related_name="assistance", null=True, blank=True
    )
    result = models.CharField("户里怎么说", max_length=200, blank=True)
    entered_by = models.ForeignKey(Cadre, models.PROTECT, verbose_name="录入人", related_name="+")
    recorded_at = models.DateTimeField("录入时间", default=timezone.now, editable=False)
    place = models.CharField("所属区划代码", max_length=12, editable=False)

    untracked = frozenset({"version", "place", "month"})
    objects = AssistanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶实事"
        ordering = ["-given_on", "-pk"]
        indexes = [
            models.Index(fields=["place", "given_on", "voided_on"], name="assistance_place"),
            models.Index(fields=["cadre", "given_on"], name="assistance_cadre"),
            models.Index(fields=["unit", "given_on"], name="assistance_unit"),
            models.Index(fields=["village", "given_on"], name="assistance_village"),
        ]
        constraints = [
            void_has_reason("assistance_void_has_reason"),
            amounts_not_negative("assistance_not_negative"),
            models.CheckConstraint(
                condition=Q(quantity=0) | ~Q(goods=""),
                name="assistance_goods_named",
                violation_error_message="填了数量，要写是什么物资。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.content[:20]}"

    def fill(self) -> None:
        self.month = month_of(self.given_on)
        self.place = self.village.place


class AssistanceShareQuerySet(HeadedQuerySet["AssistanceShare"]):
    place_field = "assistance__place"

    def visible_to(self, user: Cadre) -> Self:
        """Return shares of visible items; of other people's items to several households only those of
        visible households.
        """
        if user.sees_place:
            return self.filter(assistance__in=Assistance.objects.visible_to(user))
        return self.filter(_known(user, "assistance__") | Q(household__in=paired_by(user)))

    def editable_by(self, user: Cadre) -> Self:
        return self.filter(assistance__in=Assistance.objects.editable_by(user))

    def counted(self) -> "AssistanceShareQuerySet":
        return self.filter(assistance__voided_on=None)


class AssistanceShare(Amounts, Record):
    """What one household got of an item of help."""

    assistance = models.ForeignKey(Assistance, models.CASCADE, verbose_name="帮扶", related_name="shares")
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="assistance")

    objects = AssistanceShareQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "各户所得"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assistance", "household"],
                name="assistance_share_once",
                violation_error_message="这户已经在这项帮扶里。",
            ),
            amounts_not_negative("assistance_share_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.assistance}"


class AssistancePhoto(Attachment):
    """收条、现场照片。"""

    owner = models.ForeignKey(Assistance, models.CASCADE, verbose_name="帮扶", related_name="photos")

    class Meta(Attachment.Meta):
        verbose_name = verbose_name_plural = "帮扶照片"

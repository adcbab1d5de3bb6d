"""村和联村。"""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core import pinyin
from core.constraints import ends_after_start, shaped
from core.places import VILLAGE_SHAPE
from core.records import Record
from core.scope import PlacedQuerySet
from units.days import in_force
from units.models import Cadre, Division, Unit, today


class VillageQuerySet(PlacedQuerySet["Village", Cadre]):
    def _visible_to_others(self, user: Cadre) -> Self:
        """Villages paired with their unit today."""
        paired = VillagePairing.objects.current().filter(unit=user.unit_id)
        return self.filter(pk__in=paired.values("village"))

    def current(self, on: date | None = None) -> "VillageQuerySet":
        """Villages not merged by the end of a day, today by default."""
        if on is None or on >= today():
            return self.filter(ended_on=None)
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on))


class Village(Record):
    """行政村或社区，12 位统计代码；撤并后代码仍认得（VillageAlias）。"""

    class Kind(models.TextChoices):
        VILLAGE = "village", "行政村"
        COMMUNITY = "community", "社区"

    code = models.CharField(
        "村级代码",
        max_length=12,
        unique=True,
        validators=[RegexValidator(VILLAGE_SHAPE, "村级代码是 12 位数字。")],
        error_messages={"unique": "这个村级代码已经有了。"},
    )
    name = models.CharField("村名", max_length=40)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="乡镇", related_name="villages")
    kind = models.CharField("类型", max_length=10, choices=Kind.choices, default=Kind.VILLAGE)
    is_poor = models.BooleanField("贫困村", default=False)
    ended_on = models.DateField("撤并日期", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="并入", null=True, blank=True, related_name="merged"
    )
    last_serial = models.PositiveIntegerField("已给出的户序", default=0, editable=False)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)
    pinyin = models.CharField("拼音", max_length=200, editable=False)
    initials = models.CharField("拼音首字母", max_length=40, editable=False)

    untracked = frozenset({"version", "last_serial", "place", "pinyin", "initials"})
    names = frozenset({"name"})
    codes = frozenset({"code"})
    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "村"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(ended_on__isnull=False),
                name="village_merged_has_ended",
                violation_error_message="并入别村的村要填撤并日期。",
            ),
            shaped("village_code", "code", VILLAGE_SHAPE, "村级代码是 12 位数字。"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="village_merged_into_another",
                violation_error_message="不能并入自己，请核对并入的村。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Keep the town in line with the code, since every list by township uses the code."""
        division = Division.objects.filter(pk=self.division_id).first()
        if division and not self.code.startswith(division.code):
            raise ValidationError(f"村级代码应以{division}的代码 {division.code} 开头。")

        if self.merges_into_itself():
            raise ValidationError({"merged_into": "绕了一圈又并回这个村，请核对并入的村。"})

    def merges_into_itself(self) -> bool:
        """Return whether the chain of mergers leads back to this village."""
        seen, into = {self.code}, self.merged_into
        while into is not None:
            if into.code in seen:
                return True
            seen.add(into.code)
            into = into.merged_into
        return False

    def fill(self) -> None:
        self.place = self.code
        self.pinyin, self.initials = pinyin.place_forms(self.name)


class VillageAlias(models.Model):
    """A former code of a village, which imports still accept."""

    code = models.CharField("旧代码", max_length=12, unique=True)
    village = models.ForeignKey(Village, models.CASCADE, verbose_name="村", related_name="aliases")

    class Meta:
        verbose_name = verbose_name_plural = "村的旧代码"
        constraints = [shaped("village_alias_code", "code", VILLAGE_SHAPE, "村级代码是 12 位数字。")]

    def __str__(self) -> str:
        return self.code


class VillagePairingQuerySet(PlacedQuerySet["VillagePairing", Cadre]):
    """Only the office decides which villages a unit is paired with."""

    def _visible_to_others(self, user: Cadre) -> Self:
        return self.filter(unit=user.unit_id)

    def current(self, on: date | None = None) -> "VillagePairingQuerySet":
        """Those in force at the end of a day, today by default; a pairing is no longer in force on its last
        day.
        """
        return self.filter(in_force(on))


class VillagePairing(Record):
    """联村：单位 ↔ 村，有起止。武山要求一个单位联 1–2 个村。"""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="联村单位", related_name="village_pairings")
    village = models.ForeignKey(Village, models.PROTECT, verbose_name="村", related_name="pairings")
    started_on = models.DateField("开始日期", default=today)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=100, blank=True)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)

    untracked = frozenset({"version", "place"})
    objects = VillagePairingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联村"
        ordering = ["village__code", "started_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "village"],
                condition=Q(ended_on=None),
                name="village_pairing_open_once",
                violation_error_message="这个单位已经联着这个村。",
            ),
            ends_after_start("village_pairing_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} 联 {self.village}"

    def fill(self) -> None:
        self.place = self.village.place

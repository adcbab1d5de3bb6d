"""贫困户、家庭成员。"""

from datetime import date
from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Substr

from core import identity, pinyin
from core.cells import clean_person
from core.constraints import BLANK, chosen, ends_after_start, shaped, within
from core.pinyin import LONGEST_NAME, LONGEST_PINYIN
from core.places import COUNTY
from core.records import Record
from core.scope import PlacedQuerySet
from households.choices import (
    Cause,
    Education,
    Ethnicity,
    Health,
    Kind,
    Labour,
    MigrantWork,
    Relation,
    Schooling,
    Sex,
    Status,
)
from households.models.heads import HeadedQuerySet, last_head
from households.models.pairing import HouseholdPairing, had_until_closed, paired_by, paired_with
from units.models import Cadre, today
from villages.models import Village, VillagePairing


class HouseholdQuerySet(HeadedQuerySet["Household"]):
    to_household = ""

    def _visible_to_others(self, user: Cadre) -> Self:
        """Leaders: their unit's villages and pairings; cadres: their own today."""
        # Sets of keys instead of EXISTS: SQLite would scan the unit's pairings for each household.
        if not user.is_leader:
            return self.filter(pk__in=paired_with(user))
        villages = VillagePairing.objects.current().filter(unit=user.unit_id).values("village")
        return self.filter(Q(village__in=villages) | Q(pk__in=paired_by(user)))

    def open_to(self, author: Cadre, cadre: Cadre) -> "HouseholdQuerySet":
        """Households for which an author may record for a cadre: those in the author's scope, or the cadre's
        today.

        Includes households that a cadre had until they were closed, since earlier events may still be
        recorded.
        """
        if author == cadre and (author.sees_place or author.is_leader):
            return self.visible_to(author)
        return self.filter(Q(pk__in=paired_with(cadre)) | Q(pk__in=had_until_closed(cadre)))

    def own_of(self, cadre: Cadre) -> "HouseholdQuerySet":
        """Return the households that the cadre is paired with today, with head and village, by number."""
        own = self.filter(pk__in=paired_with(cadre))
        return own.with_head().select_related("village").order_by("no")

    def registered(self, on: date | None = None) -> "HouseholdQuerySet":
        """Households 在册 at the end of a day, today by default: identified by then and not closed.

        One without a date of identification counts as 在册 from the start.
        """
        if on is None or on >= today():
            return self.filter(status=Status.OPEN)
        there = Q(identified_on=None) | Q(identified_on__lte=on)
        return self.filter(there, Q(status=Status.OPEN) | Q(status_on__gt=on))

    def closed(self) -> "HouseholdQuerySet":
        """Return households that are no longer 在册."""
        return self.exclude(status=Status.OPEN)

    def paired(self, on: date | None = None) -> "HouseholdQuerySet":
        """Those with a cadre at the end of a day, today by default."""
        return self.filter(Exists(HouseholdPairing.objects.current(on).filter(household=OuterRef("pk"))))

    def unpaired(self, on: date | None = None) -> "HouseholdQuerySet":
        """未结对户: registered and without a cadre at the end of a day, today by default."""
        pairings = HouseholdPairing.objects.current(on).filter(household=OuterRef("pk"))
        return self.registered(on).filter(~Exists(pairings))


class Household(Record):
    """贫困户。户主的姓名和证件号只在成员表里，户编号一经给定不变。"""

    no = models.CharField("户编号", max_length=20, unique=True, editable=False)
    external_no = models.CharField("原系统编号", max_length=30, blank=True)
    village = models.ForeignKey(Village, models.PROTECT, verbose_name="村", related_name="households")
    group = models.CharField("组(社)", max_length=20, blank=True)
    address = models.CharField("住址", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    size = models.PositiveSmallIntegerField(
        "家庭人口", validators=[MinValueValidator(1), MaxValueValidator(20)], help_text="人"
    )
    kind = models.CharField("贫困户属性", max_length=2, choices=Kind.choices, default=Kind.ORDINARY)
    main_cause = models.CharField("主要致贫原因", max_length=2, choices=Cause.choices, blank=True)
    other_causes = models.CharField("其他致贫原因", max_length=60, blank=True)
    tags = models.CharField("标记", max_length=60, blank=True, help_text="如 五保、重病、留守")
    identified_on = models.DateField("识别日期", null=True, blank=True)
    income_when_identified = models.DecimalField(
        "识别时人均纯收入",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="元",
    )
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN)
    status_on = models.DateField("状态日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, verbose_name="去向户", null=True, blank=True, related_name="predecessors"
    )
    note = models.CharField("备注", max_length=200, blank=True)
    place = models.CharField("所属区划代码", max_length=12, editable=False)

    untracked = frozenset({"version", "place"})
    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "贫困户"
        ordering = ["no"]
        indexes = [
            models.Index(fields=["place", "no"], name="household_place"),
            models.Index(fields=["phone"], name="household_phone"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.OPEN) | Q(status_on__isnull=False),
                name="household_status_dated",
                violation_error_message="迁出、并入、分户、注销要填日期。",
            ),
            models.CheckConstraint(
                condition=Q(income_when_identified=None) | Q(income_when_identified__gte=0),
                name="household_income_not_negative",
                violation_error_message="收入不能是负数。",
            ),
            within("household_size", "家庭人口", "size", 1, 20),
            models.CheckConstraint(
                condition=Q(successor=None) | ~Q(successor=F("pk")),
                name="household_successor_is_another",
                violation_error_message="去向户不能是这一户自己。",
            ),
            shaped("household_phone_digits", "phone", r"^[0-9-]*$", "联系电话只用数字。"),
            chosen(
                "household_choices",
                kind=Kind.choices,
                main_cause=[BLANK, *Cause.choices],
                status=Status.choices,
            ),
        ]

    def __str__(self) -> str:
        return self.no

    def fill(self) -> None:
        self.place = self.village.place

    def clean(self) -> None:
        super().clean()
        if self.identified_on and self.identified_on > today():
            raise ValidationError({"identified_on": "识别日期不能晚于今天。"})


class MemberQuerySet(PlacedQuerySet["Member", Cadre]):
    def _visible_to_others(self, user: Cadre) -> Self:
        return self.filter(household__in=Household.objects.visible_to(user))

    def current(self) -> "MemberQuerySet":
        return self.filter(left_on=None)

    def findable(self) -> "MemberQuerySet":
        """Current members, and those of closed households, whom a search still finds."""
        return self.filter(Q(left_on=None) | Q(household__in=Household.objects.closed().values("pk")))

    def heads(self) -> "MemberQuerySet":
        """Current heads, and the last heads of closed households: at most one per household."""
        of_closed = Household.objects.closed().annotate(last=last_head("pk")).values("last")
        return self.filter(Q(left_on=None, relation=Relation.HEAD) | Q(pk__in=of_closed))


class Member(Record):
    """家庭成员。证件号加密存放，用带钥摘要查找。"""

    PERSON = (
        "sex",
        "born_on",
        "ethnicity",
        "education",
        "schooling",
        "health",
        "labour",
        "migrant_work",
        "migrant_months",
        "medical_insurance",
        "pension_insurance",
    )
    """Source columns; columns derived from the name and the ID number follow them."""

    household = models.ForeignKey(
        Household, models.PROTECT, verbose_name="户", related_name="members", db_index=False
    )
    name = models.CharField("姓名", max_length=LONGEST_NAME)
    relation = models.CharField("与户主关系", max_length=2, choices=Relation.choices)
    id_cipher = models.CharField("身份证号", max_length=120, blank=True, editable=False)
    id_hash = models.CharField(max_length=80, blank=True, editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices)
    born_on = models.DateField("出生日期", null=True, blank=True)
    ethnicity = models.CharField("民族", max_length=2, choices=Ethnicity.choices, default=Ethnicity.HAN)
    education = models.CharField("文化程度", max_length=2, choices=Education.choices, blank=True)
    schooling = models.CharField("在校生状况", max_length=2, choices=Schooling.choices, blank=True)
    health = models.CharField("健康状况", max_length=2, choices=Health.choices, blank=True)
    labour = models.CharField("劳动能力", max_length=2, choices=Labour.choices, blank=True)
    migrant_work = models.CharField("务工情况", max_length=2, choices=MigrantWork.choices, blank=True)
    migrant_months = models.PositiveSmallIntegerField(
        "上年务工时间", null=True, blank=True, validators=[MaxValueValidator(12)], help_text="月"
    )
    medical_insurance = models.BooleanField("参加新型农村合作医疗", null=True, blank=True)
    pension_insurance = models.BooleanField("参加城乡居民基本养老保险", null=True, blank=True)
    joined_on = models.DateField("迁入日期", null=True, blank=True)
    left_on = models.DateField("离开日期", null=True, blank=True)
    left_reason = models.CharField("离开原因", max_length=40, blank=True)
    place = models.CharField("所属区划代码", max_length=12, editable=False)
    pinyin = models.CharField("拼音", max_length=LONGEST_PINYIN, editable=False)
    initials = models.CharField("拼音首字母", max_length=LONGEST_NAME, editable=False)

    untracked = frozenset({"version", "place", "pinyin", "initials", "id_hash"})
    names = frozenset({"name"})
    clean_name = staticmethod(clean_person)
    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "家庭成员"
        ordering = ["household__no", "relation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(relation=Relation.HEAD, left_on=None),
                name="member_one_head",
                violation_error_message="一户只有一个户主。",
            ),
            models.UniqueConstraint(
                F("id_hash"),
                Substr("place", 1, COUNTY),
                condition=Q(left_on=None) & ~Q(id_hash=""),
                name="member_id_once_a_county",
                violation_error_message="这个身份证号已经是本县另一名家庭成员的。",
            ),
            ends_after_start(
                "member_leaves_after_joining", "joined_on", "left_on", "离开日期不能早于迁入日期。"
            ),
            within("member_months_of_work", "上年务工时间", "migrant_months", 0, 12),
            chosen(
                "member_choices",
                relation=Relation.choices,
                sex=Sex.choices,
                ethnicity=Ethnicity.choices,
                education=[BLANK, *Education.choices],
                schooling=[BLANK, *Schooling.choices],
                health=[BLANK, *Health.choices],
                labour=[BLANK, *Labour.choices],
                migrant_work=[BLANK, *MigrantWork.choices],
            ),
        ]
        indexes = [
            models.Index(fields=["household", "relation"], name="member_household"),
            models.Index(fields=["id_hash"], name="member_id", condition=~Q(id_hash="")),
            models.Index(fields=["name"], name="member_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def fill(self) -> None:
        self.place = self.household.place
        self.pinyin, self.initials = pinyin.search_forms(self.name)
        # An undo restores the number alone.
        if self.id_hash not in (identity.id_hashes(self.id_number) or [""]):
            self.id_hash = identity.id_hash(self.id_number)

    def clean(self) -> None:
        super().clean()
        if self.born_on and self.born_on > today():
            raise ValidationError({"born_on": "出生日期不能晚于今天。"})

    @property
    def id_number(self) -> str:
        """Return the whole ID number. Pages show `id_masked`; only the logged 查看 shows this."""
        return identity.decrypt(self.id_cipher)

    @id_number.setter
    def id_number(self, number: str) -> None:
        self.id_cipher = identity.encrypt(number)
        self.id_hash = identity.id_hash(number)

    @property
    def id_masked(self) -> str:
        return identity.mask(self.id_number)

    def age(self, on: date | None = None) -> int | None:
        """Return whole years on a day, today by default; None before birth or when the birth date is unknown."""
        day = on or today()
        if self.born_on is None or day < self.born_on:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))

"""行政区划、单位、干部（也是用户）。"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core import pinyin
from core.cells import clean_person
from core.chunked_queries import chunks
from core.constraints import chosen, shaped
from core.models import Installation
from core.pinyin import LONGEST_NAME, LONGEST_PINYIN
from core.places import CITY, COUNTY, DIVISION_SHAPE, PROVINCE, TOWN, above, lies_under, under
from core.records import Record
from core.scope import PlacedQuerySet
from units.models.limits import DailyLimit
from units.models.postings import Posting
from units.models.sessions import Session
from units.roles import Rank, Role

PHONE_SHAPE = r"^1[0-9]{10}$"
STAFF_NO_SHAPE = r"^(?![0-9]{11}$)[0-9A-Za-z-]+$"
ENDS_SESSIONS = frozenset({"password", "role", "is_active", "left_on", "second_factor_at"})
LEVEL_OF_LENGTH = {PROVINCE: "province", CITY: "city", COUNTY: "county", TOWN: "town"}


def today() -> date:
    """Return today's date in the county (TIME_ZONE), on which every rule about dates is based."""
    return timezone.localdate()


class DivisionQuerySet(PlacedQuerySet["Division", "Cadre"]):
    place_field = "code"

    def visible_to(self, user: "Cadre") -> Self:
        """Divisions are public, but each user sees only those under their own unit's division."""
        return self.in_place_of(user)

    def towns(self) -> "DivisionQuerySet":
        return self.filter(level=Division.Level.TOWN)


class Division(Record):
    """省、市、县、乡镇, by GB code; a lower code starts with the higher one."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县"
        TOWN = "town", "乡镇"

    code = models.CharField(
        "区划代码",
        max_length=9,
        unique=True,
        validators=[RegexValidator(DIVISION_SHAPE, "区划代码是 2、4、6 或 9 位数字。")],
        help_text="省 2 位、市 4 位、县 6 位、乡镇 9 位",
        error_messages={"unique": "这个区划代码已经有了。"},
    )
    name = models.CharField("区划名称", max_length=40)
    level = models.CharField("层级", max_length=8, choices=Level.choices, editable=False)

    names = frozenset({"name"})
    codes = frozenset({"code"})
    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        constraints = [
            shaped("division_code", "code", DIVISION_SHAPE, "区划代码是 2、4、6 或 9 位数字。"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        return self.code

    def fill(self) -> None:
        self.level = LEVEL_OF_LENGTH[len(self.code)]


class UnitQuerySet(PlacedQuerySet["Unit", "Cadre"]):
    def visible_to(self, user: "Cadre") -> Self:
        """Offices: units of their place or with a pairing there, past or present; others: their own."""
        if user.sees_place:
            return self.filter(under(user.place) | Exists(reaching(user.place).filter(unit=OuterRef("pk"))))
        return self.filter(pk=user.unit_id)

    def nameable_by(self, user: "Cadre") -> Self:
        """Units that an office may pair: those it sees, and, named in full, 省直 and 市直 units above its place."""
        seen = self.visible_to(user)
        return seen | self.filter(place__in=above(user.place)) if user.is_office else seen


class Unit(Record):
    """单位：联村的主体。"""

    class Level(models.TextChoices):
        PROVINCE = "province", "省直"
        CITY = "city", "市直"
        COUNTY = "county", "县直"
        TOWN = "town", "乡镇"

    code = models.CharField("单位代码", max_length=20, blank=True, help_text="名单按它排，可以空着")
    name = models.CharField(
        "单位全称", max_length=60, unique=True, error_messages={"unique": "已经有同名的单位。"}
    )
    short_name = models.CharField("单位简称", max_length=30, blank=True)
    level = models.CharField("单位级别", max_length=8, choices=Level.choices, default=Level.COUNTY)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="所属区划", related_name="units")
    contact = models.CharField("联络员", max_length=LONGEST_NAME, blank=True)
    contact_phone = models.CharField("联络电话", max_length=20, blank=True)
    closed_on = models.DateField("撤并日期", null=True, blank=True)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)
    pinyin = models.CharField("拼音", max_length=300, editable=False)
    initials = models.CharField("拼音首字母", max_length=60, editable=False)

    untracked = frozenset({"version", "place", "pinyin", "initials"})
    names = frozenset({"name", "short_name"})
    codes = frozenset({"code", "contact_phone"})
    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return self.name

    def fill(self) -> None:
        self.place = self.division.code
        self.pinyin, self.initials = pinyin.place_forms(self.name)


class CadreQuerySet(PlacedQuerySet["Cadre", "Cadre"]):
    def visible_to(self, user: "Cadre") -> Self:
        """Offices: of their place or paired there, past or present; leaders: own unit; cadres: themselves."""
        if user.sees_place:
            return self.filter(under(user.place) | Exists(reaching(user.place).filter(cadre=OuterRef("pk"))))
        if user.is_leader:
            return self.filter(unit=user.unit_id)
        return self.filter(pk=user.pk)

    def _editable_by_others(self, user: "Cadre") -> Self:
        """Nobody edits roles above their own: a leader never an office account or a viewer."""
        if user.is_leader:
            return self.filter(unit=user.unit_id, role__in=[Role.LEADER, Role.CADRE])
        return self.none()

    def current(self, on: date | None = None) -> "CadreQuerySet":
        """Those in office (在岗) at the end of a day, today by default."""
        if on is None or on >= today():
            return self.filter(left_on=None)
        return self.filter(Q(left_on=None) | Q(left_on__gt=on))

    def colleagues_of(self, user: "Cadre") -> "CadreQuerySet":
        """Cadres for whom a cadre may record a visit or who may come along: of the same unit, still in
        office.
        """
        return self.current().filter(unit=user.unit_id)


class ByLogin(BaseUserManager["Cadre"]):
    def get_by_natural_key(self, username: str | None) -> "Cadre":
        """Look up by phone, else by staff number; a staff number never has 11 digits, so the two cannot
        collide.
        """
        return self.get(Q(phone=username) | Q(staff_no=username))


CadreManager = ByLogin.from_queryset(CadreQuerySet)


class Cadre(AbstractBaseUser, Record):
    """干部，也是用户: everyone who logs in has a unit, a rank and a role."""

    phone = models.CharField(
        "手机号",
        max_length=11,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(PHONE_SHAPE, "手机号是 1 开头的 11 位数字。")],
        error_messages={"unique": "这个手机号已经有人用了。"},
    )
    staff_no = models.CharField(
        "工号",
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(STAFF_NO_SHAPE, "工号用数字、字母，不能是 11 位数字。")],
        error_messages={"unique": "这个工号已经有人用了。"},
    )
    name = models.CharField("姓名", max_length=LONGEST_NAME)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="cadres")
    rank = models.CharField("级别", max_length=8, choices=Rank.choices, default=Rank.GENERAL)
    post = models.CharField("职务", max_length=40, blank=True)
    role = models.CharField("角色", max_length=8, choices=Role.choices, default=Role.CADRE)
    left_on = models.DateField("离岗日期", null=True, blank=True)
    is_active = models.BooleanField("账号可用", default=True)
    locked_by = models.ForeignKey(
        "self", models.PROTECT, verbose_name="谁停用的", null=True, editable=False, related_name="+"
    )
    locked_as = models.CharField(
        "停用的人的角色", max_length=8, choices=Role.choices, blank=True, editable=False
    )
    locked_at = models.DateTimeField("停用时间", null=True, editable=False)
    second_factor_at = models.DateTimeField("两步登录开通时间", null=True, editable=False)
    code_hash = models.CharField("一次性口令", max_length=80, blank=True, editable=False)
    code_expires_at = models.DateTimeField("一次性口令有效到", null=True, editable=False)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)
    pinyin = models.CharField("拼音", max_length=LONGEST_PINYIN, editable=False)
    initials = models.CharField("拼音首字母", max_length=LONGEST_NAME, editable=False)

    untracked = frozenset({"version", "last_login", "place", "pinyin", "initials", "code_expires_at"})
    secret = frozenset({"password", "code_hash"})
    names = frozenset({"name"})
    clean_name = staticmethod(clean_person)
    codes = frozenset({"phone", "staff_no"})
    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = CadreManager()

    class Meta:
        verbose_name = verbose_name_plural = "干部"
        ordering = ["unit__code", "staff_no", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__isnull=False) | Q(staff_no__isnull=False),
                name="cadre_has_login",
                violation_error_message="手机号和工号至少填一个，登录要用。",
            ),
            models.CheckConstraint(
                condition=Q(staff_no__isnull=True) | ~Q(staff_no__regex=r"^[0-9]{11}$"),
                name="cadre_staff_no_no_phone",
                violation_error_message="工号不能是 11 位数字，会和手机号混。",
            ),
            shaped("cadre_phone", "phone", PHONE_SHAPE, "手机号是 1 开头的 11 位数字。"),
            shaped("cadre_staff_no", "staff_no", STAFF_NO_SHAPE, "工号用数字、字母，不能是 11 位数字。"),
            chosen("cadre_choices", rank=Rank.choices, role=Role.choices),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="cadre_unit_role")]

    def __str__(self) -> str:
        return self.name

    def fill(self) -> None:
        self.phone = self.phone or None
        self.staff_no = self.staff_no or None
        self.place = self.unit.place
        self.pinyin, self.initials = pinyin.search_forms(self.name)
        if not self.password:
            self.set_unusable_password()  # until a one-time code is issued

    @classmethod
    def after_changes(cls, changes: Mapping[int, Collection[str]]) -> None:
        """End all sessions when password, role, second factor, lock or departure changes, through whatever
        source.
        """
        ended = [pk for pk, names in changes.items() if ENDS_SESSIONS.intersection(names)]
        for chunk in chunks(ended):
            Session.objects.filter(cadre__in=chunk).delete()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Record a transfer as of today for another unit or rank, unless a posting of another day states it
        already.
        """
        fields = kwargs.get("update_fields")
        stored = None
        if self.pk and (fields is None or {"unit", "rank"}.intersection(fields)):
            stored = Cadre.objects.filter(pk=self.pk).values_list("unit", "rank").first()
        with transaction.atomic():
            super().save(*args, **kwargs)
            if stored is None or stored == (self.unit_id, self.rank):
                return
            last = self.postings.order_by("-started_on").first()
            if last is None or (last.unit_id, last.rank) != (self.unit_id, self.rank):
                Posting.begin(self, before=stored, on=today())

    def clean(self) -> None:
        super().clean()
        if self.left_on and self.left_on > today():
            raise ValidationError({"left_on": "离岗日期不能晚于今天，到了那天再填。"})

    def get_username(self) -> str:
        """Return the login name; many accounts have no phone."""
        return self.phone or self.staff_no or ""

    @property
    def is_office(self) -> bool:
        return self.role == Role.OFFICE

    @property
    def is_leader(self) -> bool:
        return self.role == Role.LEADER

    @property
    def is_viewer(self) -> bool:
        return self.role == Role.VIEWER

    @property
    def sees_place(self) -> bool:
        """Return whether the role reads everything under the place of its unit."""
        return self.role in {Role.OFFICE, Role.VIEWER}

    @property
    def is_staff(self) -> bool:
        """Return whether the account may enter the admin; rows there follow visible_to and editable_by."""
        return self.is_active and self.role in {Role.OFFICE, Role.LEADER}

    def may_be_unlocked_by(self, user: "Cadre") -> bool:
        """Return whether `user` may undo the lock: a leader only a leader's lock.

        A lock of unknown origin is the office's.
        """
        return user.is_office or self.locked_as == Role.LEADER

    @property
    def is_county_office(self) -> bool:
        """Return whether this is an office of the county or above, which changes what holds for all."""
        county = Installation.this()
        return self.is_office and (county is None or lies_under(county.code, self.place))

    def daily_limit(self, kind: str) -> int:
        """Return the daily limit of `persons` or `exports` (see OverLimit.Kind) before a reason is required."""
        limit: int = getattr(DailyLimit.objects.of(self.role), kind)
        return limit

    @property
    def must_choose_password(self) -> bool:
        """Return whether the account is new or reset and has only its one-time code."""
        return not self.has_usable_password()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Grant Django's admin permissions to staff; ScopedAdmin decides row by row."""
        return self.is_staff

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class Reach(models.Model):
    """Places where a unit or cadre has ever been paired; lets their offices see it (see Unit)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    cadre = models.ForeignKey(Cadre, models.CASCADE, null=True, related_name="+")
    place = models.CharField(max_length=12)

    class Meta:
        verbose_name = verbose_name_plural = "结对所及"
        constraints = [
            models.UniqueConstraint(fields=["unit", "cadre", "place"], name="reach_of_cadre_once"),
            models.UniqueConstraint(
                fields=["unit", "place"], condition=Q(cadre=None), name="reach_of_unit_once"
            ),
        ]
        indexes = [models.Index(fields=["cadre", "place"], name="reach_cadre")]

    def __str__(self) -> str:
        return f"{self.cadre or self.unit} {self.place}"


def reaching(place: str) -> models.QuerySet[Reach]:
    return Reach.objects.filter(under(place))

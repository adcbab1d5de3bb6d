"""困难诉求: a problem of a household or village, with its owner, deadline and history of states."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.records import Record
from households.models import HeadedQuerySet, Household, paired_by
from surveys.models import Response
from units.models import Cadre, Unit, today
from units.roles import Rank
from villages.models import Village
from visits.choices import Category
from visits.visits.models import Visit
from visits.voiding.models import VOID_WITHIN, Voidable, void_has_reason


class ProblemStatus(models.TextChoices):
    REGISTERED = "registered", "登记"
    HANDLING = "handling", "办理"
    TO_UNIT = "to_unit", "上报单位"
    TO_TOWN = "to_town", "上报乡镇"
    TO_OFFICE = "to_office", "上报双联办"
    SOLVED = "solved", "解决"
    SHELVED = "shelved", "暂不能解决"
    CONFIRMED = "confirmed", "回访确认"
    CLOSED = "closed", "销号"


ESCALATED = [ProblemStatus.TO_UNIT, ProblemStatus.TO_TOWN, ProblemStatus.TO_OFFICE]
"""Levels of 上报, the nearest first: a problem is passed up, and the cadre still follows it."""
OPEN = [ProblemStatus.REGISTERED, ProblemStatus.HANDLING, *ESCALATED]
"""States with a deadline."""
MOVES: dict[str, list[ProblemStatus]] = {
    ProblemStatus.REGISTERED: [
        ProblemStatus.HANDLING,
        *ESCALATED,
        ProblemStatus.SOLVED,
        ProblemStatus.SHELVED,
    ],
    ProblemStatus.HANDLING: [*ESCALATED, ProblemStatus.SOLVED, ProblemStatus.SHELVED],
    ProblemStatus.TO_UNIT: [
        ProblemStatus.HANDLING,
        ProblemStatus.TO_TOWN,
        ProblemStatus.TO_OFFICE,
        ProblemStatus.SOLVED,
        ProblemStatus.SHELVED,
    ],
    ProblemStatus.TO_TOWN: [
        ProblemStatus.HANDLING,
        ProblemStatus.TO_OFFICE,
        ProblemStatus.SOLVED,
        ProblemStatus.SHELVED,
    ],
    ProblemStatus.TO_OFFICE: [ProblemStatus.HANDLING, ProblemStatus.SOLVED, ProblemStatus.SHELVED],
    ProblemStatus.SOLVED: [ProblemStatus.CONFIRMED, ProblemStatus.HANDLING],
    ProblemStatus.SHELVED: [ProblemStatus.CONFIRMED, ProblemStatus.HANDLING, ProblemStatus.SOLVED],
    ProblemStatus.CONFIRMED: [ProblemStatus.CLOSED, ProblemStatus.HANDLING],
    ProblemStatus.CLOSED: [ProblemStatus.HANDLING],
}
"""Allowed transitions. From 解决 on, 办理 means 重新打开; a problem closes only after 回访确认."""


class ProblemQuerySet(HeadedQuerySet["Problem"]):
    def _visible_to_others(self, user: Cadre) -> Self:
        """Show cadres their own problems and those of their households, leaders those of unit and villages."""
        seen = Q(owner=user.pk) | Q(raised_by=user.pk) | Q(entered_by=user.pk)
        seen |= Q(household__in=paired_by(user))
        if user.is_leader:
            seen |= Q(unit=user.unit_id) | Q(village__in=Village.objects.visible_to(user).values("pk"))
        return self.filter(seen)

    def _editable_by_others(self, user: Cadre) -> Self:
        """Return the problems that the user may move on, as leader of the unit, owner, or the one who raised it."""
        own = Q(owner=user.pk) | Q(raised_by=user.pk)
        return self.filter(own | Q(unit=user.unit_id)) if user.is_leader else self.filter(own)

    def voidable_by(self, user: Cadre) -> Self:
        """Return the problems that the user may void: the author within 7 days, leader and office any time."""
        if user.sees_place:
            return self.of_office(user)
        recent = Q(entered_by=user.pk, recorded_at__gt=timezone.now() - VOID_WITHIN)
        return self.filter(recent | Q(unit=user.unit_id)) if user.is_leader else self.filter(recent)

    def counted(self) -> "ProblemQuerySet":
        """Return problems that count: neither voided nor merged into another."""
        return self.filter(voided_on=None, joined_into=None)

    def open(self, on: date | None = None) -> "ProblemQuerySet":
        """Return those not settled at the end of a day, today by default; those raised later are left out.

        作废 and joined ones never count, whenever that happened.
        """
        if on is None or on >= today():
            return self.counted().filter(status__in=OPEN)
        unchanged = Q(status_on__lte=on, status__in=OPEN)
        then = ProblemMove.objects.filter(problem=OuterRef("pk"), on__lte=on).order_by("-on", "-pk")
        raised = (
            self.counted()
            .filter(raised_on__lte=on)
            .annotate(
                status_then=Coalesce(Subquery(then.values("status")[:1]), Value(ProblemStatus.REGISTERED))
            )
        )
        return raised.filter(unchanged | Q(status_on__gt=on, status_then__in=OPEN))

    def pending(self) -> "ProblemQuerySet":
        """Return problems that are not closed (销号), merged ones included."""
        return self.filter(voided_on=None).exclude(status=ProblemStatus.CLOSED)

    def with_last_move(self) -> "ProblemQuerySet":
        """Annotate `last_moved_on`: the day of the newest move, else the day on which the problem was raised."""
        moves = ProblemMove.objects.filter(problem=OuterRef("pk")).order_by().values("problem")
        last = Subquery(moves.annotate(last=Max("on")).values("last"))
        return self.annotate(last_moved_on=Coalesce(last, "raised_on"))

    def overdue(self, on: date) -> "ProblemQuerySet":
        """Return those open at the end of a day whose deadline, as it was then, had passed."""
        if on >= today():
            return self.open().filter(due_on__lt=on)
        replaced = ProblemMove.objects.filter(problem=OuterRef("pk"), on__gt=on, due_before__isnull=False)
        due = Coalesce(Subquery(replaced.order_by("on", "pk").values("due_before")[:1]), "due_on")
        return self.open(on).annotate(due_then=due).filter(due_then__lt=on)

    def with_standing(self) -> "ProblemQuerySet":
        """Annotate `standing`: the status, for a merged problem that of the problem it was merged into."""
        return self.annotate(standing=Coalesce("joined_into__status", "status"))


class Problem(Voidable):
    """One problem. Unit and rank are those of the day it was raised; the owner may change."""

    ref = models.UUIDField("凭证号", default=uuid.uuid4, unique=True, editable=False)
    category = models.CharField("类别", max_length=2, choices=Category.choices)
    description = models.TextField("困难和诉求", max_length=1000)
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        verbose_name="户",
        related_name="problems",
        null=True,
        blank=True,
        db_index=False,
    )
    village = models.ForeignKey(
        Village, models.PROTECT, verbose_name="村", related_name="problems", db_index=False
    )
    raised_on = models.DateField("提出日期")
    raised_by = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name="登记干部", related_name="raised_problems"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="单位", related_name="problems", db_index=False
    )
    rank = models.CharField("级别", max_length=8, choices=Rank.choices)
    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="哪次走访", related_name="problems", null=True, blank=True
    )
    response = models.ForeignKey(
        Response, models.PROTECT, verbose_name="哪份调查表", related_name="problems", null=True, blank=True
    )
    owner = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name="负责人", related_name="problems", db_index=False
    )
    due_on = models.DateField("办结期限")
    status = models.CharField(
        "状态", max_length=10, choices=ProblemStatus.choices, default=ProblemStatus.REGISTERED
    )
    status_on = models.DateField("状态日期", editable=False)
    outcome = models.CharField("结果说明", max_length=300, blank=True)
    confirmed_on = models.DateField("回访确认日期", null=True, blank=True, editable=False)
    joined_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="并入", null=True, blank=True, related_name="joined"
    )
    entered_by = models.ForeignKey(Cadre, models.PROTECT, verbose_name="录入人", related_name="+")
    recorded_at = models.DateTimeField("录入时间", default=timezone.now, editable=False)
    place = models.CharField("所属区划代码", max_length=12, editable=False)

    untracked = frozenset({"version", "place"})
    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "困难诉求"
        ordering = ["-raised_on", "-pk"]
        indexes = [
            models.Index(fields=["place", "raised_on", "status"], name="problem_place"),
            models.Index(fields=["owner", "status", "due_on"], name="problem_owner"),
            models.Index(fields=["unit", "status", "due_on"], name="problem_unit"),
            models.Index(fields=["household", "raised_on"], name="problem_household"),
            models.Index(fields=["village", "raised_on"], name="problem_village"),
        ]
        constraints = [
            void_has_reason("problem_void_has_reason"),
            models.UniqueConstraint(
                fields=["response", "category"],
                condition=Q(response__isnull=False, voided_on=None),
                name="problem_of_answer_once",
                violation_error_message="这份调查表的这个困难已经登记过。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ProblemStatus.SOLVED, ProblemStatus.SHELVED]) | ~Q(outcome=""),
                name="problem_outcome_said",
                violation_error_message="解决了怎么解决的，暂不能解决是为什么，要写一句。",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProblemStatus.CLOSED) | Q(confirmed_on__isnull=False),
                name="problem_closed_is_confirmed",
                violation_error_message="回访确认以后才能销号。",
            ),
            models.CheckConstraint(
                condition=Q(joined_into=None) | ~Q(joined_into=F("pk")),
                name="problem_not_joined_to_itself",
                violation_error_message="不能并入自己。",
            ),
        ]

    def __str__(self) -> str:
        """Leave out the content: a history or form may name the problem to a user who may not see it."""
        return f"{self.raised_on:%Y-%m-%d} 的{self.get_category_display()}诉求"

    def fill(self) -> None:
        if self.household:
            self.village = self.household.village
        self.place = self.village.place

    @property
    def next_statuses(self) -> list[ProblemStatus]:
        return MOVES[self.status]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def is_overdue(self, on: date) -> bool:
        return self.is_open and self.due_on < on and not self.is_void and self.joined_into_id is None


class ProblemMoveQuerySet(models.QuerySet["ProblemMove"]):
    def visible_to(self, user: Cadre) -> "ProblemMoveQuerySet":
        return self.filter(problem__in=Problem.objects.visible_to(user))

    def editable_by(self, user: Cadre) -> "ProblemMoveQuerySet":
        """Return no moves: a move is never edited."""
        return self.none()


class ProblemMove(Record):
    """One transition of a problem: status, day, author and note; `at` is the time of entry."""

    problem = models.ForeignKey(Problem, models.CASCADE, verbose_name="诉求", related_name="moves")
    status = models.CharField("到", max_length=10, choices=ProblemStatus.choices)
    by = models.ForeignKey(Cadre, models.PROTECT, verbose_name="谁", related_name="+")
    on = models.DateField("日期", default=today)
    at = models.DateTimeField("录入时间", default=timezone.now)
    word = models.CharField("说明", max_length=300, blank=True)
    owner = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name="交给", null=True, blank=True, related_name="+"
    )
    visit = models.ForeignKey(
        Visit, models.PROTECT, verbose_name="哪次回访", null=True, blank=True, related_name="+"
    )
    due_before = models.DateField("原来的办结期限", null=True, blank=True, editable=False)
    """The deadline before a reopening, from which figures of a past day know what was overdue."""

    objects = ProblemMoveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "诉求的办理经过"
        ordering = ["on", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.get_status_display()}"

    @property
    def is_typed_later(self) -> bool:
        return timezone.localdate(self.at) != self.on

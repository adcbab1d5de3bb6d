"""联户：which cadre is paired with which household, and since when."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core.constraints import chosen, ends_after_start
from core.records import Record
from households.choices import PairingKind, Status
from households.models.heads import HeadedQuerySet
from units.days import in_force
from units.models import Cadre, Unit, today
from units.roles import Rank


class HouseholdPairingQuerySet(HeadedQuerySet["HouseholdPairing"]):
    def _visible_to_others(self, user: Cadre) -> Self:
        """Past pairings stay visible to the cadres and units that had them."""
        return self.filter(unit=user.unit_id) if user.is_leader else self.filter(cadre=user.pk)

    def _editable_by_others(self, user: Cadre) -> Self:
        return self.filter(unit=user.unit_id, cadre__unit=user.unit_id) if user.is_leader else self.none()

    def current(self, on: date | None = None) -> "HouseholdPairingQuerySet":
        """Those in force at the end of a day, today by default; a pairing is no longer in force on its last
        day.
        """
        return self.filter(in_force(on))

    def of_cadre(self, cadre: Cadre) -> "HouseholdPairingQuerySet":
        return self.filter(cadre=cadre)


class HouseholdPairing(Record):
    """联户：干部 ↔ 户，有起止。单位和级别是结对那天的。"""

    cadre = models.ForeignKey(Cadre, models.PROTECT, verbose_name="干部", related_name="pairings")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="household_pairings")
    rank = models.CharField("级别", max_length=8, choices=Rank.choices)
    household = models.ForeignKey(
        "households.Household", models.PROTECT, verbose_name="户", related_name="pairings"
    )
    kind = models.CharField("结对方式", max_length=8, choices=PairingKind.choices, default=PairingKind.HELP)
    started_on = models.DateField("开始日期", default=today)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=100, blank=True)
    place = models.CharField("所属区划代码", max_length=12, editable=False, db_index=True)

    untracked = frozenset({"version", "place"})
    objects = HouseholdPairingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联户"
        ordering = ["household__no", "started_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"],
                condition=Q(ended_on=None),
                name="household_pairing_open_once",
                violation_error_message="这户已有这种方式的联户干部，先结束原来的再结对。",
            ),
            models.UniqueConstraint(
                fields=["cadre", "household"],
                condition=Q(ended_on=None),
                name="household_pairing_cadre_once",
                violation_error_message="这名干部已经联着这户。",
            ),
            ends_after_start("household_pairing_ends_after_start"),
            chosen("household_pairing_choices", rank=Rank.choices, kind=PairingKind.choices),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} 联 {self.household}"

    def fill(self) -> None:
        self.place = self.household.place


def paired_with(cadre: Cadre) -> models.QuerySet[Any, Any]:
    """Select the keys of the households that a cadre is paired with today."""
    return HouseholdPairing.objects.current().filter(cadre=cadre.pk).values("household")


def had_until_closed(cadre: Cadre) -> models.QuerySet[Any, Any]:
    """Select the keys of closed households with which a cadre was paired until the closing."""
    to_the_end = HouseholdPairing.objects.filter(cadre=cadre.pk, ended_on__gte=F("household__status_on"))
    return to_the_end.exclude(household__status=Status.OPEN).values("household")


def paired_by(user: Cadre) -> models.QuerySet[Any, Any]:
    """Select those paired today with the user, or with anybody of a leader's unit."""
    if not user.is_leader:
        return paired_with(user)
    return HouseholdPairing.objects.current().filter(unit=user.unit_id).values("household")

"""作废：records made by mistake stay readable, struck through, and count nowhere."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from core.records import Record
from units.models import Cadre, today

VOID_WITHIN = timedelta(days=7)
"""How long authors may void their own records; leader and office may any time."""


class Voidable(Record):
    """A field record that is voided with a reason and never deleted."""

    voided_on = models.DateField("作废日期", null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        Cadre,
        models.PROTECT,
        verbose_name="作废人",
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    void_reason = models.CharField("作废原因", max_length=100, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_void(self) -> bool:
        return self.voided_on is not None

    def take_back(self, *, by: Cadre, reason: str) -> None:
        """Void the record: it stays readable, struck through, and counts nowhere."""
        self.voided_on, self.voided_by, self.void_reason = today(), by, reason
        self.save()


def void_has_reason(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(voided_on=None) | ~Q(void_reason=""),
        name=name,
        violation_error_message="作废要写原因。",
    )

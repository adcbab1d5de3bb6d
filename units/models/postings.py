"""任职：the unit and rank of a cadre from a day on, until the next posting of the same cadre."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from core.records import Record
from core.scope import PlacedQuerySet
from units.roles import Rank

if TYPE_CHECKING:
    from units.models.staff import Cadre

FROM_THE_START = date(2012, 1, 1)
"""The first day of the campaign: nothing that needs a unit happened before."""


class PostingQuerySet(PlacedQuerySet["Posting", "Cadre"]):
    place_field = "cadre__place"

    def _visible_to_others(self, user: "Cadre") -> Self:
        """Postings of a leader's unit, or the user's own."""
        if user.is_leader:
            return self.filter(Q(unit=user.unit_id) | Q(cadre__unit=user.unit_id))
        return self.filter(cadre=user.pk)

    def editable_by(self, user: "Cadre") -> Self:
        """Return no rows: a posting is written by a transfer (`visits.transfers`)."""
        return self.none()


class Posting(Record):
    """One unit and rank of a cadre. A cadre without any has always had the present ones.

    It lasts until the cadre's next posting begins, so that two never overlap, none ends before it starts, and the
    last one is open.
    """

    cadre = models.ForeignKey("units.Cadre", models.PROTECT, verbose_name="干部", related_name="postings")
    unit = models.ForeignKey("units.Unit", models.PROTECT, verbose_name="单位", related_name="+")
    rank = models.CharField("级别", max_length=8, choices=Rank.choices)
    started_on = models.DateField("任职日期")

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["cadre", "started_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "started_on"],
                name="posting_once_a_day",
                violation_error_message="这名干部这一天已经有一次调动。",
            ),
            models.CheckConstraint(
                condition=Q(started_on__gte=FROM_THE_START),
                name="posting_in_the_campaign",
                violation_error_message="任职日期不能早于 2012-01-01。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.started_on} 起在{self.unit}"

    @classmethod
    def begin(cls, cadre: "Cadre", *, before: tuple[int, str], on: date) -> None:
        """Note that the cadre has had the present unit and rank since a day, and `before` those."""
        own = cls.objects.filter(cadre=cadre)
        if not own.exists():
            cls.objects.create(cadre=cadre, unit_id=before[0], rank=before[1], started_on=FROM_THE_START)
        posting = own.filter(started_on=on).first() or cls(cadre=cadre, started_on=on)
        posting.unit_id, posting.rank = cadre.unit_id, cadre.rank
        posting.save()

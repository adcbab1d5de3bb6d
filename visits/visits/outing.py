"""What one form of a visit says: one value that pages build, `rules` check and store, and `visit_diff` compares."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from core.word_lists import split_words
from households.models import Household
from units.models import Cadre
from villages.models import Village
from visits.models import Visit

COLUMNS = ("kind", "content", "promised_on", "promise")
"""Fields of an outing that every row of it stores as they are, in the column of the same name."""


@dataclass(frozen=True, kw_only=True)
class Outing:
    """Where a cadre went on which days, and what happened there.

    `author` typed it, `cadre` went. Each day and household becomes one Visit; without households the village does.
    `nights` are spent from the first day on, None for the usual number. `position` is (latitude, longitude).
    `ref` is the idempotency key of the form.
    """

    author: Cadre
    cadre: Cadre
    days: Sequence[date]
    kind: str
    households: Sequence[Household] = ()
    village: Village | None = None
    content: str = ""
    reasons: Sequence[str] = ()
    topics: Sequence[str] = ()
    card_given: bool = False
    nights: int | None = None
    companions: Sequence[Cadre] = ()
    promised_on: date | None = None
    promise: str = ""
    photos: Sequence[Any] = ()
    signature: Any = None
    position: tuple[Decimal, Decimal] | None = None
    ref: UUID = field(default_factory=uuid4)
    recorded_at: datetime | None = None

    @classmethod
    def of(cls, stored: Sequence[Visit]) -> "Outing":
        """Return what an earlier sending of a form recorded, from all rows of it."""
        first = stored[0]
        return cls(
            author=first.entered_by,
            cadre=first.cadre,
            days=sorted({visit.visited_on for visit in stored}),
            households=[visit.household for visit in stored if visit.household],
            village=None if first.household else first.village,
            reasons=split_words(first.reasons),
            topics=split_words(first.topics),
            card_given=any(visit.card_given for visit in stored),
            companions=[each.cadre for each in first.companions.select_related("cadre")],
            photos=[photo for visit in stored for photo in visit.photos.all()],
            ref=first.outing,
            recorded_at=first.recorded_at,
            **{name: getattr(first, name) for name in COLUMNS},
        )

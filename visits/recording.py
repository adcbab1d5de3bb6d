"""Recording what happened in the field: one form, one or several visits; and taking one back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core.words import join_words
from households.models import Household
from units.models import Cadre, today
from villages.models import Village
from visits.models import Visit, VisitCompanion, VisitPhoto, VisitQuerySet

FIRST_DAY = date(2012, 1, 1)
"""The campaign began in February 2012; nothing in it happened before."""
LONGEST_STAY = 31
MOST_ROWS = 60


class SameRef(Exception):
    """The same form was sent before with other content; `stored` is what was recorded then."""

    def __init__(self, stored: Sequence[Visit]) -> None:
        super().__init__("这张表已经保存过，内容不一样")
        self.stored = stored


@transaction.atomic
def record_outing(
    *,
    author: Cadre,
    cadre: Cadre,
    households: Sequence[Household],
    village: Village | None,
    days: Sequence[date],
    kind: str,
    content: str,
    ref: UUID,
    reasons: Iterable[str] = (),
    nights: bool = False,
    companions: Sequence[Cadre] = (),
    promised_on: date | None = None,
    promise: str = "",
    photos: Sequence[ContentFile[bytes]] = (),
    recorded_at: datetime | None = None,
) -> list[Visit]:
    """One Visit for each household (or the village alone) and day, sharing `outing`.

    A stay counts one night a date but the last, on the first row of the date. The rows' refs follow
    from `ref`, so a form sent twice is recorded once. Raises SameRef when it was sent with other
    content, PermissionDenied when the ref is another author's, ValidationError for impossible days.
    """
    check_days(days)
    places: list[tuple[Household | None, Village | None]] = [(h, h.village) for h in households]
    places = places or [(None, village)]
    if len(places) * len(days) > MOST_ROWS:
        raise ValidationError(f"一次最多记 {MOST_ROWS} 条，请分几次记。")
    drafts = [
        Visit(
            ref=row_ref(ref, household, day),
            outing=ref,
            cadre=cadre,
            unit=cadre.unit,
            rank=cadre.rank,
            household=household,
            village=there,
            visited_on=day,
            kind=kind,
            reasons=join_words(reasons),
            content=content,
            nights=1 if nights and number == 0 and (day != days[-1] or len(days) == 1) else 0,
            promised_on=promised_on,
            promise=promise,
            entered_by=author,
            recorded_at=recorded_at or timezone.now(),
        )
        for day in days
        for number, (household, there) in enumerate(places)
    ]
    stored = _sent_before(drafts, author)
    if stored:
        return stored
    for visit in drafts:
        _free_night(visit)
        visit.save()
        for companion in companions:
            VisitCompanion.objects.create(
                visit=visit, cadre=companion, unit=companion.unit, rank=companion.rank
            )
    for photo in photos:
        VisitPhoto.objects.create(owner=drafts[0], file=photo, size=photo.size)
    return drafts


def check_days(days: Sequence[date]) -> None:
    if max(days) > today():
        raise ValidationError("走访日期不能晚于今天。约好以后去的，填在“约下次”。")
    if min(days) < FIRST_DAY:
        raise ValidationError("走访日期不能早于 2012年1月1日。")
    if len(days) > LONGEST_STAY:
        raise ValidationError(f"一次最多记连着 {LONGEST_STAY} 天。")


def row_ref(ref: UUID, household: Household | None, day: date) -> UUID:
    """The ref of one row of a form, always the same for the same household and day."""
    return uuid5(ref, f"{household.pk if household else ''}:{day.isoformat()}")


def _sent_before(drafts: Sequence[Visit], author: Cadre) -> list[Visit]:
    """What an earlier sending of the same form recorded; empty the first time."""
    stored = list(Visit.objects.filter(outing=drafts[0].outing).select_related("household").order_by("pk"))
    if not stored:
        return []
    if any(visit.entered_by_id != author.pk for visit in stored):
        raise PermissionDenied("这张表的编号是别人用过的，请重新打开记走访。")
    if {_content(visit) for visit in stored} != {_content(visit) for visit in drafts}:
        raise SameRef(stored)
    return stored


def _content(visit: Visit) -> tuple[Any, ...]:
    return (
        visit.ref,
        visit.cadre_id,
        visit.kind,
        visit.reasons,
        visit.content,
        visit.promised_on,
        visit.promise,
    )


def _free_night(visit: Visit) -> None:
    """Nights count once a cadre and date: a date that has one already gets no second."""
    others = Visit.objects.counted().filter(cadre=visit.cadre, visited_on=visit.visited_on, nights=1)
    if visit.nights and others.exists():
        visit.nights = 0


def void(visit: Visit, *, by: Cadre, reason: str) -> None:
    """作废: stays readable, struck through, and counts nowhere."""
    visit.voided_on, visit.voided_by, visit.void_reason = today(), by, reason
    visit.save()


def open_promises(visits: VisitQuerySet) -> VisitQuerySet:
    """Of these visits, those whose promise no later counted visit of the same cadre there has met."""
    later = Visit.objects.counted().filter(cadre=OuterRef("cadre"), household=OuterRef("household"))
    after = Q(visited_on__gt=OuterRef("visited_on")) | Q(
        visited_on=OuterRef("visited_on"), pk__gt=OuterRef("pk")
    )
    promised = visits.counted().filter(Q(promised_on__isnull=False) | ~Q(promise=""))
    return promised.filter(~Exists(later.filter(after)))

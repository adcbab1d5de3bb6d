"""活动: record and void meetings, study, publicity and training of a unit."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from units.days import problem_of_day
from units.models import Cadre, Unit
from units.unit_history import Postings
from villages.models import Village
from visits.idempotency import RefTaken, SameRef, differing
from visits.models import Activity, ActivityPhoto

MATERIALS = ["slogans", "banners", "boards", "handbooks", "letters"]
"""The quantities that a publicity activity (宣传) reports."""
SAME = ["kind", "title", "held_on", "unit_id", "village_id", "people", *MATERIALS, "text"]
"""Columns that make two submissions of a form the same, beside photos."""


def record_activity(
    *,
    ref: UUID,
    author: Cadre,
    kind: str,
    title: str,
    held_on: date,
    unit: Unit | None = None,
    village: Village | None = None,
    people: int = 0,
    text: str = "",
    photos: Sequence[ContentFile[bytes]] = (),
    **materials: int,
) -> Activity:
    """Store an activity of `unit`, by default the author's unit of that day, in a village or at the unit
    itself.

    A form sent twice is recorded once. Raises ValidationError {field: sentence}, SameRef if the ref came
    with other content, RefTaken if it is another author's.
    """
    if why := problem_of_day(held_on):
        raise ValidationError({"held_on": why})
    negative = {name: "不能是负数。" for name, count in {"people": people, **materials}.items() if count < 0}
    if negative:
        raise ValidationError(negative)
    draft = Activity(
        ref=ref,
        kind=kind,
        title=title,
        held_on=held_on,
        unit_id=unit.pk if unit else Postings([author], held_on).on(author, held_on)[0],
        village=village,
        people=people,
        text=text,
        entered_by=author,
        **materials,
    )
    try:
        with transaction.atomic():
            return _sent_before(draft, len(photos)) or _save(draft, photos)
    except IntegrityError:
        # Two taps at once: the other one wrote between our look and our write.
        if stored := _sent_before(draft, len(photos)):
            return stored
        raise


def _sent_before(draft: Activity, photos: int) -> Activity | None:
    stored = Activity.objects.filter(ref=draft.ref).first()
    if stored is None:
        return None
    if stored.entered_by_id != draft.entered_by_id:
        raise RefTaken
    if rows := differing(draft, stored, SAME, photos):
        raise SameRef([stored], rows)
    return stored


def _save(activity: Activity, photos: Sequence[ContentFile[bytes]]) -> Activity:
    activity.save()
    for photo in photos:
        ActivityPhoto.objects.create(owner=activity, file=photo, size=photo.size)
    return activity

"""A reason for going on above a day's limit, and whom it is told."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.models import Notice, OverLimit, ReportRead
from core.oversight import place_of
from core.places import COUNTY, above, under
from units.models import Cadre
from units.oversight.report import anything, days_of
from units.roles import Role

SHOWN = 3
"""Notices on a home; the others stand on their page."""


def level_above(by: Cadre) -> list[Cadre]:
    """Return a cadre's leaders; of anybody else the nearest office above; where there is none, all offices of
    the county.

    Oneself only when nobody else is there.
    """
    if by.role == Role.CADRE:
        leaders = list(_accounts().filter(unit=by.unit_id, role=Role.LEADER).exclude(pk=by.pk))
        if leaders:
            return leaders
    offices = _accounts().filter(role=Role.OFFICE).order_by("pk")
    return _nearest(by, offices) or _all(by, offices)


def _nearest(by: Cadre, offices: QuerySet[Cadre]) -> list[Cadre]:
    """Return the offices above an account, the nearest first."""
    places = [place for place in above(by.place) if place != by.place or not by.is_office]
    found = [office for office in offices.filter(place__in=places) if office.pk != by.pk]
    nearest = max((len(office.place) for office in found), default=0)
    return [office for office in found if len(office.place) == nearest]


def _all(by: Cadre, offices: QuerySet[Cadre]) -> list[Cadre]:
    in_county = list(offices.filter(under(place_of(by)[:COUNTY])))
    return [office for office in in_county if office.pk != by.pk] or in_county


def _accounts() -> QuerySet[Cadre]:
    return Cadre.objects.current().filter(is_active=True).select_related("unit")


def give_reason(by: Cadre, kind: str, text: str) -> Sequence[Cadre]:
    """Keep the reason and tell the level above, whom it returns. A second one of the same day adds nothing."""
    told = level_above(by)
    try:
        with transaction.atomic():
            over = OverLimit.objects.create(
                by=by,
                place=place_of(by),
                on=timezone.localdate(),
                kind=kind,
                limit=by.daily_limit(kind),
                text=text,
            )
            for cadre in told:
                Notice.objects.create(over=over, to=cadre)
    except IntegrityError:
        if not OverLimit.objects.filter(by=by, on=timezone.localdate(), kind=kind).exists():
            raise
    return told


def home_notices(user: Cadre) -> dict[str, Any]:
    """Return the context of `_notices.html`: what was told and not put away, and whether yesterday's report waits."""
    if not user.is_staff:
        return {}
    told = list(unseen(user)[: SHOWN + 1])
    return {
        "notices": told[:SHOWN],
        "more_notices": len(told) > SHOWN,
        "unread_report": user.is_office and _report_waits(user),
    }


def _report_waits(user: Cadre) -> bool:
    yesterday = days_of("yesterday")
    read = ReportRead.objects.filter(by=user.pk, until__gte=yesterday.until).exists()
    return not read and anything(user, yesterday)


def unseen(user: Cadre) -> QuerySet[Notice]:
    """Return what the user has been told and not put away, newest first."""
    return told_to(user).filter(seen_at=None)


def told_to(user: Cadre) -> QuerySet[Notice]:
    return Notice.objects.filter(to=user.pk).select_related("over__by__unit")

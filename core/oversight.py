"""Daily limits on whole ID numbers (counted by person) and files. Exceeding a limit needs one reason a day.

A day is a calendar day in TIME_ZONE. A person counts once a day, however often and in whichever way the
number was used. Lookups without a match count too, because they also narrow down a number.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core import identity
from core.models import MEASURES, Download, Installation, Look, Notice, OverLimit, ReportRead, Reveal
from core.places import lies_under

Kind = OverLimit.Kind
Act = Reveal.Act


class LimitReached(Exception):
    """The daily limit is reached and no reason given yet; `units.middleware` asks for it."""

    def __init__(self, user: Any, kind: str, limit: int) -> None:
        self.user, self.kind, self.limit = user, kind, limit
        super().__init__(said(kind, limit))


def said(kind: str, limit: int) -> str:
    """Return the sentence that names the limit reached."""
    what = "看和查的身份证号" if kind == Kind.PERSONS else "导出的文件"
    return f"今天{what}已到 {limit:,} {MEASURES[kind]}，是一天的限额。写明原因就可以接着办。"


def begin_of(day: date, hour: int = 0) -> datetime:
    """Return the moment of an hour on a local day."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


def day_began() -> datetime:
    return begin_of(timezone.localdate())


def numbers_of_today(user: Any) -> QuerySet[Any]:
    return Reveal.objects.filter(by=user.pk, at__gte=day_began())


def persons_today(user: Any) -> int:
    """Return how many different people's numbers the user has used today."""
    return numbers_of_today(user).exclude(id_hash="").order_by().values("id_hash").distinct().count()


def exports_today(user: Any) -> int:
    return Download.objects.filter(by=user.pk, at__gte=day_began()).count()


def reason_given(user: Any, kind: str) -> bool:
    return OverLimit.objects.filter(by=user.pk, on=timezone.localdate(), kind=kind).exists()


def allow_export(user: Any) -> None:
    """Check the daily number of files, with people in them or not, before another is made.

    Raises LimitReached.
    """
    _allow(user, Kind.EXPORTS, exports_today(user))


def note_number_use(user: Any, number: str, act: Act, *, member: Any = None) -> None:
    """Count the person behind a whole number and log the use.

    Raises LimitReached before anything is revealed.

    查看 is logged each time; a search or check of one number once a day, since each page of results repeats
    it.
    """
    person = identity.id_hash(number)
    acts = set(numbers_of_today(user).filter(id_hash=person).values_list("act", flat=True))
    if person and not acts:
        _allow(user, Kind.PERSONS, persons_today(user))
    if act == Act.VIEW or act not in acts:
        row = {"table": member._meta.label_lower, "row": member.pk, "whose": member.name} if member else {}
        place = member.place if member else place_of(user)
        Reveal.objects.create(by=user, place=place, act=act, id_hash=person, **row)


def note_checks(user: Any, numbers: Iterable[str]) -> None:
    """Count the people of a sheet whose numbers were reported to belong to another person.

    The upload is already done, so the limit does not stop it, but it stops later uses on the same day.
    """
    known = set(numbers_of_today(user).filter(act=Act.CHECK).values_list("id_hash", flat=True))
    new = {identity.id_hash(number) for number in numbers} - known - {""}
    place = place_of(user)
    Reveal.objects.bulk_create(
        [Reveal(by=user, place=place, act=Act.CHECK, id_hash=person) for person in sorted(new)],
        batch_size=1000,
    )


def note_look(user: Any, whose: Any) -> None:
    """Log that somebody opened another person's account, once per viewer, account and day."""
    if user.pk == whose.pk:
        return
    look = {"whose_id": whose.pk, "by_id": user.pk, "on": timezone.localdate()}
    if not Look.objects.filter(**look).exists():
        Look.objects.bulk_create([Look(**look)], ignore_conflicts=True)


def put_away(user: Any, keys: Iterable[int]) -> None:
    """Mark the user's notices as read (看过了)."""
    Notice.objects.filter(pk__in=keys, to=user.pk, seen_at=None).update(seen_at=timezone.now())


def note_read(user: Any, until: date) -> None:
    """Record up to which day the security report was read. The current day counts as read only tomorrow."""
    until = min(until, timezone.localdate() - timedelta(days=1))
    if not ReportRead.objects.filter(by=user.pk, until__gte=until).exists():
        ReportRead.objects.update_or_create(by=user, defaults={"until": until})


def place_of(user: Any) -> str:
    """Return the place under which to log an act without a row: the county for cadres above it."""
    county = Installation.this()
    from_above = county and not user.sees_place and lies_under(county.code, user.place)
    return county.code if county and from_above else user.place


def _allow(user: Any, kind: str, used: int) -> None:
    limit = user.daily_limit(kind)
    if used >= limit and not reason_given(user, kind):
        raise LimitReached(user, kind, limit)

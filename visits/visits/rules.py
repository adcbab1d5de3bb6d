"""Record visits: one form makes one or several rows."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.word_lists import join_words
from households.closing import problem_of_closing
from households.models import Household
from units.days import FIRST_DAY
from units.models import Cadre, today
from units.unit_history import Postings
from villages.models import Village
from visits.idempotency import Compared, RefTaken, SameRef
from visits.models import Visit, VisitCompanion, VisitPhoto, VisitSignature
from visits.visits.outing import COLUMNS, Outing

LONGEST_STAY = 31
MOST_ROWS = 60
A_YEAR = timedelta(days=366)
NEED_HOUSEHOLD = {Visit.Kind.HOME, Visit.Kind.STAY, Visit.Kind.RETURN, Visit.Kind.PHONE}
"""Kinds that require a household; the others also happen in a village."""


def record_outing(outing: Outing) -> list[Visit]:
    """Store one Visit for each day and household (or for the village alone), and return them.

    Photos and the household's signature go to the first row, a card to the first day of each household. A form
    sent twice is recorded once. Raises ValidationError {field: sentence} for what must not be recorded, SameRef if
    the ref came with other content, RefTaken if it is another author's.
    """
    if problems := check_outing(outing):
        raise ValidationError(problems)
    try:
        with transaction.atomic():
            _lock(outing.author, outing.cadre)
            postings = Postings([outing.cadre, *outing.companions], min(outing.days))
            drafts = list(_drafts(outing, postings))
            return _sent_before(drafts, outing) or _save(drafts, outing, postings)
    except IntegrityError:
        # Another author's form took the ref between our look and our write.
        if Visit.objects.filter(outing=outing.ref).exclude(entered_by=outing.author).exists():
            raise RefTaken from None
        raise


def check_outing(outing: Outing) -> dict[str, str]:
    """Return why this must not be recorded: a sentence for each field, empty if nothing is wrong."""
    days, kind, nights = outing.days, outing.kind, outing.nights or 0
    people = {outing.cadre.pk, *(companion.pk for companion in outing.companions)}
    colleagues = set(
        Cadre.objects.colleagues_of(outing.author).filter(pk__in=people).values_list("pk", flat=True)
    )
    is_known = outing.cadre == outing.author or outing.cadre.pk in colleagues
    has_card = outing.card_given
    problems = {
        "days": _problem_of_days(days, len(outing.households)),
        "cadre": "" if is_known else "只能替本单位在岗的同事记。",
        "households": _problem_of_households(outing)
        or (problem_of_closing(outing.households, max(days)) if days else ""),
        "village": _problem_of_village(outing),
        "nights": problem_of_nights(kind, nights) or _problem_of_many_nights(days, nights),
        "companions": _problem_of_companions(outing, colleagues),
        "promised_on": _problem_of_promise(days, outing.promised_on),
        "card_given": problem_of_card(kind, at_household=bool(outing.households)) if has_card else "",
    }
    return {field: sentence for field, sentence in problems.items() if sentence}


def nights_of(kind: str, days: int) -> int:
    """Return the usual nights: two for a stay of three days, one for 住户 on a single day, none for a call."""
    if kind == Visit.Kind.PHONE:
        return 0
    return days - 1 if days > 1 else int(kind == Visit.Kind.STAY)


def problem_of_nights(kind: str, nights: int) -> str:
    """Return why this kind of visit cannot have nights, '' if it can."""
    return "打电话没有住村，住村夜数空着。" if nights and kind == Visit.Kind.PHONE else ""


def _problem_of_many_nights(days: Sequence[date], nights: int) -> str:
    return "住村夜数不能多于天数。" if days and nights > len(days) else ""


def _problem_of_days(days: Sequence[date], households: int) -> str:
    if not days:
        return ""
    if max(days) > today():
        return f"走访日期不能晚于今天（{today():%Y-%m-%d}）。约好以后去的，填在“约下次”。"
    if min(days) < FIRST_DAY:
        return f"走访日期不能早于 {FIRST_DAY:%Y-%m-%d}，双联行动 2012 年才开始。"
    if len(days) > LONGEST_STAY:
        return f"一次最多记连着的 {LONGEST_STAY} 天，再多的请分几次记。"
    if len(days) * max(households, 1) > MOST_ROWS:
        return f"每户每天记一条，一次最多 {MOST_ROWS} 条，请分几次记。"
    return ""


def _problem_of_households(outing: Outing) -> str:
    keys = {household.pk for household in outing.households}
    author, cadre = outing.author, outing.cadre
    if keys and Household.objects.open_to(author, cadre).filter(pk__in=keys).count() < len(keys):
        return f"勾选的户里，有现在不归{'您' if author == cadre else cadre.name}联系的，请去掉再保存。"
    if not keys and outing.kind in NEED_HOUSEHOLD:
        elsewhere = "没有入户的，改选“做什么”，如两委座谈、劳动。" if outing.village else ""
        return f"请勾选去了哪一户。{elsewhere}"
    return ""


def _problem_of_village(outing: Outing) -> str:
    if outing.households:
        return "已经勾选了户，不用再选村；没有入户的，请把户去掉。" if outing.village else ""
    if outing.village is None:
        return "" if outing.kind in NEED_HOUSEHOLD else "没有到户的，请选是哪个村。"
    known = Village.objects.visible_to(outing.author).filter(pk=outing.village.pk)
    return "" if known.exists() else "这个村不是本单位联系的村。"


def _problem_of_companions(outing: Outing, colleagues: set[int]) -> str:
    if outing.cadre in outing.companions:
        return "同去的人里不用再勾走访干部自己。"
    if any(companion.pk not in colleagues for companion in outing.companions):
        return "同去的人只能选本单位在岗的同事。"
    return ""


def problem_of_card(kind: str, *, at_household: bool) -> str:
    """Return why no contact card can have been handed out, '' if it can (constraint
    visit_card_at_a_household).
    """
    if not at_household:
        return "发放连心卡，要写明是哪一户。"
    return "打电话发不了连心卡，当面发的才记。" if kind == Visit.Kind.PHONE else ""


def _problem_of_promise(days: Sequence[date], promised_on: date | None) -> str:
    if not days or promised_on is None:
        return ""
    if promised_on <= max(days):
        return "约下次的日期要晚于这次走访。"
    if promised_on > max(days) + A_YEAR:
        return "约下次最晚约到一年以内，看看年份写对没有。"
    return ""


def _lock(*cadres: Cadre) -> None:
    """Lock the cadres, so that two forms cannot both take a night (SQLite writes one at a time)."""
    list(Cadre.objects.select_for_update().filter(pk__in={cadre.pk for cadre in cadres}).order_by("pk"))


def _drafts(outing: Outing, postings: Postings) -> Iterator[Visit]:
    """Yield the rows to be, by day, then household.

    The first row of a date carries its night if it is free, the first row of a household its card.
    """
    same = _same_for_all(outing)
    nights = nights_of(outing.kind, len(outing.days)) if outing.nights is None else outing.nights
    taken = _nights_taken(outing.cadre, outing.days, outing.ref) if nights else set()
    alone = len(outing.days) * len(outing.households) <= 1
    for number, day in enumerate(outing.days):
        unit, rank = postings.on(outing.cadre, day)
        for position, household in enumerate(outing.households or [None]):
            yield Visit(
                ref=outing.ref if alone else row_ref(outing.ref, household, day),
                unit_id=unit,
                rank=rank,
                household=household,
                village=household.village if household else outing.village,
                visited_on=day,
                nights=int(position == 0 and number < nights and day not in taken),
                card_given=outing.card_given and number == 0,
                **same,
            )


def _same_for_all(outing: Outing) -> dict[str, Any]:
    """Return the columns that every row of an outing shares."""
    latitude, longitude = outing.position or (None, None)
    return {
        "outing": outing.ref,
        "cadre": outing.cadre,
        "reasons": join_words(outing.reasons),
        "topics": join_words(outing.topics),
        "latitude": latitude,
        "longitude": longitude,
        "entered_by": outing.author,
        "recorded_at": outing.recorded_at or timezone.now(),
        **{name: getattr(outing, name) for name in COLUMNS},
    }


def row_ref(ref: UUID, household: Household | None, day: date) -> UUID:
    """Return the ref of one row of a form: always the same for the same household and day."""
    return uuid5(ref, f"{household.pk if household else ''}:{day.isoformat()}")


def _nights_taken(cadre: Cadre, days: Sequence[date], outing: UUID) -> set[date]:
    """Return the dates whose night another outing has already: a night counts once per cadre and date."""
    others = Visit.objects.counted().exclude(outing=outing)
    return set(others.filter(cadre=cadre, visited_on__in=days, nights=1).values_list("visited_on", flat=True))


def _sent_before(drafts: Sequence[Visit], outing: Outing) -> list[Visit]:
    """Return what an earlier sending of the same form recorded; empty the first time."""
    stored = list(
        Visit.objects.filter(outing=outing.ref)
        .select_related("household__village", "village", "cadre")
        .prefetch_related("companions", "photos")
        .order_by("pk")
    )
    if not stored:
        return []
    if any(visit.entered_by_id != outing.author.pk for visit in stored):
        raise RefTaken
    together = {companion.pk for companion in outing.companions}
    same = (
        {_content(visit) for visit in stored} == {_content(visit) for visit in drafts}
        and all({row.cadre_id for row in visit.companions.all()} == together for visit in stored)
        and sum(len(visit.photos.all()) for visit in stored) == len(outing.photos)
    )
    if not same:
        raise SameRef(stored, _nights_compared(drafts, stored))
    return stored


def _nights_compared(drafts: Sequence[Visit], stored: Sequence[Visit]) -> list[Compared]:
    """Return the nights of both sendings if they differ; a night that another outing has counts for neither."""
    mine, theirs = (sum(visit.nights for visit in rows) for rows in (drafts, stored))
    return [Compared("住村夜数", str(mine), str(theirs))] if mine != theirs else []


def _content(visit: Visit) -> tuple[Any, ...]:
    return (
        visit.ref,
        visit.cadre_id,
        visit.household_id,
        visit.village_id,
        visit.visited_on,
        visit.nights,
        visit.reasons,
        visit.topics,
        visit.card_given,
        visit.voided_on,
        *(getattr(visit, name) for name in COLUMNS),
    )


def _save(drafts: list[Visit], outing: Outing, postings: Postings) -> list[Visit]:
    for visit in drafts:
        visit.save()
        for companion in outing.companions:
            unit, rank = postings.on(companion, visit.visited_on)
            VisitCompanion.objects.create(visit=visit, cadre=companion, unit_id=unit, rank=rank)
    for photo in outing.photos:
        VisitPhoto.objects.create(owner=drafts[0], file=photo, size=photo.size)
    if outing.signature:
        VisitSignature.objects.create(owner=drafts[0], file=outing.signature, size=outing.signature.size)
    return drafts

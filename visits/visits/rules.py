"""Recording what happened in the field: one form, one or several visits."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.word_lists import join_words
from households.closing import problem_of_closing
from households.models import Household
from units.days import FIRST_DAY
from units.models import Cadre, today
from units.unit_history import Postings
from villages.models import Village
from visits.idempotency import RefTaken, SameRef
from visits.models import Visit, VisitCompanion, VisitPhoto, VisitSignature

LONGEST_STAY = 31
MOST_ROWS = 60
A_YEAR = timedelta(days=366)
NEED_HOUSEHOLD = {Visit.Kind.HOME, Visit.Kind.STAY, Visit.Kind.RETURN, Visit.Kind.PHONE}
"""Kinds that mean nothing without a household; the others also happen in a village."""


def record_outing(
    *,
    author: Cadre,
    cadre: Cadre,
    households: Sequence[Household],
    days: Sequence[date],
    kind: str,
    content: str,
    ref: UUID,
    village: Village | None = None,
    reasons: Iterable[str] = (),
    topics: Iterable[str] = (),
    card_given: bool = False,
    nights: int | None = None,
    companions: Sequence[Cadre] = (),
    promised_on: date | None = None,
    promise: str = "",
    photos: Sequence[ContentFile[bytes]] = (),
    signature: ContentFile[bytes] | None = None,
    position: tuple[Decimal, Decimal] | None = None,
    recorded_at: datetime | None = None,
) -> list[Visit]:
    """One Visit for each day and household (or the village alone), sharing `outing`; photos and the
    household's signature on the first, the card of each household on the first day. `position` is
    (latitude, longitude).

    `nights` are spent from the first day on, told by `nights_of` when None. A form sent twice is
    recorded once. Raises ValidationError {field: sentence} for what must not be recorded, SameRef when
    the ref came with other content, RefTaken when it is another author's.
    """
    problems = check_outing(
        author=author,
        cadre=cadre,
        households=households,
        village=village,
        days=days,
        kind=kind,
        nights=nights,
        companions=companions,
        promised_on=promised_on,
        card_given=card_given,
    )
    if problems:
        raise ValidationError(problems)
    same = {
        "outing": ref,
        "kind": kind,
        "reasons": join_words(reasons),
        "topics": join_words(topics),
        "latitude": position[0] if position else None,
        "longitude": position[1] if position else None,
        "content": content,
        "promised_on": promised_on,
        "promise": promise,
        "entered_by": author,
        "recorded_at": recorded_at or timezone.now(),
    }
    spent = nights_of(kind, len(days)) if nights is None else nights
    try:
        with transaction.atomic():
            _lock(author, cadre)
            postings = Postings([cadre, *companions], min(days))
            drafts = list(_drafts(cadre, households, village, days, spent, card_given, postings, same))
            stored = _sent_before(drafts, author, companions, len(photos))
            return stored or _save(drafts, companions, postings, photos, signature)
    except IntegrityError:
        # Another author's form took the ref between our look and our write.
        if Visit.objects.filter(outing=ref).exclude(entered_by=author).exists():
            raise RefTaken from None
        raise


def check_outing(
    *,
    author: Cadre,
    cadre: Cadre,
    households: Sequence[Household],
    village: Village | None,
    days: Sequence[date],
    kind: str,
    nights: int | None = None,
    companions: Sequence[Cadre] = (),
    promised_on: date | None = None,
    card_given: bool = False,
) -> dict[str, str]:
    """What stands against recording this, a sentence for each field."""
    colleagues = set(
        Cadre.objects.colleagues_of(author)
        .filter(pk__in={cadre.pk, *(companion.pk for companion in companions)})
        .values_list("pk", flat=True)
    )
    problems = {
        "days": _problem_of_days(days, len(households)),
        "cadre": "" if cadre == author or cadre.pk in colleagues else "只能替本单位在岗的同事记。",
        "households": _problem_of_households(author, cadre, households, village, kind)
        or (problem_of_closing(households, max(days)) if days else ""),
        "village": _problem_of_village(author, households, village, kind),
        "nights": problem_of_nights(kind, nights or 0) or _problem_of_many_nights(days, nights or 0),
        "companions": _problem_of_companions(cadre, companions, colleagues),
        "promised_on": _problem_of_promise(days, promised_on),
        "card_given": problem_of_card(kind, at_household=bool(households)) if card_given else "",
    }
    return {field: sentence for field, sentence in problems.items() if sentence}


def nights_of(kind: str, days: int) -> int:
    """A stay of three days is two nights; 住户 on one day is the night that follows; a phone call is none."""
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


def _problem_of_households(
    author: Cadre, cadre: Cadre, households: Sequence[Household], village: Village | None, kind: str
) -> str:
    keys = {household.pk for household in households}
    if keys and Household.objects.open_to(author, cadre).filter(pk__in=keys).count() < len(keys):
        return f"勾选的户里，有现在不归{'您' if author == cadre else cadre.name}联系的，请去掉再保存。"
    if not keys and kind in NEED_HOUSEHOLD:
        return "请勾选去了哪一户。" + ("没有入户的，改选“做什么”，如两委座谈、劳动。" if village else "")
    return ""


def _problem_of_village(
    author: Cadre, households: Sequence[Household], village: Village | None, kind: str
) -> str:
    if households:
        return "已经勾选了户，不用再选村；没有入户的，请把户去掉。" if village else ""
    if village is None:
        return "" if kind in NEED_HOUSEHOLD else "没有到户的，请选是哪个村。"
    known = Village.objects.visible_to(author).filter(pk=village.pk)
    return "" if known.exists() else "这个村不是本单位联系的村。"


def _problem_of_companions(cadre: Cadre, companions: Sequence[Cadre], colleagues: set[int]) -> str:
    if cadre in companions:
        return "同去的人里不用再勾走访干部自己。"
    if any(companion.pk not in colleagues for companion in companions):
        return "同去的人只能选本单位在岗的同事。"
    return ""


def problem_of_card(kind: str, *, at_household: bool) -> str:
    """What stands against having handed out a contact card (constraint visit_card_at_a_household)."""
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
    """One at a time for a cadre, so that two forms cannot both take a night (SQLite writes one at a time)."""
    list(Cadre.objects.select_for_update().filter(pk__in={cadre.pk for cadre in cadres}).order_by("pk"))


def _drafts(
    cadre: Cadre,
    households: Sequence[Household],
    village: Village | None,
    days: Sequence[date],
    nights: int,
    card_given: bool,
    postings: Postings,
    same: dict[str, Any],
) -> Iterator[Visit]:
    """The rows to be: by day, then household. The first row of a date carries its night, if it is free, the
    first row of a household its card.
    """
    taken = _nights_taken(cadre, days, same["outing"]) if nights else set()
    alone = len(days) * len(households) <= 1
    for number, day in enumerate(days):
        unit, rank = postings.on(cadre, day)
        for position, household in enumerate(households or [None]):
            yield Visit(
                ref=same["outing"] if alone else row_ref(same["outing"], household, day),
                cadre=cadre,
                unit_id=unit,
                rank=rank,
                household=household,
                village=household.village if household else village,
                visited_on=day,
                nights=int(position == 0 and number < nights and day not in taken),
                card_given=card_given and number == 0,
                **same,
            )


def row_ref(ref: UUID, household: Household | None, day: date) -> UUID:
    """The ref of one row of a form: always the same for the same household and day."""
    return uuid5(ref, f"{household.pk if household else ''}:{day.isoformat()}")


def _nights_taken(cadre: Cadre, days: Sequence[date], outing: UUID) -> set[date]:
    """Nights count once a cadre and date: the dates that have one from another outing."""
    others = Visit.objects.counted().exclude(outing=outing)
    return set(others.filter(cadre=cadre, visited_on__in=days, nights=1).values_list("visited_on", flat=True))


def _sent_before(
    drafts: Sequence[Visit], author: Cadre, companions: Sequence[Cadre], photos: int
) -> list[Visit]:
    """What an earlier sending of the same form recorded; empty the first time."""
    stored = list(
        Visit.objects.filter(outing=drafts[0].outing)
        .select_related("household__village", "village", "cadre")
        .prefetch_related("companions", "photos")
        .order_by("pk")
    )
    if not stored:
        return []
    if any(visit.entered_by_id != author.pk for visit in stored):
        raise RefTaken
    together = {companion.pk for companion in companions}
    same = (
        {_content(visit) for visit in stored} == {_content(visit) for visit in drafts}
        and all({row.cadre_id for row in visit.companions.all()} == together for visit in stored)
        and sum(len(visit.photos.all()) for visit in stored) == photos
    )
    if not same:
        raise SameRef(stored)
    return stored


def _content(visit: Visit) -> tuple[Any, ...]:
    return (
        visit.ref,
        visit.cadre_id,
        visit.household_id,
        visit.village_id,
        visit.visited_on,
        visit.nights,
        visit.kind,
        visit.reasons,
        visit.topics,
        visit.card_given,
        visit.content,
        visit.promised_on,
        visit.promise,
        visit.voided_on,
    )


def _save(
    drafts: list[Visit],
    companions: Sequence[Cadre],
    postings: Postings,
    photos: Sequence[ContentFile[bytes]],
    signature: ContentFile[bytes] | None,
) -> list[Visit]:
    for visit in drafts:
        visit.save()
        for companion in companions:
            unit, rank = postings.on(companion, visit.visited_on)
            VisitCompanion.objects.create(visit=visit, cadre=companion, unit_id=unit, rank=rank)
    for photo in photos:
        VisitPhoto.objects.create(owner=drafts[0], file=photo, size=photo.size)
    if signature:
        VisitSignature.objects.create(owner=drafts[0], file=signature, size=signature.size)
    return drafts

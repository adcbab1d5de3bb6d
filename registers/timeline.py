"""The timeline of a household: visits, problems, help and surveys in one line, newest first."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.lists import link_to
from core.periods import Period
from households.models import Household
from surveys.filling.due import SurveySummary
from visits.choices import AssistanceKind, Category
from visits.models import (
    OPEN,
    Assistance,
    AssistancePhoto,
    Problem,
    ProblemStatus,
    Visit,
    VisitCompanion,
    VisitPhoto,
)

SHOWN = 20
VISIT_KINDS, HELP_KINDS = dict(Visit.Kind.choices), dict(AssistanceKind.choices)
CATEGORIES, STATUSES = dict(Category.choices), dict(ProblemStatus.choices)


@dataclass(frozen=True)
class Event:
    """One line: what and when, in whose words, by whom; `chips` are (class, word), `photos` uuids of files."""

    on: date
    what: str
    url: str
    text: str
    who: str
    css: str
    chips: list[tuple[str, str]] = field(default_factory=list)
    more: str = ""
    photos: list[UUID] = field(default_factory=list)
    is_void: bool = False


@dataclass(frozen=True)
class Beside:
    """Related rows of the shown rows, by key."""

    companions: Mapping[int, list[str]]
    visit_photos: Mapping[int, list[UUID]]
    receipts: Mapping[int, list[UUID]]


Line = tuple[date, Callable[[Any, Beside], Event], Any]
"""(day, function that renders it, row); only shown lines are rendered."""


def timeline(
    household: Household,
    visits: QuerySet[Visit],
    rounds: Iterable[SurveySummary],
    period: Period | None = None,
) -> tuple[list[Event], bool]:
    """Return the newest events on a household, of a period if one is given, and whether there are older ones.
    Six queries.

    Whoever sees a household sees its problems, help and surveys; of the visits those that are given.
    """
    lines: list[Line] = [
        *((row.visited_on, _visit, row) for row in _visits(_within(visits, "visited_on", period))),
        *((row.raised_on, _problem, row) for row in _problems(household, period)),
        *((row.given_on, _help, row) for row in _assistance(household, period)),
        *(
            (response.surveyed_on, _survey, response)
            for each in rounds
            for response in each.counted
            if period is None or period.since <= response.surveyed_on <= period.until
        ),
    ]
    lines.sort(key=itemgetter(0), reverse=True)
    shown = lines[:SHOWN]
    beside = _beside(shown)
    return [tell(row, beside) for _, tell, row in shown], len(lines) > SHOWN


def _within(rows: QuerySet[Any], day: str, period: Period | None) -> Any:
    return rows.filter(**{f"{day}__range": period.days}) if period else rows


def _newest(rows: Any, *columns: str) -> Sequence[Any]:
    """Return one more than are shown, to know whether there are more.

    Columns and not instances, which Django takes three times as long to make.
    """
    return list(rows.values_list("pk", *columns, named=True)[: SHOWN + 1])


def _beside(lines: Iterable[Line]) -> Beside:
    keys = _by_key((tell, row.pk) for _, tell, row in lines)
    along = VisitCompanion.objects.filter(visit__in=keys[_visit]).order_by("pk")
    photos = VisitPhoto.objects.filter(owner__in=keys[_visit])
    receipts = AssistancePhoto.objects.filter(owner__in=keys[_help])
    return Beside(
        _by_key(along.values_list("visit", "cadre__name")),
        _by_key(photos.values_list("owner", "uuid")),
        _by_key(receipts.values_list("owner", "uuid")),
    )


def _by_key(pairs: Iterable[tuple[Any, Any]]) -> Mapping[Any, list[Any]]:
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _void(row: Any) -> list[tuple[str, str]]:
    return [("", "作废")] if row.voided_on else []


# --- visits ---------------------------------------------------------------------------------------


def _visits(visits: QuerySet[Visit]) -> Sequence[Any]:
    people = ("cadre", "cadre__name", "entered_by", "entered_by__name")
    promise = ("promised_on", "promise")
    return _newest(
        visits, "visited_on", "kind", "content", *people, *promise, "is_late", "card_given", "voided_on"
    )


def _visit(row: Any, beside: Beside) -> Event:
    typed = f"，{row.entered_by__name}代录" if row.entered_by != row.cadre else ""
    promised = f"{row.promised_on:%Y-%m-%d} " if row.promised_on else ""
    return Event(
        row.visited_on,
        VISIT_KINDS[row.kind],
        link_to("visit")(row.pk),
        row.content,
        "、".join([row.cadre__name, *beside.companions[row.pk]]) + typed,
        "t-visit",
        [("ok", "连心卡")] * row.card_given + [("", "补录")] * row.is_late + _void(row),
        f"约好 {promised}{row.promise}" if promised or row.promise else "",
        beside.visit_photos[row.pk],
        bool(row.voided_on),
    )


# --- problems -------------------------------------------------------------------------------------


def _problems(household: Household, period: Period | None) -> Sequence[Any]:
    rows = _within(Problem.objects.with_standing().filter(household=household), "raised_on", period)
    words = ("category", "description", "owner__name", "standing", "status_on", "outcome")
    return _newest(rows, "raised_on", *words, "voided_on")


def _problem(row: Any, beside: Beside) -> Event:
    return Event(
        row.raised_on,
        f"诉求 {CATEGORIES[row.category]}",
        link_to("problem")(row.pk),
        row.description,
        f"负责人{row.owner__name}",
        "t-problem",
        [("wait" if row.standing in OPEN else "ok", STATUSES[row.standing]), *_void(row)],
        f"{row.status_on:%Y-%m-%d} {row.outcome}" if row.outcome else "",
        is_void=bool(row.voided_on),
    )


# --- help -----------------------------------------------------------------------------------------


def _assistance(household: Household, period: Period | None) -> Sequence[Any]:
    """Return each item with this household's share."""
    rows = _within(Assistance.objects.filter(shares__household=household), "given_on", period)
    words = ("kind", "content", "cadre__name", "goods", "goods_unit", "result")
    share = ("shares__cash", "shares__quantity", "shares__goods_value", "shares__loan", "shares__people")
    return _newest(rows, "given_on", *words, *share, "voided_on")


def _help(row: Any, beside: Beside) -> Event:
    return Event(
        row.given_on,
        f"帮扶 {HELP_KINDS[row.kind]}",
        link_to("assistance-item")(row.pk),
        row.content,
        row.cadre__name,
        "t-help",
        _void(row),
        "，".join(_worth(row)),
        beside.receipts[row.pk],
        bool(row.voided_on),
    )


def _worth(row: Any) -> Iterator[str]:
    """Yield what the household got, in words."""
    if row.shares__cash:
        yield f"现金 {row.shares__cash:,.2f} 元"
    if row.shares__quantity:
        yield f"{row.goods} {row.shares__quantity.normalize():f} {row.goods_unit}".strip()
    if row.shares__goods_value:
        yield f"折款 {row.shares__goods_value:,.2f} 元"
    if row.shares__loan:
        yield f"贷款 {row.shares__loan:,.2f} 元"
    if row.shares__people:
        yield f"培训 {row.shares__people} 人次"
    if row.result:
        yield f"户里说：{row.result}"


# --- surveys --------------------------------------------------------------------------------------


def _survey(response: Any, beside: Beside) -> Event:
    return Event(
        response.surveyed_on,
        response.survey.title,
        link_to("response")(response.pk),
        "",
        response.surveyor_name,
        "t-survey",
        [("ok", response.get_status_display())],
    )

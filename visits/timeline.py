"""The timeline of a household: visits, problems, help and surveys in one line, newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from core.lists import link_to
from households.models import Household
from surveys.models import Response
from units.models import Cadre
from visits.models import Assistance, Problem, Visit

SHOWN = 20


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


def timeline(user: Cadre, household: Household) -> tuple[list[Event], bool]:
    """The newest events that the reader may see, and whether there are older ones. Seven queries."""
    events = [
        *_visits(user, household),
        *_problems(user, household),
        *_assistance(user, household),
        *_surveys(user, household),
    ]
    events.sort(key=lambda event: event.on, reverse=True)
    return events[:SHOWN], len(events) > SHOWN


def _newest(rows: Any) -> Iterable[Any]:
    """One more than are shown, so that it is known whether there are more."""
    return rows[: SHOWN + 1]


def _visits(user: Cadre, household: Household) -> Iterator[Event]:
    rows = Visit.objects.visible_to(user).filter(household=household).select_related("cadre", "entered_by")
    url = link_to("visit")
    for visit in _newest(rows.prefetch_related("companions__cadre", "photos")):
        people = [visit.cadre.name, *(companion.cadre.name for companion in visit.companions.all())]
        typed = f"，{visit.entered_by}代录" if visit.entered_by_id != visit.cadre_id else ""
        promised = f"{visit.promised_on:%Y-%m-%d} " if visit.promised_on else ""
        yield Event(
            visit.visited_on,
            visit.get_kind_display(),
            url(visit.pk),
            visit.content,
            "、".join(people) + typed,
            "t-visit",
            [("", "补录")] * visit.is_late + [("", "作废")] * visit.is_void,
            f"约好 {promised}{visit.promise}" if promised or visit.promise else "",
            [photo.uuid for photo in visit.photos.all()],
            visit.is_void,
        )


def _problems(user: Cadre, household: Household) -> Iterator[Event]:
    rows = Problem.objects.visible_to(user).filter(household=household).select_related("owner")
    url = link_to("problem")
    for problem in _newest(rows):
        chips = [("wait" if problem.is_open else "ok", problem.get_status_display())]
        yield Event(
            problem.raised_on,
            f"诉求 {problem.get_category_display()}",
            url(problem.pk),
            problem.description,
            f"负责人{problem.owner}",
            "t-problem",
            chips + [("", "作废")] * problem.is_void,
            problem.outcome,
            is_void=problem.is_void,
        )


def _assistance(user: Cadre, household: Household) -> Iterator[Event]:
    rows = Assistance.objects.visible_to(user).filter(shares__household=household).select_related("cadre")
    url = link_to("assistance-item")
    for item in _newest(rows.prefetch_related("photos", "shares")):
        share = next(share for share in item.shares.all() if share.household_id == household.pk)
        yield Event(
            item.given_on,
            f"帮扶 {item.get_kind_display()}",
            url(item.pk),
            item.content,
            str(item.cadre),
            "t-help",
            [("", "作废")] * item.is_void,
            "，".join(_worth(item, share)),
            [photo.uuid for photo in item.photos.all()],
            item.is_void,
        )


def _worth(item: Assistance, share: Any) -> Iterator[str]:
    """What the household got, in words."""
    if share.cash:
        yield f"现金 {share.cash:,.2f} 元"
    if share.quantity:
        yield f"{item.goods} {share.quantity.normalize():f} {item.goods_unit}".strip()
    if share.goods_value:
        yield f"折款 {share.goods_value:,.2f} 元"
    if share.loan:
        yield f"贷款 {share.loan:,.2f} 元"
    if share.people:
        yield f"培训 {share.people} 人次"
    if item.result:
        yield f"户里说：{item.result}"


def _surveys(user: Cadre, household: Household) -> Iterator[Event]:
    rows = Response.objects.visible_to(user).counted().filter(household=household).defer("answers", "members")
    for response in _newest(rows.select_related("surveyor", "survey").defer("survey__definition")):
        yield Event(
            response.surveyed_on,
            response.survey.title,
            reverse("response", args=[response.pk]),
            "",
            str(response.surveyor),
            "t-survey",
            [("ok", response.get_status_display())],
        )

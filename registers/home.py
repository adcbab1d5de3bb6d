"""我的联系户: the home of a cadre, on the phone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Window
from django.db.models.functions import Left, RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.lists import link_to
from core.word_lists import split_words
from households.models import NO_HEAD, Household
from surveys.filling.due import SurveyState, open_surveys, standings, unfinished
from surveys.filling.subjects import Subject
from units.access import user_of
from units.models import Cadre, today
from units.oversight.telling import home_notices
from villages.models import Village
from visits.duty.rules import Duty, cadre_duties
from visits.indicators import ENTERED_TIMES, VISIT_DAYS
from visits.models import Problem, Visit
from visits.visits.models import IN_PERSON

DUE_WITHIN = timedelta(days=7)
MOST_VILLAGES = 5
"""A unit pairs with one or two."""
MOST_PROBLEMS = 5
WORDS = Left("content", 24)
"""Of the last visit, what a line of a phone holds."""


class Card(NamedTuple):
    """One household on the home page, as text.

    `promise_css` says how near the promised day is, `surveys` are those not handed in this year.
    """

    url: str
    name: str
    tags: list[str]
    facts: str
    last_on: date | None
    last: str
    promised_on: date | None
    promise: str
    promise_css: str
    surveys: list[SurveyState]
    phone: str


class CadreYear(NamedTuple):
    """What a cadre did in a year: different days out, 入户 household-days, nights; `times` by household.

    `last` is the newest visit to each household: its day and first words.
    """

    year: int
    days: int
    entered: int
    nights: int
    times: Counter[int]
    last: Mapping[int, tuple[date, str]]


def cadre_home(request: HttpRequest) -> HttpResponse:
    user, day = user_of(request), today()
    households = list(Household.objects.own_of(user))
    villages = list(Village.objects.visible_to(user).current().order_by("code")[:MOST_VILLAGES])
    surveys = open_surveys(user)
    stand = standings(surveys, [*households, *villages])
    done = _year(user, day)
    cards = _cards(user, households, day, done, stand)
    own = {household.pk for household in households}
    return render(
        request,
        "registers/home.html",
        {
            "page": {"title": "我的联系户"},
            "cards": sorted(cards, key=lambda card: (card.promised_on or date.max, card.last_on or date.min)),
            "villages": [(village, now) for village in villages if (now := _open(stand[village]))],
            "for_others": [draft for draft in unfinished(user) if draft.household_id not in {None, *own}],
            "surveys": surveys,
            "done": done,
            "times": ENTERED_TIMES,
            "days": VISIT_DAYS,
            "owed": _owed(user, day),
            "problems": _problems(user),
            "late": _late_in_unit(user, day),
            "today": day,
            **home_notices(user),
        },
    )


def _cards(
    user: Cadre,
    households: Sequence[Any],
    day: date,
    done: CadreYear,
    stand: Mapping[Subject, list[SurveyState]],
) -> list[Card]:
    """Return a card for each household with the last visit, the visits of the year and the promise.

    Simple queries on a handful of households: one with five subqueries takes Django longer to write
    than the database to answer.
    """
    unseen = [household for household in households if household.pk not in done.last]
    last = {**done.last, **_last(user, unseen)}
    promises = {
        key: (on, words)
        for key, on, words in Visit.objects.filter(cadre=user, household__isnull=False)
        .open_promises()
        .order_by("visited_on", "pk")
        .values_list("household", "promised_on", "promise")
    }
    url, cards = link_to("household"), []
    for household in households:
        last_on, words = last.get(household.pk, (None, ""))
        promised_on, promise = promises.get(household.pk, (None, ""))
        cards.append(
            Card(
                url(household.pk),
                household.head_name or NO_HEAD,
                split_words(household.tags),
                f"{household.village}{household.group}，{household.size} 口人，"
                f"我今年 {done.times[household.pk]} 次",
                last_on,
                f"上次 {last_on.month}月{last_on.day}日，{_ago(last_on, day)}，{words}" if last_on else "",
                promised_on,
                _promise(promised_on, promise, day),
                _promise_css(promised_on, day),
                _open(stand[household]),
                household.phone,
            )
        )
    return cards


def _ago(last_on: date, day: date) -> str:
    days = (day - last_on).days
    return ("今天", "昨天")[days] if days in (0, 1) else f"{days} 天前"


def _promise(on: date | None, words: str, day: date) -> str:
    """Return the promise with its day, '' if there is none."""
    if on is None:
        return words and f"答应：{words}"
    late = "，已过期" if on < day else ""
    return f"{on.month}月{on.day}日约好上门{late}{words and f'，{words}'}"


def _last(user: Cadre, households: Sequence[Any]) -> dict[int, tuple[date, str]]:
    """Return the newest visit to each, as `CadreYear.last`."""
    if not households:
        return {}
    visits = Visit.objects.filter(household__in=[household.pk for household in households]).of(user).counted()
    place = Window(RowNumber(), "household", ("-visited_on", "-pk"))
    newest = visits.order_by().annotate(nth=place, words=WORDS).filter(nth=1)
    return {key: (on, words) for key, on, words in newest.values_list("household", "visited_on", "words")}


def _owed(user: Cadre, day: date) -> list[Duty]:
    """What is still owed this year, the nearest day first."""
    own = Cadre.objects.filter(pk=user.pk)
    duties = cadre_duties(own, year=day.year, on=day).get(user.pk, [])
    return sorted((duty for duty in duties if duty.owed), key=lambda duty: duty.next_on or date.max)


def _problems(user: Cadre) -> list[Problem]:
    """Open problems the cadre follows, the nearest due first."""
    own = Problem.objects.open().filter(owner=user).with_head().select_related("village")
    return list(own.order_by("due_on", "pk")[:MOST_PROBLEMS])


def _late_in_unit(user: Cadre, day: date) -> int:
    """Overdue problems of a leader's whole unit."""
    return Problem.objects.overdue(day).filter(unit=user.unit_id).count() if user.is_leader else 0


def _open(found: list[SurveyState]) -> list[SurveyState]:
    return [standing for standing in found if not standing.is_done]


def _promise_css(next_on: date | None, day: date) -> str:
    if next_on is None or next_on > day + DUE_WITHIN:
        return ""
    return "late" if next_on < day else "due"


def _year(user: Cadre, day: date) -> CadreYear:
    """Count VISIT_DAYS, ENTERED_TIMES and NIGHTS of visits.indicators from one read of this year's visits."""
    counted = Visit.objects.of(user).counted().filter(visited_on__year=day.year)
    rows = counted.order_by("visited_on", "pk").annotate(in_person=IN_PERSON, words=WORDS)
    days, nights, entered, last = set(), set(), set(), {}
    for household, on, in_person, slept, words in rows.values_list(
        "household", "visited_on", "in_person", "nights", "words"
    ):
        if in_person:
            days.add(on)
            if slept:
                nights.add(on)
            entered.add((household, on))
        if household:
            last[household] = on, words
    times = Counter(household for household, _ in entered if household)
    return CadreYear(day.year, len(days), times.total(), len(nights), times, last)

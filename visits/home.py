"""我的联系户: the home of a cadre, on the phone."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.words import split_words
from households.models import Household, HouseholdPairing
from surveys.due import Standing, open_surveys, standings, unfinished
from units.access import user_of
from units.models import Cadre, today
from villages.models import Village
from visits.models import Visit

DUE_WITHIN = timedelta(days=7)
MOST_VILLAGES = 5
"""A unit pairs with one or two."""


class Card(NamedTuple):
    """One household as the home shows it; `promise_css` says how near the promised day is, `surveys` are those
    not handed in this year."""

    household: Any
    tags: list[str]
    days_ago: int | None
    promise_css: str
    surveys: list[Standing]


def cadre_home(request: HttpRequest) -> HttpResponse:
    user, day = user_of(request), today()
    households = sorted(
        own_households(user, day),
        key=lambda h: (h.next_on or date.max, h.last_on or date.min),
    )
    villages = list(Village.objects.visible_to(user).current().order_by("code")[:MOST_VILLAGES])
    surveys = open_surveys(user)
    of_households, of_villages = standings(surveys, households), standings(surveys, villages)
    own = {household.pk for household in households}
    return render(
        request,
        "visits/home.html",
        {
            "page": {"title": "我的联系户"},
            "cards": [_card(household, day, _open(of_households[household.pk])) for household in households],
            "villages": [(village, now) for village in villages if (now := _open(of_villages[village.pk]))],
            "for_others": [draft for draft in unfinished(user) if draft.household_id not in {None, *own}],
            "surveys": surveys,
            "year": day.year,
            "figures": figures(user, day),
        },
    )


def own_households(user: Cadre, day: date) -> QuerySet[Any]:
    """The households the cadre is paired with today, with the last visit, the times of the year, what is promised."""
    own = HouseholdPairing.objects.current().of_cadre(user).values("household")
    there = Visit.objects.filter(household=OuterRef("pk"))
    last = there.of(user).counted().order_by("-visited_on", "-pk")
    this_year = there.of(user).entering().filter(visited_on__year=day.year).order_by().values("household")
    promised = there.filter(cadre=user).open_promises().order_by("-visited_on", "-pk")
    households: QuerySet[Any] = (
        Household.objects.filter(pk__in=own)
        .with_head()
        .select_related("village")
        .annotate(
            last_on=Subquery(last.values("visited_on")[:1]),
            last_words=Subquery(last.annotate(words=Left("content", 24)).values("words")[:1]),
            times=Subquery(this_year.annotate(n=Count("visited_on", distinct=True)).values("n")),
            next_on=Subquery(promised.values("promised_on")[:1]),
            next_words=Subquery(promised.values("promise")[:1]),
        )
        .order_by("no")
    )
    return households


def _card(household: Any, day: date, surveys: list[Standing]) -> Card:
    ago = (day - household.last_on).days if household.last_on else None
    return Card(household, split_words(household.tags), ago, _promise_css(household.next_on, day), surveys)


def _open(found: list[Standing]) -> list[Standing]:
    return [standing for standing in found if not standing.is_done]


def _promise_css(next_on: date | None, day: date) -> str:
    if next_on is None or next_on > day + DUE_WITHIN:
        return ""
    return "late" if next_on < day else "due"


def figures(user: Cadre, day: date) -> dict[str, int]:
    """This year's days, household-days and nights, as domain.md counts them."""
    counted = Visit.objects.of(user).counted().filter(visited_on__year=day.year).order_by()
    entering = counted.entering()
    return {
        "days": counted.exclude(kind=Visit.Kind.PHONE).values("visited_on").distinct().count(),
        "times": entering.values("household", "visited_on").distinct().count(),
        "nights": counted.filter(nights=1).values("visited_on").distinct().count(),
    }

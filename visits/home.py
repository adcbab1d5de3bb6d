"""我的联系户: the home of a cadre, on the phone."""

from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from households.models import Household, HouseholdPairing
from units.access import user_of
from units.models import Cadre, today
from visits.models import Visit


def cadre_home(request: HttpRequest) -> HttpResponse:
    user, day = user_of(request), today()
    households = [_card(household, day) for household in own_households(user, day)]
    households.sort(key=lambda card: (card["next_on"] or date.max, card["last_on"] or date.min))
    return render(
        request,
        "visits/home.html",
        {
            "page": {"title": "我的联系户"},
            "households": households,
            "year": day.year,
            "figures": _figures(user, day),
        },
    )


def own_households(user: Cadre, day: date) -> Any:
    """The households the cadre is paired with today, with what the home says of each."""
    own = HouseholdPairing.objects.current().of_cadre(user).values("household")
    mine = Visit.objects.counted().filter(household=OuterRef("pk"), cadre=user).order_by("-visited_on", "-pk")
    this_year = (
        Visit.objects.entering()
        .filter(household=OuterRef("pk"), cadre=user, visited_on__year=day.year)
        .order_by()
        .values("household")
    )
    promised = Visit.objects.filter(household=OuterRef("pk"), cadre=user).open_promises().order_by("-pk")
    return (
        Household.objects.filter(pk__in=own)
        .with_head()
        .select_related("village")
        .annotate(
            last_on=Subquery(mine.values("visited_on")[:1]),
            last_words=Subquery(mine.values("content")[:1]),
            times=Subquery(this_year.annotate(n=Count("visited_on", distinct=True)).values("n")),
            next_on=Subquery(promised.values("promised_on")[:1]),
            next_words=Subquery(promised.values("promise")[:1]),
        )
        .order_by("no")
    )


def _card(household: Any, day: date) -> dict[str, Any]:
    return {
        "household": household,
        "last_on": household.last_on,
        "days_ago": (day - household.last_on).days if household.last_on else None,
        "next_on": household.next_on,
        "overdue": bool(household.next_on and household.next_on < day),
    }


def _figures(user: Cadre, day: date) -> dict[str, int]:
    """This year's days, household-days and nights: as domain.md counts them."""
    own = Visit.objects.counted().filter(cadre=user, visited_on__year=day.year).order_by()
    entering = Visit.objects.entering().filter(cadre=user, visited_on__year=day.year).order_by()
    return {
        "days": own.exclude(kind=Visit.Kind.PHONE).values("visited_on").distinct().count(),
        "times": entering.values("household", "visited_on").distinct().count(),
        "nights": own.filter(nights=1).values("visited_on").distinct().count(),
    }

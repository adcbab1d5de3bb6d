"""一户一档: everything about one household on one page."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.display import Entry, history_of
from core.lists import link_to
from core.periods import OptionalPeriodForm, period_bar, years_of
from core.records import Record
from core.word_lists import split_words
from households.choices import Health, Labour, MigrantWork, Relation, Schooling
from households.models import (
    NO_HEAD,
    Household,
    HouseholdAway,
    HouseholdPairing,
    HouseholdPlan,
    Member,
    ProjectBeneficiary,
)
from registers.timeline import timeline
from surveys.filling.due import SurveySummary, rounds
from units.access import get_visible, user_of
from units.context import frame_of
from units.models import Cadre
from villages.choices import phone_for
from visits.models import Assistance, Problem, Visit

CHANGES = 60
RELATIONS = dict(Relation.choices)
USUAL: dict[str, tuple[str, dict[str, Any]]] = {
    "health": (Health.HEALTHY, dict(Health.choices)),
    "schooling": (Schooling.NONE, dict(Schooling.choices)),
    "migrant_work": (MigrantWork.NONE, dict(MigrantWork.choices)),
    "labour": (Labour.ORDINARY, dict(Labour.choices)),
}
"""The usual value of a field, which is not shown, and the labels of the others."""


class MemberCard(NamedTuple):
    """One member on the page: relation and age, what is unusual, the masked ID number, and the address that
    reveals it.
    """

    member: Member
    words: str
    situation: str
    masked: str
    reveal: str


def household(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the household in the phone's frame to its cadre, at the desk to users who see more."""
    user = user_of(request)
    at_desk = frame_of(user) == "desk.html"
    rows = Household.objects.with_head().select_related("village__division", "successor")
    household: Any = get_visible(rows, user, pk=pk)
    members = list(Member.objects.filter(household=household).order_by("relation", "pk"))
    pairings = _pairings(household)
    people, surveys = _people(user, members), rounds(user, household)
    form = OptionalPeriodForm(request.GET)
    head = next((person for person in people if person.member.relation == Relation.HEAD), None)
    place = f"{household.village.division}{household.village}{household.group}"
    return render(
        request,
        "registers/household.html" if at_desk else "registers/household_phone.html",
        {
            "page": {
                "title": household.head_name or NO_HEAD,
                "facts": f"{place}，户编号 {household.no}",
                "crumbs": [("贫困户", reverse("households"))],
            },
            "back": reverse("home"),
            "household": household,
            "place": place,
            "phone": phone_for(user)(household.phone),
            "may_call": bool(household.phone) and not user.is_viewer,
            "tags": split_words(household.tags),
            "members": people,
            "head": head,
            "left": [member for member in members if member.left_on],
            "pairings": pairings,
            "rounds": surveys,
            **_plan(user, household),
            "may_reveal": not user.is_viewer,
            "editable": at_desk and Household.objects.editable_by(user).filter(pk=pk).exists(),
            "history": _history(user, household, members, pairings),
            **_events(user, household, surveys, form),
            "bar": period_bar(request, form, form.chosen, _years(user, household, surveys)),
        },
    )


def _people(user: Cadre, members: Iterable[Member]) -> list[MemberCard]:
    """Return the present members."""
    return [_person(member, not user.is_viewer) for member in members if member.left_on is None]


def _person(member: Member, may_reveal: bool) -> MemberCard:
    age = member.age()
    return MemberCard(
        member,
        RELATIONS[member.relation] + (f"，{age} 岁" if age is not None else ""),
        situation(member),
        member.id_masked,
        link_to("reveal-member")(member.pk) if may_reveal and member.id_cipher else "",
    )


def _pairings(household: Household) -> list[HouseholdPairing]:
    """Return present pairings first, then the newest."""
    newest_first = (F("ended_on").desc(nulls_first=True), "-started_on")
    return list(household.pairings.select_related("cadre", "unit").order_by(*newest_first))


def _history(
    user: Cadre, household: Household, members: list[Member], pairings: list[HouseholdPairing]
) -> list[Entry]:
    """Return the history of the household, its members and its pairings together."""
    belonging: list[tuple[str, Record]] = [(f"家庭成员{member}", member) for member in members]
    belonging += [(f"{pairing.cadre}的联户", pairing) for pairing in pairings]
    return history_of(household, CHANGES, also=belonging, show_phones=not user.is_viewer)


def _plan(user: Cadre, household: Household) -> dict[str, Any]:
    """Return 一户一策 with its measures, the projects that serve the household, and the family's absences."""
    plans = HouseholdPlan.objects.filter(household=household).order_by().select_related("written_by")
    plan, aways = next(iter(plans), None), list(HouseholdAway.objects.filter(household=household))
    return {
        "plan": plan,
        "measures": plan.measures.all() if plan else (),
        "projects": ProjectBeneficiary.objects.filter(household=household).select_related("project"),
        "away": next((away for away in aways if away.ended_on is None), None),
        "was_away": [away for away in aways if away.ended_on],
        "may_plan": not user.is_viewer,
    }


def _events(
    user: Cadre, household: Household, surveys: Sequence[SurveySummary], form: OptionalPeriodForm
) -> dict[str, Any]:
    """Return the timeline that the reader may see, of the chosen period or of all time.

    How often the household was entered is of this year unless a period is chosen; the newest card is of all time.
    Both count everybody's visits, as the list of households does, also those that the reader may not open.
    """
    visits, period = Visit.objects.visible_to(user).filter(household=household), form.period
    everybodys = Visit.objects.filter(household=household).entering()
    entered = everybodys.filter(Q(visited_on__range=period.days) | Q(card_given=True))
    days = set(entered.values_list("visited_on", "card_given"))
    events, more = timeline(household, visits, surveys, form.chosen)
    return {
        "events": events,
        "more": more,
        "times": len({day for day, _ in days if period.since <= day <= period.until}),
        "period": period,
        "chosen": form.chosen,
        "card_on": max((day for day, given in days if given), default=None),
        "may_record": not user.is_viewer,
    }


def _years(user: Cadre, household: Household, surveys: Sequence[SurveySummary]) -> set[int]:
    """Return the years in which anything was recorded of the household."""
    found = years_of(
        (Visit.objects.visible_to(user).filter(household=household), "visited_on"),
        (Problem.objects.filter(household=household), "raised_on"),
        (Assistance.objects.filter(shares__household=household), "given_on"),
    )
    return found | {response.year for each in surveys for response in each.counted}


def situation(member: Member) -> str:
    """Return what is unusual about a member in a few words: illness, school, work away, lost ability to work."""
    said = ((getattr(member, name), usual, words) for name, (usual, words) in USUAL.items())
    return "，".join(words[code] for code, usual, words in said if code and code != usual)

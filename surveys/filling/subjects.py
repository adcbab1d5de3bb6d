"""The subject of a survey, a household or village: access for recording, and its page."""

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from core.forms import key_of
from core.places import lies_under
from households.choices import Status
from households.models import Household, Member
from surveys.models import Response, Survey
from units.models import Cadre
from villages.models import Village

Subject = Household | Village


def find_subject(survey: Survey, key: str, *, author: Cadre, cadre: Cadre) -> Subject:
    """Return the household or village for which the author may record on behalf of the cadre, or 404."""
    rows: Any = (
        Household.objects.open_to(author, cadre).select_related("village")
        if survey.is_of_households
        else Village.objects.visible_to(author)
    )
    found: Subject = get_object_or_404(rows, pk=key_of(key))
    if not lies_under(found.place, survey.place):
        raise Http404
    return found


def village_of(user: Cadre, key: str) -> Village:
    """Return a village in the user's scope, or with a household in it."""
    pk = key_of(key)
    seen = Q(pk__in=Village.objects.visible_to(user).values("pk"))
    lived_in = Q(pk__in=Household.objects.visible_to(user).filter(village=pk).values("village"))
    village: Village = get_object_or_404(
        Village.objects.select_related("division").filter(seen | lived_in), pk=pk
    )
    return village


def refusal(survey: Survey, subject: Subject) -> str:
    """Return why a response can be neither begun nor submitted, or ''."""
    if not survey.is_open:
        return f"{survey}已经停用。请填在用的一版，填过的答案会带过去。"
    if isinstance(subject, Household) and subject.status != Status.OPEN:
        return f"这户已经{subject.get_status_display()}，不再调查。"
    return ""


def page_of(user: Cadre, subject: Subject) -> str:
    """Return the page of the subject if the reader has access, else the home page."""
    rows: Any = type(subject).objects
    seen = rows.visible_to(user).filter(pk=subject.pk).exists()
    name = "household" if isinstance(subject, Household) else "village"
    return reverse(name, args=[subject.pk]) if seen else reverse("home")


def name_of(response: Response) -> str:
    """Return the head's name, which everyone with access to the response may read, or the village's name."""
    if response.household is None:
        return response.village.name
    head = Member.objects.heads().filter(household=response.household).first()
    return head.name if head else response.household.no

"""What the pages of one survey's statistics share: the survey, its years, the way between them."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from reports.surveys.counted import Counted, Family, Rounds, counted_in, family_of
from reports.surveys.filters import CARRIED, AnswerSearch
from surveys.definition.models import SurveyQuerySet
from surveys.models import Response, Survey
from units.access import get_visible
from units.models import Cadre

REPORTS = {
    "report-survey-completion": "完成情况",
    "report-survey-items": "逐题统计",
    "report-survey-cross": "交叉统计",
}


def family_for(user: Cadre, pk: int) -> Family:
    """Return the published form with its versions before, or 404."""
    survey: Survey = get_visible(Survey.objects.published(), user, pk=pk)
    return family_of(survey)


def newest_of(surveys: SurveyQuerySet) -> list[Survey]:
    """Return the newest published version of each form: the one that counts the others in."""
    newest: dict[tuple[str, str], Survey] = {}
    for survey in surveys.published().defer("definition").order_by("code", "-published_on", "-pk"):
        newest.setdefault((survey.place, survey.code), survey)
    return list(newest.values())


def years_of(family: Family, user: Cadre) -> list[int]:
    """Years with any response that the user sees, the last first."""
    found = Response.objects.visible_to(user).filter(survey__in=family.versions).order_by()
    return sorted(set(found.values_list("year", flat=True)), reverse=True)


def narrowed(user: Cadre, family: Family, rounds: Rounds, form: AnswerSearch) -> Counted:
    """Return the chosen year's responses that count, narrowed by the form."""
    counted = counted_in(family, user, form.year_chosen, rounds.get(form.year_chosen, []))
    return replace(counted, responses=form.filter(counted.responses))


def link(name: str, survey: Survey, **params: Any) -> str:
    """Return the address of a report, without the parameters that are empty."""
    given = {key: value for key, value in params.items() if value not in ("", None)}
    return f"{reverse(name, args=[survey.pk])}{'?' if given else ''}{urlencode(given)}"


def framed(request: HttpRequest, family: Family, title: str, *facts: str) -> dict[str, Any]:
    """Return the context of the frame: page and the way to the other reports, with the filters they share."""
    survey = family.survey
    kept = {name: request.GET.get(name, "") for name in CARRIED}
    editions = "、".join(version.edition for version in family.versions.values())
    return {
        "page": {
            "title": f"{survey.title}{title}",
            "facts": "，".join(
                [f"版本 {editions}{' 合在一起算' if len(family.versions) > 1 else ''}", *facts]
            ),
            "crumbs": [("调查表", reverse("surveys")), (str(survey), reverse("survey", args=[survey.pk]))],
        },
        "tabs": [(label, link(name, survey, **kept), title == label) for name, label in REPORTS.items()],
        "survey": survey,
    }

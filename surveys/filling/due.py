"""The state of households and villages in the open surveys: due, begun, returned, submitted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from core.places import lies_under
from households.choices import Status
from households.models import Household
from surveys.filling.steps import steps_of
from surveys.filling.subjects import Subject
from surveys.models import COUNTED, Response, Survey
from surveys.review.difference import Difference, difference, incomes
from units.models import Cadre, today
from villages.models import Village

SHOWN = ("household", "village", "status", "step", "review_note")
JOINED = ("survey", "surveyor", "household__village")
"""Columns and relations needed in a list of responses, without the long answers."""


class SurveyState(NamedTuple):
    """One open survey of one household or village, and this year's response, if any."""

    survey: Survey
    response: Response | None

    @property
    def is_done(self) -> bool:
        return self.response is not None and not self.response.is_draft

    @property
    def step(self) -> int:
        """Return the step to continue with."""
        return min(int(self.response.step or 1), self.length) if self.response else 1

    @property
    def length(self) -> int:
        return len(steps_of(self.survey.form))

    @property
    def words(self) -> str:
        if self.response is None:
            return "今年还没有填"
        if self.response.status == Response.Status.RETURNED:
            return f"退回：{self.response.review_note}"
        if self.response.is_draft:
            return f"填到第 {self.step} 步，共 {self.length} 步"
        return str(self.response.get_status_display())


@dataclass(frozen=True)
class SurveySummary:
    """A survey on the page of a household or village.

    This year's state (None when no version is open), all submitted responses, newest first with
    `surveyor_name`, the differences, the income by year; `fills` when the reader may fill it in.
    """

    title: str
    standing: SurveyState | None
    counted: Sequence[Any]
    difference: Difference | None
    incomes: Sequence[tuple[int, str]]
    fills: bool

    @property
    def newest(self) -> Response | None:
        return self.counted[0] if self.counted else None


def open_surveys(user: Cadre) -> list[Survey]:
    """Return open surveys of the user's place and above, without definitions, which `form` caches per
    process.
    """
    return list(Survey.objects.read_at(user.place).open().defer("definition"))


def standings(surveys: Sequence[Survey], subjects: Sequence[Subject]) -> dict[Subject, list[SurveyState]]:
    """Return the state of each household or village in its surveys. One query.

    A response to any version of the year counts.
    """
    households = [subject.pk for subject in subjects if isinstance(subject, Household)]
    villages = [subject.pk for subject in subjects if isinstance(subject, Village)]
    about = Q(household__in=households) | Q(household=None, village__in=villages)
    this_year = Response.objects.filter(
        about, year=today().year, survey__code__in={survey.code for survey in surveys}
    )
    found = _one_each(this_year.only(*SHOWN).annotate(code=F("survey__code")))
    return {subject: _standings_of(subject, surveys, found) for subject in subjects}


Found = Mapping[tuple[int, str], Response]
"""This year's response by household or village, and by the form's code."""


def _one_each(responses: Iterable[Any]) -> Found:
    """Prefer a submitted response to a draft of another version."""
    found: dict[tuple[int, str], Response] = {}
    for response in responses:
        key = (response.household_id or response.village_id, response.code)
        if key not in found or found[key].is_draft:
            found[key] = response
    return found


def _standings_of(subject: Subject, surveys: Sequence[Survey], found: Found) -> list[SurveyState]:
    of_households = isinstance(subject, Household)
    return [
        SurveyState(survey, found.get((subject.pk, survey.code)))
        for survey in surveys
        if survey.is_of_households == of_households and lies_under(subject.place, survey.place)
    ]


def unfinished(user: Cadre) -> QuerySet[Response]:
    """Return responses that the user typed and did not submit, or that were returned."""
    mine = Q(surveyor=user.pk) | Q(entered_by=user.pk)
    drafts = Response.objects.filter(mine, status__in=[Response.Status.DRAFT, Response.Status.RETURNED])
    shown = ("survey__title", "surveyor__name", "household__group", "household__village__name")
    return drafts.filter(survey__status=Survey.Status.OPEN).select_related(*JOINED).only(*SHOWN, *shown)


def rounds(user: Cadre, subject: Subject) -> list[SurveySummary]:
    """Return every survey of a household or village: open ones, and those with answers."""
    of_household = isinstance(subject, Household)
    there: dict[str, Any] = (
        {"household": subject} if of_household else {"household": None, "village": subject}
    )
    named = {"surveyor_name": F("surveyor__name"), "code": F("survey__code")}
    rows = Response.objects.filter(**there).annotate(**named).select_related("survey")
    responses: list[Any] = list(rows.defer("survey__definition"))
    this_year = _one_each(response for response in responses if response.year == today().year)
    now = {
        standing.survey.code: standing for standing in _standings_of(subject, open_surveys(user), this_year)
    }
    counted = [response for response in responses if response.status in COUNTED]
    codes = dict.fromkeys([*now, *(response.code for response in counted)])
    return [
        _round(user, subject, now.get(code), [response for response in counted if response.code == code])
        for code in codes
    ]


def _round(user: Cadre, subject: Subject, now: SurveyState | None, counted: Sequence[Any]) -> SurveySummary:
    newest, last = [*counted[:2], None, None][:2]
    survey = now.survey if now else counted[0].survey
    return SurveySummary(
        title=survey.title,
        standing=now,
        counted=counted,
        difference=difference(newest, last) if newest else None,
        incomes=incomes(counted),
        fills=now is not None and not now.is_done and _may_fill(user, subject, now.response),
    )


def _may_fill(user: Cadre, subject: Subject, response: Response | None) -> bool:
    if user.is_viewer or (isinstance(subject, Household) and subject.status != Status.OPEN):
        return False
    return response is None or user.pk in {response.surveyor_id, response.entered_by_id} or user.is_office

"""Fill in a response: begin or continue, save a step, submit, recall."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.dates import clean_date
from core.identity import hide_numbers
from core.records import StaleRecord
from households.models import Household
from surveys.definition.items import Answer
from surveys.definition.lineage import answers_carried
from surveys.filling.checking import given
from surveys.filling.facts import kept_header
from surveys.filling.response_draft import Draft
from surveys.filling.steps import Step
from surveys.filling.subjects import Subject
from surveys.models import Response, ResponseSignature, Survey
from units.models import Cadre, today
from units.unit_history import Postings

MOST_KEPT = 4000
"""Maximum length of an invalid text kept in a draft."""


class StepChanged(Exception):
    """Another user saved different answers of this step since the page was opened; `stored` is the new state."""

    def __init__(self, stored: Response) -> None:
        super().__init__("这一步已被别人改过")
        self.stored = stored


class NotReady(Exception):
    """The obstacles to submission have changed since the page was opened."""


def start(survey: Survey, subject: Subject, *, author: Cadre, cadre: Cadre) -> Response:
    """Get or create this year's response of an open survey; `cadre` surveys, `author` types.

    A draft of an earlier year continues as this year's; one of an earlier version passes its answers on. A
    draft of somebody who no longer sees the subject passes to `cadre`; otherwise it stays with its surveyor.
    """
    found = _of(subject).filter(survey=survey, year=today().year).first()
    if found is None:
        try:
            with transaction.atomic():
                return _begin(survey, subject, author, cadre)
        except IntegrityError:  # a concurrent request created it
            found = _of(subject).get(survey=survey, year=today().year)
    return _taken_up(found, author, cadre)


def _of(subject: Subject) -> QuerySet[Response]:
    if isinstance(subject, Household):
        return Response.objects.filter(household=subject)
    return Response.objects.filter(village=subject, household=None)


def _begin(survey: Survey, subject: Subject, author: Cadre, cadre: Cadre) -> Response:
    unfinished = _of(subject).filter(survey__code=survey.code, status=Response.Status.DRAFT)
    older = unfinished.select_related("survey").first()
    if older is not None and older.survey_id == survey.pk:
        older.surveyed_on = today()
        return _handed_to(older, author, cadre)
    answers = answers_carried(survey, older) if older else {}
    response = Response(survey=survey, surveyed_on=today(), answers=answers)
    if isinstance(subject, Household):
        response.household, response.village = subject, subject.village
    else:
        response.village = subject
    return _handed_to(response, author, cadre)


def _taken_up(found: Response, author: Cadre, cadre: Cadre) -> Response:
    if not found.is_draft:
        return found
    if found.surveyor_id == cadre.pk:
        return _handed_to(found, author, cadre) if found.entered_by_id != author.pk else found
    return found if _is_still_theirs(found) else _handed_to(found, author, cadre)


def _is_still_theirs(response: Response) -> bool:
    surveyor = response.surveyor
    seen: Any = type(response.subject).objects.visible_to(surveyor)
    return surveyor.left_on is None and seen.filter(pk=response.subject.pk).exists()


def _handed_to(response: Response, author: Cadre, cadre: Cadre) -> Response:
    response.surveyor, response.entered_by = cadre, author
    _post(response)
    response.save()
    return response


def _post(response: Response) -> None:
    """Set unit and rank to those on the day of the survey."""
    day = response.surveyed_on
    response.unit_id, response.rank = Postings([response.surveyor], day).on(response.surveyor, day)


@transaction.atomic
def save_step(
    response: Response, step: Step, sent: Mapping[str, Any], *, seen: str, overwrite: str = ""
) -> Response:
    """Store the input of a step, valid or not; `seen` is the step's mark when the page was opened.

    Raises StepChanged when somebody saved other answers since, unless `overwrite` equals their current mark.
    """
    stored = Response.objects.select_for_update().get(pk=response.pk)
    stored.survey = response.survey
    draft = Draft(stored)
    kept = {code: _kept(value) for code, value in sent.items()}
    same = all(given(draft.stored(code)) == given(value) for code, value in kept.items())
    if draft.mark(step) not in {seen, overwrite} and not same:
        raise StepChanged(stored)
    _set_day(draft, kept)
    stored.answers = {**stored.answers, **kept}
    stored.step = str(max(draft.reached, step.number + 1))
    stored.save()
    return stored


def _kept(value: Answer) -> Answer:
    """Return an answer as the draft stores it: invalid texts too, but no ID number and no infinity."""
    if isinstance(value, str):
        return hide_numbers(value[:MOST_KEPT])
    if isinstance(value, list):
        return [hide_numbers(text[:MOST_KEPT]) for text in value[:100]]
    return "" if value is None else value


def _set_day(draft: Draft, kept: dict[str, Any]) -> None:
    """Store a valid date in its column, an invalid one among the answers."""
    dated, response = draft.definition.dated, draft.response
    if dated is None or dated.code not in kept:
        return
    response.answers.pop(dated.code, None)
    try:
        typed = dated.clean(kept[dated.code])
        day = clean_date(str(typed)) if typed else None
    except ValueError:
        return
    others = _of(response.subject).filter(survey=response.survey_id).exclude(pk=response.pk)
    if day and not others.filter(year=day.year).exists():
        kept.pop(dated.code)
        response.surveyed_on = day
        _post(response)


@transaction.atomic
def submit(
    response: Response,
    *,
    version: int,
    words: Mapping[str, str],
    signed: bool,
    signature: ContentFile[bytes] | None = None,
    corrects: bool = True,
) -> Response:
    """Submit what was checked at `version`: answers, a snapshot of the members, and corrected facts.

    `words` are the confirmations of warnings, by rule; without `corrects` the household's facts stay
    unchanged. Raises
    StaleRecord when somebody changed the response since; NotReady when the survey or the household was
    closed, or when a
    new error or unconfirmed warning has appeared.
    """
    stored = Response.objects.select_for_update().get(pk=response.pk)
    stored.survey = Survey.objects.get(pk=stored.survey_id)
    if stored.version != version:
        raise StaleRecord(stored)
    draft = Draft(stored)
    warned = {rule.code for rule in draft.examined.warnings}
    if not stored.is_draft or draft.refusal or draft.stops or not warned <= words.keys():
        raise NotReady
    answers = draft.examined.answers
    if stored.household and corrects:
        _correct(stored.household, draft, answers)
    stored.answers = {**kept_header(draft.definition, draft.known), **answers}
    stored.members = list(draft.known.members)
    stored.confirmed = {code: words[code] for code in warned}
    stored.signed = signed
    stored.submit()
    if signature is not None:
        ResponseSignature.objects.create(owner=stored, file=signature, size=signature.size)
    return stored


def _correct(household: Household, draft: Draft, answers: Mapping[str, Any]) -> None:
    """Update household columns from the items bound to them, with history."""
    for item in draft.definition.items:
        owner, _, name = item.bind.partition(".")
        if owner == "household" and item.code in answers:
            setattr(household, name, answers[item.code])
    household.save()


@transaction.atomic
def recall(response: Response) -> None:
    """收回: recall a response that waits for review."""
    response.status = Response.Status.DRAFT
    response.save()

"""A version's life: draft, open, closed; the next one starts as a copy."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from surveys.definition.definition_workbook import next_version
from surveys.definition.document import load
from surveys.models import Survey


def new_draft(document: Mapping[str, Any], *, place: str) -> Survey:
    """Return a form that the county did not have yet. Raises DefinitionError; IntegrityError when the version
    exists.
    """
    form = load(document)
    return Survey.objects.create(
        code=form.code,
        edition=form.version,
        title=form.title,
        subject=form.subject,
        definition=dict(document),
        place=place,
    )


def next_draft(survey: Survey, edition: str) -> Survey:
    """Return the next version, a copy in which every item carries on. IntegrityError when the edition exists."""
    return Survey.objects.create(
        code=survey.code,
        edition=edition,
        title=survey.title,
        subject=survey.subject,
        definition=next_version(survey.form, edition),
        based_on=survey,
        place=survey.place,
    )


def replace_draft(survey: Survey, document: Mapping[str, Any]) -> None:
    """Put what came back from Excel into a draft. Raises ValidationError: code and subject stay, and a
    published version is frozen."""
    form = load(document)
    if not survey.is_draft:
        raise ValidationError("已经发布的版本不能再改，请另起下一版。")
    if form.code != survey.code or form.subject != survey.subject:
        raise ValidationError(
            f"这是另一张表：代码应是 {survey.code}，调查对象应是{survey.get_subject_display()}。"
        )
    survey.title, survey.edition, survey.definition = form.title, form.version, dict(document)
    survey.save()


@transaction.atomic
def publish(survey: Survey, *, on: date) -> None:
    """Open a draft and close the version that was open: from now on it is frozen. Raises DefinitionError for a
    draft from before a limit."""
    load(survey.definition)
    for other in Survey.objects.open().select_for_update().filter(place=survey.place, code=survey.code):
        close(other, on=on)
    survey.status, survey.published_on = Survey.Status.OPEN, on
    survey.save()


def close(survey: Survey, *, on: date) -> None:
    """No new answers; those that are there stay and count."""
    survey.status, survey.closed_on = Survey.Status.CLOSED, on
    survey.save()

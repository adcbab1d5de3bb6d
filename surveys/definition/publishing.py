"""The life cycle of a version: draft, open, closed; the next one starts as a copy."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from surveys.definition.definition_workbook import next_version
from surveys.definition.document import load
from surveys.models import Survey


def new_draft(document: Mapping[str, Any], *, place: str) -> Survey:
    """Create a form that the county lacks. Raises DefinitionError, or IntegrityError for an existing version."""
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
    """Create the next version as a copy in which every item continues. Raises IntegrityError if it exists."""
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
    """Replace a draft by the uploaded document. Raises ValidationError.

    Code and subject cannot change, and a published version is frozen.
    """
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
    """Open a draft, which freezes it, and close the version that was open.

    Raises DefinitionError for a draft that exceeds a newer limit.
    """
    load(survey.definition)
    for other in Survey.objects.open().select_for_update().filter(place=survey.place, code=survey.code):
        close(other, on=on)
    survey.status, survey.published_on = Survey.Status.OPEN, on
    survey.save()


def close(survey: Survey, *, on: date) -> None:
    """Close the version for new answers; existing ones still count."""
    survey.status, survey.closed_on = Survey.Status.CLOSED, on
    survey.save()

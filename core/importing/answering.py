"""Take the clerk's answers to a run's questions, and remember spellings for her county."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from core.cells import label_key
from core.importing.columns import heading_key
from core.importing.questions import (
    CONFIRMED,
    HEADING_ROW,
    HEADINGS,
    HIDDEN,
    SKIP,
    WORDS,
    check_form,
)
from core.models import ImportRun, Spelling

LONGEST_REMEMBERED = 100
Answered = tuple[Mapping[str, Any], str]
"""A stored question and the answer to it; '' leaves it open."""


def take(run: ImportRun, answered: Iterable[Answered], heading_row: int | None = None) -> None:
    """Store the answers in the run. Its next check uses them."""
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        answers: dict[str, Any] = {section: _copy(value) for section, value in locked.answers.items()}
        for question, answer in answered:
            _put(answers, question, answer)
        if heading_row:
            answers[HEADING_ROW] = heading_row
        ImportRun.objects.filter(pk=run.pk).update(answers=answers)


def forget(run: ImportRun) -> None:
    """Drop all answers, so that a file that they made unreadable is asked about again."""
    ImportRun.objects.filter(pk=run.pk).update(answers={})


def take_file(run: ImportRun, answers: Mapping[str, Any]) -> None:
    """Store the answers of a file. Raises BadAnswers if it has another form."""
    ImportRun.objects.filter(pk=run.pk).update(answers=check_form(answers))


def remember(run: ImportRun, answered: Iterable[Answered], by: Any) -> None:
    """Keep headings and words that the county uses from now on; a new meaning replaces the old one."""
    for question, answer in answered:
        if question["section"] not in (HEADINGS, WORDS) or not answer:
            continue
        if question["section"] == WORDS and answer == SKIP:
            continue  # rows that are left out of one file are no spelling
        is_heading = question["section"] == HEADINGS
        name = question["name"]
        if len(name) > LONGEST_REMEMBERED:
            continue
        Spelling.objects.update_or_create(
            place=by.place,
            kind=run.kind if is_heading else "",
            column="" if is_heading else question["column"],
            text=heading_key(name) if is_heading else label_key(name),
            defaults={"shown": name, "meaning": answer, "by": by},
        )


def _copy(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value


def _put(answers: dict[str, Any], question: Mapping[str, Any], answer: str) -> None:
    section, name = question["section"], question["name"]
    if section == HIDDEN:
        answers[HIDDEN] = answer
    elif section == CONFIRMED:
        cells = [cell for cell in answers.get(CONFIRMED, []) if cell != name]
        answers[CONFIRMED] = [*cells, name] if answer else cells
    elif section == WORDS:
        column = dict(answers.setdefault(WORDS, {}).get(question["column"], {}))
        answers[WORDS][question["column"]] = {**column, name: answer}
    else:
        answers.setdefault(section, {})[name] = answer

"""The page of one response: differences from last time, every answer, who filled in and reviewed it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.display import history_of
from surveys.definition.document import Definition
from surveys.definition.items import Item
from surveys.filling.response_draft import Draft
from surveys.filling.subjects import name_of, page_of
from surveys.models import Response
from surveys.review.difference import AnswerChange, Difference, difference, incomes
from surveys.review.history_lines import Tell, told_fields
from units.access import get_visible, user_of
from units.context import frame_of
from units.models import Cadre


class Answer(NamedTuple):
    """One item for display; `line` describes the difference from last time, if any.

    `flags` are the chosen options (code, label) that can each become a problem by a tap.
    """

    item: Item
    words: str
    line: AnswerChange | None
    flags: list[tuple[str, str]]


def response(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    found: Response = get_visible(Response.objects.whole(), user, pk=pk)
    definition, tell = found.survey.form, teller(user)
    changed = difference(found, found.previous()) if not found.is_draft else None
    editable = Response.objects.editable_by(user).filter(pk=pk).exists()
    return render(
        request,
        "surveys/response.html",
        {
            "page": {
                "title": found.survey.title,
                "facts": f"{name_of(found)}，{found.year}年",
                "crumbs": [("调查答卷", reverse("responses"))],
            },
            "frame": frame_of(user),
            "back": page_of(user, found.subject),
            "response": found,
            "subject": name_of(found),
            "subject_url": page_of(user, found.subject),
            "difference": changed,
            "incomes": incomes(_until(found)),
            "sections": [
                (label, _answers(items, found, changed, tell)) for label, items in _parts(definition)
            ],
            "members": _members(definition, found),
            "confirmed": _confirmed(definition, found.confirmed),
            "signatures": found.signatures.all(),
            "step": Draft(found).reached if editable and found.is_draft else None,
            "reviewable": Response.objects.reviewable_by(user).filter(pk=pk).exists(),
            "may_recall": editable and found.status == Response.Status.SUBMITTED,
            "history": history_of(found, told=told_fields(definition, tell), show_phones=not user.is_viewer),
        },
    )


def teller(user: Cadre) -> Tell:
    """Return a formatter that masks phones for viewers."""
    if not user.is_viewer:
        return lambda item, answer: item.as_typed(answer)
    return lambda item, answer: item.as_typed(item.without_phones(answer))


def _until(response: Response) -> list[Response]:
    """Return the counted responses to any version for the same subject, up to this one."""
    same = Response.objects.counted().filter(
        survey__code=response.survey.code, household=response.household_id, village=response.village_id
    )
    return list(same.filter(surveyed_on__lte=response.surveyed_on).select_related("survey"))


def _parts(definition: Definition) -> Iterable[tuple[str, list[Item]]]:
    header = [item for item in definition.header if not item.bind]
    parts = [("表头", header)] if header else []
    return [*parts, *((section.label, list(section.items)) for section in definition.sections)]


def _answers(
    items: Iterable[Item], response: Response, changed: Difference | None, tell: Tell
) -> list[Answer]:
    return [
        Answer(
            item,
            tell(item, response.answers.get(item.code)),
            changed.of(item.code) if changed else None,
            _flags(item, response) if item.problem else [],
        )
        for item in items
    ]


def _flags(item: Item, response: Response) -> list[tuple[str, str]]:
    chosen = [] if response.is_draft else response.answers.get(item.code) or []
    return [(code, item.labels[code]) for code in chosen]


def _members(definition: Definition, response: Response) -> dict[str, Any]:
    """Return the snapshot of the members: labels of the stored facts, and a row per member."""
    items = [item for item in definition.members if any(item.code in member for member in response.members)]
    rows = [[item.as_typed(member.get(item.code)) for item in items] for member in response.members]
    return {"labels": [item.label for item in items], "rows": rows}


def _confirmed(definition: Definition, words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(rule.message, words[rule.code]) for rule in definition.rules if rule.code in words]

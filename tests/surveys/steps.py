"""Fill in a survey step by step, as the pages do."""

from typing import Any

from django.test import Client

from households.models import Household
from surveys.models import Response, Survey
from tests.surveys.filled import HOUSEHOLD, step_of

LAST = 6


def begin(client: Client, survey: Survey, household: Household, **more: Any) -> Response:
    client.post(f"/surveys/{survey.pk}/start/?household={household.pk}", more)
    return Response.objects.order_by("-pk")[0]


def address(response: Response, step: int) -> str:
    return f"/responses/{response.pk}/fill/{step}/"


def seen(client: Client, response: Response, step: int) -> dict[str, Any]:
    """Return the hidden fields of a step's page, and the facts of the first step."""
    page = client.get(address(response, step)).context
    facts = page.get("facts")
    values = {name: facts[name].value() or "" for name in facts.fields} if facts else {}
    return {"seen": page["seen"], **values}


def save(client: Client, response: Response, step: int, **answers: Any) -> Any:
    data = {**seen(client, response, step), **answers}
    return client.post(address(response, step), data)


def fill(client: Client, response: Response, **changed: Any) -> None:
    """Fill in every step except the check."""
    answers = {**HOUSEHOLD, **changed}
    save(client, response, 1, H09=response.surveyed_on.isoformat())
    for step, letter in enumerate("ABCD", 2):
        answer = save(client, response, step, **step_of(answers, letter))
        assert answer.status_code == 302, letter


def hand_in(client: Client, response: Response, **words: str) -> Any:
    version = Response.objects.get(pk=response.pk).version
    return client.post(address(response, LAST), {"version": version, **words})


def stored(response: Response) -> Response:
    return Response.objects.get(pk=response.pk)

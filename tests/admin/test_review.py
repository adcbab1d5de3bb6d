"""复核 (review) in the admin: the unit's leader or the office accepts a response or returns it with a reason."""

from datetime import date
from typing import Any

from django.test import Client

from core.models import Change
from surveys.models import Response
from tests.admin.rows import Rows, page
from tests.factories import make_response
from tests.pages import client_of
from units.models import Cadre, today

LIST = "surveys.response"


def act(client: Client, action: str, *rows: Any, **more: Any) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(page(LIST, "changelist"), data, follow=True)


def state(response: Response) -> str:
    return Response.objects.get(pk=response.pk).status


def test_a_leader_accepts_what_the_unit_handed_in(leader: Cadre, own: Rows, foreign: Rows) -> None:
    response = own[LIST]
    assert "复核通过" in client_of(leader).get(page(LIST, "change", response)).content.decode()
    act(client_of(leader), "accept_selected", response, foreign[LIST])
    accepted = Response.objects.get(pk=response.pk)
    assert (accepted.status, accepted.reviewed_by, accepted.reviewed_on) == ("accepted", leader, today())
    assert state(foreign[LIST]) == "submitted"
    assert Change.objects.filter(table=LIST, row=response.pk, source="admin").count() == 1


def test_a_leader_gives_back_with_a_reason(leader: Cadre, own: Rows) -> None:
    client, response = client_of(leader), own[LIST]
    asked = act(client, "return_selected", response)
    assert "退回 1 份答卷" in asked.content.decode()
    assert "请写为什么退回" in act(client, "return_selected", response, reason="").content.decode()
    act(client, "return_selected", response, reason="收入要再问")
    returned = Response.objects.get(pk=response.pk)
    assert (returned.status, returned.review_note) == ("returned", "收入要再问")
    assert not Response.objects.counted().exists()


def test_nobody_reviews_the_own_survey_but_the_office(leader: Cadre, office: Cadre, own: Rows) -> None:
    mine = make_response(
        survey=own[LIST].survey,
        cadre=leader,
        household=own["households.household"],
        surveyed_on=date(2014, 9, 1),
    )
    assert "没有等您复核的" in act(client_of(leader), "accept_selected", mine).content.decode()
    assert state(mine) == "submitted"
    act(client_of(office), "accept_selected", mine)
    assert state(mine) == "accepted"


def test_the_office_alone_gives_back_what_was_accepted(leader: Cadre, office: Cadre, own: Rows) -> None:
    response = own[LIST]
    response.accept(by=leader, on=today())
    act(client_of(leader), "return_selected", response, reason="想起来了")
    assert state(response) == "accepted"
    act(client_of(office), "return_selected", response, reason="抽查不符")
    assert state(response) == "returned"


def test_answers_are_read_only(leader: Cadre, own: Rows) -> None:
    response = own[LIST]
    response.answers = {"A01": 80, "A02": "05"}
    response.confirmed = {"X16": "今年羊死了"}
    response.save()
    text = client_of(leader).get(page(LIST, "change", response)).content.decode()
    assert "房屋主要结构：土坯(土木)" in text
    assert "今年羊死了" in text
    assert client_of(leader).post(page(LIST, "change", response), {"year": 1}).status_code == 403

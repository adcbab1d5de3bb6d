"""Submitting a survey: what blocks it, and what is stored afterwards."""

import pytest

from core.models import Change
from surveys.models import Response, Survey
from tests.factories import make_survey
from tests.pages import client_of, words_of
from tests.surveys.filled import HOUSEHOLD, make_surveyed, step_of
from tests.surveys.steps import LAST, address, begin, fill, hand_in, save, stored
from units.models import today

pytestmark = pytest.mark.django_db


def test_a_whole_survey_is_handed_in_with_members_and_facts(client, survey, household, cadre):
    response = begin(client, survey, household)
    fill(client, response, C01="04", D01="01")
    answer = hand_in(client, response, signed="on")
    assert answer["Location"] == f"/responses/{response.pk}/"
    done = stored(response)
    assert (done.status, done.signed, done.answers["B16"], done.answers["H08"]) == (
        "submitted",
        True,
        4800,
        2,
    )
    assert [member["M08"] for member in done.members] == ["01", "02"]
    assert "李秋菊" not in str(done.members)
    household.refresh_from_db()
    assert (household.kind, household.main_cause) == ("04", "01")
    assert Change.objects.filter(table="households.household", by=cadre, act="changed").count() == 1
    assert Response.objects.counted().count() == 1


@pytest.mark.parametrize(("who", "reviewer"), [("cadre", "单位负责人"), ("leader", "双联办")])
def test_who_hands_in_is_told_who_reviews(request, survey, who, reviewer):
    user = request.getfixturevalue(who)
    client, household = client_of(user), make_surveyed(cadre=user)
    response = begin(client, survey, household)
    fill(client, response, C01="04", D01="01")
    hand_in(client, response, signed="on")
    assert f"已交，等{reviewer}复核。" in words_of(client.get(f"/responses/{response.pk}/"))


def test_errors_lead_to_their_step(client, survey, household):
    response = begin(client, survey, household)
    fill(client, response, B02="9", A01="")
    page = client.get(address(response, LAST))
    faults = {(fault.step.number, fault.anchor) for fault in page.context["draft"].faults}
    assert {(2, "id_A01"), (3, "id_B02")} <= faults
    assert hand_in(client, response).status_code == 200
    assert stored(response).status == "draft"


def test_a_warning_asks_for_a_word(client, survey, household):
    response = begin(client, survey, household)
    fill(client, response, C05="12000")
    answer = hand_in(client, response)
    assert "转移性收入大于家庭纯收入" in words_of(answer)
    assert stored(response).status == "draft"
    hand_in(client, response, **{"word-X16": "今年羊死了"})
    assert stored(response).confirmed == {"X16": "今年羊死了"}


def test_members_must_have_what_the_form_asks(client, survey, household):
    wife = household.members.get(relation="02")
    wife.schooling = ""
    wife.save()
    response = begin(client, survey, household)
    fill(client, response)
    page = client.get(address(response, LAST))
    assert "1 口人缺在校生状况" in words_of(page)
    assert hand_in(client, response).status_code == 200


def test_a_survey_closed_meanwhile_loses_nothing(client, survey, household):
    response = begin(client, survey, household)
    fill(client, response)
    survey.status, survey.closed_on = Survey.Status.CLOSED, today()
    survey.save()
    answer = hand_in(client, response)
    assert "已经停用" in words_of(answer)
    assert stored(response).status == "draft"
    assert save(client, response, 2, **step_of(HOUSEHOLD, "A")).status_code == 302


def test_a_household_closed_meanwhile_is_not_handed_in(client, survey, household):
    response = begin(client, survey, household)
    fill(client, response)
    household.refresh_from_db()
    household.status, household.status_on = "moved", today()
    household.save()
    assert "这户已经迁出" in words_of(hand_in(client, response))
    assert stored(response).status == "draft"


def test_a_draft_of_a_closed_version_goes_on_in_the_next(client, survey, household):
    response = begin(client, survey, household)
    save(client, response, 2, **step_of(HOUSEHOLD, "A"))
    survey.status = Survey.Status.CLOSED
    survey.save()
    document = {**survey.definition, "version": "2013.1"}
    document["items"] = [{**item, "continues": item["code"]} for item in document["items"]]
    newer = make_survey(definition=document, edition="2013.1", based_on=survey)
    again = begin(client, newer, household)
    assert (again.survey, again.answers["A01"]) == (newer, 80)
    assert stored(response).answers["A01"] == 80


def test_what_was_changed_since_the_check_is_checked_again(client, survey, household, leader):
    response = begin(client, survey, household)
    fill(client, response)
    version = stored(response).version
    save(client_of(leader), response, 2, **{**step_of(HOUSEHOLD, "A"), "A01": "90"})
    answer = client.post(address(response, LAST), {"version": version})
    assert answer.status_code == 409
    assert stored(response).status == "draft"
    assert (
        client.post(
            address(response, LAST), {"version": answer.context["form"]["version"].value()}
        ).status_code
        == 302
    )


def test_what_was_handed_in_is_taken_back_to_correct_it(client, survey, household):
    response = begin(client, survey, household)
    fill(client, response)
    hand_in(client, response)
    assert client.get(address(response, 2))["Location"] == f"/responses/{response.pk}/"
    client.post(f"/responses/{response.pk}/recall/")
    assert stored(response).status == "draft"
    page = client.get(address(response, 2))
    assert page.context["form"]["A01"].value() == 80

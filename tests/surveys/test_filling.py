"""Filling in a survey step by step: who may start, what is stored, which errors are shown."""

from datetime import date, timedelta

import pytest

from core.models import Change
from surveys.models import Response, Survey
from tests.factories import make_cadre, make_id_number, make_pairing
from tests.pages import client_of, words_of
from tests.surveys.filled import HOUSEHOLD, step_of
from tests.surveys.steps import LAST, address, begin, save, seen, stored
from units.models import today

pytestmark = pytest.mark.django_db


# --- starting ---


def test_a_double_tap_begins_one(client, survey, household, cadre):
    first = begin(client, survey, household)
    begin(client, survey, household)
    response = Response.objects.get()
    assert response == first
    assert (response.surveyor, response.unit, response.year) == (cadre, cadre.unit, today().year)


def test_a_colleague_types_for_an_older_cadre_and_both_names_stand(survey, household, cadre):
    younger = make_cadre(name="陈立新", unit=cadre.unit)
    response = begin(client_of(younger), survey, household, **{"for": cadre.pk})
    assert (response.surveyor, response.entered_by) == (cadre, younger)
    page = words_of(client_of(younger).get(address(response, 1)))
    assert "李秋菊" in page


def test_nobody_begins_on_a_household_that_is_not_theirs(stranger, survey, household, cadre):
    url = f"/surveys/{survey.pk}/start/?household={household.pk}"
    assert client_of(stranger).post(url).status_code == 404
    assert client_of(stranger).post(url, {"for": cadre.pk}).status_code == 404
    assert not Response.objects.exists()


def test_a_closed_version_is_not_begun(client, survey, household):
    survey.status = Survey.Status.CLOSED
    survey.save()
    answer = client.post(f"/surveys/{survey.pk}/start/?household={household.pk}", follow=True)
    assert "已经停用" in words_of(answer)
    assert not Response.objects.exists()


def test_a_draft_passes_to_the_household_next_cadre(client, survey, household, leader):
    response = begin(client, survey, household)
    pairing = household.pairings.get()
    pairing.ended_on = today()
    pairing.save()
    heir = make_cadre(name="赵学文", unit=leader.unit)
    make_pairing(cadre=heir, household=household)
    begin(client_of(heir), survey, household)
    assert stored(response).surveyor == heir


def test_two_cadres_of_one_household_do_not_fill_over_each_other(client, survey, household, stranger):
    response = begin(client, survey, household)
    make_pairing(cadre=stranger, household=household, kind="contact")
    answer = client_of(stranger).post(f"/surveys/{survey.pk}/start/?household={household.pk}", follow=True)
    assert "李建业在填" in words_of(answer)
    assert stored(response).surveyor.name == "李建业"


def test_last_years_draft_goes_on_this_year(client, survey, household):
    response = begin(client, survey, household)
    response.surveyed_on = date(today().year - 1, 12, 30)
    response.save()
    begin(client, survey, household)
    assert Response.objects.get().year == today().year


# --- a step ---


def test_a_step_is_saved_and_the_next_one_comes(client, survey, household):
    response = begin(client, survey, household)
    answer = save(client, response, 2, **step_of(HOUSEHOLD, "A"))
    assert answer["Location"] == address(response, 3)
    answers = stored(response).answers
    assert (answers["A01"], answers["A02"], answers["A08"]) == (80, "05", "unknown")
    assert client.post(f"/surveys/{survey.pk}/start/?household={household.pk}")["Location"] == address(
        response, 3
    )


def test_a_wrong_value_stays_as_it_was_typed_and_is_told(client, survey, household):
    response = begin(client, survey, household)
    answer = client.post(
        address(response, 2),
        {**seen(client, response, 2), **step_of(HOUSEHOLD, "A"), "A01": "八十"},
        follow=True,
    )
    assert answer.redirect_chain[-1][0] == address(response, 2)
    assert 'value="八十"' in answer.content.decode()
    assert "不是数" in words_of(answer)
    assert stored(response).answers["A01"] == "八十"


def test_a_step_that_is_not_whole_may_wait(client, survey, household):
    response = begin(client, survey, household)
    answer = client.post(address(response, 3), {**seen(client, response, 3), "B01": "3"}, follow=True)
    assert "先放着，填下一步" in words_of(answer)
    assert "这一题要填" in words_of(answer)
    assert stored(response).answers["B01"] == 3


def test_the_way_back_keeps_all(client, survey, household):
    response = begin(client, survey, household)
    answer = save(client, response, 3, B01="x", go="back")
    assert answer["Location"] == address(response, 2)
    assert stored(response).answers["B01"] == "x"


def test_a_rule_over_two_answers_stops_beside_the_later(client, survey, household):
    response = begin(client, survey, household)
    answers = {**step_of(HOUSEHOLD, "B"), "B02": "9"}
    answer = client.post(address(response, 3), {**seen(client, response, 3), **answers}, follow=True)
    question = next(q for q in answer.context["form"].questions() if q.item.code == "B02")
    assert "有效灌溉面积不能大于耕地面积" in question.error


def test_an_answer_to_a_hidden_item_is_told_and_kept(client, survey, household):
    response = begin(client, survey, household)
    answers = {**step_of(HOUSEHOLD, "A"), "A04": "0"}
    answer = client.post(address(response, 2), {**seen(client, response, 2), **answers}, follow=True)
    assert "这一题不用填" in words_of(answer)
    assert stored(response).answers["A05"] == "3"


def test_what_hangs_on_a_wrong_answer_is_kept_and_not_told(client, survey, household):
    response = begin(client, survey, household)
    answers = {**step_of(HOUSEHOLD, "A"), "A01": "八十"}
    client.post(address(response, 2), {**seen(client, response, 2), **answers})
    assert list(client.get(address(response, 2)).context["remarks"].errors) == ["A01"]
    assert stored(response).answers["A05"] == "3"


def test_an_answer_outside_its_options_is_told(client, survey, household):
    response = begin(client, survey, household)
    answers = {**step_of(HOUSEHOLD, "A"), "A02": "77"}
    client.post(address(response, 2), {**seen(client, response, 2), **answers})
    assert "A02" in client.get(address(response, 2)).context["remarks"].errors


def test_no_id_number_is_kept_in_a_draft(client, survey, household):
    response = begin(client, survey, household)
    number = make_id_number()
    for step, code in ((2, "A01"), (5, "D09")):
        save(client, response, step, **{code: f"证号{number}"})
    kept = str(stored(response).answers) + str(list(Change.objects.values_list("changes", flat=True)))
    assert number not in kept


def test_the_second_of_two_sees_both_and_overwrites_nothing(client, survey, household, leader):
    response = begin(client, survey, household)
    opened = seen(client, response, 2)
    other = client_of(leader)
    save(other, response, 2, **step_of(HOUSEHOLD, "A"))
    answer = client.post(address(response, 2), {**opened, **step_of(HOUSEHOLD, "A"), "A01": "95"})
    assert answer.status_code == 409
    assert [(row["mine"], row["stored"]) for row in answer.context["conflict"]["rows"]] == [("95", "80")]
    assert "康建平" in words_of(answer)
    assert stored(response).answers["A01"] == 80
    mine = {
        **opened,
        **step_of(HOUSEHOLD, "A"),
        "A01": "95",
        "overwrite": answer.context["conflict"]["version"],
    }
    client.post(address(response, 2), mine)
    assert stored(response).answers["A01"] == 95


def test_a_no_of_the_other_is_not_taken_for_nothing(client, survey, household, leader):
    response = begin(client, survey, household)
    opened = seen(client, response, 2)
    save(client_of(leader), response, 2, **{**step_of(HOUSEHOLD, "A"), "A12": "0"})
    answer = client.post(address(response, 2), {**opened, **step_of(HOUSEHOLD, "A"), "A12": ""})
    assert [(row["mine"], row["stored"]) for row in answer.context["conflict"]["rows"]] == [("", "否")]
    assert stored(response).answers["A12"] == 0


def test_another_step_saved_meanwhile_is_no_conflict(client, survey, household, leader):
    response = begin(client, survey, household)
    opened = seen(client, response, 2)
    save(client_of(leader), response, 3, **step_of(HOUSEHOLD, "B"))
    assert client.post(address(response, 2), {**opened, **step_of(HOUSEHOLD, "A")}).status_code == 302
    assert {"A01", "B01"} <= stored(response).answers.keys()


def test_a_future_or_taken_day_is_told_and_kept(client, survey, household):
    response = begin(client, survey, household)
    tomorrow = today() + timedelta(days=1)
    answer = client.post(
        address(response, 1), {**seen(client, response, 1), "H09": tomorrow.isoformat()}, follow=True
    )
    assert "这一天还没有到" in words_of(answer)
    assert stored(response).surveyed_on == today()
    save(client, response, 1, H09=f"{today().year - 1}-09-01")
    assert stored(response).year == today().year - 1
    assert "H09" not in stored(response).answers


@pytest.mark.parametrize("bad", ["\0", "x" * 5000, "9" * 400, "<script>", "-1", "２０１５年", "620502100001"])
def test_no_nonsense_breaks_a_step(client, survey, household, bad):
    response = begin(client, survey, household)
    for step, letter in enumerate(["H09", "A", "B", "C", "D"], 1):
        codes = [item.code for item in survey.form.items if item.code.startswith(letter)]
        sent = {code: [bad, "01"] for code in codes}
        more = {"seen": bad, "overwrite": bad, "go": bad, "H09": bad, "phone": bad, "size": bad, "group": bad}
        assert client.post(address(response, step), {**more, **sent}, follow=True).status_code in {200, 409}
    more = {"version": bad, "signed": bad, "word-X16": bad}
    assert client.post(address(response, LAST), more).status_code == 200
    assert client.get(f"/responses/{response.pk}/").status_code == 200
    assert client.get("/").status_code == 200


# --- permissions ---


def test_a_stranger_finds_no_response(client, stranger, survey, household):
    response = begin(client, survey, household)
    assert client_of(stranger).get(address(response, 2)).status_code == 404
    assert client_of(stranger).get(f"/responses/{response.pk}/").status_code == 404


def test_a_viewer_reads_and_fills_nothing(client, viewer, survey, household):
    response = begin(client, survey, household)
    assert client_of(viewer).get(f"/responses/{response.pk}/").status_code == 200
    assert client_of(viewer).get(address(response, 2)).status_code == 403

"""The household's own facts and members, corrected while a survey is filled in."""

import pytest

from core.models import Change
from tests.factories import make_id_number
from tests.pages import words_of
from tests.surveys.steps import address, begin, fill, hand_in, save, seen, stored
from units.models import today

pytestmark = pytest.mark.django_db


MEMBER = {
    "ethnicity": "01",
    "education": "02",
    "schooling": "01",
    "health": "01",
    "labour": "01",
    "medical_insurance": "true",
}


def test_facts_are_corrected_with_history(client, survey, household, cadre):
    response = begin(client, survey, household)
    save(client, response, 1, H09=today().isoformat(), phone="13993850001", size="3", group="四组")
    household.refresh_from_db()
    assert (household.phone, household.size, household.group) == ("13993850001", 3, "四组")
    change = Change.objects.filter(table="households.household").latest("pk")
    assert (change.by, change.changes["size"]) == (cadre, [2, 3])


def test_wrong_facts_are_told_and_nothing_is_lost(client, survey, household):
    response = begin(client, survey, household)
    answer = save(client, response, 1, H09=today().isoformat(), phone="123", size="3")
    assert answer.status_code == 200
    assert 'value="123"' in answer.content.decode()


def test_the_second_editor_of_a_households_facts_sees_both(client, survey, household, office):
    response = begin(client, survey, household)
    opened = seen(client, response, 1)
    household.phone = "13993850002"
    household.save()
    sent = {**opened, "H09": today().isoformat(), "phone": "13993850003"}
    answer = client.post(address(response, 1), sent)
    assert answer.status_code == 409
    assert [(row["mine"], row["stored"]) for row in answer.context["conflict"]["rows"]] == [
        ("13993850003", "13993850002")
    ]
    client.post(address(response, 1), {**sent, "overwrite": answer.context["conflict"]["version"]})
    household.refresh_from_db()
    assert household.phone == "13993850003"


def test_a_member_is_added_and_has_left(client, survey, household):
    response = begin(client, survey, household)
    base = f"/responses/{response.pk}/members/"
    son = {"name": "王小军", "relation": "03", "sex": "1", **MEMBER}
    client.post(f"{base}new/", son)
    added = household.members.get(name="王小军")
    client.post(f"{base}{added.pk}/", {**son, "version": added.version, "left_on": today().isoformat()})
    added.refresh_from_db()
    assert added.left_on == today()


def test_a_member_is_corrected_and_must_have_what_the_form_asks(client, survey, household):
    response = begin(client, survey, household)
    wife = household.members.get(relation="02")
    url = f"/responses/{response.pk}/members/{wife.pk}/"
    data = {"name": "李秋菊", "relation": "02", "sex": "2", **MEMBER, "version": wife.version}
    assert "这一项要填" in words_of(client.post(url, {**data, "medical_insurance": "unknown"}))
    client.post(url, {**data, "health": "03"})
    wife.refresh_from_db()
    assert wife.health == "03"


def test_a_masked_number_that_comes_back_is_unchanged(client, survey, household):
    wife = household.members.get(relation="02")
    wife.id_number = make_id_number(sex="2")
    wife.save()
    response = begin(client, survey, household)
    page = client.get(f"/responses/{response.pk}/members/{wife.pk}/").content.decode()
    assert wife.id_number not in page
    assert wife.id_masked in page


def test_a_people_that_the_form_does_not_list_is_answered_as_other(client, survey, household):
    """An ethnic group that the form does not list becomes 其他: the register has 侗族, the form 汉族, 回族 and 其他."""
    wife = household.members.get(relation="02")
    wife.ethnicity = "12"
    wife.save()
    response = begin(client, survey, household)
    fill(client, response, C01="04", D01="01")
    hand_in(client, response, signed="on")
    done = stored(response)
    assert (done.status, [member["M05"] for member in done.members]) == ("submitted", ["01", "99"])
    wife.refresh_from_db()
    assert wife.get_ethnicity_display() == "侗族"


def test_after_the_pairing_has_ended_the_facts_are_hidden(client, survey, household):
    response = begin(client, survey, household)
    pairing = household.pairings.get()
    pairing.ended_on = today()
    pairing.save()
    page = words_of(client.get(address(response, 1)))
    assert "李秋菊" not in page
    assert "不归调查人联系" in page
    wife = household.members.get(relation="02")
    assert client.get(f"/responses/{response.pk}/members/{wife.pk}/").status_code == 403


def test_who_lost_the_household_neither_reads_its_people_nor_changes_it(client, survey, household):
    """A cadre who is no longer paired may submit a draft, but neither read nor change the household's people."""
    response = begin(client, survey, household)
    fill(client, response)
    assert client.get(address(response, 2)).context["live"]["facts"]["members"]
    pairing = household.pairings.get()
    pairing.ended_on = today()
    pairing.save()
    assert client.get(address(response, 2)).context["live"]["facts"]["members"] == []
    assert hand_in(client, response).status_code == 302
    household.refresh_from_db()
    assert (stored(response).answers["C01"], household.kind) == ("02", "01")

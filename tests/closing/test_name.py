"""A closed household keeps its last head's name."""

import pytest

from households.models import Household
from tests.factories import make_id_number, make_member
from tests.importing import check, family, load, outcomes, whys


@pytest.mark.parametrize("address", ["/households/?q=王守田", "/households/?q=wst", "/search/?q=王守田"])
def test_a_search_finds_it(client, office, moved, address: str) -> None:
    client.force_login(office)
    page = client.get(address).text
    assert "王守田" in page
    assert moved.no in page


def test_the_list_says_that_it_is_closed(client, office, moved) -> None:
    client.force_login(office)
    assert "已迁出" in client.get("/households/?q=王守田").text
    assert moved.no not in client.get("/households/").text


def test_the_page_is_titled_by_it(client, office, moved) -> None:
    client.force_login(office)
    page = client.get(f"/households/{moved.pk}/").text
    assert "没有户主" not in page
    assert "<title>王守田" in page


def test_the_whole_id_number_finds_it(client, office, moved) -> None:
    number = make_id_number()
    member = moved.members.get()
    member.id_number = number
    member.save()
    client.force_login(office)
    assert moved.no in client.get(f"/households/?q={number}").text


def test_the_admin_finds_it(client, office, moved) -> None:
    client.force_login(office)
    assert moved.no in client.get("/admin/households/household/?q=王守田").text


def test_a_head_of_today_is_not_one_of_before(client, office, moved) -> None:
    """An open household with a new head is found only by the new head's name."""
    household = Household.objects.with_head().get(pk=moved.pk)
    assert household.head_name == "王守田"


def test_a_roster_does_not_register_it_again(office, moved) -> None:
    known = family("王守田", 村=None, 村级代码=moved.village.code, **{"组(社)": moved.group})
    [why] = whys(check("households", office, [known]))
    assert f"和已迁出的户 {moved.no}" in why
    assert outcomes(load("households", office, [{**known, "户编号": moved.no}])) == ["changed"]
    assert not moved.members.current().exists()


def test_a_sheet_of_visits_finds_it_by_the_heads_number(office, cadre, moved) -> None:
    number = make_id_number()
    member = moved.members.get()
    member.id_number = number
    member.save()
    row = {"手机号": cadre.phone, "走访日期": "2015-04-01", "户主身份证号": number}
    assert outcomes(load("visits", office, [{**row, "谈了什么、办了什么": "看了水窖"}])) == ["created"]


def test_a_person_of_two_households_means_the_open_one(office, cadre, moved) -> None:
    number = make_id_number()
    member = moved.members.get()
    member.id_number = number
    member.save()
    again = make_member(name="王守田", id_number=number).household
    row = {"手机号": cadre.phone, "走访日期": "2015-09-01", "户主身份证号": number}
    load("visits", office, [{**row, "谈了什么、办了什么": "看了水窖"}])
    assert again.visits.count() == 1

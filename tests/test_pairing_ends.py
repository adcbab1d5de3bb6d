"""Ending pairings: one, some, or all of a cadre; promised visits; hand-over; undoing."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.models import Change
from core.records import StaleRecord
from households.choices import Status
from households.models import HouseholdPairing
from households.pairing import end_pairing, end_pairings, hand_over, reopen
from tests.factories import make_cadre, make_household, make_pairing, make_unit, make_village, make_visit
from tests.pages import client_of, words_of
from units.models import today
from units.roles import Role

pytestmark = pytest.mark.django_db

DAY = date(2015, 3, 5)
END = "2015-09-16"


@pytest.fixture
def pairing(cadre):
    return make_pairing(cadre=cadre, household=make_household(head="苟进才"), started_on=DAY)


def end(user, pairing, **fields):
    data = {"pk": pairing.pk, f"version-{pairing.pk}": pairing.version, "on": END, "reason": "调离", **fields}
    return client_of(user).post(f"/pairings/{pairing.pk}/end/", data, follow=True)


def still_open(pairing) -> bool:
    return HouseholdPairing.objects.get(pk=pairing.pk).ended_on is None


def test_an_end_is_one_change(office, pairing):
    assert "结束了 1 条联户。" in end(office, pairing).content.decode()
    change = Change.objects.get(table="households.householdpairing", row=pairing.pk, act="changed")
    assert change.by == office
    assert change.changes == {"ended_on": [None, END], "end_reason": ["", "调离"]}


def test_a_form_sent_twice_ends_once(office, pairing):
    end(office, pairing)
    assert end(office, pairing, on="2015-09-17").status_code == 403
    assert HouseholdPairing.objects.get().ended_on == date(2015, 9, 16)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "写明为什么结束。"),
        ({"reason": "  "}, "写明为什么结束。"),
        ({"reason": "调" * 101}, "100"),
        ({"on": ""}, "必填"),
        ({"on": "昨天"}, "2015-03-05 这样"),
        ({"on": "2015-03-04"}, "结束日期不能早于开始日期。（2015-03-05）"),
        ({"on": str(today() + timedelta(days=2))}, "日期不能晚于今天"),
        ({"pk": []}, "先勾选要结束的户。"),
        ({"pk": "x"}, "不归您管"),
        ({"to": "9" * 30}, "这名干部不能接"),
        ({"to": "x"}, "这名干部不能接"),
        ({"other": "没有这个人"}, "没有找到在岗的“没有这个人”"),
    ],
)
def test_bad_input_gets_a_sentence_and_ends_nothing(office, pairing, fields, sentence):
    assert sentence in words_of(end(office, pairing, **fields))
    assert still_open(pairing)


def test_a_key_of_another_county_ends_nothing(office, pairing, stranger):
    far = make_village(town=make_village().division, code="620502100001")
    foreign = make_pairing(household=make_household(village=far), started_on=DAY)
    response = end(office, pairing, pk=[pairing.pk, foreign.pk])
    assert "不归您管" in words_of(response)
    assert still_open(pairing)
    assert still_open(foreign)


def test_the_second_of_two_editors_is_told_and_ends_nothing(office, leader, pairing):
    stale = HouseholdPairing.objects.get(pk=pairing.pk)
    other = HouseholdPairing.objects.get(pk=pairing.pk)
    other.started_on = date(2015, 4, 1)
    other.save()
    response = end(office, stale)
    assert response.status_code == 409
    assert "刚刚被别人改过" in words_of(response)
    assert "2015-04-01" in words_of(response)
    assert still_open(pairing)
    with pytest.raises(StaleRecord):
        end_pairing(stale, on=date(2015, 9, 16), reason="调离")


def test_only_what_is_still_promised_is_listed(office, cadre, pairing):
    for number, words in enumerate(("送化肥", "送贷款表")):
        make_visit(
            cadre=cadre,
            household=pairing.household,
            visited_on=date(2015, 5 + number, 1),
            promised_on=date(2015, 6 + number, 1),
            promise=words,
        )
    words = words_of(client_of(office).get(f"/pairings/{pairing.pk}/end/"))
    assert "2015年7月1日 送贷款表" in words
    assert "送化肥" not in words


@pytest.mark.parametrize("role", [Role.CADRE, Role.VIEWER])
def test_neither_cadre_nor_viewer_ends(pairing, cadre, role):
    user = make_cadre(unit=cadre.unit, role=role)
    assert end(user, pairing).status_code == 403
    assert still_open(pairing)


def test_a_leader_ends_those_of_the_own_unit_only(leader, pairing):
    foreign = make_pairing(cadre=make_cadre(unit=make_unit()), started_on=DAY)
    assert end(leader, foreign).status_code == 404
    assert still_open(foreign)
    end(leader, pairing)
    assert not still_open(pairing)


def test_a_cadre_who_has_moved_is_no_longer_the_old_leaders(leader, cadre, pairing):
    cadre.unit = make_unit()
    cadre.save()
    assert end(leader, pairing).status_code == 403
    assert still_open(pairing)


# Successors


def test_a_successor_of_another_unit_is_named_by_phone(office, stranger, pairing):
    response = end(office, pairing, other=stranger.phone)
    assert "已交给何秀兰（县林业局）。" in words_of(response)
    assert "县林业局没有联石峰村" in words_of(response)
    [taken] = HouseholdPairing.objects.current()
    assert (taken.cadre, taken.unit, str(taken.started_on)) == (stranger, stranger.unit, END)


def test_a_name_of_two_asks(office, pairing):
    for _ in range(2):
        make_cadre(name="王军", unit=make_unit())
    assert "叫“王军”的不止一人" in words_of(end(office, pairing, other="王军"))
    assert still_open(pairing)


def test_there_is_one_successor(office, leader, stranger, pairing):
    response = end(office, pairing, to=leader.pk, other=stranger.phone)
    assert "接手的人只能有一个" in words_of(response)
    assert still_open(pairing)


def test_a_leader_hands_over_within_the_unit_only(leader, stranger, pairing):
    for fields in ({"to": stranger.pk}, {"to": pairing.cadre_id}):
        assert "这名干部不能接" in words_of(end(leader, pairing, **fields))
    end(leader, pairing, other=stranger.phone)
    assert not stranger.pairings.exists()


def test_who_already_has_the_household_does_not_take_it_over(office, leader, pairing):
    make_pairing(cadre=leader, household=pairing.household, kind="contact", started_on=DAY)
    response = end(office, pairing, to=leader.pk)
    assert "苟进才：这名干部已经联着这户。" in words_of(response)
    assert still_open(pairing)


def test_a_hand_over_is_all_or_nothing(cadre, leader, pairing):
    gone = make_pairing(
        cadre=cadre,
        household=make_household(head="裴秋霞", status=Status.MOVED, status_on=DAY),
        started_on=DAY,
    )
    with pytest.raises(ValidationError, match="裴秋霞：这户已迁出") as refused:
        hand_over([pairing, gone], to=leader, on=today(), reason="调离")
    assert list(refused.value.message_dict) == ["to"]
    assert still_open(pairing)
    assert not leader.pairings.exists()


def test_a_hand_over_keeps_the_kind(cadre, leader, pairing):
    contact = make_pairing(cadre=cadre, kind="contact", started_on=DAY)
    begun = hand_over([pairing, contact], to=leader, on=date(2015, 9, 16), reason="调离")
    assert {(p.household_id, p.kind, p.cadre_id) for p in begun} == {
        (pairing.household_id, "help", leader.pk),
        (contact.household_id, "contact", leader.pk),
    }


def test_nobody_takes_over_from_himself(cadre, pairing):
    with pytest.raises(ValidationError, match="他自己正联着这些户"):
        hand_over([pairing], to=cadre, on=today(), reason="换人")


def test_several_end_together_or_not_at_all(cadre, pairing):
    later = make_pairing(cadre=cadre, started_on=date(2015, 10, 1))
    with pytest.raises(ValidationError, match="2015-10-01"):
        end_pairings([pairing, later], on=date(2015, 9, 16), reason="调离")
    assert still_open(pairing)


# Some of the list, all of a cadre


def test_rows_ticked_in_the_list_end_together(office, cadre, pairing):
    second, third = (make_pairing(cadre=cadre, started_on=DAY) for _ in range(2))
    client = client_of(office)
    page = client.post("/pairings/end/", {"pk": [pairing.pk, second.pk], "next": "/pairings/"})
    assert page["Location"] == f"/pairings/end/?pk={pairing.pk}&pk={second.pk}"
    client.post(page["Location"], {"pk": [pairing.pk, second.pk], "on": END, "reason": "调离"})
    assert list(HouseholdPairing.objects.current()) == [third]


def test_nothing_ticked_says_so(office, pairing):
    response = client_of(office).post("/pairings/end/", {}, follow=True)
    assert "先在名单里勾选" in words_of(response)
    assert client_of(office).get("/pairings/end/?pk=x").status_code == 302
    assert client_of(office).get(f"/pairings/end/?pk={'9' * 18}").status_code == 404


def test_a_cadre_who_leaves_hands_over_what_is_ticked(office, leader, cadre, pairing):
    stays = make_pairing(cadre=cadre, started_on=DAY)
    response = client_of(office).post(
        f"/cadres/{cadre.pk}/hand-over/",
        {"pk": [pairing.pk], "on": END, "reason": "调离", "to": leader.pk},
        follow=True,
    )
    assert response.redirect_chain == [(f"/cadres/{cadre.pk}/hand-over/sheet/?on={END}", 302)]
    assert still_open(stays)
    words = words_of(response)
    for said in (
        "李建业联户交接单",
        "苟进才",
        "康建平（县水务局）",
        "原因：调离",
        "2015年9月16日",
        "移交人：",
    ):
        assert said in words
    assert str(stays.household.no) not in words


def test_the_sheet_carries_what_is_promised(office, cadre, pairing):
    make_visit(
        cadre=cadre,
        household=pairing.household,
        visited_on=date(2015, 9, 1),
        promised_on=date(2015, 10, 1),
        promise="送贷款表",
    )
    end(office, pairing)
    words = words_of(client_of(office).get(f"/cadres/{cadre.pk}/hand-over/sheet/?on={END}"))
    assert "2015年10月1日 送贷款表" in words
    assert "暂无" in words


@pytest.mark.parametrize("on", ["", "2015-09-17", "昨天", "2015-09-16' or 1=1"])
def test_there_is_no_sheet_of_another_day(office, cadre, pairing, on):
    end(office, pairing)
    assert client_of(office).get(f"/cadres/{cadre.pk}/hand-over/sheet/", {"on": on}).status_code == 404


def test_a_cadre_without_households_has_nothing_to_hand_over(office, cadre):
    words = words_of(client_of(office).get(f"/cadres/{cadre.pk}/hand-over/"))
    assert "现在没有联户要结束。" in words


# Undoing


def test_the_undo_takes_the_end_back(office, pairing):
    page = end(office, pairing)
    assert f'action="/pairings/{pairing.pk}/reopen/"' in page.content.decode()
    client_of(office).post(f"/pairings/{pairing.pk}/reopen/")
    assert still_open(pairing)
    again = client_of(office).post(f"/pairings/{pairing.pk}/reopen/", follow=True)
    assert "只有当天结束的联户可以恢复" in words_of(again)


def test_an_end_of_yesterday_stays(office, pairing):
    end(office, pairing)
    Change.objects.update(at=timezone.now() - timedelta(days=1))
    page = client_of(office).get(f"/pairings/{pairing.pk}/").content.decode()
    assert "恢复" not in page
    response = client_of(office).post(f"/pairings/{pairing.pk}/reopen/", follow=True)
    assert "只有当天结束的联户可以恢复" in words_of(response)
    assert not still_open(pairing)


def test_an_imported_end_was_no_mistake_of_today(pairing):
    ended = make_pairing(started_on=DAY, ended_on=date(2015, 6, 1))
    with pytest.raises(ValidationError, match="只有当天结束的"):
        reopen(ended)


def test_neither_who_left_nor_a_closed_household_is_reopened(cadre, pairing):
    end_pairing(pairing, on=today(), reason="调离")
    cadre.left_on = today()
    cadre.save()
    household = pairing.household
    household.status, household.status_on = Status.MOVED, today()
    household.save()
    fresh = HouseholdPairing.objects.get(pk=pairing.pk)
    with pytest.raises(ValidationError) as refused:
        reopen(fresh)
    assert refused.value.messages == ["苟进才：这户已迁出，不能再结对。", "李建业已经离岗，请另选干部。"]


def test_reopening_is_the_managers(leader, cadre, stranger, pairing):
    end_pairing(pairing, on=today(), reason="换人")
    url = f"/pairings/{pairing.pk}/reopen/"
    assert client_of(cadre).post(url).status_code == 403
    assert client_of(make_cadre(role=Role.LEADER)).post(url).status_code == 404
    assert client_of(leader).get(url).status_code == 405
    client_of(leader).post(url)
    assert still_open(pairing)

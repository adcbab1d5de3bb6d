"""结对台 (pairing board): what it shows, its error messages, and that no selection is lost."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Change
from households.choices import Status
from households.models import HouseholdPairing
from registers.pairings.board import group_order
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of, part, words_of
from units.models import Requirement, today
from units.roles import Rank, Role

pytestmark = pytest.mark.django_db

DAY = date(2015, 9, 16)
LEFT, RIGHT = 'id="id_households"', 'id="id_cadre"'


@pytest.fixture
def village(leader):
    village = make_village(name="榜沙村")
    make_village_pairing(unit=leader.unit, village=village)
    return village


def send(user, village, **fields):
    data = {"kind": "help", "started_on": "2015-09-16", **fields}
    return client_of(user).post(f"/pairings/board/?village={village.pk}", data, follow=True)


def test_a_form_sent_twice_pairs_once(office, cadre, village):
    household = make_household(village=village)
    for _ in range(2):
        response = send(office, village, households=[household.pk], cadre=cadre.pk)
        assert "李建业联上了 1 户。" in words_of(response)
    assert household.pairings.count() == 1
    assert Change.objects.filter(table="households.householdpairing").count() == 1


def test_a_taken_household_is_named_beside_the_table(office, cadre, stranger, village):
    household = make_household(head="苟进才", village=village)
    make_pairing(cadre=stranger, household=household)
    response = send(office, village, households=[household.pk], cadre=cadre.pk)
    wrong = "苟进才：这户已有这种方式的联户干部，先结束原来的再结对。（何秀兰）"
    assert wrong in part(response, LEFT)
    assert household.pairings.count() == 1


def test_the_same_cadre_twice_is_refused_beside_the_table(office, cadre, village):
    household = make_household(head="苟进才", village=village)
    make_pairing(cadre=cadre, household=household, started_on=DAY)
    response = send(office, village, households=[household.pk], cadre=cadre.pk, kind="contact")
    assert "苟进才：这名干部已经联着这户。（帮扶，2015-09-16 起）" in part(response, LEFT)


def test_what_was_chosen_comes_back_with_the_error(office, cadre, stranger, village):
    """A refused form keeps the selection, also a household that the filtered list omits and a cadre of no unit of
    the village.
    """
    taken = make_household(head="裴秋霞", village=village)
    make_pairing(cadre=cadre, household=taken)
    free = make_household(head="苟进才", village=village)
    response = send(
        office, village, households=[taken.pk, free.pk], cadre=stranger.pk, kind="help", started_on="2015.9.1"
    )
    left, right = part(response, LEFT), part(response, RIGHT)
    assert f'value="{taken.pk}" id="h{taken.pk}" data-name="裴秋霞" checked' in left
    assert f'value="{free.pk}" id="h{free.pk}" data-name="苟进才" checked' in left
    assert "何秀兰" in right
    assert "checked" in right
    assert 'value="2015-09-01"' in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "where", "sentence"),
    [
        ({"households": []}, LEFT, "先勾选户。"),
        ({"households": ["x"]}, LEFT, "里面有不归您管的户"),
        ({"households": ["²"]}, LEFT, "里面有不归您管的户"),
        ({"households": ["9" * 30]}, LEFT, "里面有不归您管的户"),
        ({"households": ["0"]}, LEFT, "里面有不归您管的户"),
        ({"cadre": ""}, RIGHT, "选一名干部。"),
        ({"cadre": "9" * 30}, RIGHT, "这名干部不归您管"),
        ({"cadre": "<b>"}, RIGHT, "这名干部不归您管"),
        ({"kind": "friend"}, "<main", "结对方式只有联系和帮扶。"),
        ({"started_on": ""}, "act-bar", "必填"),
        ({"started_on": "2015-13-40"}, "act-bar", "没有 13 月"),
        ({"started_on": "0215-09-16"}, "act-bar", "年份 215 不对"),
        ({"started_on": "1900-01-01"}, "act-bar", "2012 年"),
        ({"started_on": str(today() + timedelta(days=2))}, "act-bar", "日期不能晚于今天"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(office, cadre, village, fields, where, sentence):
    household = make_household(village=village)
    response = send(office, village, **{"households": [household.pk], "cadre": cadre.pk, **fields})
    assert response.status_code == 200
    assert sentence in response.content.decode().split(where, 1)[1]
    assert not HouseholdPairing.objects.exists()


def test_neither_another_county_nor_who_left_nor_what_is_closed(office, cadre, village):
    far = make_village(town=make_division(code="620502100", name="别县的镇"))
    closed = make_household(village=village, status=Status.MOVED, status_on=DAY)
    left = make_cadre(unit=cadre.unit, left_on=DAY)
    viewer = make_cadre(unit=cadre.unit, role=Role.VIEWER)
    outsider = make_cadre(unit=make_unit(division=make_division(code="620502", name="秦州区")))
    open_one = make_household(village=village)
    for fields in (
        {"households": [make_household(village=far).pk], "cadre": cadre.pk},
        {"households": [make_household(village=make_village()).pk], "cadre": cadre.pk},
        {"households": [closed.pk], "cadre": cadre.pk},
        {"households": [open_one.pk], "cadre": left.pk},
        {"households": [open_one.pk], "cadre": viewer.pk},
        {"households": [open_one.pk], "cadre": outsider.pk},
    ):
        assert "不归您管" in words_of(send(office, village, **fields)), fields
    assert not HouseholdPairing.objects.exists()


def test_a_leader_cannot_choose_a_cadre_of_another_unit(leader, cadre, stranger, village):
    household = make_household(village=village)
    assert "不归您管" in words_of(send(leader, village, households=[household.pk], cadre=stranger.pk))
    assert not household.pairings.exists()
    search = {"village": village.pk, "cadres": "all", "q": "何秀兰"}
    assert "没有找到“何秀兰”。" in words_of(client_of(leader).get("/pairings/board/", search))


def test_an_office_finds_the_cadres_of_a_unit_above_once_it_has_a_village(office, village):
    above = make_unit(name="市农业局", division=make_division(code="6205", name="天水市"))
    make_cadre(name="蔺学文", unit=above)
    client = client_of(office)
    page = f"/pairings/board/?village={village.pk}"
    assert "蔺学文" not in words_of(client.get(f"{page}&cadres=all"))
    make_village_pairing(unit=above, village=village)
    assert "蔺学文" in words_of(client.get(page))


def test_search_finds_by_name_pinyin_unit_phone_and_staff_number(office, cadre, village):
    client = client_of(office)
    for text in ("建业", "lijianye", "ljy", "水务", cadre.phone, cadre.staff_no):
        response = client.get("/pairings/board/", {"village": village.pk, "cadres": "all", "q": text})
        assert "李建业" in words_of(response), text


@pytest.mark.parametrize(
    "query", ["village=x", "village=", "village=0", f"village={'9' * 30}", "village=²", "village=-1"]
)
def test_no_such_village_is_404(office, query):
    assert client_of(office).get(f"/pairings/board/?{query}").status_code == 404


def test_garbled_parameters_show_the_board(office, village):
    query = (
        f"village={village.pk}&show=x&sort=-x&rows=x&cadres=x&people=x&q=%27%22%3Cb%3E&households=x&cadre=²"
    )
    assert client_of(office).get(f"/pairings/board/?{query}").status_code == 200


def test_it_shows_the_first_rows_and_the_way_to_the_rest(office, leader, village):
    for _ in range(20):
        make_household(village=village)
        make_cadre(unit=leader.unit)
    client = client_of(office)
    first = client.get(f"/pairings/board/?village={village.pk}")
    assert part(first, LEFT).count("<tr") == 1 + 12
    assert "看其余 8 户" in words_of(first)
    whole = client.get(f"/pairings/board/?village={village.pk}&rows=all&people=all")
    assert part(whole, LEFT).count("<tr") == 1 + 20
    assert part(whole, RIGHT).count("<tr") == 1 + 21


def test_paired_and_all_say_who_has_the_household(office, cadre, village):
    make_pairing(cadre=cadre, household=make_household(village=village))
    make_household(village=village)
    client = client_of(office)
    for show, rows in (("unpaired", 1), ("paired", 1), ("all", 2)):
        response = client.get(f"/pairings/board/?village={village.pk}&show={show}")
        assert part(response, LEFT).count("<tr") == 1 + rows, show
        assert ("李建业（帮扶）" in part(response, LEFT)) == (show != "unpaired"), show


def test_room_is_told_beside_each_cadre(office, leader, village):
    Requirement.objects.create(
        year=today().year, place="620524", rank=Rank.GENERAL, indicator="paired_households", maximum=2
    )
    for load in (1, 2, 3):
        cadre = make_cadre(unit=leader.unit)
        for _ in range(load):
            make_pairing(cadre=cadre, household=make_household(village=village))
    words = words_of(client_of(office).get(f"/pairings/board/?village={village.pk}"))
    for said in ("还能联 1 户", "已满", "超 1 户", f"上限按 {today().year} 年要求：一般 2 户"):
        assert said in words


@pytest.mark.parametrize(
    ("groups", "ordered"),
    [
        (["十组", "二组", "11组", "一组"], ["一组", "二组", "十组", "11组"]),
        (["二十一社", "十二社", "二十社", "九社"], ["九社", "十二社", "二十社", "二十一社"]),
        (["", "李家湾", "3组"], ["3组", "", "李家湾"]),
    ],
)
def test_groups_sort_by_their_number(groups, ordered):
    assert sorted(groups, key=group_order) == ordered


def test_sorting_turns_round(office, village):
    for head, size in (("苟进才", 3), ("裴秋霞", 1), ("焦来喜", 2)):
        make_household(head=head, village=village, size=size)
    client = client_of(office)
    up = part(client.get(f"/pairings/board/?village={village.pk}&sort=size"), LEFT)
    down = part(client.get(f"/pairings/board/?village={village.pk}&sort=-size"), LEFT)
    assert up.index("裴秋霞") < up.index("焦来喜") < up.index("苟进才")
    assert down.index("苟进才") < down.index("焦来喜") < down.index("裴秋霞")


def test_the_overview_counts_and_opens(office, leader, cadre, village):
    make_pairing(cadre=cadre, household=make_household(village=village))
    make_household(village=village)
    make_village(name="黎堡村")
    client = client_of(office)
    words = words_of(client.get("/pairings/board/"))
    assert "未结对户 1 户 在册 2 户" in words
    # The office clerk and the leader have no pairings.
    assert "无户干部 2 人 在岗 3 人" in words
    assert "没有单位联的村 1 个" in words
    assert "黎堡村" not in words_of(client.get("/pairings/board/?unpaired=1"))
    assert "榜沙村" not in words_of(client.get("/pairings/board/?without_unit=1"))


def test_a_leaders_overview_holds_the_own_villages_and_cadres(leader, cadre, stranger, village):
    make_household(village=village)
    elsewhere = make_village(name="黎堡村")
    make_household(village=elsewhere)
    words = words_of(client_of(leader).get("/pairings/board/"))
    assert "未结对户 1 户" in words
    assert "无户干部 2 人" in words
    assert "黎堡村" not in words


@pytest.mark.parametrize("url", ["/pairings/board/", "/pairings/board/?village={}&cadres=all&show=all"])
def test_queries_do_not_grow_with_the_rows(office, leader, village, url, django_assert_num_queries):
    def more(times):
        for _ in range(times):
            household = make_household(village=village)
            make_household(village=make_village())
            make_pairing(cadre=make_cadre(unit=make_unit()), household=household)

    client = client_of(office)
    more(1)
    client.get(url.format(village.pk))
    with CaptureQueriesContext(connection) as few:
        client.get(url.format(village.pk))
    more(7)
    with django_assert_num_queries(len(few)):
        client.get(url.format(village.pk))

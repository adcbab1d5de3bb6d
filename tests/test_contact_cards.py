"""民情连心卡 (contact cards): handed out on a visit, entered once; shown on the family's file, the lists and the
overview.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from tests.factories import make_household, make_pairing, make_village_pairing, make_visit
from tests.importing import check, load, whys
from tests.pages import client_of, words_of
from units.models import today
from visits.models import Visit
from visits.visits.outing import Outing
from visits.visits.rules import record_outing
from visits.voiding.rules import void

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(cadre):
    household = make_pairing(cadre=cadre, household=make_household(head="王守田")).household
    make_village_pairing(unit=cadre.unit, village=household.village)
    return household


def given(cadre, household, **more):
    return record_outing(
        Outing(
            **{
                "author": cadre,
                "cadre": cadre,
                "households": [household],
                "days": [today()],
                "kind": Visit.Kind.HOME,
                "content": "认门",
                "ref": uuid4(),
                "card_given": True,
                **more,
            }
        )
    )


def send(cadre, **data):
    form = {
        "ref": uuid4(),
        "on": today().isoformat(),
        "kind": "home",
        "content": "认了门",
        "card_given": "on",
    }
    return client_of(cadre).post("/visits/new/", {**form, **data})


def test_one_tap_on_the_visit(cadre, own):
    assert send(cadre, households=[own.pk]).status_code == 302
    client, visit = client_of(cadre), Visit.objects.get()
    assert "发到了户里" in words_of(client.get(f"/visits/{visit.pk}/"))
    assert "王守田 连心卡" in words_of(client.get("/visits/?card=1"))
    day = today()
    assert f"连心卡 {day.year}年{day.month}月{day.day}日发放" in words_of(
        client.get(f"/households/{own.pk}/")
    )


def test_a_card_taken_back_is_none(cadre, own):
    [visit] = given(cadre, own)
    void(visit, by=cadre, reason="记错了户")
    assert "连心卡 没有发放记录" in words_of(client_of(cadre).get(f"/households/{own.pk}/"))


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"kind": "phone"}, "打电话发不了连心卡，当面发的才记。"),
        ({"kind": "committees", "households": []}, "发放连心卡，要写明是哪一户。"),
    ],
)
def test_a_card_is_handed_out_at_a_household(cadre, own, where, sentence):
    page = send(cadre, **{"households": [own.pk], "village": "", **where})
    assert (page.status_code, Visit.objects.count()) == (200, 0)
    assert sentence in words_of(page)


def test_the_database_holds_the_rule(cadre, own):
    with pytest.raises(IntegrityError):
        make_visit(cadre=cadre, household=own, kind=Visit.Kind.PHONE, card_given=True)


def test_each_family_of_an_evening_gets_its_card(cadre, own):
    neighbour = make_pairing(cadre=cadre, household=make_household(village=own.village)).household
    visits = given(cadre, own, households=[own, neighbour])
    assert [visit.card_given for visit in visits] == [True, True]


def test_a_stay_hands_it_out_on_the_first_day(cadre, own):
    stay = [today() - timedelta(days=2), today() - timedelta(days=1), today()]
    visits = given(cadre, own, days=stay, kind=Visit.Kind.STAY)
    assert [visit.card_given for visit in visits] == [True, False, False]


def test_a_form_sent_again_without_the_card_shows_both(cadre, own):
    ref = uuid4()
    assert send(cadre, ref=ref, households=[own.pk]).status_code == 302
    again = send(cadre, ref=ref, households=[own.pk], card_given="")
    assert (again.status_code, "发放连心卡" in words_of(again)) == (409, True)


def test_the_office_sees_who_has_none(office, cadre, own):
    without = make_household(head="刘满仓", village=own.village)
    given(cadre, own)
    client = client_of(office)
    assert "连心卡发放 1 户" in words_of(client.get("/"))
    assert "认门 0 连心卡" in words_of(client.get("/visits/?card=1"))
    for answer, head, other in (("yes", "王守田", "刘满仓"), ("no", "刘满仓", "王守田")):
        page = words_of(client.get(f"/households/?card={answer}"))
        assert (head in page, other in page) == (True, False)
    assert without.visits.count() == 0


def test_cards_from_a_workbook(office, cadre, own):
    row = {"干部姓名": cadre.name, "手机号": cadre.phone, "户编号": own.no, "走访日期": "2015-09-16"}
    rows = [
        {**row, "谈了什么、办了什么": "认了门", "连心卡发放": "是"},
        {**row, "谈了什么、办了什么": "又去了", "连心卡发放": ""},
    ]
    load("visits", office, rows)
    assert list(Visit.objects.order_by("pk").values_list("card_given", flat=True)) == [True, False]


def test_a_workbook_that_hands_it_out_by_phone(office, cadre, own):
    row = {
        "干部姓名": cadre.name,
        "手机号": cadre.phone,
        "户编号": own.no,
        "走访日期": "2015-09-16",
        "做什么": "电话",
        "谈了什么、办了什么": "问了好",
        "连心卡": "是",
    }
    assert whys(check("visits", office, [row])) == ["G2 打电话发不了连心卡"]

"""联村 (village pairing): the office assigns villages to units; others read what concerns them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Change, Download
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of, words_of
from units.models import Reach, Requirement, today
from villages.models import VillagePairing
from villages.pairing import pair_village, reopen_village_pairing

pytestmark = pytest.mark.django_db

DAY = date(2015, 3, 5)
END = "2015-09-16"


@pytest.fixture
def unit(leader):
    return leader.unit


@pytest.fixture
def pairing(unit):
    return make_village_pairing(unit=unit, village=make_village(name="榜沙村"), started_on=DAY)


def pair(user, **fields):
    return client_of(user).post("/pairings/villages/", {"started_on": "2015.3.5", **fields}, follow=True)


def end(user, pairing, **fields):
    data = {"on": END, "reason": "调整", "version": pairing.version, **fields}
    return client_of(user).post(f"/pairings/villages/{pairing.pk}/", data, follow=True)


def still_open(pairing) -> bool:
    return VillagePairing.objects.get(pk=pairing.pk).ended_on is None


def test_the_office_pairs_with_one_change(office, unit):
    village = make_village(name="榜沙村")
    assert "县水务局联上了榜沙村。" in words_of(pair(office, unit=unit.pk, village=village.pk))
    made = VillagePairing.objects.get()
    assert (made.unit, made.village, made.started_on) == (unit, village, DAY)
    assert Change.objects.filter(table="villages.villagepairing", row=made.pk, by=office).count() == 1
    assert Reach.objects.filter(unit=unit, cadre=None, place=village.code).exists()


def test_a_form_sent_twice_pairs_once(office, unit):
    village = make_village()
    for _ in range(2):
        assert "联上了" in words_of(pair(office, unit=unit.pk, village=village.pk))
    assert VillagePairing.objects.count() == 1


def test_a_second_open_pairing_of_the_two_is_refused_beside_the_field(office, pairing):
    response = pair(office, unit=pairing.unit_id, village=pairing.village_id, started_on=END)
    field = response.content.decode().split('id="div_id_village"')[1].split('id="div_id_started_on"')[0]
    assert "这个单位已经联着这个村。（2015-03-05 起）" in field
    assert VillagePairing.objects.count() == 1


def test_a_third_village_warns_and_is_done(office, unit):
    Requirement.objects.create(year=2015, place="620524", indicator="paired_villages", maximum=2)
    said = [words_of(pair(office, unit=unit.pk, village=make_village().pk)) for _ in range(3)]
    assert [("超过要求的 2 个" in words) for words in said] == [False, False, True]
    assert "县水务局现在联 3 个村，超过要求的 2 个。" in said[2]
    assert unit.village_pairings.count() == 3


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"unit": ""}, "选一个单位。"),
        ({"unit": "9" * 30}, "这个单位不归您管，或者已经撤并。"),
        ({"village": ""}, "选一个村。"),
        ({"village": "x"}, "这个村不归您管，或者已经撤并。"),
        ({"started_on": ""}, "必填"),
        ({"started_on": "三月"}, "2015-03-05"),
        ({"started_on": "2011-12-31"}, "2012 年"),
        ({"started_on": str(today() + timedelta(days=2))}, "日期不能晚于今天"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(office, unit, fields, sentence):
    good = {"unit": unit.pk, "village": make_village().pk}
    assert sentence in words_of(pair(office, **{**good, **fields}))
    assert not VillagePairing.objects.exists()


def test_neither_another_county_nor_what_is_closed(office, unit):
    far = make_village(town=make_division(code="620502100", name="别县的镇"))
    for village in (far, make_village(ended_on=DAY)):
        assert "这个村不归您管" in words_of(pair(office, unit=unit.pk, village=village.pk))
    foreign = make_unit(division=make_division(code="620502", name="秦州区"))
    for other in (foreign, make_unit(closed_on=DAY)):
        assert "这个单位不归您管" in words_of(pair(office, unit=other.pk, village=make_village().pk))
    with pytest.raises(ValidationError, match="已经撤并"):
        pair_village(unit=make_unit(closed_on=DAY), village=make_village(ended_on=DAY), started_on=DAY)
    assert not VillagePairing.objects.exists()


def test_others_read_their_own_and_change_nothing(leader, cadre, viewer, stranger, pairing):
    for user in (leader, cadre, viewer):
        client = client_of(user)
        assert "榜沙村" in words_of(client.get("/pairings/villages/")), user
        page = client.get(f"/pairings/villages/{pairing.pk}/").content.decode()
        assert "结束联村" not in page, user
        assert pair(user, unit=pairing.unit_id, village=make_village().pk).status_code == 403
        assert end(user, pairing).status_code == 403
        assert client.post(f"/pairings/villages/{pairing.pk}/reopen/").status_code == 403
    assert "榜沙村" not in words_of(client_of(stranger).get("/pairings/villages/"))
    assert client_of(stranger).get(f"/pairings/villages/{pairing.pk}/").status_code == 404
    assert still_open(pairing)


def test_the_end_says_how_many_households_are_left(office, cadre, pairing):
    make_pairing(cadre=cadre, household=make_household(village=pairing.village))
    words = words_of(client_of(office).get(f"/pairings/villages/{pairing.pk}/"))
    assert "在村里还联着 1 户" in words
    assert "县水务局不再联榜沙村。" in end(office, pairing).content.decode()
    assert not still_open(pairing)
    assert cadre.pairings.current().count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "写明为什么结束。"),
        ({"on": "2015-03-04"}, "结束日期不能早于开始日期。（2015-03-05）"),
        ({"on": "明天"}, "2015-03-05"),
    ],
)
def test_an_end_that_cannot_be_is_told(office, pairing, fields, sentence):
    assert sentence in words_of(end(office, pairing, **fields))
    assert still_open(pairing)


def test_the_second_of_two_editors_is_told(office, pairing):
    other = VillagePairing.objects.get(pk=pairing.pk)
    other.started_on = date(2015, 4, 1)
    other.save()
    assert "这条联村刚刚被别人改过，没有结束。" in words_of(end(office, pairing))
    assert still_open(pairing)
    # The page now shows and sends the stored values.
    assert not words_of(end(office, other)).count("刚刚被")
    assert not still_open(pairing)


def test_an_end_is_ended_once(office, pairing):
    end(office, pairing)
    assert "这条联村已经结束了。" in words_of(end(office, VillagePairing.objects.get(), on="2015-09-17"))
    assert VillagePairing.objects.get().ended_on == date(2015, 9, 16)


def test_it_is_taken_back_on_that_day_only(office, pairing):
    url = f"/pairings/villages/{pairing.pk}/reopen/"
    assert f'action="{url}"' in end(office, pairing).content.decode()
    client = client_of(office)
    assert "已恢复这条联村。" in words_of(client.post(url, follow=True))
    assert still_open(pairing)
    end(office, VillagePairing.objects.get())
    Change.objects.update(at=timezone.now() - timedelta(days=1))
    assert "只有当天结束的联村可以恢复" in words_of(client.post(url, follow=True))
    assert not still_open(pairing)


def test_it_is_not_taken_back_beside_a_new_one(office, pairing):
    end(office, pairing)
    make_village_pairing(unit=pairing.unit, village=pairing.village)
    with pytest.raises(ValidationError, match="已经联着这个村"):
        reopen_village_pairing(VillagePairing.objects.get(pk=pairing.pk))


def test_the_list_filters_sorts_and_is_exported(office, cadre, pairing):
    make_pairing(cadre=cadre, household=make_household(village=pairing.village))
    make_village_pairing(
        unit=make_unit(name="县林业局"), village=make_village(name="黎堡村"), ended_on=today()
    )
    client = client_of(office)
    for query, names in (
        ("", {"榜沙村"}),
        ("?state=ended", {"黎堡村"}),
        ("?state=all&q=libaocun", {"黎堡村"}),
        ("?state=all&q=水务", {"榜沙村"}),
        (f"?q={pairing.village.code}", {"榜沙村"}),
        (f"?unit={pairing.unit_id}&sort=-household_count", {"榜沙村"}),
        ("?town=620524100&state=all", {"榜沙村", "黎堡村"}),
    ):
        table = client.get(f"/pairings/villages/{query}").content.decode().split("<tbody>")[1]
        assert {name for name in ("榜沙村", "黎堡村") if name in table} == names, query
    assert client.get("/pairings/villages/?export=xlsx").status_code == 200
    assert Download.objects.get().what == "联村"


def test_a_link_fills_the_form(office, unit):
    village = make_village(name="榜沙村")
    page = client_of(office).get(f"/pairings/villages/?unit={unit.pk}&village={village.pk}").content.decode()
    assert f'<option value="{village.pk}" selected>榜沙村（{village.division}）</option>' in page
    assert f'<option value="{unit.pk}" selected>县水务局</option>' in page.split("filters")[0]


def test_an_office_above_the_county_chooses_the_town_first(unit):
    city = make_division(code="6205", name="天水市")
    clerk = make_cadre(unit=make_unit(name="市双联办", division=city), role="office")
    village = make_village(name="榜沙村")
    client = client_of(clerk)
    assert "先在下面按乡镇筛选" in words_of(client.get("/pairings/villages/"))
    page = client.get("/pairings/villages/?town=620524100").content.decode()
    assert f'<option value="{village.pk}">榜沙村（{village.division}）</option>' in page


@pytest.fixture
def above(db):
    """Create a 市直 (city) unit that has no village yet and is therefore out of every county office's scope."""
    return make_unit(name="天水市农业局", level="city", division=make_division(code="6205", name="天水市"))


def test_a_unit_of_above_gets_its_first_village_by_its_full_name(office, above):
    village = make_village(name="榜沙村")
    client = client_of(office)
    assert "天水市农业局" not in client.get("/pairings/villages/").content.decode()
    assert client.get(f"/units/{above.pk}/").status_code == 404
    said = words_of(pair(office, other=" 天水市农业局 ", village=village.pk))
    assert "天水市农业局联上了榜沙村。" in said
    assert client.get(f"/units/{above.pk}/").status_code == 200


@pytest.mark.parametrize("name", ["农业局", "天水市农业", "秦州区审计局", "天水市旧局"])
def test_only_a_full_name_of_above_is_found(office, above, name):
    make_unit(name="秦州区审计局", division=make_division(code="620502", name="秦州区"))
    make_unit(name="天水市旧局", division=above.division, closed_on=DAY)
    assert f"没有找到“{name}”" in words_of(pair(office, other=name, village=make_village().pk))
    assert not VillagePairing.objects.exists()


def test_two_units_at_once_are_refused(office, unit, above):
    said = words_of(pair(office, unit=unit.pk, other=above.name, village=make_village().pk))
    assert "单位只能有一个" in said
    assert not VillagePairing.objects.exists()


def test_queries_do_not_grow_with_the_rows(office, pairing, django_assert_num_queries):
    client = client_of(office)
    client.get("/pairings/villages/")
    with CaptureQueriesContext(connection) as few:
        client.get("/pairings/villages/")
    for _ in range(6):
        make_village_pairing(unit=make_unit(), village=make_village())
    with django_assert_num_queries(len(few)):
        client.get("/pairings/villages/")

"""A household named by village and head, in the sheets of members, pairings and visits alike."""

from datetime import date

import pytest

from core import identity
from households.choices import Status
from households.models import Household, HouseholdPairing, Member
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_village,
    make_village_pairing,
)
from tests.importing import Row, check, errors, load, outcomes, table, warnings, whys
from units.models import Cadre
from visits.models import Visit

KINDS = ["members", "household_pairings", "visits"]


@pytest.fixture
def home() -> Household:
    """王有福 of 城关镇 大庄村 二组; 洛门镇 has a 大庄村 with a 王有福 too."""
    other = make_village(name="大庄村", town=make_division(code="620524101", name="洛门镇"))
    make_household(head="王有福", village=other, group="二组")
    return make_household(head="王有福", village=make_village(name="大庄村"), group="二组")


def row(kind: str, cadre: Cadre, **household: object) -> Row:
    """A row of a kind that says nothing of its household but what is given."""
    who = {"干部姓名": cadre.name, "手机号": cadre.phone}
    return {
        "members": {**household, "姓名": "李秀英", "与户主关系": "配偶", "性别": "女"},
        "household_pairings": {**household, **who, "开始日期": "2015-03-01"},
        "visits": {**household, **who, "走访日期": "2015-09-16", "谈了什么、办了什么": "看了水窖"},
    }[kind]


def household_of(kind: str) -> Household:
    found = {
        "members": Member.objects.filter(name="李秀英"),
        "household_pairings": HouseholdPairing.objects.all(),
        "visits": Visit.objects.all(),
    }[kind].get()
    return found.household


@pytest.mark.parametrize("kind", KINDS)
def test_by_township_village_and_head(office, cadre, home, kind) -> None:
    make_village_pairing(unit=cadre.unit, village=home.village)
    named = row(kind, cadre, 乡镇="武山县城关镇", 村="大庄村民委员会", 户主姓名="王 有福")
    run = load(kind, office, [named])
    assert (outcomes(run), whys(run), warnings(run)) == (["created"], [], [])
    assert household_of(kind) == home
    assert outcomes(load(kind, office, [named])) == ["same"]


@pytest.mark.parametrize("kind", KINDS)
def test_two_of_a_name_are_asked_about_until_the_group_tells(office, cadre, home, kind) -> None:
    twin = make_household(head="王有福", village=home.village, group="三社")
    place = {"乡镇": "城关", "村": "大庄"}
    run = check(kind, office, [row(kind, cadre, **place, 组=None, 户主="王有福")])
    [error] = errors(run)
    assert error["why"] == f"对得上两个户：{home.no}（二组）、{twin.no}（三社）"
    assert (error["column"], error["remedy"]) == ("户主姓名", "填上组，或填户编号")
    load(kind, office, [row(kind, cadre, **place, 组="第3组", 户主="王有福")])
    assert household_of(kind) == twin


@pytest.mark.parametrize("kind", KINDS)
def test_what_names_no_household(office, cadre, home, kind) -> None:
    rows = [
        row(kind, cadre, 乡镇="城关镇", 村="大庄村", 户主姓名="王有禄", 户编号=None, 组=None),
        row(kind, cadre, 乡镇="城关镇", 村="大庄村", 户主姓名="王有福", 户编号=None, 组="五组"),
        row(kind, cadre, 乡镇=None, 村=None, 户主姓名="王有福", 户编号=None, 组=None),
        row(kind, cadre, 乡镇="洛门镇", 村="大庄村", 户主姓名="王有福", 户编号=home.no, 组=None),
        row(kind, cadre, 乡镇="城关镇", 村="大庄村", 户主姓名="王有禄", 户编号=home.no, 组=None),
        row(kind, cadre, 乡镇="城观镇", 村="大庄村", 户主姓名="王有福", 户编号=None, 组=None),
    ]
    assert whys(check(kind, office, rows)) == [
        "C2 大庄村没有户主叫王有禄的户",
        "C3 大庄村五组没有户主叫王有福的户",
        "B4 没有写是哪个村",
        "B5 这户在城关镇大庄村",
        f"C6 {home.no} 这户没有叫王有禄的人",
        "A7 您管的区划里没有这个乡镇",
    ]


def test_the_list_that_counties_have(office, cadre, home) -> None:
    listed = {
        "序号": 1,
        "乡镇": "城关镇",
        "村": "大庄村",
        "户主姓名": "王有福",
        "联户干部": cadre.name,
        "单位": cadre.unit.name,
        "时间": "2014.3.5",
    }
    answers = {"列": {"时间": "开始日期"}}
    assert outcomes(load("household_pairings", office, [listed], answers=answers)) == ["created"]
    pairing = HouseholdPairing.objects.get()
    assert (pairing.household, pairing.cadre, pairing.started_on) == (home, cadre, date(2014, 3, 5))


def test_a_heads_id_number_that_is_not_stored_yet(office, home) -> None:
    """The name finds the household; a stored number that differs is another person's."""
    given = {"乡镇": "城关镇", "村": "大庄村", "户主姓名": "王有福", "户主身份证号": make_id_number()}
    person = {"姓名": "李秀英", "与户主关系": "配偶", "性别": "女"}
    assert outcomes(check("members", office, [{**given, **person}])) == ["created"]
    make_member(
        household=make_household(head="", village=home.village), name="王有禄", id_number=make_id_number()
    )
    run = check("members", office, [{**given, **person, "户主姓名": "王有禄"}])
    assert whys(run) == ["D2 没有户主是这个号码的户"]


def test_a_masked_number_beside_the_name(office, home) -> None:
    head = Member.objects.get(household=home)
    head.id_number = make_id_number()
    head.save()
    given = {
        "乡镇": "城关镇",
        "村": "大庄村",
        "户主姓名": "王有福",
        "户主身份证号": identity.mask(head.id_number),
    }
    person = {"姓名": "李秀英", "与户主关系": "配偶", "性别": "女"}
    assert outcomes(check("members", office, [{**given, **person}])) == ["created"]


def test_a_closed_household_is_meant_by_what_happened_before(office, cadre, home) -> None:
    home.status, home.status_on = Status.MOVED, date(2015, 6, 1)
    home.save()
    place = {"乡镇": "城关镇", "村": "大庄村", "户主姓名": "王有福"}
    days = ["2015-05-01", "2015-09-16"]
    rows = [{**row("visits", cadre, **place), "走访日期": day} for day in days]
    run = load("visits", office, rows, partial=True)
    assert outcomes(run) == ["created", "wrong"]
    assert whys(run) == [f"C3 {home.no}（二组）已迁出"]
    new = make_household(head="王有福", village=home.village, group="四组")
    run = check("visits", office, rows)
    assert outcomes(run) == ["wrong", "created"]
    assert whys(run) == [f"C2 对得上两个户：{new.no}（四组）、{home.no}（二组）"]
    ended = {**row("household_pairings", cadre, **place), "结束日期": "2015-05-01", "开始日期": "2014-01-01"}
    assert whys(check("household_pairings", office, [ended]))[0].startswith("C2 对得上两个户")


def test_a_heading_without_the_village_is_refused_whole(office) -> None:
    run = check(
        "household_pairings", office, [{"户主姓名": "王有福", "联户干部": "李建业", "单位": "县林业局"}]
    )
    assert run.status == "refused"
    assert "“户编号”、“户主身份证号”、“村”、“村级代码”至少要有一列" in run.message


def test_naming_costs_a_constant_number_of_queries(office, home, django_assert_max_num_queries) -> None:
    for number in range(30):
        make_household(head=f"王{number}号", village=home.village)
    cadre = make_cadre()
    rows = [
        row("household_pairings", cadre, 乡镇="城关镇", 村="大庄村", 户主姓名=f"王{number}号")
        for number in range(30)
    ]
    with django_assert_max_num_queries(45):
        run = check("household_pairings", office, rows)
    assert run.created_count == 30


def test_the_phone_beside_the_head_is_not_the_cadres(office, cadre, home) -> None:
    headings = ["乡镇", "村", "户主姓名", "联系电话", "联户干部", "单位", "联系电话", "开始日期"]
    row = [
        "城关镇",
        "大庄村",
        "王有福",
        "13800001234",
        cadre.name,
        cadre.unit.name,
        cadre.phone,
        "2014-03-05",
    ]
    run = load("household_pairings", office, table([headings, row]))
    assert (whys(run), run.unknown_headings) == ([], ["户主联系电话"])
    assert HouseholdPairing.objects.get().cadre == cadre

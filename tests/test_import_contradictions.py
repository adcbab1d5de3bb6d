"""Rows that say two things at once, or another thing than the system knows: asked, never settled silently."""

from datetime import date

import pytest

from core.identity import check_digit
from core.importing import runs
from core.importing.questions import CONFIRMED
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_village,
)
from tests.importing import check, outcomes, warnings, whys
from villages.models import Village

pytestmark = pytest.mark.django_db


def test_a_household_number_and_another_heads_id_number(office) -> None:
    one, other = make_household(head=""), make_household(head="")
    numbers = [make_id_number(), make_id_number()]
    for household, number in zip((one, other), numbers, strict=True):
        make_member(household=household, id_number=number)
    row = {"户编号": one.no, "姓名": "李秀英", "与户主关系": "配偶", "性别": "女"}
    run = check("members", office, [{**row, "户主身份证号": numbers[1]}, {**row, "户主身份证号": numbers[0]}])
    assert whys(run) == [f"E2 不是 {one.no} 这户户主的号码"]


def test_a_phone_and_another_cadres_staff_number(office) -> None:
    one, other = make_cadre(name="甲"), make_cadre(name="乙")
    rows = [{"手机号": one.phone, "工号": other.staff_no, "户编号": make_household().no}]
    assert whys(check("household_pairings", office, rows)) == ["B2 手机号是甲的，工号是乙的"]


def test_a_code_and_another_township(office) -> None:
    village = make_village()
    make_division(code="620524101", name="洛门镇")
    rows = [{"村级代码": village.code, "乡镇": "洛门", "户主姓名": "王有福", "性别": "男", "家庭人口": 3}]
    assert whys(check("households", office, rows)) == ["B2 “村级代码”一列是城关镇的村"]


def test_the_same_number_under_another_name_warns(office) -> None:
    number = make_id_number(sex="2")
    wife = make_member(household=make_household(), name="李秀英", relation="02", id_number=number, sex="2")
    row = {"户编号": wife.household.no, "姓名": "李秀芳", "与户主关系": "配偶", "身份证号": number}
    run = check("members", office, [row])
    assert (outcomes(run), warnings(run)) == (["changed"], ["系统里是李秀英，会改名"])
    run = check("villages", office, [{"村级代码": make_village(name="大庄村").code, "村名": "小庄村"}])
    assert warnings(run) == ["系统里是大庄村，会改名"]


def test_no_message_tells_the_end_of_a_number_that_is_taken_in(office) -> None:
    """A number that Excel has cut off may fit its check digit; whoever reads that it ends with 000 knows it whole."""
    village = make_village()
    first = next(
        f"6205241960050{n:02}" for n in range(10, 32) if check_digit(f"6205241960050{n:02}00") == "0"
    )
    row = {"村级代码": village.code, "户主姓名": "王有福", "家庭人口": 3, "身份证号": f"{first}000"}
    run = check("households", office, [row])
    assert outcomes(run) == ["wrong"]
    run.answers, run.status = {CONFIRMED: ["D2"]}, run.Status.QUEUED
    run.save()
    runs.check(run)
    assert (outcomes(run), warnings(run)) == (["created"], [])


def test_an_end_reason_without_an_end_and_a_stay_that_ends_before_it_begins(office, cadre) -> None:
    household = make_household()
    rows = [{"手机号": cadre.phone, "户编号": household.no, "结束原因": "调走"}]
    assert whys(check("household_pairings", office, rows)) == ["C2 写了结束原因，没有结束日期"]
    row = {"户编号": household.no, "姓名": "王小福", "与户主关系": "之子", "性别": "男"}
    stay = {"迁入日期": date(2014, 5, 1), "离开日期": date(2013, 5, 1)}
    assert whys(check("members", office, [{**row, **stay}])) == ["F2 早于迁入日期 2014-05-01"]


def test_villages_merged_in_a_ring(office) -> None:
    one, other = make_village(name="大庄村"), make_village(name="小庄村")
    rows = [
        {"村级代码": a.code, "村名": a.name, "并入": b.code, "撤并日期": "2015.1.1"}
        for a, b in ((one, other), (other, one))
    ]
    found = whys(check("villages", office, rows))
    assert found == ["C2 绕了一圈又并回这个村", "C3 绕了一圈又并回这个村"]
    assert Village.objects.filter(merged_into=None).count() == 2

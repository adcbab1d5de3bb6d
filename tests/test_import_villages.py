"""村、联村: found by name or code, an old code and a merger too."""

from datetime import date

import pytest

from tests.factories import (
    TOWN,
    make_division,
    make_household,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.importing import check, load, outcomes, warnings, whys
from units.models import Reach, Requirement, today
from villages.models import Village, VillageAlias, VillagePairing


def test_a_unit_of_above_is_named_in_full_until_it_has_a_village_here(office) -> None:
    village = make_village(name="大庄村")
    city = make_division(code="6205", name="天水市")
    unit = make_unit(name="天水市农业局", short_name="农业局", division=city)
    assert whys(check("village_pairings", office, [{"单位": "农业局", "村": "大庄村"}])) == [
        "A2 没有这个单位"
    ]
    load("village_pairings", office, [{"单位": "天水市农业局", "村": "大庄村"}])
    assert VillagePairing.objects.get().unit == unit
    other = make_village(name="黎堡村")
    load("village_pairings", office, [{"单位": "农业局", "村": "黎堡村"}])
    assert {pairing.village for pairing in VillagePairing.objects.filter(unit=unit)} == {village, other}


def test_villages(office) -> None:
    make_division(code=TOWN, name="城关镇")
    rows = [
        {"乡镇": "城关镇", "村": "大庄村", "村级代码": "620524100201", "贫困村": "是"},
        {"乡镇": "城关镇", "村": "小庄村", "村级代码": "620524100202", "贫困村": "否"},
    ]
    assert outcomes(load("villages", office, rows)) == ["created", "created"]
    assert Village.objects.get(code="620524100201").is_poor
    later = {**rows[1], "撤并日期": "2015-01-01", "并入": "620524100201"}
    assert outcomes(load("villages", office, [rows[0], later])) == ["same", "changed"]
    assert Village.objects.get(code="620524100202").merged_into.name == "大庄村"


def test_villages_as_the_statistics_list_them(office) -> None:
    make_division(code=TOWN, name="城关镇")
    rows = [
        {"省": "甘肃省", "乡镇": "城关", "村": name, "村级代码": f"62052410020{number}"}
        for number, name in enumerate(["大庄村民委员会", "东关社区居民委员会", "韦庄居民委员会"])
    ]
    load("villages", office, rows)
    assert list(Village.objects.order_by("code").values_list("name", "kind")) == [
        ("大庄村", "village"),
        ("东关社区", "community"),
        ("韦庄居委会", "community"),
    ]
    assert outcomes(load("villages", office, rows)) == ["same"] * 3


def test_villages_need_their_township(office) -> None:
    make_division(code=TOWN, name="城关镇")
    rows = [
        {"村": "甲村", "村级代码": "620524109201", "乡镇": None},
        {"村": "乙村", "村级代码": "620524100203", "乡镇": "洛门镇"},
        {"村": "丙村", "村级代码": "62052410020", "乡镇": None},
    ]
    assert whys(check("villages", office, rows)) == [
        "B2 没有代码是 620524109 的乡镇",
        "C3 代码前 9 位是城关镇的",
        "B4 是 11 位，村级代码是 12 位",
    ]


def test_village_pairings(office) -> None:
    unit, village = make_unit(name="县审计局"), make_village(name="大庄村")
    row = {"联村单位": "县审计局", "村": "大庄村民委员会", "开始日期": "2014-03-01"}
    assert outcomes(load("village_pairings", office, [row])) == ["created"]
    pairing = VillagePairing.objects.get()
    assert (pairing.unit, pairing.village, pairing.place) == (unit, village, village.code)
    assert Reach.objects.filter(unit=unit, cadre=None, place=village.code).count() == 1
    assert outcomes(load("village_pairings", office, [row])) == ["same"]
    ended = {**row, "结束日期": "2015-03-01", "结束原因": "调整"}
    begun = {**row, "开始日期": "2015-03-01", "结束日期": None, "结束原因": None}
    assert outcomes(load("village_pairings", office, [ended, begun])) == ["changed", "created"]
    assert outcomes(load("village_pairings", office, [ended, begun])) == ["same", "same"]
    assert VillagePairing.objects.current().get().started_on == date(2015, 3, 1)


def test_a_village_name_of_two_asks_for_the_township(office) -> None:
    make_unit(name="县审计局")
    one, two = make_division(code="620524101", name="温泉镇"), make_division(code="620524102", name="龙台镇")
    make_village(name="大庄村", town=one)
    village = make_village(name="大庄村", town=two)
    rows = [
        {"单位": "县审计局", "村": "大庄", "乡镇": None},
        {"单位": "县审计局", "村": "大庄", "乡镇": "龙台"},
    ]
    run = check("village_pairings", office, rows)
    assert whys(run) == ["B2 对得上两个村：温泉镇大庄村、龙台镇大庄村"]
    assert run.rows.get(number=2).errors[0]["remedy"] == "在“乡镇”一列写明是哪个镇"
    (question,) = [question for question in run.open_questions if question["section"] == "词"]
    assert question["options"] == ["温泉镇大庄村", "龙台镇大庄村", "不导入"]
    answers = {"缺列": {"开始日期": "2014-01-01"}, "词": {"村": {"大庄": "不导入"}}}
    run = load("village_pairings", office, rows, partial=True, answers=answers)
    assert outcomes(run) == ["wrong", "created"]
    assert VillagePairing.objects.get().village == village


def test_villages_by_code_old_code_and_merger(office) -> None:
    make_unit(name="县审计局")
    village = make_village(name="大庄村")
    gone = make_village(name="小庄村", ended_on=today(), merged_into=village)
    VillageAlias.objects.create(code="620524999001", village=village)
    codes = [village.code, "620524999001", gone.code, "620525100001", "620524998001"]
    rows = [
        {"单位": "县审计局", "村级代码": code, "开始日期": date(2014, n + 1, 1)}
        for n, code in enumerate(codes)
    ]
    found = whys(check("village_pairings", office, rows))
    assert found == [
        "A2 和第 3 行相同",
        "A3 和第 2 行相同",
        "B4 小庄村已并入大庄村",
        "B5 不在您管的区划里",
        "B6 没有这个代码的村",
    ]


def test_a_third_village_of_a_unit_warns(office) -> None:
    unit = make_unit(name="县审计局")
    Requirement.objects.create(
        year=2015, place="620524", indicator=Requirement.Indicator.PAIRED_VILLAGES, maximum=2
    )
    for _ in range(2):
        make_village_pairing(unit=unit)
    run = check("village_pairings", office, [{"单位": unit.name, "村级代码": make_village().code}])
    assert (outcomes(run), warnings(run)) == (["created"], ["联了 3 个村，超过要求的 2 个"])


def test_a_village_with_its_township_in_one_cell(office) -> None:
    """As a question of ours writes them; a township's government stands for the township."""
    first = make_village(name="青崖村", town=make_division(code="620524101", name="洛门镇"))
    make_village(name="青崖村", town=make_division(code="620524102", name="鸳鸯镇"))
    unit = make_unit(name="县审计局").name
    rows = [{"单位": unit, "村": "青崖村"}, {"单位": unit, "村": "洛门镇青崖村委会"}]
    assert whys(check("village_pairings", office, rows)) == ["B2 对得上两个村：洛门镇青崖村、鸳鸯镇青崖村"]
    for row in ({"村": "洛门镇青崖"}, {"村": "青崖", "乡镇": "洛门镇人民政府"}):
        assert outcomes(check("village_pairings", office, [{"单位": unit, **row}])) == ["created"]
    row = {"单位": unit, "村": "洛门镇青崖村", "村级代码": first.code}
    assert outcomes(check("village_pairings", office, [row])) == ["created"]


@pytest.mark.parametrize(
    "town", ["城关", "城关镇", "武山县城关镇", "武山城关镇", "甘肃省天水市武山县城关镇人民政府"]
)
def test_a_township_by_any_of_its_names(office, town) -> None:
    for code, name in (("62", "甘肃省"), ("6205", "天水市")):
        make_division(code=code, name=name)
    make_unit(name="县审计局")
    village = make_village(name="大庄村", code="620524100201")
    make_village(name="大庄村", town=make_division(code="620524101", name="洛门镇"))
    run = load("village_pairings", office, [{"单位": "县审计局", "乡镇": town, "村": "大庄村"}])
    assert (whys(run), VillagePairing.objects.get().village) == ([], village)
    row = {"乡镇": town, "村": "大庄村", "村级代码": village.code}
    assert outcomes(check("villages", office, [row])) == ["same"]


def test_a_village_with_the_county_in_front(office) -> None:
    make_unit(name="县审计局")
    village = make_village(name="大庄村")
    make_village(name="大庄村", town=make_division(code="620524101", name="洛门镇"))
    row = {"单位": "县审计局", "村": "武山县城关镇大庄村民委员会"}
    assert whys(load("village_pairings", office, [row])) == []
    assert VillagePairing.objects.get().village == village


def test_what_is_wrong_with_a_township_stands_at_the_township(office) -> None:
    make_unit(name="县审计局")
    make_division(code="620524101", name="洛门镇")
    village = make_village(name="大庄村")
    rows = [
        {"单位": "县审计局", "乡镇": "城观镇", "村": "大庄村", "村级代码": None},
        {"单位": "县审计局", "乡镇": "洛门镇", "村": "大庄村", "村级代码": None},
        {"单位": "县审计局", "乡镇": "洛门镇", "村": None, "村级代码": village.code},
        {"单位": "县审计局", "乡镇": "洛门镇", "村": "小庄村", "村级代码": None},
    ]
    assert whys(check("village_pairings", office, rows)) == [
        "B2 您管的区划里没有这个乡镇",
        "B3 洛门镇没有大庄村，城关镇有",
        "B4 “村级代码”一列是城关镇的村",
        "C5 洛门镇没有这个村",
    ]


def test_a_household_of_a_merged_village_keeps_it(office) -> None:
    village = make_village(name="小庄村", ended_on=today(), merged_into=make_village(name="大庄村"))
    household = make_household(village=village)
    assert outcomes(check("households", office, [{"户编号": household.no, "村": "小庄村"}])) == ["same"]

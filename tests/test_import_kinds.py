"""Every kind of sheet: a row is new, changed or the same, and is found by its natural key."""

from datetime import date

from core.models import Change, ImportRun
from households.models import HouseholdPairing, Member
from tests.factories import (
    TOWN,
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.importing import check, errors, load, outcomes, warnings, whys
from units.models import Cadre, Division, Reach, Requirement, Unit, today
from villages.models import Village, VillageAlias, VillagePairing
from visits.models import Visit

Status = ImportRun.Status


# --- 行政区划 ---


def test_divisions(office) -> None:
    rows = [{"区划代码": 620524101, "区划名称": "洛门镇"}, {"区划代码": "620524102000", "区划名称": "鸳鸯镇"}]
    assert outcomes(load("divisions", office, rows)) == ["created", "created"]
    assert Division.objects.get(code="620524102").level == Division.Level.TOWN
    rows[0]["区划名称"] = "洛门"
    assert outcomes(load("divisions", office, rows)) == ["changed", "same"]


def test_a_division_elsewhere_or_twice(office) -> None:
    rows = [
        {"区划代码": code, "区划名称": "某镇"} for code in ("620525100", "620524101", "620524101", "62052")
    ]
    assert whys(check("divisions", office, rows)) == [
        "A2 不在您管的区划里",
        "A3 和第 4 行相同",
        "A4 和第 3 行相同",
        "A5 是 5 位",
    ]


def test_a_code_filled_down_the_column_is_told_once_a_row(office) -> None:
    run = check("divisions", office, [{"区划代码": "620524101", "区划名称": f"{n}镇"} for n in range(3000)])
    told = whys(run)
    assert (len(told), told[0]) == (3000, "A2 和第 3、4、5、6、7、8、9、10 行等 2999 行相同")


# --- 单位 ---


def test_units(office) -> None:
    make_division(code=TOWN, name="城关镇")
    rows = [
        {"单位名称": "武山县审计局", "简称": "审计局", "级别": "县直", "联络电话": "0938-3421234"},
        {"单位名称": "城关镇人民政府", "级别": "乡镇", "所属区划": "城关"},
    ]
    assert outcomes(load("units", office, rows)) == ["created", "created"]
    unit = Unit.objects.get(name="武山县审计局")
    assert (unit.place, unit.initials, unit.level) == ("620524", "wsxsjj", Unit.Level.COUNTY)
    assert Unit.objects.get(name="城关镇人民政府").place == TOWN
    rows[0]["联络员"] = "令东"
    rows[1]["级别"] = None
    assert outcomes(load("units", office, rows)) == ["changed", "same"]


def test_a_unit_of_another_county_is_not_touched(office) -> None:
    elsewhere = make_division(code="620525", name="张家川县")
    make_unit(name="张家川县审计局", division=elsewhere)
    run = check("units", office, [{"单位全称": "张家川县审计局"}, {"单位全称": "新局", "所属区划": "620525"}])
    assert whys(run) == ["A2 不在您管的区划里", "B3 不在您管的区划里"]
    make_division(code="62", name="甘肃省")
    [error] = errors(check("units", office, [{"单位全称": "省厅", "所属区划": "甘肃省"}]))
    assert error["remedy"] == "空着就是本县，省直、市直填在“单位级别”一列"


# --- 干部 ---


def test_cadres(office) -> None:
    make_unit(name="武山县审计局", short_name="审计局")
    rows = [
        {"姓名": "曾明", "单位": "审计局", "手机号": 13900000001, "级别": "科级", "角色": "单位负责人"},
        {"姓名": "仇亮", "单位": "武山县审计局", "工号": "SJ-07"},
    ]
    assert outcomes(load("cadres", office, rows)) == ["created", "created"]
    leader, cadre = Cadre.objects.get(name="曾明"), Cadre.objects.get(name="仇亮")
    assert (leader.role, leader.rank, leader.pinyin, leader.phone) == (
        "leader",
        "section",
        "zengming",
        "13900000001",
    )
    assert not leader.has_usable_password()
    assert (cadre.role, cadre.phone, cadre.staff_no) == ("cadre", None, "SJ-07")
    rows[1]["手机号"] = "13900000002"
    assert outcomes(load("cadres", office, rows)) == ["same", "changed"]


def test_numbers_of_cadres_that_clash(office) -> None:
    make_cadre(name="甲", phone="13900000001", staff_no="A1")
    make_cadre(name="乙", phone="13900000002", staff_no="B1")
    unit = make_unit().name
    rows = [
        {"姓名": "丙", "单位": unit, "手机号": "13900000001", "工号": None},
        {"姓名": "甲", "单位": unit, "手机号": "13900000001", "工号": "B1"},
        {"姓名": "丁", "单位": unit, "手机号": "0938-3421234", "工号": None},
        {"姓名": "戊", "单位": unit, "手机号": None, "工号": None},
        {"姓名": "己", "单位": unit, "手机号": None, "工号": "13811112222"},
    ]
    found = whys(check("cadres", office, rows))
    assert "C2 这个手机号在系统里是甲的" in found
    assert "D3 手机号是甲的，工号是乙的" in found
    assert {"C4 是座机，登录要用手机号", "C5 手机号和工号都空着"} <= set(found)
    assert "D6 工号不能是 11 位数字，会和手机号混" in found


def test_a_sheet_gives_no_office_and_takes_none_away(office) -> None:
    rows = [
        {"姓名": "新人", "单位": office.unit.name, "手机号": "13900000009", "角色": "双联办"},
        {"姓名": office.name, "单位": office.unit.name, "手机号": office.phone, "角色": "干部"},
    ]
    assert whys(check("cadres", office, rows)) == ["D2 没有“双联办”这一项", "D3 这是双联办账号"]


def test_a_short_unit_name_of_two_asks(office) -> None:
    make_unit(name="武山县审计局", short_name="审计局")
    make_unit(name="武山县审计二局", short_name="审计局")
    run = check("cadres", office, [{"姓名": "丙", "单位": "审计局", "手机号": "13900000001"}])
    assert whys(run) == ["B2 对得上两个单位：武山县审计局、武山县审计二局"]


# --- 村、联村 ---


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
    assert outcomes(load("village_pairings", office, rows, partial=True)) == ["wrong", "created"]
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


# --- 家庭成员 ---


def member(no: str, name: str, relation: str, **more: object) -> dict[str, object]:
    return {"户编号": no, "姓名": name, "与户主关系": relation, **more}


def test_members(office) -> None:
    household = make_household(head="王有福")
    number = make_id_number(born_on=date(1988, 2, 3), sex="2")
    rows = [
        member(household.no, "李 秀英", "妻子", 身份证号=number, 文化程度="小学"),
        member(household.no, "王小福", "之子", 性别="男", 出生日期="2010.6.1"),
    ]
    assert outcomes(load("members", office, rows)) == ["created", "created"]
    wife = Member.objects.get(name="李秀英")
    assert (wife.sex, wife.born_on, wife.id_number, wife.place) == (
        "2",
        date(1988, 2, 3),
        number,
        household.place,
    )
    rows[0]["文化程度"] = "初中"
    assert outcomes(load("members", office, rows)) == ["changed", "same"]
    left = member(household.no, "王小福", "之子", 离开日期="2015-01-01", 离开原因="升学")
    assert outcomes(load("members", office, [left])) == ["changed"]
    assert outcomes(load("members", office, [left])) == ["same"]


def test_members_by_the_heads_id_number(office) -> None:
    household = make_household(head="")
    number = make_id_number()
    make_member(household=household, id_number=number)
    row = {"户主身份证号": number, "姓名": "李秀英", "与户主关系": "配偶", "性别": "女"}
    assert outcomes(load("members", office, [row])) == ["created"]
    assert Member.objects.get(name="李秀英").household == household


def test_members_that_cannot_be(office) -> None:
    household = make_household(head="王有福")
    rows = [
        member(household.no, "王老二", "户主", 性别="男"),
        member(household.no, "王有福", "之子", 性别="男"),
        member(household.no, "李秀英", "配偶", 性别=None),
        member("620524100999-001", "李秀英", "配偶", 性别="女"),
        member(household.no, "王三", "之子", 性别="男"),
        member(household.no, "王三", "之子", 性别="男"),
    ]
    assert whys(check("members", office, rows)) == [
        "C2 这户的户主是王有福",
        "C3 系统里是“户主”",
        "D4 没有性别，也没有身份证号",
        "A5 没有这个户编号",
        "B6 和第 7 行相同",
        "B7 和第 6 行相同",
    ]


# --- 联户 ---


def pairing(cadre: Cadre, no: str, **more: object) -> dict[str, object]:
    return {"干部姓名": cadre.name, "手机号": cadre.phone, "户编号": no, **more}


def test_household_pairings(office, cadre) -> None:
    household = make_household()
    make_village_pairing(unit=cadre.unit, village=household.village)
    row = pairing(cadre, household.no, 开始日期="2015-03-01")
    run = load("household_pairings", office, [row])
    assert (outcomes(run), warnings(run)) == (["created"], [])
    found = HouseholdPairing.objects.get()
    assert (found.cadre, found.unit, found.rank, found.kind) == (cadre, cadre.unit, cadre.rank, "help")
    assert Reach.objects.filter(cadre=cadre, place=household.place).count() == 1
    assert outcomes(load("household_pairings", office, [row])) == ["same"]


def test_a_household_changes_hands_in_one_sheet(office, cadre, stranger) -> None:
    household = make_household()
    make_pairing(cadre=cadre, household=household, started_on=date(2014, 1, 1))
    rows = [
        pairing(stranger, household.no, 开始日期="2015-03-01", 结束日期=None, 结束原因=None),
        pairing(cadre, household.no, 开始日期="2014-01-01", 结束日期="2015-03-01", 结束原因="调整"),
    ]
    assert outcomes(load("household_pairings", office, rows)) == ["created", "changed"]
    assert HouseholdPairing.objects.current().get().cadre == stranger
    assert outcomes(load("household_pairings", office, rows)) == ["same", "same"]


def test_pairings_that_clash(office, cadre, stranger) -> None:
    taken, free = make_household(), make_household()
    make_pairing(cadre=stranger, household=taken)
    gone = make_cadre(name="走了", left_on=date(2015, 1, 1))
    rows = [
        pairing(cadre, taken.no),
        pairing(cadre, free.no),
        pairing(stranger, free.no),
        pairing(cadre, free.no, 结对方式="联系"),
        pairing(gone, make_household().no),
    ]
    found = whys(check("household_pairings", office, rows))
    assert found == [
        f"C2 这户已有帮扶干部：{stranger.unit}{stranger}",
        "C4 这户已有帮扶干部：第 3 行",
        "C5 这名干部已经联着这户",
        "A6 走了已离岗",
    ]


def test_a_cadre_of_two_asks(office, cadre) -> None:
    make_cadre(name=cadre.name, unit=cadre.unit)
    household = make_household()
    rows = [
        {"单位": cadre.unit.name, "干部姓名": cadre.name, "户编号": household.no},
        {"单位": None, "干部姓名": cadre.name, "户编号": household.no},
        {"单位": cadre.unit.name, "干部姓名": "没有的人", "户编号": household.no},
    ]
    first, second, third = whys(check("household_pairings", office, rows))
    assert first.startswith(f"B2 对得上两个干部：{cadre.name}（")
    assert (second, third) == ("B3 不知道是哪名干部", f"B4 {cadre.unit}没有这名干部")


def test_over_the_ceiling_and_another_units_village_only_warn(office, cadre) -> None:
    Requirement.objects.create(
        year=2015,
        place="620524",
        rank=cadre.rank,
        indicator=Requirement.Indicator.PAIRED_HOUSEHOLDS,
        maximum=1,
    )
    first, second = make_household(), make_household()
    make_village_pairing(unit=cadre.unit, village=first.village)
    run = check("household_pairings", office, [pairing(cadre, first.no), pairing(cadre, second.no)])
    assert (run.status, outcomes(run)) == (Status.CHECKED, ["created", "created"])
    assert set(warnings(run)) == {
        f"{cadre.name}联了 2 户，超过一般干部的上限 1 户",
        f"{cadre.unit}没有联{second.village.name}",
    }


# --- 走访 ---


def visit(cadre: Cadre, no: str | None, **more: object) -> dict[str, object]:
    return {
        "干部姓名": cadre.name,
        "手机号": cadre.phone,
        "走访日期": "2015-09-16",
        "户编号": no,
        "谈了什么、办了什么": "看了水窖",
        **more,
    }


def test_visits(office, cadre) -> None:
    household = make_household()
    rows = [
        visit(cadre, household.no, 为什么去="病、灾"),
        visit(cadre, None, 村级代码=household.village.code, 做什么="两委座谈"),
    ]
    assert outcomes(load("visits", office, rows)) == ["created", "created"]
    found = Visit.objects.get(household=household)
    assert (found.village, found.place, found.month, found.is_late) == (
        household.village,
        household.place,
        201509,
        True,
    )
    assert (found.entered_by, found.unit, found.kind, found.reasons) == (office, cadre.unit, "home", "病、灾")
    assert outcomes(load("visits", office, rows)) == ["same", "same"]
    assert Visit.objects.count() == 2


def test_a_night_counts_once(office, cadre) -> None:
    one, two = make_household(), make_household()
    rows = [visit(cadre, one.no, 住村夜数=1), visit(cadre, two.no, 住村夜数=1)]
    run = load("visits", office, rows)
    assert warnings(run) == ["这一夜已经记在另一条上，这条记 0 夜"]
    assert sum(Visit.objects.values_list("nights", flat=True)) == 1
    assert outcomes(load("visits", office, rows)) == ["same", "same"]


def test_visits_that_cannot_be(office, cadre) -> None:
    household = make_household()
    rows = [
        visit(cadre, None, 村级代码=household.village.code),
        visit(cadre, household.no, 走访日期="2011-01-01"),
        visit(cadre, household.no, 约下次="2015-09-16"),
        visit(cadre, household.no, 村级代码=make_village().code),
    ]
    found = whys(check("visits", office, rows))
    assert found[0] == "D2 “入户”要写是哪一户"
    assert found[1].startswith("C3 日期不能早于 2012-01-01")
    assert found[2:] == ["G4 要晚于这次走访", f"F5 这户在{household.village.name}"]


def test_unit_and_rank_are_those_of_the_day(office, cadre) -> None:
    household, old_unit = make_household(), cadre.unit
    Change.objects.all().delete()
    cadre.unit = make_unit(name="县审计局")
    cadre.save()
    load("visits", office, [visit(cadre, household.no)])
    assert Visit.objects.get().unit == old_unit

"""行政区划、单位、干部: found by code, name or phone; a row is new, changed or the same."""

from tests.factories import TOWN, make_cadre, make_division, make_unit
from tests.importing import check, errors, load, outcomes, whys
from units.models import Cadre, Division, Unit

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
    assert whys(check("cadres", office, rows)) == ["D2 表格里不能给“双联办”", "D3 这是双联办账号"]


def test_a_short_unit_name_of_two_asks(office) -> None:
    make_unit(name="武山县审计局", short_name="审计局")
    make_unit(name="武山县审计二局", short_name="审计局")
    run = check("cadres", office, [{"姓名": "丙", "单位": "审计局", "手机号": "13900000001"}])
    assert whys(run) == ["B2 对得上两个单位：武山县审计局、武山县审计二局"]


def test_a_role_in_another_word_and_one_that_is_none(office) -> None:
    row = {"姓名": "丙", "单位": office.unit.name, "手机号": "13900000001"}
    [error] = errors(check("cadres", office, [{**row, "角色": "联络员"}]))
    assert error["remedy"] == "填干部、单位负责人之一"
    load("cadres", office, [{**row, "角色": "负责人"}])
    assert Cadre.objects.get(name="丙").is_leader

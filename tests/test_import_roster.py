"""花名册: households, members and pairings in one sheet."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest

from core.importing import runs
from core.importing.sheet import kind_of
from core.models import ImportRun
from households.models import Household, HouseholdPairing, Member
from tests.factories import make_cadre, make_household, make_id_number, make_village, make_village_pairing
from tests.importing import check, load, outcomes, table, warnings, whys
from units.models import Cadre, Reach, Requirement
from villages.models import Village

FAMILY = ["乡镇", "村", "组", "户主姓名", "家庭人口", "贫困户属性", "姓名", "与户主关系", "性别"]
CADRE = ["联户干部", "单位", "联户时间"]


@pytest.fixture
def village(cadre: Cadre) -> Village:
    village = make_village(name="大庄村")
    make_village_pairing(unit=cadre.unit, village=village)
    return village


def families(cadre: Cadre) -> bytes:
    pairing = [cadre.name, cadre.unit.name, "2014.3.5"]
    home = ["城关镇", "大庄村"]
    return table(
        [
            ["大庄村贫困户花名册"],
            [*FAMILY, *CADRE],
            [*home, "一组", "王有福", 3, "低保户", "王有福", "户主", "男", *pairing],
            [None, None, None, None, None, None, "李秀英", "妻", "女", None, None, None],
            [None, None, None, None, None, None, "王小福", "长子", "男", None, None, None],
            [*home, "二组", "赵田", 1, "五保户", "赵田", "户主", "男", None, None, None],
        ]
    )


def test_families_with_their_cadres(office, cadre, village) -> None:
    run = load("roster", office, families(cadre))
    assert (whys(run), warnings(run)) == ([], [])
    assert outcomes(run) == ["created"] * 4
    first, second = Household.objects.with_head().order_by("no")
    assert [first.head_name, first.group, first.size, first.kind] == ["王有福", "一组", 3, "02"]
    assert list(first.members.order_by("pk").values_list("name", "relation")) == [
        ("王有福", "01"),
        ("李秀英", "02"),
        ("王小福", "03"),
    ]
    pairing = HouseholdPairing.objects.get()
    assert (pairing.household, pairing.cadre, pairing.started_on) == (first, cadre, date(2014, 3, 5))
    assert pairing.place == village.code
    assert Reach.objects.filter(cadre=cadre, place=village.code).exists()
    assert [row.given for row in run.rows.order_by("number")] == [first.no, "", "", second.no]
    assert outcomes(load("roster", office, families(cadre))) == ["same"] * 4


def test_an_undo_puts_everything_back(office, cadre, village) -> None:
    run = load("roster", office, families(cadre))
    runs.undo(run, office)
    run.refresh_from_db()
    assert (run.status, run.message) == (ImportRun.Status.UNDONE, "")
    assert not any(model.objects.exists() for model in (Household, Member, HouseholdPairing))
    assert not Reach.objects.filter(cadre=cadre).exists()


@pytest.mark.parametrize("kind", ["households", "members", "household_pairings"])
def test_the_clerk_need_not_choose(office, cadre, village, kind) -> None:
    run = load(kind, office, families(cadre))
    assert (run.kind, whys(run), Household.objects.count()) == ("roster", [], 2)


def one_row(cadre: Cadre, **more: object) -> dict[str, object]:
    return {
        "村": "大庄村",
        "户主姓名": "王有福",
        "家庭人口": 3,
        "性别": "男",
        "联系电话": "13800001234",
        "联户干部": cadre.name,
        "单位": cadre.unit.name,
        "电话": cadre.phone,
        **more,
    }


def test_one_row_a_household(office, cadre, village) -> None:
    run = load("households", office, [one_row(cadre, 联户时间="2015-03-01")])
    assert (run.kind, whys(run), warnings(run), outcomes(run)) == ("roster", [], [], ["created"])
    pairing = HouseholdPairing.objects.get()
    assert (pairing.household.phone, pairing.cadre) == ("13800001234", cadre)
    assert outcomes(load("roster", office, [one_row(cadre, 联户时间="2015-03-01")])) == ["same"]
    other = make_cadre(name="赵国强", unit=cadre.unit)
    rows = [
        one_row(cadre, 联户时间="2015-03-01", 结束日期="2015-06-01"),
        one_row(other, 联户时间="2015-06-01", 家庭人口=4, 结束日期=None),
    ]
    assert whys(check("roster", office, rows))[0].startswith("B2 和第 3 行相同")
    rows[0]["家庭人口"] = 4
    run = load("roster", office, rows)
    assert (outcomes(run), warnings(run)) == (["changed", "created"], ["和第 2 行算一户，两名干部"])
    assert [p.cadre for p in HouseholdPairing.objects.order_by("started_on")] == [cadre, other]


def test_members_and_the_size_of_their_household(office, village) -> None:
    """A list of people with 家庭人口 brings the households too, whoever uploads it where."""
    headings = ["村", "户主姓名", "成员姓名", "与户主关系", "性别", "家庭人口"]
    rows = [
        ["大庄村", "王有福", "王有福", "户主", "男", 3],
        [None, None, "李秀英", "妻", "女", None],
        ["大庄村", "赵田", "赵田", "户主", "男", None],
        [None, None, "杨玉兰", "妻", "女", None],
    ]
    run = load("members", office, table([headings, *rows]))
    assert (run.kind, whys(run)) == ("roster", [])
    assert warnings(run) == ["表里这户有 2 人"]
    assert "有 1 户没有写家庭人口，照表里的人数算。" in run.notes
    assert list(Household.objects.order_by("no").values_list("size", flat=True)) == [3, 2]
    assert Member.objects.count() == 4


def test_what_is_wrong_with_the_heads_row_keeps_his_family_out(office, cadre, village) -> None:
    lines = [*FAMILY, *CADRE]
    home = ["城关镇", "大庄村", "一组", "王有福", 3, "低保户"]
    nothing: list[Any] = [None] * 6
    rows = [
        [*home, "王有福", "户主", "男", "没有的人", cadre.unit.name, "2014.3.5"],
        [*nothing, "李秀英", "妻", "女", None, None, None],
        [*home[:3], "赵田", 2, "低保户", "赵田", "户主", "男", cadre.name, cadre.unit.name, "2014.3.5"],
        [*nothing, "杨玉兰", "妻", None, None, None, None],
    ]
    run = load("roster", office, table([lines, *rows]), partial=True)
    assert whys(run) == [
        f"J2 {cadre.unit}没有这名干部",
        "G3 第 2 行的户没有认出来",
        "I5 没有性别，也没有身份证号",
    ]
    assert outcomes(run) == ["wrong", "wrong", "created", "wrong"]
    household = Household.objects.get()
    assert [member.name for member in household.members.all()] == ["赵田"]
    assert HouseholdPairing.objects.get().household == household


def test_who_stands_in_the_sheet_twice(office, village) -> None:
    number = make_id_number()
    headings = ["村", "户主姓名", "家庭人口", "姓名", "与户主关系", "性别", "身份证号"]
    rows = [
        ["大庄村", "王有福", 1, "王有福", "户主", "男", number],
        ["大庄村", "赵田", 2, "赵田", "户主", "男", None],
        [None, None, None, "王有福", "之父", "男", number],
    ]
    assert whys(check("roster", office, table([headings, *rows]))) == ["G2 和第 4 行相同", "G4 和第 2 行相同"]


def test_a_second_head_is_refused(office, village) -> None:
    headings = ["村", "户主姓名", "家庭人口", "姓名", "与户主关系", "性别"]
    home = ["大庄村", "王有福", 2]
    rows = [[*home, "王有福", "户主", "男"], [*home, "王有禄", "户主", "男"]]
    assert "D3 关系是户主，户主姓名写的是王有福" in whys(check("roster", office, table([headings, *rows])))


def test_a_stored_family_is_completed(office, cadre, village) -> None:
    home = make_household(head="王有福", village=village, group="一组", size=2, kind="02")
    run = load("roster", office, families(cadre))
    assert outcomes(run) == ["changed", "created", "created", "created"]
    home.refresh_from_db()
    assert (home.size, home.members.count(), home.pairings.get().cadre) == (3, 3, cadre)
    runs.undo(run, office)
    home.refresh_from_db()
    assert (home.size, home.members.count(), home.pairings.count()) == (2, 1, 0)


def test_cells_of_the_household_below_its_head_are_told(office, village) -> None:
    headings = ["村", "户主姓名", "家庭人口", "联系电话", "姓名", "与户主关系", "性别"]
    rows = [
        ["大庄村", "王有福", 2, "13800001234", "王有福", "户主", "男"],
        [None, None, 2, "13800005678", "李秀英", "妻", "女"],
    ]
    run = load("roster", office, table([headings, *rows]))
    assert warnings(run) == ["户的这一格只看第 2 行，这里写的没有用"]
    assert Household.objects.get().phone == "13800001234"


def test_ceiling_and_another_units_village_warn(office, cadre, village) -> None:
    stranger = make_cadre(name="外单位的")
    Requirement.objects.create(
        year=2015,
        place="620524",
        rank=cadre.rank,
        indicator=Requirement.Indicator.PAIRED_HOUSEHOLDS,
        maximum=1,
    )
    rows = [
        one_row(cadre, 联户时间="2015-03-01"),
        one_row(cadre, 户主姓名="赵田", 联户时间="2015-03-01"),
        one_row(stranger, 户主姓名="陈仓", 联户时间="2015-03-01"),
        {**one_row(cadre, 户主姓名="杨林", 联户时间=None), "联户干部": None, "电话": None},
    ]
    run = check("roster", office, rows)
    assert set(warnings(run)) == {
        f"{cadre.name}联了 2 户，超过一般干部的上限 1 户",
        f"{stranger.unit}没有联大庄村",
        "没有写联户干部，这户没有结对",
    }
    assert outcomes(run) == ["created"] * 4


def test_plain_sheets_stay_what_they_are(office, cadre, village) -> None:
    household = {k: v for k, v in one_row(cadre).items() if k not in {"联户干部", "单位", "电话"}}
    assert check("households", office, [household]).kind == "households"
    # A cadre's name without the unit does not say who it is.
    assert check("households", office, [{**household, "联户干部": cadre.name}]).kind == "households"
    make_household(head="王有福", village=village)
    person = {"村": "大庄村", "户主姓名": "王有福", "姓名": "李秀英", "与户主关系": "妻", "性别": "女"}
    assert check("members", office, [{**person, "住址": "3号"}]).kind == "members"
    pairing = {"村": "大庄村", "户主姓名": "王有福", "联户干部": cadre.name, "单位": cadre.unit.name}
    assert (
        check("household_pairings", office, [{**pairing, "联户时间": "2015-03-01"}]).kind
        == "household_pairings"
    )


@pytest.mark.parametrize("of_people", [True, False])
def test_every_heading_means_one_column(of_people) -> None:
    seen: dict[str, str] = {}
    for column in type(kind_of("roster"))(of_people=of_people).columns.values():
        for spelling in column.spellings:
            assert seen.setdefault(spelling, column.key) == column.key


def merged(lines: Sequence[Sequence[object]], *areas: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(table(lines)))
    for area in areas:
        book.worksheets[0].merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_household_cells_merged_over_a_family_belong_to_it_once(office, cadre, village) -> None:
    headings = [
        "村",
        "户主姓名",
        "家庭人口",
        "联系电话",
        "姓名",
        "与户主关系",
        "性别",
        "联户干部",
        None,
        None,
    ]
    levels = [*[None] * 7, "姓名", "单位", "手机号"]
    home = ["大庄村", "王有福", 3, "13800001234"]
    lines = [
        headings,
        levels,
        [*home, "王有福", "户主", "男", cadre.name, cadre.unit.name, cadre.phone],
        [*[None] * 4, "李秀英", "妻", "女", None, None, None],
        [*[None] * 4, "王小福", "长子", "男", None, None, None],
    ]
    areas = [f"{column}1:{column}2" for column in "ABCDEFG"]
    areas += ["H1:J1", *(f"{column}3:{column}5" for column in "ABCDHIJ")]
    for kind in ("households", "roster"):
        run = check(kind, office, merged(lines, *areas), answers={"缺列": {"联户开始日期": "2014-03-05"}})
        assert (run.kind, whys(run), warnings(run), run.created_count) == ("roster", [], [], 3)
        assert not run.open_questions
    runs.apply(run)
    household = Household.objects.get()
    assert (household.members.count(), household.pairings.get().started_on) == (3, date(2014, 3, 5))


def test_a_roster_asks_for_the_start_of_its_pairings(office, cadre, village) -> None:
    run = check("roster", office, [one_row(cadre)])
    assert [question["name"] for question in run.open_questions] == ["联户开始日期"]


def test_a_wrong_row_of_a_stored_head_leaves_his_family(office, cadre, village) -> None:
    make_household(head="王有福", village=village, group="一组")
    headings = [*FAMILY, *CADRE]
    home = ["城关镇", "大庄村", "一组", "王有福", 3, "低保户"]
    rows = [
        [*home, "王有福", "户主", "男", "没有的人", cadre.unit.name, "2014.3.5"],
        [*[None] * 6, "李秀英", "妻", "女", None, None, None],
    ]
    run = load("roster", office, table([headings, *rows]), partial=True)
    assert (outcomes(run), Member.objects.count()) == (["wrong", "created"], 2)


def test_a_second_cadre_on_a_row_of_his_own(office, cadre, village) -> None:
    other = make_cadre(name="赵国强", unit=cadre.unit)
    headings = [
        "村",
        "户主姓名",
        "家庭人口",
        "姓名",
        "与户主关系",
        "性别",
        "联户干部",
        "单位",
        "结对方式",
        "开始日期",
    ]
    home = ["大庄村", "王有福", 1]
    unit = cadre.unit.name
    rows = [
        [*home, "王有福", "户主", "男", cadre.name, unit, "帮扶", "2014-03-05"],
        [*home, None, None, None, other.name, unit, "联系", "2014-03-05"],
    ]
    run = load("roster", office, table([headings, *rows]))
    assert (whys(run), outcomes(run)) == ([], ["created", "created"])
    assert set(HouseholdPairing.objects.values_list("cadre__name", "kind")) == {
        (cadre.name, "help"),
        (other.name, "contact"),
    }


def test_a_family_without_its_heads_row(office, village) -> None:
    """It is added to a stored household; a new one needs its head."""
    home = make_household(head="王有福", village=village, size=3)
    headings = ["村", "户主姓名", "户主身份证号", "家庭人口", "姓名", "与户主关系", "性别"]
    rows = [
        ["大庄村", "王有福", None, 3, "李秀英", "妻", "女"],
        ["大庄村", "王有福", None, 3, "王小福", "长子", "男"],
        ["大庄村", "赵田", None, 2, "杨玉兰", "妻", "女"],
    ]
    run = load("roster", office, table([headings, *rows]), partial=True)
    assert whys(run) == ["B4 这是新户，表里没有户主那一行"]
    assert (warnings(run), home.members.count()) == ([], 3)
    rows[2][2] = make_id_number()
    run = load("roster", office, table([headings, *rows]))
    assert (whys(run), outcomes(run)) == ([], ["same", "same", "created"])
    assert set(Member.objects.filter(household__size=2).values_list("name", "relation")) == {
        ("赵田", "01"),
        ("杨玉兰", "02"),
    }


@pytest.mark.parametrize("kind", ["households", "household_pairings", "roster"])
def test_of_two_phones_the_one_behind_the_cadre_is_the_cadres(office, cadre, village, kind) -> None:
    headings = ["村", "户主姓名", "家庭人口", "性别", "联系电话", "联户干部", "单位", "联系电话", "联户时间"]
    unit = cadre.unit.name
    row = ["大庄村", "王有福", 3, "男", "13800001234", cadre.name, unit, cadre.phone, "2014-03-05"]
    run = load(kind, office, table([headings, row]))
    assert (run.kind, whys(run), Household.objects.get().phone) == ("roster", [], "13800001234")
    assert HouseholdPairing.objects.get().cadre == cadre


@pytest.mark.parametrize("kind", ["households", "household_pairings", "roster"])
def test_a_group_of_headings_for_the_cadre(office, cadre, village, kind) -> None:
    headings = ["村", "户主姓名", "家庭人口", "性别", "联系电话", "帮扶干部", None, None, "帮扶时间"]
    levels = [*[None] * 5, "姓名", "单位", "联系电话", None]
    unit = cadre.unit.name
    row = ["大庄村", "王有福", 3, "男", "13800001234", cadre.name, unit, cadre.phone, "2014-03-05"]
    run = load(kind, office, table([headings, levels, row]))
    assert (run.kind, whys(run), Household.objects.get().phone) == ("roster", [], "13800001234")
    assert HouseholdPairing.objects.get().cadre == cadre

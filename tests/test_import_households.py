"""贫困户: which household a row means, and every way an ID number can be wrong."""

from datetime import date

import pytest

from core import identity
from core.models import Change, ImportRun
from households.choices import Status as HouseholdStatus
from households.models import Household, Member
from tests.factories import make_division, make_household, make_id_number, make_member, make_village
from tests.importing import check, errors, family, load, outcomes, warnings, whys
from villages.models import Village

Status = ImportRun.Status


@pytest.fixture
def village(db) -> Village:
    return make_village(name="大庄村")


def head_of(household: Household) -> Member:
    return Member.objects.get(household=household, relation="01", left_on=None)


def test_a_new_household_with_its_head(office, village) -> None:
    number = make_id_number(born_on=date(1960, 5, 1))
    run = load("households", office, [family(number=number, 主要致贫原因="因病", 参加新型农村合作医疗="是")])
    household = Household.objects.get()
    assert (household.no, household.place, household.main_cause) == (
        f"{village.code}-001",
        village.code,
        "01",
    )
    head = head_of(household)
    assert (head.name, head.id_number, head.born_on, head.sex) == ("王有福", number, date(1960, 5, 1), "1")
    assert (head.pinyin, head.medical_insurance, head.place) == ("wangyoufu", True, village.code)
    line = run.rows.get()
    assert (line.outcome, line.row, line.given) == ("created", household.pk, household.no)


def test_numbers_go_on_from_the_villages_last(office, village) -> None:
    Village.objects.filter(pk=village.pk).update(last_serial=998)
    load("households", office, [family(f"王{n}") for n in "甲乙丙"])
    assert sorted(Household.objects.values_list("no", flat=True)) == [
        f"{village.code}-{n}" for n in ("1000", "1001", "999")
    ]
    village.refresh_from_db()
    assert village.last_serial == 1001


def test_the_same_file_again_changes_nothing(office, village) -> None:
    rows = [
        family("王有福", make_id_number(), 识别日期="2014.3.5", 识别时人均纯收入=2100.5, 标记="重病"),
        family("李建国"),
    ]
    load("households", office, rows)
    before = Change.objects.count()
    run = load("households", office, rows)
    assert (outcomes(run), run.status) == (["same", "same"], Status.DONE)
    assert Change.objects.count() == before


def test_by_household_number_with_one_column(office, village) -> None:
    household = make_household(village=village)
    run = load("households", office, [{"户编号": household.no, "联系电话": "13800001234"}])
    household.refresh_from_db()
    assert (outcomes(run), household.phone) == (["changed"], "13800001234")


def test_by_the_heads_id_number(office, village) -> None:
    household = make_household(village=village, head="")
    number = make_id_number()
    make_member(household=household, name="王有福", id_number=number)
    assert outcomes(load("households", office, [family("王友福", number, **{"组(社)": "五组"})])) == [
        "changed"
    ]
    assert head_of(household).name == "王友福"
    household.refresh_from_db()
    assert household.group == "五组"


@pytest.mark.parametrize("group", ["三组", "3组", "第三社", None])
def test_by_village_group_and_name(office, village, group) -> None:
    household = make_household(village=village, head="王有福", group="三组")
    number = make_id_number(born_on=date(1960, 5, 1))
    run = load("households", office, [family(number=number, **{"组(社)": group}, 家庭人口=None)])
    assert outcomes(run) == ["changed"]
    assert head_of(household).id_number == number


def test_two_heads_of_one_name_ask(office, village) -> None:
    first = make_household(village=village, head="王有福", group="三组")
    second = make_household(village=village, head="王有福", group="四组")
    run = check("households", office, [family(**{"组(社)": None})])
    assert whys(run) == [f"D2 对得上两个户：{first.no}（三组）、{second.no}（四组）"]


def test_another_number_is_another_person_of_the_name(office, village) -> None:
    household = make_household(village=village, head="")
    make_member(household=household, name="王有福", id_number=make_id_number())
    run = load("households", office, [family(number=make_id_number())])
    assert (outcomes(run), Household.objects.count()) == (["created"], 2)


def test_a_household_number_that_is_not_there_or_elsewhere(office, village) -> None:
    other = make_household(village=make_village(name="小庄村"))
    foreign = make_household(village=make_village(town=make_division(code="620525101", name="别处镇")))
    rows = [family(户编号="620524100201-999"), family(户编号=other.no), family(户编号=foreign.no)]
    assert whys(check("households", office, rows)) == [
        "G2 没有这个户编号",
        "G3 系统里这户在别的村",
        "G4 不在您管的区划里",
    ]


def test_the_head_is_not_changed_by_a_sheet(office, village) -> None:
    household = make_household(village=village, head="王有福")
    run = check("households", office, [{"户编号": household.no, "户主姓名": "王老五"}])
    assert whys(run) == ["B2 系统里户主是王有福"]


def test_a_number_that_was_wrong_in_the_system(office, village) -> None:
    household = make_household(village=village, head="")
    make_member(household=household, name="王有福", id_number=make_id_number())
    number = make_id_number(born_on=date(1961, 1, 1))
    rows = [{"户编号": household.no, "户主姓名": "王有福", "身份证号": number}]
    run = load("households", office, rows)
    assert outcomes(run) == ["changed"]
    assert warnings(run)[0].startswith("系统里原来是 620524********")
    assert (head_of(household).id_number, head_of(household).born_on) == (number, date(1961, 1, 1))


def test_a_mask_that_comes_back_means_unchanged(office, village) -> None:
    household = make_household(village=village, head="")
    number = make_id_number()
    make_member(household=household, name="王有福", id_number=number)
    mask = identity.mask(number)
    good = {"户编号": household.no, "户主姓名": "王有福", "身份证号": mask}
    assert outcomes(check("households", office, [good])) == ["same"]
    bad = {**good, "身份证号": f"{mask[:-1]}{'1' if mask[-1] != '1' else '2'}"}
    assert whys(check("households", office, [bad])) == ["C2 号码中间是星号，和系统里存的对不上"]
    assert whys(check("households", office, [family("新人", mask)])) == [
        "F2 号码中间是星号，系统里没有这个人"
    ]


def test_status_and_village_are_only_compared(office, village) -> None:
    household = make_household(village=village, status=HouseholdStatus.MOVED, status_on=date(2015, 1, 1))
    rows = [{"户编号": household.no, "状态": "在册", "备注": "x"}, family("新人", 状态="注销")]
    run = check("households", office, rows)
    assert whys(run) == ["B2 系统里是“迁出”", "B3 新户只能是“在册”"]


def test_what_a_new_household_needs(office, village) -> None:
    run = check(
        "households", office, [family(家庭人口=None), family("李四", 性别=None), family("张三", 村="没有村")]
    )
    assert whys(run) == ["C2 新增要填“家庭人口”", "E3 没有性别，也没有身份证号", "A4 没有这个村"]


# --- ID numbers ---


def damaged() -> list[tuple[object, str]]:
    number = make_id_number(born_on=date(1960, 5, 1))
    wrong = str((int(number[17]) + 1) % 10) if number[17] != "X" else "0"
    return [
        (float(number[:17] + "0"), "Excel 把号码当成了数，后面几位已经丢了"),
        ("6.20524E+17", "Excel 把号码当成了数，后面几位已经丢了"),
        (number[:15] + "000", "末三位是 000，像是被 Excel 截断"),
        (number[:17] + wrong, "校验码不对，18 位里有写错的"),
        (number[:15], "是 15 位的旧号码"),
        (number[:17], "是 17 位，身份证号是 18 位"),
        (f"{number[:6]}19601305{number[14:]}", "第 7 到 14 位的出生日期 19601305 不存在"),
    ]


@pytest.mark.parametrize(("value", "why"), damaged())
def test_damaged_id_numbers(office, village, value, why) -> None:
    run = check("households", office, [family(number=value)])
    found = errors(run)[0]
    assert found["why"] == why
    assert "19600501" not in found["value"]


def test_sex_and_birth_date_against_the_number(office, village) -> None:
    number = make_id_number(born_on=date(1960, 5, 1), sex="1")
    run = check("households", office, [family(number=number, 性别="女", 出生日期="1960-05-02")])
    assert whys(run) == ["E2 身份证号第 17 位是单数，是男", "G2 身份证号里是 1960-05-01"]


def test_sex_is_checked_against_the_stored_number(office, village) -> None:
    household = make_household(village=village, head="")
    make_member(household=household, name="王有福", id_number=make_id_number(sex="1"))
    run = check("households", office, [{"户编号": household.no, "性别": "女"}])
    assert whys(run) == ["B2 身份证号第 17 位是单数，是男"]


def test_one_number_twice_in_the_file(office, village) -> None:
    number = make_id_number()
    run = check("households", office, [family("王有福", number), family("李建国"), family("王友福", number)])
    assert whys(run) == ["F2 和第 4 行相同", "F4 和第 2 行相同"]
    assert {error["remedy"] for error in errors(run)} == {"一人只留一行"}


def test_a_number_of_somebody_else_in_the_county(office, village) -> None:
    number, elsewhere = make_id_number(), make_id_number()
    make_member(household=make_household(), name="李秀英", relation="02", id_number=number)
    far = make_village(town=make_division(code="620525101", name="别处镇"))
    make_member(household=make_household(village=far), name="张三", relation="02", id_number=elsewhere)
    run = check("households", office, [family("王有福", number), family("李建国", elsewhere)])
    assert whys(run) == ["F2 已是城关镇另一户的家庭成员"]


def test_a_disability_card_is_the_same_person(office, village) -> None:
    household = make_household(village=village, head="")
    number = make_id_number()
    make_member(household=household, name="王有福", id_number=number)
    run = load("households", office, [family(number=number + "43", **{"组(社)": None}, 家庭人口=None)])
    assert outcomes(run) == ["changed"]
    assert head_of(household).id_number == number + "43"


def test_two_new_rows_of_one_name_need_their_numbers(office, village) -> None:
    run = check("households", office, [family("王有福"), family("王有福", make_id_number())])
    assert whys(run) == ["D2 和第 3 行同村同名", "D3 和第 2 行同村同名"]
    run = check(
        "households", office, [family("王有福", make_id_number()), family("王有福", make_id_number())]
    )
    assert outcomes(run) == ["created", "created"]


def test_a_household_without_a_head_gets_one(office, village) -> None:
    household = make_household(village=village, head="")
    run = load(
        "households", office, [{"户编号": household.no, "户主姓名": "王有福", "性别": "男"}, family("新人")]
    )
    assert outcomes(run) == ["changed", "created"]
    assert head_of(household).name == "王有福"


def test_a_check_makes_few_queries_however_many_rows(office, village, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(40):
        check("households", office, [family(f"王{chr(0x4E00 + n)}", make_id_number()) for n in range(200)])


def test_rows_without_errors_go_in_when_asked(office, village) -> None:
    rows = [family("王有福"), family("李建国", "123")]
    run = load("households", office, rows)
    assert (run.status, Household.objects.count()) == (Status.CHECKED, 0)
    assert run.message == "有 1 行要改，没有导入。"
    run = load("households", office, rows, partial=True)
    assert (run.status, Household.objects.count()) == (Status.DONE, 1)

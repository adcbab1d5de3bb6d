"""家庭成员: found by household and name."""

from datetime import date

from households.models import Member
from tests.factories import make_household, make_id_number, make_member
from tests.importing import check, load, outcomes, whys


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

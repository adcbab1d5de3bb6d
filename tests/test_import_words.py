"""What another county calls the columns, and the words it writes into them."""

import pytest

from core.importing.columns import heading_key
from core.importing.sheet import all_kinds, kind_of
from households.choices import Ethnicity
from tests.factories import make_household
from tests.importing import load


@pytest.mark.parametrize(
    ("kind", "heading", "label"),
    [
        ("units", "联络员电话", "联络电话"),
        ("cadres", "手机号码", "手机号"),
        ("villages", "是否贫困村", "贫困村"),
        ("village_pairings", "结对时间", "开始日期"),
        ("households", "属性", "贫困户属性"),
        ("households", "家庭住址", "住址"),
        ("members", "是否参加新农合", "参加新型农村合作医疗"),
        ("household_pairings", "帮扶责任人", "干部姓名"),
        ("household_pairings", "身份证号码", "户主身份证号"),
        ("visits", "入户时间", "走访日期"),
    ],
)
def test_headings_that_counties_write(kind, heading, label) -> None:
    [column] = [c for c in kind_of(kind).columns.values() if heading_key(heading) in c.spellings]
    assert column.label == label


def test_no_heading_means_two_columns() -> None:
    for sheet in all_kinds():
        spellings = [spelling for column in sheet.columns.values() for spelling in column.spellings]
        assert len(spellings) == len(set(spellings)), sheet.key


@pytest.mark.django_db
@pytest.mark.parametrize("short", [True, False])
def test_all_56_peoples_are_read_by_their_name(office, short) -> None:
    household = make_household()
    peoples = [label for label in Ethnicity.labels if label != "其他"]
    rows = [
        {
            "户编号": household.no,
            "姓名": f"卓玛{chr(ord('甲') + number)}",
            "与户主关系": "女",
            "性别": "女",
            "民族": label.removesuffix("族") if short else label,
        }
        for number, label in enumerate(peoples)
    ]
    load("members", office, rows)
    stored = household.members.exclude(relation="01").order_by("pk")
    assert [member.get_ethnicity_display() for member in stored] == peoples
    assert len(peoples) == 56


@pytest.mark.django_db
def test_a_people_is_not_turned_into_another_word(office) -> None:
    household = make_household()
    row = {"户编号": household.no, "姓名": "卓玛", "与户主关系": "女", "性别": "女", "民族": "藏族"}
    load("members", office, [row])
    child = household.members.get(name="卓玛")
    assert (child.get_relation_display(), child.get_ethnicity_display()) == ("之女", "藏族")

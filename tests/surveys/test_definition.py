"""All errors of a definition are reported at once."""

import copy
from typing import Any

import pytest

from surveys.definition.document import DefinitionError, load
from surveys.definition.presets import preset
from tests.surveys.definitions import EVERYTHING

pytestmark = pytest.mark.once
OPTION = {"code": "7", "label": "丁"}


def problems(document: dict[str, Any]) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        load(document)
    return raised.value.problems


def with_item(code: str, /, **changes: Any) -> dict[str, Any]:
    """Return the definition with one of its items changed."""
    document = copy.deepcopy(EVERYTHING)
    item = next(
        item for key in ("header", "members", "items") for item in document[key] if item["code"] == code
    )
    item.update(changes)
    return document


def with_rule(**changes: Any) -> dict[str, Any]:
    document = copy.deepcopy(EVERYTHING)
    document["cross_rules"][0].update(changes)
    return document


@pytest.mark.parametrize(
    ("code", "changes", "said"),
    [
        ("A1", {"code": "a1"}, "a1：题号用大写字母和数字，字母在前，最多 20 个"),
        ("A1", {"code": "1A"}, "1A：题号用大写字母和数字，字母在前，最多 20 个"),
        ("A1", {"code": ""}, "题目第 1 项：题号用大写字母和数字，字母在前，最多 20 个"),
        ("A1", {"label": ""}, "A1：没有写题目"),
        ("A1", {"type": "picture"}, "A1：不认得的题型“picture”"),
        ("A1", {"section": "Z"}, "A1：没有“Z”这一部分"),
        ("A1", {"code": "A2"}, "题号 A2 用了两次"),
        ("A1", {"code": "M2"}, "题号 M2 用了两次"),
        ("A1", {"min": 51}, "A1：最小值大于最大值"),
        ("A1", {"min": "很小"}, "A1：最大、最小、步长要填数"),
        ("A1", {"step": 0}, "A1：步长要大于 0"),
        ("A1", {"options": [OPTION]}, "A1：只有单选、多选有选项"),
        ("A1", {"bind": "household.colour"}, "A1：没有“household.colour”这项档案资料"),
        ("A1", {"bind": "member.name"}, "A1：“member.name”不能写在这里"),
        ("A1", {"better": "most"}, "A1：好坏填 more、less，单选填选项的次序"),
        ("A5", {"min": 0}, "A5：只有数、文字、日期有最大最小"),
        ("A6", {"options": []}, "A6：没有选项"),
        ("A6", {"options": [OPTION, {"code": "7", "label": "戊"}]}, "A6：选项的代码重复，或者缺代码、缺名称"),
        ("A6", {"options": [{"code": "7", "label": ""}]}, "A6：选项的代码重复，或者缺代码、缺名称"),
        ("A6", {"options": [OPTION, {"code": "8", "label": "丁"}]}, "A6：两个选项名称相同"),
        ("A6", {"options": [{"code": "unknown", "label": "不知道"}]}, "A6：选项的代码用字母和数字，不能是 unknown"),
        ("A6", {"options": [{"code": "七", "label": "丁"}]}, "A6：选项的代码用字母和数字，不能是 unknown"),
        ("A6", {"better": ["9", "8"]}, "A6：好坏次序里有不是选项的代码"),
        ("A7", {"max_select": 4}, "A7：最多选的项数比选项还多"),
        ("B1", {"unknown_allowed": True}, "B1：文字题和计算的题不用“不详”"),
        ("B1", {"max": 2.5}, "B1：文字的长短要填整数"),
        ("B1", {"calc": "A1"}, "B1：只有数可以计算"),
        ("B2", {"min": "2012-2-1"}, "B2：最早的日期要写成 2012-02-01 这样"),
        ("B2", {"max": "2020-01-01"}, "B2：日期题没有最大值，都不晚于填表那天"),
        ("B3", {"step": 0.5}, "B3：计算的题步长是 1、0.1、0.01 这样的数"),
        ("B3", {"calc": "A1 / A9"}, "B3：没有题号 A9"),
        ("B3", {"calc": "A1 > 1"}, "B3：“A1 > 1”得出的不是数"),
        ("B3", {"calc": "B3 + 1"}, "显示条件或计算绕成了圈：B3 → B3"),
        ("B3", {"calc": "B4 + 1"}, "显示条件或计算绕成了圈：B3 → B4 → B3"),
        ("A4", {"show_if": "A2 > 4 and A4 > 1"}, "显示条件或计算绕成了圈：A4 → A4"),
        ("A4", {"show_if": "B2 == '2012-02-01'"}, "显示条件或计算绕成了圈：A4 → B2 → A4"),
        ("A4", {"show_if": "A2"}, "A4：“A2”得出的不是真假"),
        ("A4", {"show_if": "A2 >"}, "A4：“A2 >”写得不对，看不懂"),
        ("A4", {"show_if": "A6 == '7'"}, "A4：A6 没有选项 7"),
        ("A4", {"show_if": "'7' in A7"}, "A4：A7 没有选项 7"),
        ("A4", {"show_if": "A6 in ('1', '7')"}, "A4：A6 没有选项 7"),
        ("H3", {"show_if": "A1 > 0"}, "H3：表头和家庭成员的题没有显示条件，也不计算"),
        ("M3", {"calc": "1 + 1"}, "M3：表头和家庭成员的题没有显示条件，也不计算"),
        ("M3", {"bind": ""}, "M3：家庭成员的题要写明是哪一项档案资料"),
        ("M2", {"options": [{"code": "77", "label": "远亲"}]}, "M2：档案里没有选项 77"),
    ],
)  # fmt: skip
def test_a_wrong_item_is_named(code, changes, said):
    assert said in problems(with_item(code, **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rule": "A1 > A99"}, "R1：没有题号 A99"),
        ({"rule": "M2 == '01'"}, "R1：没有题号 M2"),
        ({"rule": "any(members, M9 == 1)"}, "R1：没有题号 M9"),
        ({"rule": "previous.A99 > 1"}, "R1：没有 previous.A99"),
        ({"rule": "subject.household_count > 1"}, "R1：没有 subject.household_count"),
        ({"rule": "A6 == '9'"}, "R1：A6 没有选项 9"),
        ({"rule": "any(members, M2 == '9')"}, "R1：M2 没有选项 9"),
        ({"rule": "previous.A6 != '9'"}, "R1：A6 没有选项 9"),
        ({"rule": "A1 > '1'"}, "R1：“A1”和“'1'”不能这样比"),
        ({"rule": "A1 in A7"}, "R1：“A1”和“A7”不能这样比"),
        ({"rule": "A1 is A2"}, "R1：只能用 == != < <= > >= in 比较"),
        ({"rule": "A1 ** 2 > 1"}, "R1：“A1 ** 2”只能用加减乘除"),
        ({"rule": "A1 + A6 > 1"}, "R1：“A6”应是数"),
        ({"rule": "not A1"}, "R1：“A1”应是真假"),
        ({"rule": "A1 > True"}, "R1：“True”不是数，也不是文字"),
        ({"rule": "open('/etc/passwd')"}, "R1：“open('/etc/passwd')”不是规则里能用的函数"),
        ({"rule": "implies(A1 > 1)"}, "R1：“implies(A1 > 1)”不是规则里能用的函数"),
        ({"rule": "A1.real > 1"}, "R1：没有 A1.real"),
        ({"rule": "[A1 for A1 in A7]"}, "R1：“[A1 for A1 in A7]”不是规则里能用的写法"),
        ({"rule": "len(A1) == 1"}, "R1：“A1”不是多选，不能数个数"),
        ({"rule": "empty(1)"}, "R1：empty 里只能写题号，不能写“1”"),
        ({"rule": "A1 in (A2, 3)"}, "R1：“(A2, 3)”里只能写代码"),
        ({"rule": "A1 < 1e999"}, "R1：数 1e309 太大"),
        ({"rule": "+A1 > 1"}, "R1：“+A1”不是规则里能用的写法"),
        ({"rule": "A1 > 1 and " * 99 + "A1 > 1"}, "R1：“A1 > 1 and A1 > 1 an…”太长，最多 500 个字"),
        ({"rule": "-" * 480 + "A1 > 1"}, f"R1：“{'-' * 480}A1 > 1”写得不对，看不懂"),
        ({"rule": ""}, "R1：没有写规则"),
        ({"level": "fatal"}, "R1：程度应是 error 或 warn"),
        ({"msg": ""}, "R1：没有写提示的话"),
        ({"code": "R2"}, "核对规则 R2 用了两次"),
        ({"code": ""}, "核对规则“A2 <= A1 + 1”没有编号"),
    ],
)
def test_a_wrong_rule_is_named(changes, said):
    assert said in problems(with_rule(**changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": ""}, "缺少“代码”"),
        ({"title": "长" * 61}, "名称最多 60 个字"),
        ({"subject": "town"}, "不认得的调查对象“town”"),
        ({"subject": "village"}, "H1：村的表没有“household.size”"),
        ({"sections": [{"code": "A", "label": "甲"}, {"code": "A", "label": "乙"}]}, "部分 A 用了两次"),
        ({"sections": [{"code": "A", "label": "甲"}, {"code": "B"}]}, "有的部分没有代码，或没有名称"),
    ],
)
def test_a_wrong_head_is_named(changes, said):
    assert said in problems({**EVERYTHING, **changes})


def test_all_problems_are_named_at_once():
    document = with_item("A6", options=[])
    document["items"][0]["label"] = ""
    assert problems(document) == ["A1：没有写题目", "A6：没有选项"]


def test_the_two_forms_of_a_county_have_none():
    assert [load(preset(subject)).subject for subject in ("household", "village")] == ["household", "village"]

"""Definitions for tests: the two preset forms, and one that uses every construct."""

from functools import cache
from typing import Any

from surveys.definition.document import Definition, load
from surveys.definition.presets import preset


@cache
def preset_form(subject: str) -> Definition:
    return load(preset(subject))


CHOICES = [{"code": "0", "label": "无"}, {"code": "1", "label": "甲"}, {"code": "2", "label": "乙"}]
RELATIONS = [
    {"code": "01", "label": "户主"},
    {"code": "02", "label": "配偶"},
    {"code": "03", "label": "之子"},
]

EVERYTHING: dict[str, Any] = {
    "code": "TRY",
    "version": "1",
    "title": "什么都有的表",
    "subject": "household",
    "note": "只用来试。",
    "sections": [{"code": "A", "label": "第一部分"}, {"code": "B", "label": "第二部分"}],
    "header": [
        {"code": "H1", "label": "家庭人口数", "type": "number", "step": 1, "bind": "household.size"},
        {"code": "H2", "label": "调查日期", "type": "date", "bind": "response.surveyed_on"},
        {"code": "H3", "label": "谁答的", "type": "single", "options": CHOICES, "required": True},
    ],
    "members": [
        {"code": "M1", "label": "姓名", "type": "text", "required": True, "bind": "member.name"},
        {"code": "M2", "label": "关系", "type": "single", "options": RELATIONS, "bind": "member.relation"},
        {"code": "M3", "label": "务工月数", "type": "number", "step": 0.5, "bind": "member.migrant_months"},
    ],
    "items": [
        {"code": "A1", "section": "A", "label": "数", "type": "number", "min": -50, "max": 50, "step": 0.01,
         "required": True, "unit": "亩", "help": "两位小数"},
        {"code": "A2", "section": "A", "label": "整数", "type": "number", "min": 0, "max": 9, "step": 1,
         "unknown_allowed": True},
        {"code": "A3", "section": "A", "label": "百的倍数", "type": "number", "min": 0, "max": 1000, "step": 100},
        {"code": "A4", "section": "A", "label": "半", "type": "number", "min": -3, "max": 3, "step": 0.5,
         "show_if": "A2 > 4", "required": True},
        {"code": "A5", "section": "A", "label": "是否", "type": "yesno", "unknown_allowed": True, "required": True},
        {"code": "A6", "section": "A", "label": "单选", "type": "single", "options": CHOICES,
         "unknown_allowed": True, "show_if": "A5 == 1"},
        {"code": "A7", "section": "A", "label": "多选", "type": "multi", "options": CHOICES, "max_select": 2,
         "unknown_allowed": True, "required": True},
        {"code": "B1", "section": "B", "label": "文字", "type": "text", "min": 2, "max": 20,
         "show_if": "not empty(A6) and '1' in A7"},
        {"code": "B2", "section": "B", "label": "日期", "type": "date", "min": "2012-02-01",
         "unknown_allowed": True, "show_if": "B6 != 0 or A4 > 0"},
        {"code": "B3", "section": "B", "label": "商", "type": "number", "min": -100, "max": 40, "step": 0.001,
         "calc": "A1 / A2"},
        {"code": "B4", "section": "B", "label": "商的商", "type": "number", "step": 0.1, "calc": "-B3 * 3 / H1"},
        {"code": "B5", "section": "B", "label": "人数", "type": "number", "step": 1,
         "calc": "len(members) + count(members, M3 >= 6 and age < 60)"},
        {"code": "B6", "section": "B", "label": "藏起来的数", "type": "number", "step": 1, "show_if": "B3 > 0",
         "calc": "abs(A4 - A1)"},
    ],
    "cross_rules": [
        {"code": "R1", "level": "error", "rule": "A2 <= A1 + 1", "msg": "整数不能大于数"},
        {"code": "R2", "level": "warn", "rule": "implies('0' in A7, len(A7) == 1)", "msg": "选了无就不选别的"},
        {"code": "R3", "level": "warn", "rule": "-1 < A1 - previous.A1 <= 1 or previous.A5 != A5", "msg": "变了"},
        {"code": "R4", "level": "error", "rule": "subject.identity_conflicts == 0", "msg": "重了", "server_only": True},
        {"code": "R5", "level": "error", "rule": "any(members, M2 == '01') and all(members, M2 in ('01', '02'))",
         "msg": "要有甲"},
        {"code": "R6", "level": "warn", "rule": "all(members, implies(empty(M3), M2 != '03')) or A6 not in A7",
         "msg": "对不上"},
        {"code": "R7", "level": "warn", "rule": "not (A1 in (1, 2.5, 3)) and (A3 == 0 or 1000 / A3 > 2)",
         "msg": "“引号”和'引号'"},
        {"code": "R8", "level": "warn", "rule": "B4 < 100 and B6 <= count(members, M3 > A1)", "msg": "太大"},
    ],
}  # fmt: skip


@cache
def everything() -> Definition:
    return load(EVERYTHING)


FORMS = [preset_form("household"), preset_form("village"), everything()]

"""The fieldwork forms, each with valid data."""

from typing import Any

from tests.factories import COUNTY

FORMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "visit": (
        "cadre",
        "/visits/new/",
        {
            "on": "other",
            "other_day": "2015-09-16",
            "kind": "home",
            "content": "看了水窖",
            "households": "{household}",
            "problem_category": "01",
            "problem_text": "水窖漏了",
            "help_kind": "goods",
            "help_content": "送水泥",
            "help_goods": "水泥",
            "help_quantity": "10",
            "help_goods_value": "380",
            "promised_on": "2015-10-10",
            "promise": "来看水窖",
        },
    ),
    "problem": (
        "cadre",
        "/problems/new/?household={household}",
        {"category": "01", "description": "水窖漏了", "raised_on": "2015-09-16", "due_on": "2015-10-16"},
    ),
    "move": ("cadre", "/problems/{problem}/", {"version": "1", "to": "solved", "word": "修好了"}),
    "assistance": (
        "cadre",
        "/assistance/new/?household={household}",
        {
            "kind": "goods",
            "given_on": "2015-09-16",
            "content": "送苹果苗",
            "households": "{household}",
            "way": "whole",
            "cash": "100",
            "goods": "苹果苗",
            "quantity": "50",
            "goods_unit": "株",
            "people": "3",
            "source": "unit",
            "result": "苗都活了",
        },
    ),
    "activity": (
        "cadre",
        "/activities/new/",
        {"kind": "publicity", "title": "讲政策", "held_on": "2015-09-16", "people": "37", "text": "发了册子"},
    ),
    "project": (
        "leader",
        "/projects/new/",
        {
            "name": "通村路",
            "village": "{village}",
            "kind": "road",
            "status": "planned",
            "content": "硬化 3 公里",
            "starts_on": "2015-03-01",
            "due_on": "2015-11-01",
            "progress": "0",
            "benefit_households": "80",
            "benefit_people": "320",
        },
    ),
    "fund": (
        "leader",
        "/projects/{project}/funds/unit/",
        {"planned": "50000", "arranged": "20000", "spent": "0"},
    ),
    "progress": (
        "cadre",
        "/projects/{project}/notes/new/",
        {"on": "2015-09-16", "progress": "40", "text": "管沟挖好了"},
    ),
    "village-plan": (
        "leader",
        "/villages/{village}/plan/",
        {
            "version": "1",
            "written_on": "2015-03-01",
            "problems": "缺水",
            "approach": "修渠",
            "industry": "苹果",
        },
    ),
    "goal": (
        "leader",
        "/villages/{village}/goals/new/",
        {"year": "2015", "text": "建果园", "done_on": "2015-09-01"},
    ),
    "village-note": (
        "cadre",
        "/villages/{village}/notes/new/",
        {"kind": "soil", "on": "2015-04-02", "text": "有机质 1.2%"},
    ),
    "household-plan": (
        "cadre",
        "/households/{household}/plan/",
        {"written_on": "2015-03-01", "situation": "缺劳力", "goal": "两年脱贫", "version": "1"},
    ),
    "measure": (
        "cadre",
        "/households/{household}/measures/new/",
        {"year": "2015", "text": "栽苹果树", "target": "3 亩", "expected_gain": "2400", "result": "栽上了"},
    ),
    "away": (
        "cadre",
        "/households/{household}/away/",
        {"started_on": "2015-03-01", "ended_on": "2015-11-20", "reason": "去新疆摘棉花"},
    ),
    "requirement": (
        "office",
        "/admin/units/requirement/add/",
        {"year": "2015", "place": COUNTY, "indicator": "visit_days", "minimum": "10", "maximum": "20"},
    ),
    "leave": (
        "office",
        "/admin/units/leave/add/",
        {"cadre": "{cadre}", "started_on": "2015-03-01", "ended_on": "2015-08-31", "reason": "产假"},
    ),
    "calendar-day": (
        "office",
        "/admin/units/calendarday/add/",
        {"place": COUNTY, "on": "2015-09-17", "note": "全县停电"},
    ),
}
"""Each form that records something: sender, address and valid data. Keys of `rows` stand in braces."""

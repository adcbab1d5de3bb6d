"""Errors on the fieldwork forms: a message beside the field, the input kept, nothing written."""

import re
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Change
from tests.factories import (
    make_goal,
    make_household,
    make_measure,
    make_pairing,
    make_problem,
    make_project,
    make_village,
    make_village_pairing,
)
from tests.fieldwork_forms import FORMS
from tests.pages import client_of
from villages.models import Village

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def people(office, leader, cadre):
    return {"office": office, "leader": leader, "cadre": cadre}


@pytest.fixture
def rows(leader, cadre):
    """Create the cadre's rows: a household with a plan and a problem, in a village with a plan and a project."""
    village = make_village()
    make_village_pairing(unit=leader.unit, village=village)
    household = make_household(head="王有福", village=village)
    make_pairing(cadre=cadre, household=household)
    make_goal(village=village, unit=leader.unit)
    make_measure(household=household, cadre=cadre)
    made = {
        "village": village,
        "household": household,
        "cadre": cadre,
        "project": make_project(unit=leader.unit, village=village),
        "problem": make_problem(cadre=cadre, household=household, due_on=date(2015, 10, 16)),
    }
    return {name: row.pk for name, row in made.items()}


def sent(people, rows, name, /, **changed):
    """Return the response to a form that is valid except for `changed`."""
    who, url, good = FORMS[name]
    data = {field: value.format(**rows) for field, value in good.items()}
    Change.objects.all().delete()
    return client_of(people[who]).post(url.format(**rows), {"ref": uuid4(), **data, **changed})


def assert_told(answer, typed, sentence):
    """Assert that a message is shown with the input, and that nothing was written."""
    said = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert re.search(sentence, said)
    assert typed in said
    assert not Change.objects.exists()


@pytest.mark.parametrize("name", FORMS)
def test_what_is_right_is_recorded(people, rows, name):
    assert sent(people, rows, name).status_code == 302
    assert Change.objects.exists()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("visit", "help_quantity"),
        ("visit", "help_goods_value"),
        ("assistance", "cash"),
        ("assistance", "people"),
        ("activity", "people"),
        ("project", "benefit_people"),
        ("fund", "arranged"),
        ("measure", "expected_gain"),
        ("requirement", "minimum"),
    ],
)
@pytest.mark.parametrize("typed", ["-1", "9" * 30, "一些"])
def test_a_number_out_of_reason(people, rows, name, field, typed):
    assert_told(sent(people, rows, name, **{field: typed}), typed, SAID[typed[0]])


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("visit", "help_quantity"),
        ("assistance", "quantity"),
        ("fund", "spent"),
        ("project", "progress"),
    ],
)
def test_a_number_that_its_column_does_not_hold(people, rows, name, field):
    typed = "9999999999999"
    assert_told(sent(people, rows, name, **{field: typed}), typed, "大")


@pytest.mark.parametrize("field", ["cash", "quantity", "loan"])
def test_a_sum_that_its_column_does_not_hold(people, rows, cadre, field):
    """The total is refused when it exceeds its column, although each family's share would fit."""
    other = make_household(head="赵六", village=Village.objects.get(pk=rows["village"]))
    make_pairing(cadre=cadre, household=other)
    typed = "99999999"
    answer = sent(
        people,
        rows,
        "assistance",
        way="each",
        households=[rows["household"], other.pk],
        **{field: typed if field == "quantity" else f"{typed}99"},
    )
    assert_told(answer, typed, "各户加起来太大")


@pytest.mark.parametrize("name", ["goal", "measure", "requirement"])
@pytest.mark.parametrize("typed", ["0", "1949", "9999"])
def test_a_year_outside_the_campaign(people, rows, name, typed):
    assert_told(sent(people, rows, name, year=typed), typed, "写四位数，如 2015")


SAID = {"-": r"不能是负数|太小", "9": r"数?太(长|大)", "一": r"不是(整)?数"}


DAYS = [
    ("visit", "other_day"),
    ("problem", "raised_on"),
    ("assistance", "given_on"),
    ("activity", "held_on"),
    ("project", "finished_on"),
    ("progress", "on"),
    ("village-plan", "written_on"),
    ("goal", "done_on"),
    ("village-note", "on"),
    ("household-plan", "written_on"),
    ("measure", "done_on"),
    ("away", "started_on"),
]


@pytest.mark.parametrize(("name", "field"), DAYS)
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2099-01-01", "不能晚于今天"),
        ("2015-02-30", "2 月没有 30 日"),
        ("0000-01-01", "年份 0 不对"),
        ("上周三", "看不出是哪一天"),
    ],
)
def test_a_day_that_cannot_be(people, rows, name, field, typed, sentence):
    assert_told(sent(people, rows, name, **{field: typed}), typed, sentence)


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("visit", {"promised_on": "2015-09-16"}, "约下次的日期要晚于这次走访"),
        ("visit", {"promised_on": "2051-09-18"}, "看看年份写对没有"),
        ("problem", {"due_on": "2015-09-15"}, "办结期限不能早于提出日期"),
        ("problem", {"due_on": "2051-10-16"}, "看看年份写对没有"),
        ("project", {"due_on": "2015-02-28"}, "计划完工不能早于开工日期"),
        ("project", {"status": "finished"}, "完工的项目要填完工日期"),
        ("away", {"ended_on": "2015-02-28"}, "回来日期不能早于外出日期"),
        ("leave", {"ended_on": "2015-02-28"}, "结束日期不能早于开始日期"),
        ("calendar-day", {"on": "0000-01-01"}, "年份 0 不对"),
        ("leave", {"started_on": "0000-01-01"}, "年份 0 不对"),
    ],
)
def test_days_that_contradict_each_other(people, rows, name, changed, sentence):
    assert_told(sent(people, rows, name, **changed), [*changed.values()][-1], sentence)


TEXTS = [
    ("visit", "content"),
    ("visit", "promise"),
    ("visit", "problem_text"),
    ("visit", "help_content"),
    ("problem", "description"),
    ("move", "word"),
    ("assistance", "content"),
    ("assistance", "goods"),
    ("assistance", "result"),
    ("activity", "title"),
    ("activity", "text"),
    ("project", "name"),
    ("project", "content"),
    ("progress", "text"),
    ("village-plan", "approach"),
    ("goal", "text"),
    ("village-note", "text"),
    ("household-plan", "goal"),
    ("measure", "text"),
    ("measure", "result"),
    ("away", "reason"),
    ("leave", "reason"),
    ("calendar-day", "note"),
]


@pytest.mark.parametrize(("name", "field"), TEXTS)
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("号码62052419600501123X", "这里写了身份证号"),
        ("看了\0水窖", "看不见的空字符"),
        ("很长" * 1500, "太长，有 3000 个字"),
    ],
)
def test_a_text_that_must_not_be(people, rows, name, field, typed, sentence):
    assert_told(sent(people, rows, name, **{field: typed}), typed, sentence)


@pytest.mark.parametrize(
    ("name", "field", "sentence"),
    [
        ("visit", "kind", "没有“买卖”这一项"),
        ("problem", "category", "没有“买卖”这一项"),
        ("move", "to", "没有“买卖”这一项"),
        ("assistance", "source", "没有“买卖”这一项"),
        ("activity", "kind", "没有“买卖”这一项"),
        ("project", "village", "不归您管"),
        ("village-note", "kind", "没有“买卖”这一项"),
        ("requirement", "unit", "不归您管"),
        ("leave", "cadre", "不归您管"),
    ],
)
def test_a_choice_that_is_none(people, rows, name, field, sentence):
    assert_told(sent(people, rows, name, **{field: "买卖"}), "", sentence)


PICTURES = ["visit", "assistance", "activity", "progress"]


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no picture", "不是能打开的照片"),
        (b"", "文件是空的"),
        (b"\xff\xd8" + bytes(50_000_000), "最多 12 MB"),
    ],
    ids=["none", "empty", "50 MB"],
)
def test_a_photo_that_is_none(people, rows, name, data, sentence):
    """A file that is no photo is refused, and the text beside it is kept."""
    photo = SimpleUploadedFile("照片.jpg", data, "image/jpeg")
    texts = [field for form, field in TEXTS if form == name]
    assert_told(sent(people, rows, name, photos=[photo]), FORMS[name][2][texts[0]], sentence)


@pytest.mark.parametrize("name", FORMS)
def test_what_was_typed_is_kept_when_the_session_ends(people, rows, name):
    """The form is marked so that the script keeps its input when the session ends and restores it after login."""
    who, url, _ = FORMS[name]
    assert "data-keep=" in client_of(people[who]).get(url.format(**rows)).content.decode()


@pytest.mark.parametrize(
    "url", ["/problems/{problem}/join/", "/problems/{problem}/void/", "/projects/{project}/households/"]
)
def test_ticks_and_reasons_are_kept_too(people, rows, url):
    assert "data-keep=" in client_of(people["leader"]).get(url.format(**rows)).content.decode()

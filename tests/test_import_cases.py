"""Small files that people have reported: each comes in whole, or what is wrong with it is named."""

from pathlib import Path

import pytest

from core.importing import runs
from core.models import ImportRun
from households.models import Household
from tests.factories import make_cadre, make_division, make_household, make_unit, make_village
from tests.importing import check, errors, outcomes
from visits.models import Visit

CASES = Path(__file__).parent / "cases"
RANK = {"缺列": {"级别": "一般"}}


@pytest.fixture
def town(db):
    return make_division(code="620524101", name="洛门镇")


@pytest.fixture
def village(town):
    return make_village(name="汉坪村", code="620524101200", town=town)


def take(kind: str, office, name: str, **given) -> ImportRun:
    return check(kind, office, (CASES / name).read_bytes(), filename=name, **given)


def apply(run: ImportRun) -> None:
    runs.apply(run)
    run.refresh_from_db()
    assert run.status == ImportRun.Status.DONE, run.message


def test_staff_numbers_are_read_as_their_format_shows_them(office):
    make_unit(name="县水务局")
    run = take("cadres", office, "cadres_staff_no_format_000000.xlsx")
    assert outcomes(run) == ["wrong", "created", "wrong"]
    assert {(error["cell"], error["value"], error["why"]) for error in errors(run)} == {
        ("D2", "000123", "和第 4 行相同"),
        ("D4", "000123", "和第 2 行相同"),
    }


def test_a_merged_note_below_the_list_does_no_harm(office, village):
    run = take("households", office, "households_merged_notes_below.xlsx")
    assert outcomes(run) == ["created"] * 3
    assert run.open_questions == []
    assert "第 7 行“填表说明：1. 本表由村委会填写。2. 一式两份。”不是数据，已跳过。" in run.notes
    apply(run)
    assert Household.objects.count() == 3


def test_a_merged_signature_line_is_passed_over(office, village):
    run = take("households", office, "households_merged_signature_line.xlsx")
    assert outcomes(run) == ["created"] * 3
    assert run.open_questions == []
    assert any("第 6 行“填表人" in note and "已跳过" in note for note in run.notes)


def test_a_merged_column_without_a_heading_is_named(office, village):
    run = take("households", office, "households_merged_unknown_column.xlsx")
    assert outcomes(run) == ["created"] * 3
    assert run.questions == []
    assert "L 列没有列名，没有导入。" in run.notes


def test_a_note_that_begins_like_a_total_is_data(office, village):
    run = take("households", office, "households_row_begins_gong3ren_dropped.xlsx")
    assert (outcomes(run), run.notes) == (["created"], [])
    apply(run)
    assert Household.objects.get().note == "共3人外出务工"


def test_visits_that_begin_like_a_total_are_data(office, town):
    household = make_household(
        no="620524101201-001", village=make_village(name="东关村", code="620524101201", town=town)
    )
    make_cadre(name="李建业", phone="16000000003")
    run = take("visits", office, "visits_row_begins_gong2hu_dropped.xlsx")
    assert outcomes(run) == ["created"] * 4
    apply(run)
    contents = (
        Visit.objects.filter(household=household).order_by("visited_on").values_list("content", flat=True)
    )
    assert list(contents) == [
        "共2户一起走访，看了羊圈",
        "看望老人，送了药",
        "合计：本月两次",
        "总计花了三小时修水窖",
    ]

"""What a run leaves: a Change a row, no readable ID number, the marked workbook."""

import io
from pathlib import Path

import openpyxl
import pytest

from core.importing import files, runs, tasks, workbooks
from core.importing.sheet import all_kinds
from core.models import Change, ImportRow, ImportRun
from households.models import Household, Member
from tests.factories import make_household, make_id_number, make_survey, make_village
from tests.importing import check, family, load, outcomes, workbook
from villages.models import Village

Status = ImportRun.Status


@pytest.fixture
def village(db) -> Village:
    return make_village(name="大庄村")


# --- history ---


def test_one_change_a_written_row(office, village) -> None:
    stored = make_household(village=village, head="李建国")
    before = Change.objects.count()
    run = load("households", office, [family("王有福"), family("李建国", 联系电话="13800001234")])
    fresh = Change.objects.order_by("pk")[before:]
    new = Household.objects.exclude(pk=stored.pk).get()
    assert {(change.table, change.row, change.act, change.number) for change in fresh} == {
        ("households.household", new.pk, "created", 2),
        ("households.member", Member.objects.get(household=new).pk, "created", 2),
        ("households.household", stored.pk, "changed", 3),
    }
    assert {(change.by_id, change.source, change.run_id) for change in fresh} == {
        (office.pk, "import", run.pk)
    }
    assert Change.objects.get(table="households.household", row=stored.pk, act="changed").changes == {
        "phone": ["", "13800001234"],
        "size": [2, 3],
    }


def test_the_version_goes_up(office, village) -> None:
    stored = make_household(village=village, head="李建国")
    load("households", office, [family("李建国", 备注="新")])
    assert Household.objects.get(pk=stored.pk).version == stored.version + 1


# --- privacy ---


def test_no_id_number_is_readable_anywhere(office, village, media_root: Path) -> None:
    good, other = make_id_number(), make_id_number()
    bad = other[:-1] + ("0" if other[-1] != "0" else "1")
    rows = [family(number=good), family("李建国", bad)]
    run = check("households", office, workbook(rows), filename=f"{good}的表.xlsx")
    runs.apply(run, partial=True)
    tasks.mark_run.call(run.pk)
    stored = b"".join(path.read_bytes() for path in media_root.rglob("*") if path.is_file())
    assert len([path for path in media_root.rglob("*") if path.is_file()]) == 3
    lines = [
        repr(list(model.objects.values())) for model in (ImportRun, ImportRow, Change, Member, Household)
    ]
    for number in (good, bad):
        assert number.encode() not in stored
        assert number[6:14] not in "".join(lines)
    for part in (files.UPLOAD, files.PLAN, files.MARKED):
        assert b"PK\x03\x04" not in files.default_storage.open(files.path_of(run, part)).read()


# --- workbooks ---


def test_the_marked_workbook(office, village) -> None:
    rows = [family("王有福"), family("李建国", "123")]
    run = load("households", office, rows, partial=True)
    book = openpyxl.load_workbook(io.BytesIO(workbooks.marked_workbook(run)))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings[-2:] == ["户编号", "导入结果"]
    assert [cell.value for cell in sheet[2]][-2:] == [f"{village.code}-001", "已新增"]
    assert sheet.cell(3, len(headings)).value.startswith("要改；“身份证号”是 3 位")
    assert "照证件逐位核对" in sheet.cell(3, headings.index("身份证号") + 1).comment.text
    again = check("households", office, workbooks.marked_workbook(run))
    assert (outcomes(again), again.unknown_headings) == (["same", "wrong"], [])


def test_every_template_can_be_uploaded_back(office) -> None:
    make_survey()
    make_survey(subject="village")
    for kind in all_kinds():
        sheet = kind.fitted(office.place)
        book = openpyxl.load_workbook(io.BytesIO(workbooks.template(sheet)))
        assert [cell.value for cell in book.worksheets[0][1]] == [c.label for c in sheet.columns.values()]
        run = check(sheet.key, office, workbooks.template(sheet))
        assert run.message == "标题下面没有要导入的行。"

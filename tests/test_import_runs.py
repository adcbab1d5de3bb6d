"""A run from upload to undo: all or nothing, stale plans, history, privacy, what is left when a process dies."""

import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core.importing import files, runs, tasks, workbooks
from core.importing.kinds import all_kinds, kind_of
from core.models import Change, ImportRow, ImportRun
from households.models import Household, HouseholdPairing, Member
from tests.factories import (
    make_cadre,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_survey,
    make_village,
    make_visit,
)
from tests.importing import check, family, load, outcomes, work_off, workbook
from tests.pages import client_of
from units.models import Cadre, Reach, Unit
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


# --- stale plans ---


def test_a_row_changed_since_the_check_refuses_the_plan(office, village) -> None:
    stored = make_household(village=village, head="李建国")
    run = check("households", office, [family("王有福"), family("李建国", 备注="新")])
    stored.note = "别人写的"
    stored.save()
    runs.apply(run)
    assert (run.status, run.message) == (
        Status.BROKEN,
        "检查以后，第 3 行对应的资料被别人改过，请重新检查一次再导入。",
    )
    assert (Household.objects.count(), Change.objects.filter(source="import").count()) == (1, 0)
    runs.check(run)
    runs.apply(run)
    assert run.status == Status.DONE


def test_a_row_entered_since_the_check_refuses_the_plan(office, village) -> None:
    run = check("households", office, [family("王有福")])
    make_household(village=village, head="王有福", group="三组")
    runs.apply(run)
    assert run.message == "检查以后，别人录入了其中 1 条家庭成员，请重新检查一次再导入。"


def test_an_id_number_entered_since_the_check_refuses_the_plan(office, village) -> None:
    number = make_id_number()
    run = check("households", office, [family("王有福", number)])
    head = make_household(village=make_village(), head="李建国").members.get()
    head.id_number = number
    head.save()
    runs.apply(run)
    assert run.message == "检查以后别人录入了同样的资料，请重新检查一次再导入。"
    assert Household.objects.count() == 1


def test_a_village_changed_since_the_check_refuses_the_plan(office, village) -> None:
    run = check("households", office, [family("王有福")])
    village.name = "新庄村"
    village.save()
    runs.apply(run)
    assert run.message == "检查以后，用到的村有 1 条被别人改过，请重新检查一次再导入。"


def test_an_import_that_was_applied_is_not_applied_again(office, village) -> None:
    run = load("households", office, [family("王有福")])
    with pytest.raises(runs.NotNow, match="已导入"):
        runs.apply(run)


# --- undo ---


def test_undo_puts_everything_back(office, village) -> None:
    stored = make_household(village=village, head="", group="三组")
    old, new = make_id_number(), make_id_number(born_on=date(1961, 1, 1))
    head = make_member(household=stored, name="李建国", id_number=old)
    rows = [
        family("王有福"),
        {"村": "大庄村", "户编号": stored.no, "户主姓名": "李建国", "身份证号": new, "备注": "新"},
    ]
    run = load("households", office, rows)
    assert outcomes(run) == ["created", "changed"]
    runs.undo(run, office)
    assert run.status == Status.UNDONE
    assert Household.objects.get().note == ""
    head.refresh_from_db()
    assert (head.id_number, head.born_on) == (old, date(1960, 5, 1))
    assert Member.objects.filter(id_hash=head.id_hash).get() == head
    undone = Change.objects.filter(run=run, source="undo")
    assert sorted(undone.values_list("table", "act")) == [
        ("households.household", "changed"),
        ("households.household", "deleted"),
        ("households.member", "changed"),
        ("households.member", "deleted"),
    ]
    assert set(undone.values_list("by_id", flat=True)) == {office.pk}


def test_an_undone_file_can_be_imported_again(office, village) -> None:
    run = load("households", office, [family("王有福")])
    runs.undo(run, office)
    again = load("households", office, [family("王有福")])
    assert outcomes(again) == ["created"]
    assert Household.objects.get().no == f"{village.code}-002"


def test_undo_is_refused_when_a_row_was_changed_since(office, village) -> None:
    run = load("households", office, [family("王有福"), family("李建国")])
    household = Household.objects.with_head().get(head_name="李建国")
    household.note = "改"
    household.save()
    assert runs.why_not_undo(run) == "不能撤销：第 3 行导入后又被改过。"
    runs.undo(run, office)
    assert (run.status, run.message) == (Status.DONE, "不能撤销：第 3 行导入后又被改过。")
    assert Household.objects.count() == 2


def test_undo_is_refused_when_something_refers_to_a_new_row(office, village, cadre) -> None:
    run = load("households", office, [family("王有福"), family("李建国")])
    assert runs.why_not_undo(run) == ""
    make_visit(cadre=cadre, household=Household.objects.with_head().get(head_name="王有福"))
    assert runs.why_not_undo(run) == "不能撤销：第 2 行新增的资料上已经有了走访。"


def test_undo_of_pairings_forgets_where_they_reached(office, cadre) -> None:
    kept = make_pairing(cadre=cadre)
    household = make_household()
    run = load("household_pairings", office, [{"手机号": cadre.phone, "户编号": household.no}])
    assert Reach.objects.filter(place=household.place).exists()
    runs.undo(run, office)
    assert HouseholdPairing.objects.get() == kept
    assert list(Reach.objects.values_list("place", flat=True)) == [kept.place]


def test_a_workbook_that_ends_one_pairing_and_begins_the_next_can_be_undone(office, cadre) -> None:
    old = make_pairing(cadre=cadre, started_on=date(2015, 3, 5))
    heir = make_cadre(unit=cadre.unit)
    no = old.household.no
    ends = {"手机号": cadre.phone, "户编号": no, "结束日期": "2015-10-01", "结束原因": "调离"}
    run = load(
        "household_pairings",
        office,
        [ends, {"手机号": heir.phone, "户编号": no, "开始日期": "2015-10-01"}],
    )
    runs.undo(run, office)
    assert [pairing.cadre for pairing in HouseholdPairing.objects.current()] == [cadre]


def test_undo_of_cadres_and_units(office) -> None:
    units = load("units", office, [{"单位全称": "武山县审计局"}])
    cadres = load("cadres", office, [{"姓名": "曾明", "单位": "武山县审计局", "手机号": "13900000001"}])
    assert runs.why_not_undo(units) == "不能撤销：第 2 行新增的资料上已经有了干部。"
    runs.undo(cadres, office)
    runs.undo(units, office)
    assert (units.status, Unit.objects.filter(name="武山县审计局").exists()) == (Status.UNDONE, False)
    assert not Cadre.objects.filter(name="曾明").exists()


def test_undo_that_would_clash_is_refused(office, cadre, stranger) -> None:
    pairing = make_pairing(cadre=cadre, started_on=date(2014, 1, 1))
    no = pairing.household.no
    run = load(
        "household_pairings", office, [{"手机号": cadre.phone, "户编号": no, "结束日期": "2015-01-01"}]
    )
    make_pairing(cadre=stranger, household=pairing.household)
    runs.undo(run, office)
    assert run.message == "不能撤销：恢复原来的资料会和后来录入的冲突。"
    pairing.refresh_from_db()
    assert pairing.ended_on == date(2015, 1, 1)


# --- the life of a run ---


def test_a_run_that_lost_its_process_becomes_broken(office, village) -> None:
    run = check("households", office, [family()])
    long_ago = timezone.now() - timedelta(minutes=5)
    ImportRun.objects.filter(pk=run.pk).update(status=Status.APPLYING, heartbeat_at=long_ago)
    assert runs.mark_broken() == 1
    run.refresh_from_db()
    assert (run.status, run.message) == (Status.BROKEN, runs.BROKEN)
    runs.check(run)
    runs.apply(run)
    assert run.status == Status.DONE


def test_an_undo_that_lost_its_process_is_still_imported(office, village) -> None:
    run = load("households", office, [family()])
    ImportRun.objects.filter(pk=run.pk).update(status=Status.UNDOING, heartbeat_at=None)
    runs.mark_broken()
    run.refresh_from_db()
    assert run.status == Status.DONE
    runs.undo(run, office)
    assert run.status == Status.UNDONE


def lose_the_job(run: ImportRun) -> None:
    """As when the worker was killed just after it took the job."""
    long_ago = timezone.now() - timedelta(minutes=5)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=long_ago)
    ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago)
    tasks.mark_lost()
    run.refresh_from_db()


def test_a_check_whose_job_was_lost_may_be_begun_again(office, village) -> None:
    run = runs.upload(kind_of("households"), "表.xlsx", workbook([family()]), office)
    tasks.queue_check(run)
    lose_the_job(run)
    assert (run.status, run.message) == (Status.BROKEN, runs.BROKEN)
    tasks.queue_check(run)
    tasks.mark_lost()
    run.refresh_from_db()
    assert run.status == Status.QUEUED


def test_an_undo_whose_job_was_lost_is_still_imported(office, village) -> None:
    run = load("households", office, [family()])
    tasks.queue_undo(run, office.pk)
    lose_the_job(run)
    assert run.status == Status.DONE
    runs.undo(run, office)
    assert run.status == Status.UNDONE


def test_a_run_that_waits_for_a_busy_worker_is_left_alone(office, village) -> None:
    run = runs.upload(kind_of("households"), "表.xlsx", workbook([family()]), office)
    tasks.queue_check(run)
    ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    tasks.mark_lost()
    run.refresh_from_db()
    assert run.status == Status.QUEUED


def test_a_large_workbook_is_marked_by_a_job(office, village) -> None:
    run = check("households", office, [family()])
    ImportRun.objects.filter(pk=run.pk).update(total_rows=workbooks.MADE_AT_ONCE + 1)
    client = client_of(office)
    for _ in range(2):
        answer = client.get(f"/imports/runs/{run.pk}/marked/", follow=True)
        assert "正在标注，过一两分钟再下载。" in answer.content.decode()
    assert DBTaskResult.objects.count() == 1
    work_off()
    assert client.get(f"/imports/runs/{run.pk}/marked/").streaming


def test_a_run_at_work_is_left_alone(office, village) -> None:
    run = check("households", office, [family()])
    ImportRun.objects.filter(pk=run.pk).update(status=Status.CHECKING, heartbeat_at=timezone.now())
    assert runs.mark_broken() == 0


def test_a_check_can_be_stopped(office, village) -> None:
    run = runs.upload(kind_of("households"), "表.xlsx", workbook([family()]), office)
    seen: list[int] = []

    def listen(done: int, _total: int) -> None:
        seen.append(done)
        runs.ask_stop(run)

    runs.check(run, listen)
    assert (run.status, seen) == (Status.STOPPED, [0])
    assert not run.rows.exists()


def test_a_waiting_check_is_not_begun(office, village) -> None:
    run = runs.upload(kind_of("households"), "表.xlsx", workbook([family()]), office)
    tasks.queue_check(run)
    runs.ask_stop(run)
    tasks.check_run.call(run.pk)
    run.refresh_from_db()
    assert run.status in {Status.STOPPED, Status.CHECKED}


def test_files_go_after_thirty_days(office, village, media_root) -> None:
    run = check("households", office, [family()])
    ImportRun.objects.filter(pk=run.pk).update(uploaded_at=timezone.now() - timedelta(days=31))
    fresh = check("households", office, [family()])
    assert files.delete_old_files() == 1
    assert (files.has(run, files.UPLOAD), files.has(run, files.PLAN)) == (False, False)
    assert files.has(fresh, files.UPLOAD)
    run.refresh_from_db()
    runs.apply(run)
    assert (run.status, run.message) == (Status.REFUSED, runs.GONE)


# --- jobs ---


def test_from_upload_to_undo_by_jobs(office, village) -> None:
    run = runs.upload(kind_of("households"), "表.xlsx", workbook([family()]), office)
    for queue, status in (
        (lambda: tasks.queue_check(run), Status.CHECKED),
        (lambda: tasks.queue_apply(run, partial=False), Status.DONE),
        (lambda: tasks.queue_undo(run, office.pk), Status.UNDONE),
    ):
        queue()
        assert run.status == Status.QUEUED
        work_off()
        run.refresh_from_db()
        assert run.status == status


def test_the_worker_tidies_at_its_start_and_every_day(office, village) -> None:
    run = check("households", office, [family()])
    ImportRun.objects.filter(pk=run.pk).update(uploaded_at=timezone.now() - timedelta(days=31))
    for _ in range(2):
        tasks.start_tidying()
    assert not files.has(run, files.UPLOAD)
    waiting = DBTaskResult.objects.get()
    assert waiting.run_after > timezone.now() + timedelta(hours=23)


def test_a_job_that_runs_twice_does_its_work_once(office, village) -> None:
    run = runs.upload(kind_of("households"), "表.xlsx", workbook([family()]), office)
    tasks.check_run.call(run.pk)
    tasks.apply_run.call(run.pk, False)
    tasks.apply_run.call(run.pk, False)
    tasks.check_run.call(run.pk)
    run.refresh_from_db()
    assert (run.status, Household.objects.count()) == (Status.DONE, 1)


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

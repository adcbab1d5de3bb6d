"""The life of a run: jobs, a stop, a process that died, files that go after thirty days."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core.importing import files, runs, tasks, workbooks
from core.importing.sheet import kind_of
from core.models import ImportRun
from households.models import Household
from tests.factories import make_village
from tests.importing import check, family, load, work_off, workbook
from tests.pages import client_of
from villages.models import Village

Status = ImportRun.Status


@pytest.fixture
def village(db) -> Village:
    return make_village(name="大庄村")


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


def test_a_job_that_runs_twice_does_its_work_once(office, village) -> None:
    run = runs.upload(kind_of("households"), "表.xlsx", workbook([family()]), office)
    tasks.check_run.call(run.pk)
    tasks.apply_run.call(run.pk, False)
    tasks.apply_run.call(run.pk, False)
    tasks.check_run.call(run.pk)
    run.refresh_from_db()
    assert (run.status, Household.objects.count()) == (Status.DONE, 1)

"""Background jobs: each takes a run by its key, can be repeated, and survives being killed."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from core.importing import batches, runs, workbooks
from core.models import ImportRun

Status = ImportRun.Status


@task()
def check_run(run_pk: int) -> None:
    run = ImportRun.objects.select_related("by").get(pk=run_pk)
    if run.status in runs.MAY_CHECK:
        runs.check(run)
        mark_run.enqueue(run_pk)


@task()
def apply_run(run_pk: int, partial: bool) -> None:
    run = ImportRun.objects.select_related("by").get(pk=run_pk)
    if run.status in runs.MAY_APPLY:
        runs.apply(run, partial=partial)
        mark_run.enqueue(run_pk)
        if run.status == Status.DONE:
            _check_again(batches.files_after(run))


@task()
def undo_run(run_pk: int, by_pk: int) -> None:
    run = ImportRun.objects.get(pk=run_pk)
    if run.status in runs.MAY_UNDO:
        runs.undo(run, get_user_model()._default_manager.get(pk=by_pk))


@task(priority=-10)
def mark_run(run_pk: int) -> None:
    """Mark the errors in the clerk's workbook: slow for large ones, so it runs last."""
    workbooks.keep_marked(ImportRun.objects.get(pk=run_pk))


def _check_again(found: Iterable[ImportRun]) -> None:
    """Check files again whose rows may name what has just been imported."""
    for run in found:
        with suppress(runs.NotNow):  # somebody works on it
            _queue(run, [Status.CHECKED, Status.REFUSED], "")
            check_run.enqueue(run.pk)


def mark_lost() -> None:
    """Release waiting runs whose job died before it began or was never created."""
    long_ago = timezone.now() - runs.SILENT
    for run in ImportRun.objects.filter(status=Status.QUEUED, heartbeat_at__lt=long_ago):
        if not _has_job(run, check_run, apply_run, undo_run):
            runs.give_back(run)


def _has_job(run: ImportRun, *kinds: Any) -> bool:
    """Return whether a job of the run waits or has just started; one started long ago has lost its worker."""
    begun = Q(status=TaskResultStatus.RUNNING, started_at__gt=timezone.now() - runs.SILENT)
    jobs = DBTaskResult.objects.filter(Q(status=TaskResultStatus.READY) | begun, args_kwargs__args__0=run.pk)
    return jobs.filter(task_path__in=[kind.module_path for kind in kinds]).exists()


def queue_mark(run: ImportRun) -> None:
    """Queue the marking of a run's workbook unless it is queued already."""
    if not _has_job(run, mark_run):
        mark_run.enqueue(run.pk)


def queue_check(run: ImportRun) -> None:
    """Queue a check: of a new run, or of one to be checked again."""
    _queue(run, runs.MAY_CHECK, "")
    check_run.enqueue(run.pk)


def queue_apply(run: ImportRun, *, partial: bool) -> None:
    _queue(run, runs.MAY_APPLY, "等待导入")
    apply_run.enqueue(run.pk, partial)


def queue_undo(run: ImportRun, by_pk: int) -> None:
    _queue(run, runs.MAY_UNDO, "等待撤销")
    undo_run.enqueue(run.pk, by_pk)


def _queue(run: ImportRun, allowed: list[Status], message: str) -> None:
    """Queue a job of the run. Raises runs.NotNow when the run is busy or done."""
    fresh = {"stop_asked": False, "seen": False, "heartbeat_at": timezone.now()}
    waiting = ImportRun.objects.filter(pk=run.pk, status__in=allowed)
    if not waiting.update(status=Status.QUEUED, message=message, **fresh):
        run.refresh_from_db()
        raise runs.NotNow(f"这一批现在是“{run.get_status_display()}”，不能做这一步。")
    run.refresh_from_db()

"""Daily clean-up by the worker. Each step is a separate job, so that a failure does not stop the others."""

from datetime import timedelta
from pathlib import Path

from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from core import kept_uploads
from core.importing import files, runs, tasks
from core.models import Look, Stamp
from core.storage import HALF

DAY = timedelta(days=1)
JOBS_KEPT = timedelta(days=7)
ATTEMPTS_KEPT = timedelta(days=180)
"""Days to keep failed logins, which the office's reports show."""

LOOKS_KEPT = timedelta(days=366)


@task()
def tidy() -> None:
    """Queue the steps, and itself for tomorrow. Does nothing when it has run within the day."""
    with transaction.atomic():
        if Stamp.claim(Stamp.TIDY, DAY - timedelta(hours=1)):
            for step in STEPS:
                step.enqueue()
            tidy.using(run_after=timezone.now() + DAY).enqueue()


@task()
def delete_old_workbooks() -> None:
    files.delete_old_files()


@task()
def delete_kept_uploads() -> None:
    kept_uploads.delete_old_files()


@task()
def delete_ended_sessions() -> None:
    call_command("clearsessions")


@task()
def delete_old_attempts() -> None:
    """Delete old failed logins; locks expire after half an hour anyway."""
    for model in (AccessAttempt, AccessFailureLog):
        model.objects.filter(attempt_time__lt=timezone.now() - ATTEMPTS_KEPT).delete()


@task()
def delete_old_looks() -> None:
    """Delete old entries of 谁看过我, which are shown for a year."""
    Look.objects.filter(at__lt=timezone.now() - LOOKS_KEPT).delete()


@task()
def delete_half_files() -> None:
    """Delete unfinished files of killed processes."""
    yesterday = (timezone.now() - DAY).timestamp()
    for path in Path(settings.MEDIA_ROOT).rglob(f"{HALF}*"):
        if path.stat().st_mtime < yesterday:
            path.unlink(missing_ok=True)


@task()
def forget_jobs() -> None:
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - JOBS_KEPT).delete()


STEPS = [
    delete_old_workbooks,
    delete_kept_uploads,
    delete_ended_sessions,
    delete_old_attempts,
    delete_old_looks,
    delete_half_files,
    forget_jobs,
]


def begin() -> None:
    """At the start of the worker: release what an earlier one left, and queue the next clean-up."""
    runs.mark_broken()
    tasks.mark_lost()
    since = Stamp.age(Stamp.TIDY)
    wait = DAY - since if since is not None and timedelta(0) <= since < DAY else timedelta(0)
    with transaction.atomic():
        waiting = DBTaskResult.objects.filter(task_path=tidy.module_path, status=TaskResultStatus.READY)
        waiting.delete()
        tidy.using(run_after=timezone.now() + wait).enqueue()

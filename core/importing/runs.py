"""An import run from upload to undo: the interface for pages, background jobs and commands.

Progress is written outside transactions so that pages can show it; results are written in one transaction. If
the process dies, the run's heartbeat stops and the run becomes 中断: nothing was written, and it can be
checked again.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from core import bulk
from core.identity import hide_numbers
from core.importing import applying, checking, files, undoing
from core.importing.heading import ImportRefused
from core.importing.questions import answers_of
from core.importing.sheet import ImportSheet, kind_of
from core.models import ImportRow, ImportRun
from core.outages import outage_of
from core.oversight import note_checks

Status = ImportRun.Status
Listener = Callable[[int, int], None]
"""Progress callback (rows done, rows in all)."""

BEAT = 0.5
"""Seconds between two writes of progress."""
SILENT = timedelta(minutes=2)
"""Age of the last progress after which a run's process counts as dead."""
AT_WORK = [Status.CHECKING, Status.APPLYING, Status.UNDOING]
MAY_CHECK = [Status.QUEUED, Status.CHECKED, Status.REFUSED, Status.STOPPED, Status.BROKEN]
MAY_APPLY = [Status.QUEUED, Status.CHECKED]
MAY_UNDO = [Status.QUEUED, Status.DONE]
BROKEN = "处理到一半中断了，资料没有变，可以重新检查。"
GONE = "上传的表已过 30 天删除，请重新上传。"


class CheckStopped(Exception):
    """The clerk pressed 停止检查."""


class NotNow(Exception):
    """The run's state does not allow this act; the message names the state."""


def upload(
    sheet: ImportSheet | None, filename: str, data: bytes, by: Any, batch: uuid.UUID | None = None
) -> ImportRun:
    """Store a workbook encrypted and create its run, waiting to be checked; without a kind, to be sorted."""
    run = ImportRun(
        batch=batch,
        kind=sheet.key if sheet else "",
        status=Status.QUEUED if sheet else Status.UNSORTED,
        place=by.place,
        by=by,
        filename=hide_numbers(filename)[:200],
        digest=checking.digest(data),
        heartbeat_at=timezone.now(),
    )
    files.keep(run, files.UPLOAD, data)
    run.save()
    return run


def check(run: ImportRun, listener: Listener | None = None) -> None:
    """Read, clean, look up, plan; ends as 检查完成, 不能导入 or 已停止. Safe to repeat."""
    _claim(run, MAY_CHECK, Status.CHECKING, done_rows=0, total_rows=0, stop_asked=False)
    with _settling(run):
        try:
            data = files.read(run, files.UPLOAD)
            answers = answers_of(run.answers, run.kind, run.place)
            progress = Progress(run, listener)
            found = checking.check(kind_of(run.kind), data, run.filename, run.by, progress, answers)
        except FileNotFoundError:
            _settle(run, Status.REFUSED, GONE)
        except ImportRefused as refusal:
            _settle(run, Status.REFUSED, str(refusal))
        except CheckStopped:
            _settle(run, Status.STOPPED, "检查停下了，资料没有变。")
        else:
            _keep(run, found)


def apply(run: ImportRun, *, partial: bool = False, listener: Listener | None = None) -> None:
    """Write the whole plan or nothing. Rows with errors prevent it unless `partial` skips them."""
    _claim(run, MAY_APPLY, Status.APPLYING, partial=partial, done_rows=0)
    with _settling(run):
        if waiting := run.open_questions:
            _settle(run, Status.CHECKED, f"还有 {len(waiting)} 件必答没有回答，没有导入。")
            return
        if run.wrong_count and not partial:
            _settle(run, Status.CHECKED, f"有 {run.wrong_count} 行要改，没有导入。")
            return
        progress = Progress(run, listener)
        try:
            work = applying.prepare(run)
            progress(0, run.total_rows)
            applying.write(run, work)
        except FileNotFoundError:
            _settle(run, Status.REFUSED, GONE)
        except applying.Stale as stale:
            _settle(run, Status.BROKEN, str(stale))
        else:
            # The copy marked after the check contains neither the results nor the assigned numbers.
            files.drop(run, files.MARKED)
            run.refresh_from_db()
            progress.finish()


def undo(run: ImportRun, by: Any) -> None:
    """Undo the whole run; if that is impossible, it stays 已导入 and `message` says why."""
    _claim(run, MAY_UNDO, Status.UNDOING)
    with _settling(run):
        try:
            undoing.undo(run, by)
        except undoing.CannotUndo as why:
            _settle(run, Status.DONE, str(why))
        else:
            run.refresh_from_db()


def why_not_undo(run: ImportRun) -> str:
    """Return why the run cannot be undone now; '' if it can."""
    if run.status != Status.DONE:
        return "只有已导入的批次可以撤销。"
    try:
        undoing.refuse_built_on(run)
    except undoing.CannotUndo as why:
        return str(why)
    return ""


def ask_stop(run: ImportRun) -> None:
    """Stop a check at its next step and cancel a waiting one; an import is not stopped half-way."""
    waiting = ImportRun.objects.filter(pk=run.pk, status=Status.QUEUED, applied_at=None)
    if not waiting.update(status=Status.STOPPED, message="检查停下了，资料没有变。"):
        ImportRun.objects.filter(pk=run.pk, status=Status.CHECKING).update(stop_asked=True)


def note_seen(run: ImportRun) -> None:
    """Note that the clerk has seen the result, so that the top bar stops showing it."""
    if not run.seen:
        ImportRun.objects.filter(pk=run.pk).update(seen=True)


def mark_broken() -> int:
    """Set runs whose process has died to 中断 (an undo: back to 已导入). Return how many. Safe at any time."""
    silent = ImportRun.objects.filter(
        Q(heartbeat_at__lt=timezone.now() - SILENT) | Q(heartbeat_at=None), status__in=AT_WORK
    )
    if not silent.exists():
        return 0
    with transaction.atomic():
        # A run that is just committing holds a lock on its row, so skip locked rows.
        locked = silent.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        pks = list(locked.values_list("pk", flat=True))
        undoing_ones = ImportRun.objects.filter(pk__in=pks, status=Status.UNDOING)
        undoing_ones.update(status=Status.DONE, message="撤销到一半中断了，资料没有变，可以再撤销一次。")
        ImportRun.objects.filter(pk__in=pks, status__in=AT_WORK).update(status=Status.BROKEN, message=BROKEN)
    return len(pks)


def give_back(run: ImportRun) -> None:
    """Set a run that nobody will process to 中断 (an undo: back to 已导入)."""
    ours = ImportRun.objects.filter(pk=run.pk, status=Status.QUEUED)
    ours.filter(applied_at=None).update(status=Status.BROKEN, message=BROKEN)
    ours.exclude(applied_at=None).update(status=Status.DONE, message="撤销没有开始就中断了，可以再撤销一次。")


class Progress:
    """Write a run's progress at most twice a second, and check for a stop request."""

    def __init__(self, run: ImportRun, listener: Listener | None = None) -> None:
        self.run = run
        self.listener = listener
        self.written_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self.listener:
            self.listener(done, total)
        if time.monotonic() - self.written_at < BEAT:
            return
        self.written_at = time.monotonic()
        own = ImportRun.objects.filter(pk=self.run.pk)
        own.update(done_rows=done, total_rows=total, heartbeat_at=timezone.now())
        if self.run.status == Status.CHECKING and own.filter(stop_asked=True).exists():
            raise CheckStopped

    def finish(self) -> None:
        if self.listener:
            self.listener(self.run.total_rows, self.run.total_rows)
        ImportRun.objects.filter(pk=self.run.pk).update(done_rows=self.run.total_rows)


def _claim(run: ImportRun, allowed: list[Status], status: Status, **fields: Any) -> None:
    """Claim the run for this process; only one process succeeds. Raises NotNow."""
    now = timezone.now()
    ours = ImportRun.objects.filter(
        pk=run.pk, status__in=allowed, applied_at__isnull=status != Status.UNDOING
    )
    if not ours.update(status=status, message="", heartbeat_at=now, **fields):
        run.refresh_from_db()
        raise NotNow(f"这一批现在是“{run.get_status_display()}”，不能做这一步。")
    run.refresh_from_db()


def _settle(run: ImportRun, status: Status, message: str) -> None:
    run.status, run.message, run.heartbeat_at = status, hide_numbers(message)[:500], timezone.now()
    run.save(update_fields=["status", "message", "heartbeat_at"])


@contextmanager
def _settling(run: ImportRun) -> Iterator[None]:
    """Make sure that an exception inside does not leave the run in a busy state."""
    why = "处理时出了意外，资料没有变，已记下原因，可以再试一次。"
    try:
        yield
    except (DatabaseError, OSError) as error:
        if outage := outage_of(error):
            why = f"{outage.sentence}资料没有变。"
        raise
    finally:
        if ImportRun.objects.filter(pk=run.pk, status__in=AT_WORK).exists():
            back = Status.DONE if run.status == Status.UNDOING else Status.BROKEN
            _settle(run, back, why)


def _keep(run: ImportRun, found: checking.Checked) -> None:
    """Store the plan file first, then rows and status in one short transaction, so that 检查完成 implies a
    plan.
    """
    files.drop(run, files.MARKED)
    files.keep(run, files.PLAN, found.plan.pack(run=run.uuid.hex, kind=run.kind))
    counts, columns = found.counts(), found.plan.table.columns
    run.sheet_name, run.header_row = hide_numbers(found.sheet_name)[:100], found.heading.row + 1
    run.kind = found.sheet.key
    run.questions = [question.as_json() for question in found.asking.listed()]
    run.notes, run.layout = [hide_numbers(note) for note in found.asking.sentences()], found.layout
    run.effects = found.plan.effects()
    run.unknown_headings = found.heading.unknown
    run.known_headings = [columns[key].label for key in found.heading.positions]
    run.total_rows = run.done_rows = len(found.plan.table)
    for outcome in ImportRow.Outcome:
        setattr(run, f"{outcome.value}_count", counts[outcome])
    run.status, run.message = Status.CHECKED, hide_numbers(found.message)[:500]
    run.heartbeat_at = timezone.now()
    with transaction.atomic():
        ImportRow.objects.filter(run=run).delete()
        bulk.insert_plain(ImportRow, found.import_rows(run.pk))
        note_checks(run.by, found.plan.table.held)
        run.save()

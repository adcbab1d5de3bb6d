"""Take uploaded files: each becomes a run of its kind, which may be changed until the import."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from core.importing import files, runs, tasks
from core.importing.batches import MAY_SORT, place_of
from core.importing.sheet import ImportSheet
from core.models import ImportRow, ImportRun

Status = ImportRun.Status
UNKNOWN = "列名不像哪一种表。选一种，检查时会逐列问；或者照空白表格写列名再传。"


class NewFile(NamedTuple):
    """An uploaded file with the kinds that fit it equally well."""

    name: str
    data: bytes
    kinds: Sequence[ImportSheet]


def take(found: Sequence[NewFile], by: Any) -> list[ImportRun]:
    """Create the runs of one upload, and check them in the order in which a county fills the kinds.

    A file that fits no kind, or several equally well, waits until its kind is chosen.
    """
    batch = uuid.uuid4()
    taken = []
    for file in sorted(found, key=lambda file: place_of(file.kinds[0].key if file.kinds else "")):
        kind = file.kinds[0] if len(file.kinds) == 1 else None
        run = runs.upload(kind, file.name, file.data, by, batch)
        if kind:
            tasks.queue_check(run)
        else:
            _note_likely(run, file.kinds)
        taken.append(run)
    return taken


def _note_likely(run: ImportRun, kinds: Sequence[ImportSheet]) -> None:
    names = "、".join(f"“{kind.label}”" for kind in kinds)
    run.message = f"列名像{names}，分不出是哪一种，请选一种。" if kinds else UNKNOWN
    run.layout = {"kinds": [kind.key for kind in kinds]}
    run.save(update_fields=["message", "layout"])


def may_sort(run: ImportRun) -> bool:
    """Return whether the run's kind can be changed: nothing was imported, and nobody works on it."""
    return run.status in MAY_SORT and run.applied_at is None


def sort(run: ImportRun, kind: ImportSheet) -> None:
    """Take the file for one of another kind and check it again, without the answers given for the old one.

    Raises NotNow if the run is busy or was imported.
    """
    fresh = {f"{outcome.value}_count": 0 for outcome in ImportRow.Outcome}
    with transaction.atomic():
        ours = ImportRun.objects.filter(pk=run.pk, status__in=MAY_SORT, applied_at=None)
        if not ours.update(
            kind=kind.key,
            status=Status.STOPPED,
            message="",
            questions=[],
            answers={},
            notes=[],
            effects=[],
            layout={},
            total_rows=0,
            heartbeat_at=timezone.now(),
            **fresh,
        ):
            run.refresh_from_db()
            raise runs.NotNow(f"“{run.filename}”现在是“{run.get_status_display()}”，不能换种类。")
        ImportRow.objects.filter(run=run).delete()
    files.drop(run, files.PLAN, files.MARKED)
    run.refresh_from_db()
    tasks.queue_check(run)

"""Files that were uploaded together: their order, and which one comes next."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.importing.sheet import all_kinds
from core.models import ImportRun

Status = ImportRun.Status
MAY_SORT = [Status.UNSORTED, Status.CHECKED, Status.REFUSED, Status.STOPPED, Status.BROKEN]
"""States in which a file can be taken for one of another kind."""
SHOWN = timedelta(days=1)
WAITING = [*MAY_SORT, Status.QUEUED, Status.CHECKING]


def place_of(key: str) -> int:
    """Return the place of a kind in the order in which a county fills them; unsorted files come last."""
    keys = [kind.key for kind in all_kinds()]
    return keys.index(key) if key in keys else len(keys)


def newest_files(user: Any) -> list[ImportRun]:
    """Return the files that the user uploaded last: for a day, or until nothing is left to do with them."""
    newest = ImportRun.objects.visible_to(user).filter(by=user, batch__isnull=False).first()
    if newest is None:
        return []
    found = files_with(newest)
    is_new = newest.uploaded_at > timezone.now() - SHOWN
    return found if is_new or any(map(_is_waiting, found)) else []


def files_with(run: ImportRun) -> list[ImportRun]:
    """Return the files of the same upload, in the order of their kinds."""
    if run.batch is None:
        return []
    together = list(ImportRun.objects.filter(batch=run.batch, place=run.place).order_by("pk"))
    return sorted(together, key=lambda other: place_of(other.kind))


def next_file(run: ImportRun) -> ImportRun | None:
    """Return the file of the same upload to go on with; one that was replaced by a later upload is done."""
    waiting = [other for other in files_with(run) if other.pk != run.pk and _is_waiting(other)]
    if not waiting:
        return None
    later = ImportRun.objects.filter(place=run.place, status=Status.DONE, pk__gt=min(o.pk for o in waiting))
    replaced = set(later.exclude(batch=run.batch).values_list("kind", flat=True))
    return next((other for other in waiting if other.kind not in replaced), None)


def _is_waiting(run: ImportRun) -> bool:
    """Return whether there is still something to do with the file."""
    if run.status == Status.CHECKED:
        return bool(run.created_count + run.changed_count + run.wrong_count or run.open_questions)
    return run.status in WAITING and run.applied_at is None


def files_after(run: ImportRun) -> list[ImportRun]:
    """Return the checked files of the same upload that may name what this run has imported."""
    checked = {Status.CHECKED, Status.REFUSED}
    first = place_of(run.kind)
    return [other for other in files_with(run) if other.status in checked and place_of(other.kind) > first]

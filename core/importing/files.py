"""The uploaded workbook, its plan and its marked copy: encrypted, in the run's folder, kept for 30 days."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from core.crypto import is_current_file, open_bytes, seal_bytes
from core.models import ImportRun

KEPT = timedelta(days=30)
UPLOAD, PLAN, MARKED = "upload", "plan", "marked"


def path_of(run: ImportRun, part: str) -> str:
    return f"imports/{run.uuid.hex}/{part}"


def keep(run: ImportRun, part: str, data: bytes) -> None:
    """Store one part of a run encrypted, replacing an earlier one."""
    drop(run, part)
    default_storage.save(path_of(run, part), ContentFile(seal_bytes(data)))


def has(run: ImportRun, part: str) -> bool:
    return default_storage.exists(path_of(run, part))


def read(run: ImportRun, part: str) -> bytes:
    """Return one part of a run. Raises FileNotFoundError if it has been deleted."""
    with default_storage.open(path_of(run, part)) as file:
        return open_bytes(file.read())


def is_current(run: ImportRun, part: str) -> bool:
    """Return whether the file uses the current key. Raises FileNotFoundError like `read`."""
    with default_storage.open(path_of(run, part)) as file:
        return is_current_file(file.read())


def drop(run: ImportRun, *parts: str) -> None:
    for part in parts:
        default_storage.delete(path_of(run, part))


def delete_old_files() -> int:
    """Delete the workbooks of runs older than 30 days. Return the number of runs affected."""
    old = ImportRun.objects.filter(uploaded_at__lt=timezone.now() - KEPT, files_deleted_at=None)
    for run in old:
        drop(run, UPLOAD, PLAN, MARKED)
        run.files_deleted_at = timezone.now()
        run.save(update_fields=["files_deleted_at"])
    return len(old)

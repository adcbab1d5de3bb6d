"""Key rotation: re-encrypt what uses an older key, so that the key can be removed."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Q

from core.attachments import PICTURE, Attachment, as_stored
from core.crypto import is_current, is_current_file, open_text, seal_text
from core.models import Change

CHUNK = 2000


def reseal_column(model: type[models.Model], cipher: str, hashed: str, keyed_hash: Any) -> Iterator[int]:
    """Re-encrypt one column and its hash; yield how many rows of each chunk were old.

    The value stays the same, so no Change is written and no version raised. Rows are locked between reading
    and writing, so that concurrent edits are not lost.
    """
    last = 0
    rows = model._base_manager.exclude(**{cipher: ""}).order_by("pk").only("pk", cipher, hashed)
    while True:
        with transaction.atomic():
            chunk = list(rows.select_for_update().filter(pk__gt=last)[:CHUNK])
            old = [
                row
                for row in chunk
                if not is_current(getattr(row, cipher)) or not is_current(getattr(row, hashed))
            ]
            for row in old:
                plain = open_text(getattr(row, cipher))
                setattr(row, cipher, seal_text(plain))
                setattr(row, hashed, keyed_hash(plain))
            model._base_manager.bulk_update(old, [cipher, hashed])
        if not chunk:
            return
        last = chunk[-1].pk
        yield len(old)


@transaction.atomic
def reseal_secrets(model: type[models.Model], cipher: str) -> int:
    """Re-encrypt one column of a small table. Return how many rows were old."""
    rows = model._base_manager.exclude(**{cipher: ""}).select_for_update().order_by("pk")
    old = [row for row in rows if not is_current(getattr(row, cipher))]
    for row in old:
        setattr(row, cipher, seal_text(open_text(getattr(row, cipher))))
        row.save(update_fields=[cipher])
    return len(old)


def reseal_history(table: str, cipher: str) -> int:
    """Re-encrypt the values of one column in the history. Return how many changes were old."""
    renewed = []
    for change in Change.objects.filter(Q(changes__has_key=cipher), table=table).iterator(CHUNK):
        changes = change.changes or {}
        pair = changes[cipher]
        fresh = [value if not value or is_current(value) else seal_text(open_text(value)) for value in pair]
        if fresh != pair:
            change.changes = {**changes, cipher: fresh}
            renewed.append(change)
    Change.objects.bulk_update(renewed, ["changes"], batch_size=CHUNK)
    return len(renewed)


def reseal_papers(model: type[Attachment]) -> int:
    """Re-encrypt every document of a table, writing the new file before deleting the old. Return how many."""
    count = 0
    for row in model._base_manager.order_by("pk").iterator(CHUNK):
        if row.ending == PICTURE or not row.file.storage.exists(str(row.file)):
            continue
        with row.file.open("rb") as file:
            if is_current_file(file.read()):
                continue
        old = str(row.file)
        with row.opened() as plain:
            row.file = as_stored(ContentFile(plain.read(), name=old))
        row.save(update_fields=["file"])
        row.file.storage.delete(old)
        count += 1
    return count

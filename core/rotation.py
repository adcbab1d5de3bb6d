"""Renewing what is sealed under an older key, so that the key can be taken away."""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from core.crypto import is_current, open_text, seal_text
from core.models import Change

CHUNK = 2000


def reseal_column(model: type[models.Model], cipher: str, hashed: str, keyed_hash: Any) -> Iterator[int]:
    """Seal one column of a table anew, and the hash beside it; yields how many rows of each chunk were old.

    The value stays what it was, so this writes no Change and raises no version.
    """
    last = 0
    rows = model._base_manager.exclude(**{cipher: ""}).order_by("pk")
    while chunk := list(rows.filter(pk__gt=last).only("pk", cipher, hashed)[:CHUNK]):
        last = chunk[-1].pk
        old = [
            row
            for row in chunk
            if not is_current(getattr(row, cipher)) or not is_current(getattr(row, hashed))
        ]
        for row in old:
            plain = open_text(getattr(row, cipher))
            setattr(row, cipher, seal_text(plain))
            setattr(row, hashed, keyed_hash(plain))
        with transaction.atomic():
            model._base_manager.bulk_update(old, [cipher, hashed])
        yield len(old)


def reseal_history(table: str, cipher: str) -> int:
    """Seal the values of one column anew where they stand in the history; returns how many changes."""
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

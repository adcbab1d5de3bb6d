"""Write the demo county into an empty database, in one transaction and by bulk statements."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone
from tqdm import tqdm

from core import bulk, identity
from core.history import acting
from core.models import Change, Installation
from core.records import Record
from demo import PASSWORD
from demo.county import CODE, ROUGHLY, Batch, build, facts
from demo.scales import Scale
from demo.traces import traces
from households.models import Member
from units.presets import letter_requirements, preset_limits, preset_requirements, preset_words
from villages.county import prepare_empty_database


def load(scale: Scale, *, now: datetime | None = None, silent: bool = False) -> dict[str, int]:
    """Fill the database and return the number of rows by the models' Chinese names.

    Raises CountyError if the database is not empty.
    """
    prepare_empty_database()
    now = now or timezone.now()
    counts: dict[str, int] = {}
    loaded: set[type[models.Model]] = set()
    with acting(None, Change.Source.COMMAND), transaction.atomic(), _without_collecting():
        Installation.objects.create(pk=1, code=CODE, name=facts(scale).name, is_demo=True)
        with tqdm(total=ROUGHLY[scale.name], unit=" 行", desc="示例县", disable=silent, leave=False) as bar:
            for batch in build(scale, now=now, password=make_password(PASSWORD)):
                _write(batch)
                loaded.add(batch.model)
                name = str(batch.model._meta.verbose_name)
                counts[name] = counts.get(name, 0) + len(batch.rows)
                bar.update(len(batch.rows))
            bar.total = bar.n
        for model, rows in traces(CODE, timezone.localtime(now)):
            bulk.insert_plain(model, rows)
            loaded.add(model)
        _reset_sequences(loaded)
        year = timezone.localdate(now).year
        for each in (year - 1, year):
            preset_requirements(place=CODE, year=each)
            letter_requirements(place=CODE, year=each)
        preset_words()
        preset_limits()
    return counts


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Disable garbage collection: rows form no cycles, and searching for them would take a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _write(batch: Batch) -> None:
    if batch.model is Member:
        for row in batch.rows:
            _seal(row)
    if issubclass(batch.model, Record):
        bulk.insert(batch.model, batch.rows)
    else:
        bulk.insert_plain(batch.model, batch.rows)


def _seal(member: dict[str, Any]) -> None:
    number = member.pop("id_number")
    member["id_cipher"] = identity.encrypt(number)
    member["id_hash"] = identity.id_hash(number)


def _reset_sequences(loaded: set[type[models.Model]]) -> None:
    """Set PostgreSQL's sequences to follow the inserted keys; SQLite does this itself."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(loaded)):
            cursor.execute(statement)

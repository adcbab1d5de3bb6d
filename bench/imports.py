"""Import of 35,000 households, against reading and one bulk insert, and against django-import-export."""

import io
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402

from bench.timing import alternately, compare, figure  # noqa: E402
from bench.workbook import workbook  # noqa: E402
from core.importing import answering, runs  # noqa: E402
from core.importing.sheet import kind_of  # noqa: E402
from core.models import Change, ImportRow, ImportRun  # noqa: E402
from households.models import Household, Member  # noqa: E402
from units.models import Cadre  # noqa: E402

ROWS = 35_000
RIVAL_ROWS = 1_000
"""django-import-export takes minutes for more; both are timed on the same workbook."""
MEMORY = 400
OFFICE = "13900000000"


def prepare() -> None:
    call_command("migrate", verbosity=0)
    if not Cadre.objects.exists():
        call_command("start", "620524", office_phone=OFFICE, stdout=io.StringIO())


def import_whole(data: bytes, answers: Mapping[str, Any] | None = None) -> ImportRun:
    """Upload, check and apply, like page and command."""
    run = runs.upload(kind_of("households"), "贫困户.xlsx", data, Cadre.objects.get(phone=OFFICE))
    if answers:
        answering.take_file(run, answers)
    runs.check(run)
    run.refresh_from_db()
    runs.apply(run)
    run.refresh_from_db()
    if run.status != ImportRun.Status.DONE:
        raise SystemExit(f"the import did not succeed: {run.message} {run.wrong_count}")
    return run


def forget() -> None:
    """Restore the state before the import, outside the timing."""
    with connection.cursor() as cursor:
        for model in (Change, ImportRow, ImportRun, Member, Household):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


def stored() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of households and heads that the import created."""
    return list(Household.objects.order_by("pk").values()), list(Member.objects.order_by("pk").values())


def read(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def measure_against_insert(key: str, limit: float, insert: Any, name: str) -> None:
    data = workbook(ROWS)
    forget()
    import_whole(data)
    households, heads = stored()

    def rival() -> None:
        read(data)
        insert(households, heads)

    mine, other = alternately(lambda: import_whole(data), rival, rounds=3, before=forget)
    forget()
    compare(key, limit, mine, other, f"calamine and {name}, {ROWS:,} rows")


def bulk_create(households: list[dict[str, Any]], heads: list[dict[str, Any]]) -> None:
    Household.objects.bulk_create([Household(**row) for row in households])
    Member.objects.bulk_create([Member(**row) for row in heads])


def measure_memory() -> None:
    """Measure the peak memory of a process that imports the workbook from the command line."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(workbook(ROWS))
        file.flush()
        command = [sys.executable, "manage.py", "import_sheet", "households", file.name]
        subprocess.run(command, check=True, env=os.environ, capture_output=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    forget()
    figure("import-memory", peak / MEMORY, 1, f"{peak:.0f} MB of {MEMORY} MB, {ROWS:,} rows")


def measure_asked() -> None:
    """Compare a list with merged cells and answered questions with the clean one."""
    from bench.asked import ANSWERS, asked_workbook, clean_workbook

    asked, clean = asked_workbook(ROWS), clean_workbook(ROWS)
    mine, other = alternately(
        lambda: import_whole(asked, ANSWERS), lambda: import_whole(clean), rounds=3, before=forget
    )
    forget()
    compare("import-asked", 1.5, mine, other, f"the clean list, {ROWS:,} rows")


def measure_rival() -> None:
    from bench.import_export import import_twice

    data = workbook(RIVAL_ROWS)
    mine, other = alternately(lambda: import_whole(data), lambda: import_twice(data), rounds=3, before=forget)
    compare("import-rival", 0.2, mine, other, f"django-import-export, {RIVAL_ROWS:,} rows")


if __name__ == "__main__":
    prepare()
    wanted = os.environ.get("BENCH", "")
    if wanted in {"", "import-memory"}:
        measure_memory()  # first: a child's peak includes the parent's size at the fork
    if wanted in {"", "import-sqlite"}:
        measure_against_insert("import-sqlite", 3, bulk_create, "bulk_create")
    if wanted in {"", "import-asked"}:
        measure_asked()
    if wanted in {"", "import-rival"}:
        measure_rival()

"""Export of the county's visits, against the bare writer, in time and memory."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from rustpy_xlsxwriter import write_worksheet  # noqa: E402

from bench.timing import alternately, compare, figure  # noqa: E402
from core.sheets import write_rows  # noqa: E402
from units.models import Cadre  # noqa: E402

TIMES = 10
"""68,000 visits, repeated ten times, give 680,000 rows."""
MEGABYTES = 20


def export(client: Client) -> None:
    response = client.get("/visits/?export=xlsx")
    for _ in response:
        pass


def export_sql(client: Client) -> str:
    """Return the query whose rows the export writes."""
    with CaptureQueriesContext(connection) as captured:
        export(client)
    return max((query["sql"] for query in captured.captured_queries), key=len)


def records(sql: str) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [f"{number}" for number, _ in enumerate(cursor.description)]
        while rows := cursor.fetchmany(2000):
            for row in rows:
                yield dict(zip(names, map(str, row), strict=True))


def bare(sql: str, times: int = 1) -> None:
    with tempfile.TemporaryFile() as out:
        write_worksheet(chain.from_iterable(records(sql) for _ in range(times)), out)


def ours(sql: str, times: int) -> None:
    """Write the same rows with the project's writer, this many times."""
    first = next(records(sql))
    rows = chain.from_iterable(map(list, map(dict.values, records(sql))) for _ in range(times))
    with tempfile.TemporaryFile() as out:
        write_rows(out, list(first), rows)


def peak_kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def peak(which: str, sql: str) -> float:
    """Return the peak megabytes of a process that writes 680,000 rows in one way."""
    code = (
        "import sys; from bench import exports; "
        "write = exports.ours if sys.argv[1] == 'ours' else exports.bare; "
        "write(sys.argv[2], exports.TIMES); "
        "print(exports.peak_kilobytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, which, sql], check=True, capture_output=True, text=True, env=os.environ
    )
    return int(done.stdout.split()[-1]) / 1024


if __name__ == "__main__":
    settings.ALLOWED_HOSTS = ["testserver"]
    office = Client()
    office.force_login(
        Cadre.objects.filter(role="office", place="620524").order_by("pk").first(),
        backend="units.accounts.PhoneOrStaffNumberBackend",
    )
    statement = export_sql(office)
    wanted = os.environ.get("BENCH", "")
    if wanted in {"", "export-writer"}:
        mine, other = alternately(lambda: export(office), lambda: bare(statement), rounds=3)
        compare("export-writer", 2, mine, other, "the bare writer over the same query")
    if wanted in {"", "export-memory"}:
        extra = peak("ours", statement) - peak("bare", statement)
        figure(
            "export-memory",
            max(extra, 0) / MEGABYTES,
            1,
            f"{extra:+.0f} MB beside the bare writer, 680,000 rows",
        )

"""Run other processes on the test's database; the test must use `transactional_db`, so that they see its rows."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection, connections

ROOT = Path(__file__).resolve().parent.parent
_inherited: list[Any] = []
"""Keeps the parent's connections from being closed by garbage collection in a child."""


def database_url() -> str:
    """Return the DATABASE_URL of the test's database."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{config['NAME']}"
    login = quote(config["USER"]) + (f":{quote(config['PASSWORD'])}" if config["PASSWORD"] else "")
    host = {"host": config["HOST"]} if config["HOST"].startswith("/") else {}
    address = "" if host else f"{config['HOST']}:{config['PORT'] or 5432}"
    return f"postgres://{login}@{address}/{config['NAME']}?{urlencode(host)}"


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start `manage.py …` on the test's database and media folder."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def manage(*arguments: str) -> tuple[int, str, str]:
    """Run it to the end and return (exit status, output, errors)."""
    process = start(*arguments)
    output, errors = process.communicate(timeout=300)
    return process.returncode, output, errors


def kill(process: subprocess.Popen[str]) -> None:
    """Kill the process and wait until PostgreSQL has ended its session: a commit may still arrive."""
    process.kill()
    process.communicate()
    if connection.vendor == "postgresql":
        while _busy():
            time.sleep(0.01)


def _busy() -> bool:
    """Return whether PostgreSQL is working for any other session on this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return bool(cursor.fetchone()[0])


def at_once(works: Sequence[Callable[[], Any]], timeout: float = 300) -> list[int | None]:
    """Run each in a process of its own at the same time; return their exit codes (0: success)."""
    connections.close_all()
    context = get_context("fork")
    processes = [context.Process(target=_alone, args=(work,)) for work in works]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout)
    return [process.exitcode for process in processes]


def _alone(work: Callable[[], Any]) -> None:
    """Use a new connection in this process; neither use nor close an inherited one."""
    for inherited in connections.all(initialized_only=True):
        _inherited.append(inherited.connection)
        inherited.connection = None
    try:
        work()
    finally:
        connections.close_all()

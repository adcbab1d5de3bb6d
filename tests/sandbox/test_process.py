"""The process that opens what strangers send: what it has, what it may use, and how its end is told."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from core.sandbox import landlock, process
from core.sandbox.process import MB

pytestmark = [pytest.mark.once, pytest.mark.slow]
LIMITS = process.Limits(memory=256 * MB, cpu=1, output=MB, wall=20)
ROOT = Path(__file__).parents[2]
LIBRARIES = {
    "core.sandbox.picture": "PIL",
    "core.sandbox.paper": "olefile",
    "core.sandbox.sheets.rows": "python_calamine",
    "core.sandbox.sheets.marking": "xlsxwriter",
}


def run(task: str, data: bytes = b"", limits: process.Limits = LIMITS, **arguments: object) -> bytes:
    with process.run(f"tests.sandbox.tasks:{task}", data, limits, **arguments) as result:
        return result.read()


def test_it_gets_the_data_and_words_and_gives_its_result():
    assert run("echo", b"\x00\n1", word="字") == "字".encode() + b"\x00\n1"


def test_it_knows_neither_keys_nor_files_of_its_parent(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_KEY", "geheim")
    with (tmp_path / "open").open("w"):
        found = run("surroundings").decode()
    assert "geheim" not in found
    assert "'/', [0, 1, 2]" in found


def is_refused(task: str, **arguments: object) -> bool:
    try:
        run(task, **arguments)
    except process.Broken:
        return True
    return False


def test_it_opens_no_file_of_the_site_and_no_environment_of_its_parent(tmp_path):
    """Where the kernel has Landlock."""
    secret = tmp_path / ".env"
    secret.write_text("DATA_KEY=geheim")
    has_landlock = landlock.version() >= 1
    for path in (secret, ROOT / "manage.py", Path(f"/proc/{os.getpid()}/environ"), Path("/etc/passwd")):
        assert is_refused("reading", path=str(path)) == has_landlock
    assert is_refused("writing", path=str(tmp_path / "new")) == has_landlock
    assert (tmp_path / "new").exists() != has_landlock


def test_it_calls_nobody_and_signals_no_other_process():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert is_refused("calling", port=server.getsockname()[1]) == (landlock.version() >= 4)
    assert is_refused("killing") == (landlock.version() >= 6)


@pytest.mark.parametrize("task", LIBRARIES)
def test_it_loads_its_library_and_no_django(task):
    """In an interpreter started as the child's is."""
    paths = [str(ROOT), *(path for path in sys.path if path.endswith("-packages"))]
    code = f"import sys; sys.path[:0] = {paths}; import {task}; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", code]
    loaded = set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    assert LIBRARIES[task] in loaded
    assert not loaded & {"django", "lxml", "site", "numpy", "sqlite3", "psycopg2", *LIBRARIES.values()} - {
        LIBRARIES[task],
        *(["olefile", "python_calamine"] if "sheets" in task else []),
    }


def test_what_it_loads_as_it_runs_is_no_django_either():
    assert not set(run("modules").decode().split()) & {"django", "core.models", "core.crypto", "lianhu"}


@pytest.mark.parametrize(
    ("task", "end"),
    [
        ("greedy", process.OutOfMemory),
        ("endless", process.OutOfTime),
        ("chatty", process.Broken),
        ("crashing", process.Broken),
        ("quoting", process.Broken),
    ],
)
def test_each_end_has_a_name_and_the_caller_lives(task, end):
    with pytest.raises(end):
        run(task, b"x")


def test_one_that_sleeps_and_hides_its_end_is_killed_by_the_clock():
    began = time.monotonic()
    with pytest.raises(process.OutOfTime):
        run("sleepy", limits=process.Limits(memory=256 * MB, cpu=1, output=MB, wall=1))
    assert time.monotonic() - began < 15


def test_no_file_of_more_than_its_size_is_written(caplog):
    with pytest.raises(process.Broken):
        run("hoarding")
    assert "OSError at" in caplog.text


def test_the_log_names_places_and_never_quotes_the_file(caplog):
    with pytest.raises(process.Broken):
        run("quoting", "王有福620524196005010010".encode())
    assert "ValueError at" in caplog.text
    assert "tasks.py" in caplog.text
    assert "王有福" not in caplog.text


def test_a_child_ends_with_the_worker_that_started_it():
    """A worker that is killed leaves none behind."""
    code = f"""
        import sys; sys.path.insert(0, {str(ROOT)!r})
        from core.sandbox import process
        limits = process.Limits(memory=1 << 28, cpu=5, output=1 << 20, wall=300)
        process.run("tests.sandbox.tasks:waiting", b"", limits)
    """
    worker = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    while not (child := next(filter(is_ready, children_of(worker.pid)), None)):
        assert worker.poll() is None
        time.sleep(0.02)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    until = time.monotonic() + 20
    while is_alive(child):
        assert time.monotonic() < until
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_ready(pid: int) -> bool:
    """Whether the task has written something."""
    return Path(f"/proc/{pid}/fd/1").exists() and Path(f"/proc/{pid}/fd/1").stat().st_size > 0


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"

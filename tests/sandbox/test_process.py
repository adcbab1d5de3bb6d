"""The process that opens what strangers send: what it has, what it may use, and how its end is told."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from core.sandbox import process
from core.sandbox.process import MB

pytestmark = pytest.mark.once
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
    assert "'/', ['0', '1', '2', '3']" in found  # the last is the folder that it lists


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


def test_no_file_of_more_than_its_size_is_written(tmp_path):
    with pytest.raises(process.Broken):
        run("writing", path=str(tmp_path / "large"))
    assert (tmp_path / "large").stat().st_size <= MB


def test_the_log_names_places_and_never_quotes_the_file(caplog):
    with pytest.raises(process.Broken):
        run("quoting", "王有福620524196005010010".encode())
    assert "ValueError at" in caplog.text
    assert "tasks.py" in caplog.text
    assert "王有福" not in caplog.text


def test_a_child_ends_with_the_worker_that_started_it(tmp_path):
    """A worker that is killed leaves none behind."""
    note = tmp_path / "pid"
    code = f"""
        import sys; sys.path.insert(0, {str(ROOT)!r})
        from core.sandbox import process
        limits = process.Limits(memory=1 << 28, cpu=5, output=1 << 20, wall=300)
        process.run("tests.sandbox.tasks:waiting", b"", limits, path={str(note)!r})
    """
    worker = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    while not (note.exists() and note.read_text()):
        assert worker.poll() is None
        time.sleep(0.02)
    child = int(note.read_text())
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    until = time.monotonic() + 20
    while is_alive(child):
        assert time.monotonic() < until
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"

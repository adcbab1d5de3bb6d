"""`make run` on a fresh machine: keys are written once, and one command serves web and worker."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.base import CommandError

from demo import SAMPLE_LOGINS
from lianhu.environment import env_data_keys, env_secret
from lianhu.management.commands.serve import read_port
from tools import env_file

pytestmark = [pytest.mark.once, pytest.mark.slow]


def test_keys_are_written_once_for_the_owner_alone(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.delenv("DATA_KEY")
    path = tmp_path / ".env"
    path.write_text("ALLOWED_HOSTS=shuanglian.example")
    path.chmod(0o644)

    assert env_file.complete(path) == ["SECRET_KEY", "DATA_KEY"]
    written = path.read_text()
    assert env_file.complete(path) == []

    assert path.read_text() == written
    assert written.startswith("ALLOWED_HOSTS=shuanglian.example\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_written_keys_are_ones_that_the_settings_take(monkeypatch) -> None:
    for name, value in env_file.new_values().items():
        monkeypatch.setenv(name, value)

    assert len(env_secret("SECRET_KEY", debug=False)) >= 32
    assert [len(key) for key in env_data_keys("DATA_KEY", debug=False).values()] == [32]


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_a_nonsense_port_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="看不懂"):
        read_port(text)


def test_an_environment_that_was_moved_along_is_built_anew(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "tools").mkdir(parents=True)
    shutil.copy(Path(settings.BASE_DIR) / "tools/install.sh", here / "tools")
    (here / "requirements.txt").touch()
    subprocess.run(["tools/install.sh", "requirements.txt"], cwd=here, check=True)
    (here / ".venv/old").touch()

    subprocess.run(["tools/install.sh", "requirements.txt"], cwd=here, check=True)
    assert (here / ".venv/old").exists()
    here.rename(there)
    subprocess.run(["tools/install.sh", "requirements.txt"], cwd=there, check=True)
    assert not (there / ".venv/old").exists()
    assert (there / ".venv/bin/python").exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start `manage.py serve` on an empty database; return the process and its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path}/served.sqlite3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process, port
    process.kill()
    process.wait()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Return the output up to the line with these words."""
    told = ""
    while words not in told:
        line = process.stdout.readline()
        assert line, told
        told += line
    return told


def worker_of(process: subprocess.Popen[str]) -> int:
    """Return the process id of the background worker."""
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            child = f"\nPPid:\t{process.pid}\n" in status.read_text()
            if child and "\0worker\0" in status.with_name("cmdline").read_text():
                return int(status.parent.name)
    raise AssertionError("no background worker")


def test_an_empty_machine_serves_the_sample_county_until_ctrl_c(served, tmp_path) -> None:
    process, port = served
    told = read_until(process, SAMPLE_LOGINS[-1].phone)
    address = re.search(r"http://\S+", told).group()

    assert address == f"http://127.0.0.1:{port}/"
    assert all(f"{login.phone}  {login.password}" in told for login in SAMPLE_LOGINS)
    with urllib.request.urlopen(f"{address}login/") as page:
        assert "登录" in page.read().decode()
    with urllib.request.urlopen(f"{address}static/look.css") as sheet:
        assert sheet.status == 200
    assert stat.S_IMODE((tmp_path / "served.sqlite3").stat().st_mode) == 0o600

    os.kill(worker_of(process), signal.SIGKILL)
    read_until(process, "后台任务退出了")
    read_until(process, "Starting worker")
    assert worker_of(process)

    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(timeout=30) == 0
    assert rest.endswith("已停止。\n")
    assert "Traceback" not in rest
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path}/served.sqlite3"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"端口 {port} 用不了" in done.stderr


def test_missing_keys_are_one_clear_line() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "SECRET_KEY": "short"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "SECRET_KEY 没有设置或不足 32 个字符，正式运行必须设置。\n"


def test_a_postgresql_of_its_own_is_gone_after_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "tools/with_postgres.py", "sh", "-c", 'echo "$DATABASE_URL"; exit 3'],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    folder = re.fullmatch(r"postgres://lianhu@(\S+)/lianhu\n", done.stdout).group(1).replace("%2F", "/")
    assert folder.startswith("/tmp/lianhu-postgres-")
    assert not Path(folder).exists()

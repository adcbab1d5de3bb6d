"""Run the commands of docs/operations.md, taken from the document, on a machine in a temporary folder.

`/srv/lianhu` is that folder, its database is SQLite; root, PostgreSQL, systemd and nginx are left out.
"""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from django.conf import settings

from tests.test_serve import free_port

pytestmark = [pytest.mark.once, pytest.mark.slow]
ROOT = Path(settings.BASE_DIR)
NOT_THE_CODE = (".*", "*.sqlite3*", "media", "var", "docs", "tests", "bench", "__pycache__")
FOR_ROOT = ("systemctl ", "chown ", "curl ")


@dataclass
class Machine:
    folder: Path

    @property
    def app(self) -> Path:
        return self.folder / "app"

    def here(self, text: str) -> str:
        """Adapt a text of the document to this machine."""
        here = {"/srv/lianhu": self.folder, "/var/backups/lianhu": self.folder / "backups"}
        for there, folder in here.items():
            text = text.replace(there, str(folder))
        return text.replace("runuser -u lianhu -- ", "")

    def blocks(self, section: str, language: str = "sh") -> list[str]:
        """Return the code blocks of one language in a section of the document."""
        document = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        text = re.split(rf"^## {section}\n", document, flags=re.MULTILINE)[1].split("\n## ")[0]
        return [self.here(block) for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]

    def run(self, commands: str) -> str:
        """Run the blocks as one script and return the output."""
        lines = [line for line in commands.splitlines() if not line.startswith(FOR_ROOT)]
        done = subprocess.run(
            ["bash", "-euc", "\n".join(lines)],
            cwd=self.app,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """Return what systemd would set; only DATABASE_URL is not taken from .env."""
        database = f"sqlite:///{self.app}/lianhu.sqlite3"
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "DATABASE_URL": database}

    @property
    def data_key(self) -> str:
        return re.search(r"^DATA_KEY=(.*)$", (self.app / ".env").read_text(), re.MULTILINE)[1]

    def members(self) -> int:
        """Return the number of people whose ID numbers can be decrypted."""
        opened = "sum(bool(member.id_number) for member in Member.objects.all())"
        code = f"from households.models import Member; print({opened})"
        return int(self.run(f".venv/bin/python manage.py shell --no-imports -c {shlex.quote(code)}"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Set up the code and settings of the document with an empty database."""
    made = Machine(tmp_path)
    shutil.copytree(ROOT, made.app, ignore=shutil.ignore_patterns(*NOT_THE_CODE))
    (made.app / ".venv").symlink_to(sys.prefix)
    (tmp_path / "media").mkdir()
    [block] = made.blocks("设置")
    made.run(block)
    return made


def load_demo(machine: Machine) -> None:
    """Load the demo, without https since it refuses demo data."""
    machine.run("sed -i '/^HTTPS/d' .env && .venv/bin/python manage.py demo")


@contextmanager
def running(command: str, machine: Machine) -> Iterator[None]:
    process = subprocess.Popen(shlex.split(command), cwd=machine.app, env=machine.environment)
    yield
    process.terminate()
    process.wait(timeout=60)


def healthz(port: int, host: str) -> str:
    """Return what the site answers once it is up."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
    for _ in range(300):
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.read().decode()
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the site did not come up")


def test_a_county_starts_imports_and_runs_both_units(machine: Machine) -> None:
    [start] = machine.blocks("开一个真的县")
    assert "双联办账号：13900000000" in machine.run(start)

    template, imports, exports = machine.blocks("从命令行导入")
    machine.run(template.replace(" -o lianhu -g lianhu", ""))
    with pytest.raises(AssertionError, match="没有要导入的行"):
        machine.run(imports)
    folder, *_, xlsform = exports.replace(" -o lianhu -g lianhu", "").strip().splitlines()
    machine.run(f"{folder}\n{xlsform}")  # a new county has no responses yet

    web, worker = (configparser.ConfigParser(interpolation=None) for _ in range(2))
    for unit, text in zip((web, worker), machine.blocks("systemd", "ini"), strict=True):
        unit.read_string(text)
        assert "no issues" in machine.run(unit["Service"]["ExecStartPre"])
    port = free_port()
    assert "127.0.0.1:8001" in machine.blocks("nginx", "nginx")[0]
    command = web["Service"]["ExecStart"].replace("127.0.0.1:8001", f"127.0.0.1:{port}")
    with running(command, machine):
        assert healthz(port, "lianhu.example.gov.cn") == "ok"
        [readyz] = [block for block in machine.blocks("监控") if "/readyz" in block]
        told = subprocess.run(
            readyz.replace("8001", str(port)).replace("--fail", "-s"),
            shell=True,
            capture_output=True,
            text=True,
        ).stdout
        assert told.startswith("not ready\n")  # the worker has not been started yet
        assert re.findall(r"^(\w+) failed", told, re.MULTILINE) == ["worker"]
    machine.run(f"{worker['Service']['ExecStart']} --batch")  # exits when no task is due

    cron = machine.blocks("备份")[0]
    assert "已备份到" in machine.run(cron)
    assert "已备份到" in machine.run(cron)  # the next night


def test_a_sqlite_backup_is_restored_over_a_half_written_database(machine: Machine) -> None:
    _, backup, restore = machine.blocks("用 SQLite 时")
    machine.run("sed -i '/^MEDIA_ROOT/d' .env")
    load_demo(machine)
    known = machine.members()
    machine.run("mkdir media && echo sealed > media/picture")
    machine.run(backup)
    for name in ("lianhu.sqlite3", "lianhu.sqlite3-wal", "lianhu.sqlite3-shm", "media/picture"):
        (machine.app / name).write_bytes(b"lost")

    machine.run(restore)

    assert known > 0
    assert machine.members() == known
    assert (machine.app / "media/picture").read_text() == "sealed\n"


def test_the_key_is_changed_and_an_older_backup_is_opened_with_the_older_key(machine: Machine) -> None:
    change, forget = machine.blocks("换身份证号的钥匙")
    start, backup, restore = machine.blocks("用 SQLite 时")
    load_demo(machine)
    machine.run(backup)
    known, old = machine.members(), machine.data_key

    assert "重新加密了" in machine.run(change)
    assert machine.data_key.endswith(f",{old}")
    machine.run(forget)
    assert machine.data_key.count(":") == 1
    assert machine.members() == known

    machine.run(start)
    assert machine.members() == 0
    machine.run(restore)
    with pytest.raises(AssertionError, match="DATA_KEY 打不开库里的身份证号，请放回当时的钥匙"):
        machine.run(".venv/bin/python manage.py check --database default")
    machine.run(f"sed -i 's|^DATA_KEY=.*|&,{old}|' .env")
    machine.run(".venv/bin/python manage.py rotate_keys")
    machine.run(forget)
    assert machine.members() == known

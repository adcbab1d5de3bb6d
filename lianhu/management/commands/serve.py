"""Run the whole site on one machine: web and worker, with the sample county in an empty database."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, Never

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from lianhu.database import key_trouble
from lianhu.demo_guard import demo_trouble

HOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = 10
LONGEST_PAUSE = 30
SHORT_LIFE = 60

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Command(BaseCommand):
    help = "启动网站和后台任务，地址 127.0.0.1:8000（环境变量 PORT 可改端口）；空数据库先装入示例县。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        port = read_port(os.environ.get("PORT") or "8000")
        refuse_taken(port)
        if connection.settings_dict["NAME"] == ":memory:":
            raise CommandError("DATABASE_URL 不能是内存里的库：网站和后台任务要用同一个。")
        os.umask(0o077)  # only this user may read the names and phones in the database
        for number in STOP_SIGNALS:
            signal.signal(number, interrupt)
        try:
            self.prepare_database()
            self.run(port)
        except KeyboardInterrupt:
            self.stdout.write("已停止。")

    def prepare_database(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if not get_user_model().objects.exists():
            self.stdout.write("数据库是空的，正在装入示例县……")
            call_command("demo", scale="sample", verbosity=0)  # its logins are printed below
        elif sentence := key_trouble() or demo_trouble():
            raise CommandError(sentence)
        connections.close_all()

    def run(self, port: int) -> None:
        """Run both processes until a signal arrives or the web server ends."""
        web, worker = start(web_command(port)), start(worker_command())
        try:
            if wait_for_port(port, web):
                self.announce(port)
            born, pause = time.monotonic(), 1.0
            while web.poll() is None:
                if worker.poll() is not None:
                    pause = 1.0 if time.monotonic() - born > SHORT_LIFE else min(pause * 2, LONGEST_PAUSE)
                    self.stderr.write(f"后台任务退出了（{worker.returncode}），{pause:.0f} 秒后重新启动。")
                    time.sleep(pause)
                    worker, born = start(worker_command()), time.monotonic()
                time.sleep(0.3)
            raise CommandError(f"网站进程退出了（{web.returncode}）。")
        finally:
            stop(web, worker)

    def announce(self, port: int) -> None:
        from demo import SAMPLE_LOGINS, is_demo

        self.stdout.write(f"联村联户已启动：http://{HOST}:{port}/ （按 Ctrl-C 停止）")
        if is_demo():
            self.stdout.write("示例账号：")
            for login in SAMPLE_LOGINS:
                self.stdout.write("  " + "  ".join(login))
        self.stdout.flush()


def read_port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise CommandError(f"PORT={text!r} 看不懂，应是 1 到 65535 之间的数。")
    return int(text)


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 用不了（{error.strerror}），请换一个：make run PORT={port % 65535 + 1}"
            ) from error


def web_command(port: int) -> list[str]:
    # Processes, because threads lowered the throughput of pages that mostly render templates. Preloaded
    # before the fork: one start instead of many, and shared memory.
    workers = min(2 * (os.cpu_count() or 1) + 1, 9)
    shared_memory = ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []  # noqa: S108
    return [
        *(sys.executable, "-m", "gunicorn", "lianhu.wsgi", "--no-control-socket", "--log-level", "warning"),
        *("--bind", f"{HOST}:{port}", "--workers", str(workers), "--preload", "--timeout", "120"),
        *("--graceful-timeout", str(STOP_SECONDS - 2)),
        *shared_memory,
    ]


def worker_command() -> list[str]:
    return [sys.executable, "manage.py", "worker", "--no-reload"]


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in its own session, so that Ctrl-C reaches it only through `stop`."""
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, start_new_session=True, preexec_fn=end_with_parent
    )


def end_with_parent() -> None:
    """Linux: send SIGTERM to a child whose parent was killed, so that it frees the port."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(*children: subprocess.Popen[bytes]) -> None:
    """Terminate the children; kill them after some seconds, since a job survives that at any moment."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # including what a dead parent left behind
        child.wait()


def wait_for_port(port: int, web: subprocess.Popen[bytes]) -> bool:
    """Return whether the site came up; False when its process ended before that."""
    while web.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return True
        time.sleep(0.1)
    return False


def interrupt(_number: int, _frame: FrameType | None) -> Never:
    raise KeyboardInterrupt

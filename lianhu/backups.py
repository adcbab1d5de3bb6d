"""Back up database and uploads of one moment into a folder that is complete or absent.

Uploads are copied before and after the database, so that every file named by a row of the copy exists, even
if files are added or deleted meanwhile. Files that are in the previous backup are hard-linked.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from psycopg2.extensions import make_dsn

from core.condition import MEGABYTE
from core.models import Stamp
from core.storage import HALF

NAME = "%Y-%m-%d-%H%M%S"
LATEST = "latest"
SQLITE_COPY, POSTGRES_COPY = "lianhu.sqlite3", "lianhu.dump"


@dataclass(frozen=True)
class Backup:
    folder: Path
    database_bytes: int
    files: int
    new_files: int
    new_bytes: int


def make(folder: Path, *, keep: int) -> Backup:
    """Make a backup and delete those older than `keep` days.

    Raises CommandError and leaves no partial backup.
    """
    media = Path(settings.MEDIA_ROOT)
    if folder.resolve().is_relative_to(media.resolve()):
        raise CommandError(f"备份不能放在 {media} 里面，请换一个文件夹。")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder), _half(folder) as half:
        before = newest(folder)
        _refuse_without_room(folder, media, before)
        (half / "media").mkdir()
        copied = _copy_files(media, half / "media", before)
        size = _copy_database(half)
        copied |= _copy_files(media, half / "media", before)
        made = _finish(half, size, copied)
    Stamp.note(Stamp.BACKUP)
    _delete_old(folder, keep)
    return made


def newest(folder: Path) -> Path | None:
    return max(backups(folder), default=None)


def backups(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir() and made_at(path)]


def made_at(path: Path) -> datetime | None:
    """Return when a backup was begun, by its name; None for any other folder."""
    try:
        return timezone.make_aware(datetime.strptime(path.name, NAME))  # noqa: DTZ007 (made aware here)
    except ValueError:
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock the folder: one backup at a time. The lock ends with the process."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError("另一个备份正在进行，等它做完。") from error
        yield


@contextmanager
def _half(folder: Path) -> Iterator[Path]:
    """Yield a folder that is removed afterwards unless it was renamed.

    Removes leftovers of killed processes first.
    """
    for left in folder.glob(f"{HALF}*"):
        shutil.rmtree(left)
    half = folder / f"{HALF}{timezone.localtime():{NAME}}"
    half.mkdir()
    try:
        yield half
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _refuse_without_room(folder: Path, media: Path, before: Path | None) -> None:
    fresh = sum(
        path.stat().st_size for path in _uploads(media) if not _same(path, _twin(path, media, before))
    )
    needed = fresh + _database_size() + settings.READY_DISK_MB * MEGABYTE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CommandError(
            f"备份放不下：{folder} 所在的盘还有 {free / MEGABYTE:,.0f} MB，"
            f"连同留给系统的要 {needed / MEGABYTE:,.0f} MB。请删掉旧的，或者换大一些的盘。"
        )


def _uploads(media: Path) -> Iterator[Path]:
    return (path for path in media.rglob("*") if path.is_file() and not path.name.startswith(HALF))


def _twin(path: Path, media: Path, before: Path | None) -> Path | None:
    """Return the path of the same file in the previous backup."""
    return before / "media" / path.relative_to(media) if before else None


def _same(path: Path, other: Path | None) -> bool:
    if other is None or not other.exists():
        return False
    one, two = path.stat(), other.stat()
    return (one.st_size, one.st_mtime_ns) == (two.st_size, two.st_mtime_ns)


def _copy_files(media: Path, target: Path, before: Path | None) -> set[Path]:
    """Copy or link what is missing; return what was copied. Files deleted meanwhile are skipped."""
    copied = set()
    for path in _uploads(media):
        copy = target / path.relative_to(media)
        try:
            if _same(path, copy):
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)  # an older one may be a link into the previous backup
            twin = _twin(path, media, before)
            if twin and _same(path, twin):
                os.link(twin, copy)
            else:
                shutil.copy2(path, copy)
                copied.add(copy)
        except FileNotFoundError:
            continue
    return copied


def _database_size() -> int:
    if connection.vendor == "sqlite":
        return Path(str(connection.settings_dict["NAME"])).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _copy_database(half: Path) -> int:
    """Copy the database and check the copy; return its size in bytes."""
    if connection.vendor == "sqlite":
        return _copy_sqlite(half / SQLITE_COPY)
    return _dump_postgres(half / POSTGRES_COPY)


def _copy_sqlite(copy: Path) -> int:
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a journal beside it
        target.execute(
            "PRAGMA ignore_check_constraints = ON"
        )  # the constraints call functions registered by Django
        [told] = target.execute("PRAGMA quick_check").fetchone()
    if told != "ok":
        raise CommandError(f"备份出来的数据库是坏的，没有留下：{told}")
    return copy.stat().st_size


def _dump_postgres(copy: Path) -> int:
    params = connection.get_connection_params()
    password = params.pop("password", "")
    dsn = make_dsn(**{name: value for name, value in params.items() if name != "cursor_factory"})
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    _run(["pg_dump", "--format=custom", f"--file={copy}", f"--dbname={dsn}"], environment)
    _run(["pg_restore", "--file=/dev/null", str(copy)], environment)
    return copy.stat().st_size


def _run(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise CommandError(f"没有 {command[0]}，请装上 postgresql-client。") from error
    if done.returncode:
        raise CommandError(f"{command[0]} 没有办成：{' '.join(done.stderr.split())}")


def _finish(half: Path, size: int, copied: set[Path]) -> Backup:
    """Write backup.json, flush to the disk and rename the folder to its final name."""
    files = list(_uploads(half / "media"))
    told = {
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "database": connection.vendor,
        "data_keys": list(settings.DATA_KEYS),
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
    }
    (half / "backup.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    new_bytes = sum(path.stat().st_size for path in copied if path.exists())
    os.sync()
    named = half.with_name(half.name.removeprefix(HALF))
    half.rename(named)
    _point_to(named)
    return Backup(named, size, len(files), len(copied), new_bytes)


def _point_to(named: Path) -> None:
    link = named.parent / f"{HALF}{LATEST}"
    link.unlink(missing_ok=True)
    link.symlink_to(named.name)
    link.replace(named.parent / LATEST)


def _delete_old(folder: Path, keep: int) -> None:
    """Delete backups older than `keep` days.

    Rename them first, so that a partly deleted one is not taken for complete.
    """
    limit = timezone.now() - timedelta(days=keep)
    for path in backups(folder):
        began = made_at(path)
        if began and began < limit and path != newest(folder):
            shutil.rmtree(path.rename(folder / f"{HALF}{path.name}"))

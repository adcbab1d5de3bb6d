"""Health checks for a monitor (`/readyz`) and `manage.py doctor`. Each returns one Finding."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from core.heartbeat import SILENT
from core.models import Change, Installation, Stamp
from core.outages import outage_of
from core.storage import HALF

CLOCK_SLACK = timedelta(minutes=5)
POSTGRES_HOME = Path("/var/lib/postgresql")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """The result of one check: a sentence, and the remedy ('' when the check passes)."""

    name: str
    said: str
    remedy: str = ""
    urgent: bool = True
    """False for a reminder: the operator may have chosen this on purpose."""

    @property
    def ok(self) -> bool:
        return not self.remedy


def readiness() -> list[Finding]:
    """Run all checks. When the database does not answer, the checks that need it give one finding."""
    found = [disk(), uploads()]
    try:
        found += [ask() for ask in OF_THE_DATABASE]
    except Error as error:
        outage = outage_of(error)
        why = " ".join(str(error).split())
        remedy = (
            outage.advice if outage else "看 journalctl -u lianhu；刚更新过的，先运行 manage.py migrate。"
        )
        found.append(Finding("database", f"数据库用不了：{why}", remedy))
    return found


def disk() -> Finding:
    """Check the free space of the disks with the uploads and the database; the fuller one counts."""
    room, folder = min((shutil.disk_usage(_nearest(folder)).free, folder) for folder in _folders())
    said = f"{folder} 所在的盘还有 {room / MEGABYTE / 1024:.1f} GB"
    if room >= settings.READY_DISK_MB * MEGABYTE:
        return Finding("disk", said)
    return Finding("disk", said, f"不足 {settings.READY_DISK_MB} MB：删掉旧的备份和日志，或者换大一些的盘。")


def _folders() -> Iterator[Path]:
    yield Path(settings.MEDIA_ROOT)
    if connection.vendor == "sqlite":
        yield Path(str(connection.settings_dict["NAME"])).resolve().parent
    elif _is_local(connection.settings_dict["HOST"]) and POSTGRES_HOME.exists():
        yield POSTGRES_HOME


def _nearest(folder: Path) -> Path:
    """Return the folder, or its nearest existing parent."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def _is_local(host: str) -> bool:
    return not host or host.startswith("/") or host in {"localhost", "127.0.0.1"}


def uploads() -> Finding:
    """Check that a file can be written to and deleted from the uploads folder."""
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=HALF) as file:
            file.write(b"ready")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        said = f"{folder} 写不了：{error.strerror}"
        return Finding("uploads", said, "看磁盘是不是满了、文件夹是不是给了运行的用户。")
    return Finding("uploads", f"{folder} 写得了")


def database() -> Finding:
    """Check that the database accepts a write."""
    began = time.monotonic()
    Stamp.note(Stamp.PROBE)
    return Finding("database", f"{connection.vendor} 写得了，{(time.monotonic() - began) * 1000:.0f} 毫秒")


def queue() -> Finding:
    """Check how long the oldest waiting job has been due."""
    oldest = _oldest_due()
    if oldest < timedelta(minutes=settings.READY_QUEUE_MINUTES):
        return Finding("queue", f"排得最久的任务等了 {spoken(oldest)}" if oldest else "没有排队的任务")
    return Finding(
        "queue",
        f"有任务等了 {spoken(oldest)}",
        "看 journalctl -u lianhu-worker：它停了，或者正在导入一张很大的表。",
    )


def _oldest_due() -> timedelta:
    now = timezone.now()
    waiting = DBTaskResult.objects.ready().values_list("enqueued_at", "run_after")
    # django-tasks gives a job without a due time the last day of the calendar.
    due = (queued if after == get_date_max() else max(queued, after) for queued, after in waiting)
    return now - min(due, default=now)


def worker() -> Finding:
    age = Stamp.age(Stamp.WORKER)
    if age is not None and age <= SILENT:
        return Finding("worker", "后台任务在运行")
    said = "后台任务没有运行过" if age is None else f"后台任务 {spoken(age)}没有动静"
    return Finding("worker", said, "systemctl restart lianhu-worker，再看 journalctl -u lianhu-worker。")


def backup() -> Finding:
    """Check the age of the last backup. A new county has until its first night; demo data needs none."""
    limit = timedelta(hours=settings.READY_BACKUP_HOURS)
    age, county = Stamp.age(Stamp.BACKUP), Installation.this()
    if age is not None:
        said = f"最近一次备份在 {spoken(age)}以前"
    elif county is None or county.is_demo:
        return Finding("backup", "示例数据，不用备份" if county else "还没有建县，不用备份")
    else:
        age, said = timezone.now() - county.created_at, "还没有备份过"
    if age <= limit:
        return Finding("backup", said)
    return Finding(
        "backup",
        said,
        "运行 /etc/cron.daily/lianhu，看它说什么；没有这个文件的，照 docs/operations.md 装上。",
    )


def clock() -> Finding:
    """Compare the clock with the database server's and with the newest entry of the history."""
    ahead = max(_database_ahead(), _history_ahead())
    if ahead <= CLOCK_SLACK:
        return Finding("clock", f"时钟是 {timezone.localtime():%Y-%m-%d %H:%M:%S}")
    return Finding(
        "clock",
        f"时钟是 {timezone.localtime():%Y-%m-%d %H:%M:%S}，和数据库或最新的记录差 {spoken(ahead)}",
        "timedatectl 看时间对不对；内网没有对时的服务器，用 date -s 改对。",
    )


def _database_ahead() -> timedelta:
    """Return how far the clock of PostgreSQL, possibly on another machine, is ahead of this one."""
    if connection.vendor != "postgresql":
        return timedelta(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    return abs(theirs - timezone.now())


def _history_ahead() -> timedelta:
    newest = Change.objects.order_by("-pk").values_list("at", flat=True).first()
    return newest - timezone.now() if newest else timedelta(0)


OF_THE_DATABASE: list[Callable[[], Finding]] = [database, queue, worker, backup, clock]


def spoken(age: timedelta) -> str:
    """Format a duration roughly: 3 天, 5 小时, 12 分钟, 40 秒."""
    seconds = int(age.total_seconds())
    for unit, length in (("天", 86400), ("小时", 3600), ("分钟", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} 秒"

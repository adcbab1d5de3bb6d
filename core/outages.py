"""Failures of the machine (full disk, database busy or down), reported in one sentence instead of as a
program error.
"""

import errno
import sqlite3
from collections.abc import Iterator
from enum import Enum

import psycopg2
from psycopg2 import errorcodes


class Outage(Enum):
    """One kind of failure: title, cause and remedy."""

    FULL = ("服务器的磁盘满了", "没有地方存了，请告诉双联办，腾出地方以后再试。")
    BUSY = ("系统正忙", "正在写的人太多，或者正在导入，请过一会儿再试。")
    AWAY = ("数据库连不上", "请过一两分钟再试；一直这样，请告诉双联办。")
    UNWRITABLE = ("服务器存不了", "磁盘或数据库现在写不进去，请告诉双联办。")

    def __init__(self, title: str, advice: str) -> None:
        self.title = title
        self.advice = advice

    @property
    def sentence(self) -> str:
        return f"{self.title}：{self.advice}"


OF_ERRNO = {
    errno.ENOSPC: Outage.FULL,
    errno.EDQUOT: Outage.FULL,
    errno.EFBIG: Outage.FULL,
    errno.EROFS: Outage.UNWRITABLE,
    errno.EIO: Outage.UNWRITABLE,
    errno.EACCES: Outage.UNWRITABLE,
}
OF_SQLITE = {
    sqlite3.SQLITE_FULL: Outage.FULL,
    sqlite3.SQLITE_BUSY: Outage.BUSY,
    sqlite3.SQLITE_LOCKED: Outage.BUSY,
    sqlite3.SQLITE_CANTOPEN: Outage.AWAY,
    sqlite3.SQLITE_IOERR: Outage.UNWRITABLE,
    sqlite3.SQLITE_READONLY: Outage.UNWRITABLE,
}
OF_POSTGRES = {
    errorcodes.DISK_FULL: Outage.FULL,
    errorcodes.IO_ERROR: Outage.UNWRITABLE,
    errorcodes.READ_ONLY_SQL_TRANSACTION: Outage.UNWRITABLE,
    errorcodes.TOO_MANY_CONNECTIONS: Outage.BUSY,
    errorcodes.OUT_OF_MEMORY: Outage.BUSY,
    errorcodes.LOCK_NOT_AVAILABLE: Outage.BUSY,
    errorcodes.DEADLOCK_DETECTED: Outage.BUSY,
    errorcodes.SERIALIZATION_FAILURE: Outage.BUSY,
    errorcodes.QUERY_CANCELED: Outage.BUSY,
    errorcodes.ADMIN_SHUTDOWN: Outage.AWAY,
    errorcodes.CRASH_SHUTDOWN: Outage.AWAY,
    errorcodes.CANNOT_CONNECT_NOW: Outage.AWAY,
}


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the machine failure behind an error, or None for a program error."""
    return next((found for cause in _causes(error) if (found := _told_by(cause))), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and its chain of causes."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told_by(error: BaseException) -> Outage | None:
    if isinstance(error, OSError):
        return OF_ERRNO.get(error.errno or 0)
    if isinstance(error, sqlite3.Error):
        return OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(error, psycopg2.Error):
        return _told_by_postgres(error)
    return None


def _told_by_postgres(error: psycopg2.Error) -> Outage | None:
    if error.pgcode:
        return OF_POSTGRES.get(error.pgcode)
    # Without a connection there is no error code.
    lost = isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)
    return Outage.AWAY if lost else None

"""Whatever leaves the system as a file or a print: the password first, one line of the log, the daily limit."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from core import identity, oversight, sheets
from core.confirming import require_password
from core.models import Download

_UNNAMABLE = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')


def send_workbook(
    request: HttpRequest,
    title: str,
    headings: Sequence[str],
    rows: Iterator[Sequence[Any]],
    *,
    filters: str,
    row_count: int,
    of_people: bool,
    period: str = "",
    note: str = "",
) -> HttpResponseBase:
    """Log the download, write the rows into a workbook and send it. With `of_people`, require the password.

    The workbook and its name say what it is, of which period and unit, and who took it when; `note` says how the
    figures are counted.
    """
    if of_people:
        require_password(request)
    log_download(request, title, filters=_joined(period, filters), row_count=row_count)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (FileResponse closes it)
    user: Any = request.user
    above = [
        title,
        _joined(f"时段：{period or '不限'}", f"筛选：{identity.hide_numbers(filters) or '没有'}", note),
        _joined(*origin(user), f"共 {row_count:,} 行"),
    ]
    shown: Any = map(without_phones, rows) if user.is_viewer else rows
    sheets.write_rows(file, headings, shown, above=without_phones(above) if user.is_viewer else above)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name(user, title, period=period))


def origin(user: Any) -> tuple[str, str, str]:
    """Return the unit, the person and the time of a download, as they stand in the file."""
    return (
        f"单位：{user.unit}",
        f"{sheets.EXPORTED}{user.name}",
        f"时间：{timezone.localtime():%Y-%m-%d %H:%M}",
    )


def file_name(user: Any, title: str, *, period: str = "", kind: str = "xlsx") -> str:
    """Return the name of a download: title, period, unit and day, without what Windows refuses in a name."""
    parts = [title, "" if period in title else period, str(user.unit), f"{timezone.localdate():%Y%m%d}"]
    shown = without_phones(parts) if user.is_viewer else parts
    return f"{_UNNAMABLE.sub('', '_'.join(filter(None, shown)))}.{kind}"


def _joined(*parts: str) -> str:
    return "；".join(filter(None, parts))


def without_phones(row: Sequence[Any]) -> list[Any]:
    """Mask the phones in the cells of a row, for a viewer."""
    return [identity.hide_phones(cell) if isinstance(cell, str) else cell for cell in row]


def log_download(request: HttpRequest, what: str, *, filters: str, row_count: int) -> None:
    """Log a download before the file is made. Raises LimitReached above the day's number of files.

    A list can be searched by ID number, which is logged masked.
    """
    user: Any = request.user
    oversight.allow_export(user)
    note_download(user, what, filters=identity.hide_numbers(filters), row_count=row_count)


def log_print(
    request: HttpRequest, what: str, *, filters: str, row_count: int, of_people: bool = True
) -> None:
    """Log a print before it is shown. With `of_people`, require the password."""
    if of_people:
        require_password(request)
    log_download(request, f"{what}（打印）", filters=filters, row_count=row_count)


def note_download(user: Any, what: str, *, filters: str, row_count: int) -> None:
    """Write one line of the log, truncated: survey titles and unit names may exceed the column."""
    Download.objects.create(
        by=user, place=oversight.place_of(user), what=what[:60], filters=filters[:500], row_count=row_count
    )

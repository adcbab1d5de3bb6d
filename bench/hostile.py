"""`make hostile`: the most expensive pictures and workbooks, and 350,000 normal rows; seconds and MB of each.

Each is opened in a process of its own, so that the peak is that of the child or of its caller alone.
"""

import io
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from PIL import Image

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from core import sheets  # noqa: E402
from core.attachments import LONGEST_SIDE, PICTURE_LIMITS, SHRINK  # noqa: E402
from core.sandbox import process  # noqa: E402
from core.sheets import SheetError  # noqa: E402
from tests.sandbox import hostile  # noqa: E402

COLUMNS = 30
MARKS = {(1, 0): "没有这个村"}


def noise(width: int, height: int, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def honest() -> bytes:
    out = io.BytesIO()
    rows = ([f"大庄村{row % 400}", f"王{row}", *["内容"] * (COLUMNS - 2)] for row in range(350_000))
    sheets.write_rows(out, ["村", "户主姓名", *map(str, range(COLUMNS - 2))], rows)
    return out.getvalue()


PICTURES: dict[str, Callable[[], bytes]] = {
    "png 1 x 39,000,000": lambda: hostile.png(1, 39_000_000),
    "png 16 bits rgba 25M": lambda: hostile.png(5000, 5000, depth=16, colours=6),
    "jpeg progressive 64M": lambda: noise(9248, 6936, "JPEG", quality=30, progressive=True, subsampling=0),
    "webp 25M": lambda: noise(5000, 5000, "WEBP", quality=30, method=0),
    "avif 25M": lambda: noise(5000, 5000, "AVIF", quality=20, speed=10),
}
BOOKS: dict[str, Callable[[], bytes]] = {**hostile.WORKBOOKS, f"honest 350,000 x {COLUMNS}": honest}


def open_picture(data: bytes) -> str:
    try:
        with process.run(SHRINK, data, PICTURE_LIMITS, side=LONGEST_SIDE) as result:
            return f"{len(result.read()):,} bytes"
    except (process.Refused, process.ProcessStopped) as end:
        return f"{type(end).__name__} {end}"


def read_book(data: bytes) -> str:
    try:
        return f"{sum(len(sheet.rows) for sheet in sheets.read(data, 'a.xlsx').sheets):,} rows"
    except SheetError as error:
        return str(error)


def mark_book(data: bytes) -> str:
    try:
        name = sheets.read(data, "a.xlsx").sheets[0].name
        return f"{len(sheets.mark_workbook(data, 'a.xlsx', name, MARKS, {}, 0)):,} bytes"
    except SheetError as error:
        return str(error)


def one(act: str, name: str) -> None:
    """Open the data on stdin and print the result line."""
    data = sys.stdin.buffer.read()
    began = time.perf_counter()
    outcome = {"picture": open_picture, "read": read_book, "mark": mark_book}[act](data)
    passed = time.perf_counter() - began
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{act:8}{name:24}{len(data):>11,} bytes {passed:6.1f} s, cpu {child.ru_utime + child.ru_stime:5.1f} s,"
        f" child {child.ru_maxrss >> 10:5} MB, caller {own_peak():4} MB: {outcome}",
        flush=True,
    )


def own_peak() -> int:
    """Return the MB of this process; getrusage's peak includes the parent's size at the fork."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) >> 10


def main() -> None:
    acts = [("picture", name, make) for name, make in PICTURES.items()]
    acts += [(act, name, make) for name, make in BOOKS.items() for act in ("read", "mark")]
    for act, name, make in acts:
        command = [sys.executable, "-m", "bench.hostile", act, name]
        subprocess.run(command, input=make(), check=True)


if __name__ == "__main__":
    one(*sys.argv[1:]) if sys.argv[1:] else main()

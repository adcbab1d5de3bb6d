"""Cost of the child process for small files, against an ordinary process doing the same work."""

import io
import os
import subprocess
import sys
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402

from bench.timing import alternately, compare  # noqa: E402
from core import sheets  # noqa: E402
from core.attachments import reencode  # noqa: E402
from tests.pictures import picture  # noqa: E402

ROUNDS = 15
LIMITS = {"picture-child": 1.5, "workbook-child": 4, "marking-child": 1.5}
"""For a workbook the rival only starts and reads, without checking for zip bombs, cycles or formulas."""
PICTURE = """
import io, sys
from PIL import Image
picture = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=["JPEG"])
picture.thumbnail((1600, 1600))
picture.save(io.BytesIO(), "JPEG")
"""
WORKBOOK = """
import io, json, sys
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps(book.get_sheet_by_index(0).to_python()))
"""
MARKING = """
import io, sys
import openpyxl
book = openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
book.save(io.BytesIO())
"""


def process(code: str, data: bytes) -> Callable[[], object]:
    command = [sys.executable, "-c", code]
    return lambda: subprocess.run(command, input=data, check=True, capture_output=True)


def workbook() -> bytes:
    out = io.BytesIO()
    sheets.write_rows(out, ["村", "户主姓名"], [["大庄村", "王有福"]] * 20)
    return out.getvalue()


def measure(key: str, limit: float, ours: Callable[[], object], code: str, data: bytes) -> None:
    mine, other = alternately(ours, process(code, data), rounds=ROUNDS)
    compare(key, limit, mine, other, "an ordinary process with the same library")


if __name__ == "__main__":
    wanted = os.environ.get("BENCH", "")
    photo, book = picture("门前.jpg").read(), workbook()
    marks = {(1, 0): "没有这个村"}
    parts = {
        "picture-child": (lambda: reencode(SimpleUploadedFile("门前.jpg", photo)), PICTURE, photo),
        "workbook-child": (lambda: sheets.read(book, "a.xlsx").sheets[0].rows, WORKBOOK, book),
        "marking-child": (lambda: sheets.mark_workbook(book, "a.xlsx", "名单", marks, {}, 0), MARKING, book),
    }
    for key, (ours, code, data) in parts.items():
        if wanted in {"", key}:
            measure(key, LIMITS[key], ours, code, data)

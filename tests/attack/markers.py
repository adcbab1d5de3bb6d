"""Unique words, phone numbers and ID numbers, each stored in one row, and the search for them in any response."""

import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import unquote

from openpyxl import load_workbook
from pypdfium2 import PdfDocument

STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
MARK = re.compile(
    f"鑫[{STEMS}]{{3}}"  # a word in a text
    r"|MK\d{5}"  # a code
    r"|(?<!\d)1[3-9]\d{9}(?!\d)"  # a telephone
    r"|(?<!\d)\d{17}[\dX](?![\dX])"  # an ID number
    r"|(?<!\d)\d{12}-\d{3}(?!\d)"  # a household's number
)
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Mark:
    """The place where a marker is stored."""

    label: str
    row: int
    field: str

    def __str__(self) -> str:
        return f"{self.label} {self.row} {self.field}"


class Marks:
    """The markers handed out so far, by their text."""

    def __init__(self) -> None:
        self.of: dict[str, Mark] = {}
        self._words = map("".join, itertools.product(STEMS, repeat=3))
        self._codes = itertools.count(1)
        self._phones = itertools.count(1)

    def note(self, text: str, row: Any, field: str) -> str:
        self.of[text] = Mark(row._meta.label_lower, row.pk, field)
        return text

    def fresh(self) -> str:
        """Return a word that is not in use yet."""
        return f"鑫{next(self._words)}"

    def word(self, row: Any, field: str) -> str:
        return self.note(self.fresh(), row, field)

    def code(self, row: Any, field: str) -> str:
        return self.note(f"MK{next(self._codes):05}", row, field)

    def phone(self, row: Any, field: str) -> str:
        return self.note(f"1397{next(self._phones):07}", row, field)

    def in_text(self, text: str) -> set[str]:
        plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), unescape(text))
        return {found for part in (plain, unquote(plain)) for found in MARK.findall(part)} & self.of.keys()

    def in_answer(self, response: Any, body: bytes) -> set[str]:
        """Return the markers found in a response: in its body of any format, its headers and its file name."""
        headers = " ".join(f"{name} {value}" for name, value in response.headers.items())
        return self.in_text("\n".join([headers, *texts_of(body)]))


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def texts_of(body: bytes) -> Iterator[str]:
    """Return the words of a page, JSON, PDF, workbook, or of each file in an archive."""
    if body[:4] == b"%PDF":
        yield from pdf_texts(body)
    elif body[:2] == b"PK":
        yield from archive_texts(body)
    else:
        yield body.decode(errors="ignore")


def pdf_texts(body: bytes) -> Iterator[str]:
    for page in PdfDocument(body):
        text = page.get_textpage().get_text_range()
        yield text
        yield "".join(text.split())  # layout may break a word


def archive_texts(body: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            yield workbook_text(body)
        for name in names:  # workbooks too: comments, properties, hidden parts
            yield name
            yield from texts_of(archive.read(name))


def workbook_text(body: bytes) -> str:
    """Return every cell of every sheet, including hidden ones: other parts of the file may split a value."""
    book = load_workbook(io.BytesIO(body))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row]
    return json.dumps([str(cell) for cell in cells if cell is not None], ensure_ascii=False)

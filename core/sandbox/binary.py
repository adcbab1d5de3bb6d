"""What old Word and Excel files (.doc, .xls) hold that starts or fetches something, by [MS-DOC] and [MS-XLS]."""

import re
import struct
from dataclasses import dataclass

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins every one of them."""
BOUND_SHEET, FILE_PASS, SUP_BOOK = 0x0085, 0x002F, 0x01AE
MACRO_SHEETS = {1, 6}
"""Kinds of a sheet in BoundSheet8: 1 macros of Excel 4, 6 a module of Visual Basic."""
DDE_MARK = "\x03"
"""In the address of a SupBook: stands between the program and what is asked of it."""
WORD_MARK = 0xA5EC
TEXTS_PLACE = 0x9A + 32 * 8
"""Of fcSttbfAssoc in the Fib: where the names of the template, the title and others lie."""
LOCKED, WHICH_TABLE = 0x0100, 0x0200
_FIELD = re.compile(rb"\x13(?:\W{0,20}DDE(?:AUTO)?\W)|\x13\x00(?:\W\x00){0,20}D\x00D\x00E\x00", re.IGNORECASE)


@dataclass
class BinaryFindings:
    locked: bool = False
    macros: bool = False
    dde: bool = False


def look_through(stream: bytes) -> BinaryFindings:
    """Return the records of an old workbook, from the first to the last."""
    found, at = BinaryFindings(), 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        record = stream[at + 4 : at + 4 + length]
        if kind == FILE_PASS:
            return BinaryFindings(locked=True)
        if kind == BOUND_SHEET:
            found.macros |= len(record) > 5 and record[5] in MACRO_SHEETS
        elif kind == SUP_BOOK:
            found.dde |= DDE_MARK in _address(record)
        at += 4 + length
    return found


def _address(record: bytes) -> str:
    """Return the address of a SupBook: a count, a length, a byte that tells the width of the characters, the
    characters.
    """
    if len(record) < 5:
        return ""
    length = struct.unpack_from("<H", record, 2)[0]
    wide = record[4] & 1
    return record[5 : 5 + length * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")


def has_dde_field(stream: bytes) -> bool:
    """Return whether a field of an old Word file begins with DDE; its text lies in one or two bytes a character."""
    return bool(_FIELD.search(stream))


def is_locked(stream: bytes) -> bool:
    """Return whether an old Word file has a password."""
    return bool(_flags(stream) & LOCKED)


def _flags(stream: bytes) -> int:
    return int(struct.unpack_from("<H", stream, 0x0A)[0]) if len(stream) > 0x0C else 0


def table_name(stream: bytes) -> str:
    """Return the name of the stream that holds the tables of an old Word file."""
    return "1Table" if _flags(stream) & WHICH_TABLE else "0Table"


def template(stream: bytes, tables: bytes) -> str:
    """Return the address of the template of an old Word file; '' when it names none."""
    if len(stream) < TEXTS_PLACE + 8 or struct.unpack_from("<H", stream)[0] != WORD_MARK:
        return ""  # Word 95 and before
    start, size = struct.unpack_from("<II", stream, TEXTS_PLACE)
    texts = tables[start : start + size]
    if len(texts) < 8 or texts[:2] != b"\xff\xff":
        return ""
    at = 6  # behind the mark, the count, and how much else each text carries
    at += 2 + 2 * struct.unpack_from("<H", texts, at)[0]  # the first is not used
    if at + 2 > len(texts):
        return ""
    length = struct.unpack_from("<H", texts, at)[0]
    return texts[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")

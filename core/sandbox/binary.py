"""Detect active content in old Word and Excel files (.doc, .xls), by [MS-DOC] and [MS-XLS]."""

import re
import struct
from dataclasses import dataclass

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Magic number of both formats."""
BOUND_SHEET, FILE_PASS, SUP_BOOK = 0x0085, 0x002F, 0x01AE
MACRO_SHEETS = {1, 6}
"""Sheet types in BoundSheet8: 1 is Excel 4 macros, 6 a Visual Basic module."""
DDE_MARK = "\x03"
"""In a SupBook address, separates the DDE program from the topic."""
WORD_MARK = 0xA5EC
TEXTS_PLACE = 0x9A + 32 * 8
"""Offset of fcSttbfAssoc in the Fib: the position of the names of template, title and others."""
LOCKED, WHICH_TABLE = 0x0100, 0x0200
_FIELD = re.compile(rb"\x13(?:\W{0,20}DDE(?:AUTO)?\W)|\x13\x00(?:\W\x00){0,20}D\x00D\x00E\x00", re.IGNORECASE)


@dataclass
class BinaryFindings:
    locked: bool = False
    macros: bool = False
    dde: bool = False


def look_through(stream: bytes) -> BinaryFindings:
    """Scan all records of an old workbook."""
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
    """Return the address of a SupBook: a count, a length, a byte for the character width, the characters."""
    if len(record) < 5:
        return ""
    length = struct.unpack_from("<H", record, 2)[0]
    wide = record[4] & 1
    return record[5 : 5 + length * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")


def has_dde_field(stream: bytes) -> bool:
    """Return whether a field of an old Word file begins with DDE; text uses one or two bytes per character."""
    return bool(_FIELD.search(stream))


def is_locked(stream: bytes) -> bool:
    """Return whether an old Word file has a password."""
    return bool(_flags(stream) & LOCKED)


def _flags(stream: bytes) -> int:
    return int(struct.unpack_from("<H", stream, 0x0A)[0]) if len(stream) > 0x0C else 0


def table_name(stream: bytes) -> str:
    """Return the name of the table stream of an old Word file."""
    return "1Table" if _flags(stream) & WHICH_TABLE else "0Table"


def template(stream: bytes, tables: bytes) -> str:
    """Return the address of the template of an old Word file; '' when it names none."""
    if len(stream) < TEXTS_PLACE + 8 or struct.unpack_from("<H", stream)[0] != WORD_MARK:
        return ""  # Word 95 and earlier
    start, size = struct.unpack_from("<II", stream, TEXTS_PLACE)
    texts = tables[start : start + size]
    if len(texts) < 8 or texts[:2] != b"\xff\xff":
        return ""
    at = 6  # skip the mark, the count, and the size of extra data per text
    at += 2 + 2 * struct.unpack_from("<H", texts, at)[0]  # the first entry is unused
    if at + 2 > len(texts):
        return ""
    length = struct.unpack_from("<H", texts, at)[0]
    return texts[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")

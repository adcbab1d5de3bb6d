"""Inspect an old .xls (BIFF) by walking its records before the fast reader opens it.

As with .xlsx, the reader allocates all cells up to the last one, returns a formula's stored result as a value,
and returns an error value as an empty cell.
"""

import io
import struct
from collections.abc import Iterator

import olefile

from core.sandbox.sheets.errors import (
    HEAD_ROWS,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    SAVE_AS,
    SheetError,
    cell_name,
    damaged,
    too_far,
    too_many_cells,
)
from core.sandbox.sheets.formatted import FormattedCells, style_codes
from core.sandbox.sheets.xlsx import Part

BOF, EOF, BOUND_SHEET, FILE_PASS, BOOL_ERROR = 0x0809, 0x000A, 0x0085, 0x002F, 0x0205
SINCE_1904 = 0x0022
ROW, HIDDEN = 0x0208, 0x20
FORMULAS = {0x0006, 0x0206, 0x0406}
# An array, shared formula or data table stands between a formula and its text.
BETWEEN = {0x0221, 0x04BC, 0x0236}
STRING, ON_LOAD = 0x0207, 0x02
TEXT_RESULT, ERROR_RESULT = 0, 2
# LABELSST, LABEL, NUMBER, RK, MULRK, BOOLERR, RSTRING: all begin with row and column.
CELLS = {0x00FD, 0x0204, 0x0203, 0x027E, 0x00BD, BOOL_ERROR, 0x00D6}
MULTIPLE = 0x00BD
CODE_PAGE, FORMAT, STYLE = 0x0042, 0x041E, 0x00E0
BIFF8, CHINESE = 0x0600, 936
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_TWO = struct.Struct("<HH")

SECTOR = 4096
NONE, CHAIN_END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def inspect(stream: bytes) -> list[Part]:
    """Return every sheet in order, hidden ones too. Raises SheetError when the whole file cannot be read."""
    parts = []
    area = 0
    try:
        offsets, since_1904, codes = _globals(stream)
        for offset in offsets:
            part, cells = _sheet(stream, offset, codes)
            part.since_1904 = since_1904
            parts.append(part)
            area += cells
    except (struct.error, IndexError) as error:
        raise damaged() from error
    # The reader loads all sheets as soon as it opens the file.
    if area > MAX_CELLS:
        raise next((part.trouble for part in parts if part.trouble), too_many_cells())
    return parts


def workbook_stream(data: bytes) -> bytes:
    """Return the BIFF records in an old .xls. Raises SheetError when it is no workbook or is locked."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            if opened.exists("EncryptedPackage"):
                raise SheetError("文件加了密码，打不开。请去掉密码再传。")
            name = next((name for name in ("Workbook", "Book") if opened.exists(name)), "")
            if not name:
                raise SheetError(f"这不是 Excel 表格。{SAVE_AS}。")
            return bytes(opened.openstream(name).read())
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise damaged() from error


def repack(stream: bytes) -> bytes:
    """Put the records into a new compound file (MS-CFB, version 4) for the fast reader.

    In the uploaded file one wrong byte can turn a chain of sectors into a cycle, which the reader would
    follow until memory runs out.
    """
    stream += bytes(-len(stream) % SECTOR or SECTOR)
    used = len(stream) // SECTOR
    fat_sectors = 1
    while (used + 1 + fat_sectors) * 4 > fat_sectors * SECTOR:
        fat_sectors += 1
    fat = [*range(1, used), CHAIN_END, CHAIN_END, *[FAT_SECTOR] * fat_sectors]
    fat += [NONE] * (fat_sectors * SECTOR // 4 - len(fat))
    places = [used + 1 + number for number in range(fat_sectors)]
    header = struct.pack(
        "<8s16x5H6x9I109I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 4, 0xFFFE, 12, 6),
        *(1, fat_sectors, used, 0, 4096, CHAIN_END, 0, CHAIN_END, 0),
        *(places + [NONE] * (109 - fat_sectors)),
    )
    # The reader requires a sector for short streams behind the root; any sector works.
    directory = _entry("Root Entry", 5, 1, used, 0) + _entry("Workbook", 2, NONE, 0, len(stream))
    blocks = [header, directory, struct.pack(f"<{len(fat)}I", *fat)]
    header, directory, table = (block.ljust(SECTOR, b"\0") for block in blocks)
    return header + stream + directory + table


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = f"{name}\0".encode("utf-16-le")
    return struct.pack("<64sHBB3I36xIQ", encoded, len(encoded), kind, 1, NONE, NONE, child, start, size)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and length of each record from `start` to the end of its substream."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = _TWO.unpack_from(stream, start)
        if kind == BOF:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        # A chart within a sheet is a substream of its own.
        if depth == 1:
            yield kind, start + 4, length
        start += 4 + length


def _globals(stream: bytes) -> tuple[list[int], bool, dict[int, str]]:
    """Return where the sheets begin, whether dates are counted from 1904, and the formats of the styles."""
    offsets, since_1904 = [], False
    formats = _Formats()
    for kind, start, length in _records(stream, 0):
        if kind == FILE_PASS:
            raise SheetError("文件加了密码，打不开。请去掉密码再传。")
        if kind == BOUND_SHEET:
            offsets.append(struct.unpack_from("<I", stream, start)[0])
        if kind == SINCE_1904:
            since_1904 = stream[start] == 1
        formats.read(stream, kind, start, length)
    return offsets, since_1904, style_codes(formats.cells, formats.codes)


class _Formats:
    """The number formats: their codes, and the format of each cell style."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.cells: list[int] = []
        self._is_wide = True
        self._encoding = "gbk"

    def read(self, stream: bytes, kind: int, start: int, length: int) -> None:
        if kind == BOF:
            self._is_wide = _TWO.unpack_from(stream, start)[0] >= BIFF8
        elif kind == CODE_PAGE:
            page = struct.unpack_from("<H", stream, start)[0]
            self._encoding = "gbk" if page == CHINESE else "latin-1"
        elif kind == STYLE:
            self.cells.append(_TWO.unpack_from(stream, start)[1])
        elif kind == FORMAT:
            number, *_ = _TWO.unpack_from(stream, start)
            self.codes[number] = self._text(stream[start + 2 : start + length])

    def _text(self, raw: bytes) -> str:
        """Decode a string with its length in front: of 2 bytes and with flags since Excel 97."""
        if not self._is_wide:
            return raw[1 : 1 + raw[0]].decode(self._encoding, errors="replace")
        size, flags = struct.unpack_from("<HB", raw)
        if flags & 1:
            return raw[3 : 3 + 2 * size].decode("utf-16-le", errors="replace")
        return raw[3 : 3 + size].decode("latin-1")


def _sheet(stream: bytes, offset: int, codes: dict[int, str]) -> tuple[Part, int]:
    part = Part("", formatted=FormattedCells(codes))
    rows = columns = 0
    formula: tuple[int, int, bytes] | None = None
    for kind, start, length in _records(stream, offset):
        if formula and kind not in BETWEEN:
            _note_formula(part, *formula, has_text=kind == STRING)
            formula = None
        if kind == ROW and stream[start + 12] & HIDDEN:
            part.hidden.add(_TWO.unpack_from(stream, start)[0])
        if kind not in CELLS and kind not in FORMULAS:
            continue
        row, column = _TWO.unpack_from(stream, start)
        formula = (row, column, stream[start + 6 : start + length]) if kind in FORMULAS else None
        _note_error(part, stream, kind, start)
        if codes:
            _note_formats(part.formatted, stream, kind, start, length)
        if kind == MULTIPLE:
            column = struct.unpack_from("<H", stream, start + length - 2)[0]
        rows, columns = max(rows, row + 1), max(columns, column + 1)
        if (row >= MAX_ROWS + HEAD_ROWS or column >= MAX_COLUMNS) and part.trouble is None:
            part.trouble = too_far(cell_name(row, column))
    if formula:
        _note_formula(part, *formula, has_text=False)
    return part, rows * columns


def _note_formats(formatted: FormattedCells, stream: bytes, kind: int, start: int, length: int) -> None:
    row, column, style = struct.unpack_from("<3H", stream, start)
    formatted.note(row, column, style)
    if kind == MULTIPLE:
        # Row and first column, then style and number (6 bytes) of each cell, then the last column.
        for at in range(1, (length - 6) // 6):
            style = struct.unpack_from("<H", stream, start + 4 + 6 * at)[0]
            formatted.note(row, column + at, style)


def _note_error(part: Part, stream: bytes, kind: int, start: int) -> None:
    if kind == BOOL_ERROR and stream[start + 7]:
        part.errors[_TWO.unpack_from(stream, start)] = ERRORS.get(stream[start + 6], "#N/A")


def _note_formula(part: Part, row: int, column: int, result: bytes, *, has_text: bool) -> None:
    """Note a formula and whether its result (8 bytes, then flags) is stored.

    A program that does not calculate stores a zero or an announced text without the text, to be calculated when
    Excel loads the file.
    """
    has_value = True
    if result[6:8] == b"\xff\xff":
        if result[0] == ERROR_RESULT:
            part.errors[row, column] = ERRORS.get(result[2], "#N/A")
            return
        has_value = result[0] != TEXT_RESULT or has_text
    elif not any(result[:8]):
        has_value = not result[8] & ON_LOAD
    try:
        part.formulas.add(row, column, has_value)
    except SheetError as trouble:
        part.trouble = part.trouble or trouble

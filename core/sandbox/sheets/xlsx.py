"""Inspect an .xlsx by streaming its XML before the fast reader opens it.

The reader allocates every cell between the first and the last one with content: one stray cell in XFD1048576
would exhaust the memory. It also returns a formula's stored result as a value, the missing result of another as
an empty cell, and an error value as an empty cell. This module detects all that in about a fifth of the reader's
time.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn
from xml.etree.ElementTree import Element
from xml.parsers import expat

from core.sandbox.sheets.archive import Archive, part_name
from core.sandbox.sheets.errors import (
    HEAD_ROWS,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROW_TAGS,
    MAX_ROWS,
    SheetError,
    cell_name,
    column_number,
    damaged,
    too_far,
    too_many_cells,
    too_many_rows,
)
from core.sandbox.sheets.formatted import FormattedCells, format_codes
from core.sandbox.sheets.formulas import Formulas
from core.sandbox.sheets.packing import RELATIONS, WORKBOOK, index, refuse_doctype, resolved

# Sheets with unusual markup are parsed tag by tag, which takes a second per 20 MB.
MAX_PARSED = 100 << 20
MAX_ERROR_CELLS = 10_000


@dataclass
class Part:
    """One visible sheet: why it cannot be read (None if it can), and its cells with an Excel error value."""

    name: str
    trouble: SheetError | None = None
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: Formulas = field(default_factory=Formulas)
    hidden: set[int] = field(default_factory=set)
    """Rows (from 0) hidden by a filter or by hand; the reader reads them like the others."""
    on_load: bool = False
    """Whether results are calculated when Excel loads the file: a stored zero is none then."""
    since_1904: bool = False
    """Whether dates are counted from 1904, as on old Macs, instead of 1900."""
    formatted: FormattedCells = field(default_factory=lambda: FormattedCells({}))
    """The cells whose number format shows something else than the number."""


def inspect(data: bytes) -> list[Part]:
    """Return the visible sheets in order. Raises SheetError when the whole file cannot be read."""
    archive = Archive(data)
    if WORKBOOK not in archive:
        _refuse_other_kind(archive)
    elements = index(archive, WORKBOOK)
    since_1904 = any(element.get("date1904", "0") in {"1", "true"} for element in elements)
    on_load = any(element.get("fullCalcOnLoad", "0") in _TRUE for element in elements)
    parts = {
        target: Part(name, on_load=on_load, since_1904=since_1904)
        for name, target in _visible_sheets(archive, elements)
    }
    for name in archive.entries:
        if name not in parts:
            _drain(archive, name)
    codes = _format_codes(archive)
    for name, part in parts.items():
        if name not in archive:
            raise damaged()
        part.formatted = FormattedCells(codes)
        _examine(archive, name, part)
    return list(parts.values())


def _refuse_other_kind(archive: Archive) -> NoReturn:
    if "xl/workbook.bin" in archive:
        raise SheetError("这是 .xlsb 文件，读不了。请在 Excel 里另存为 .xlsx 再传。")
    if "content.xml" in archive:
        raise SheetError("这是 .ods 文件，读不了。请用 WPS 或 Excel 另存为 .xlsx 再传。")
    if "word/document.xml" in archive:
        raise SheetError("这是 Word 文件，不是表格。请把表格复制到 Excel，存为 .xlsx 再传。")
    raise SheetError("这是压缩包，不是表格。请解开后传里面的 .xlsx。")


def _visible_sheets(archive: Archive, elements: list[Element]) -> list[tuple[str, str]]:
    """Return name and zip entry of each visible worksheet."""
    targets: dict[str, str] = {}
    for element in index(archive, RELATIONS):
        if element.get("Type", "").endswith("/worksheet"):
            targets[element.get("Id", "")] = part_name(resolved(element.get("Target", "")))
    sheets = []
    for element in elements:
        link = next((value for key, value in element.items() if key.endswith("}id")), "")
        if (
            element.tag.endswith("}sheet")
            and link in targets
            and element.get("state", "visible") == "visible"
        ):
            sheets.append((element.get("name", ""), targets[link]))
    return sheets


def _format_codes(archive: Archive) -> dict[int, str]:
    for element in index(archive, RELATIONS):
        if element.get("Type", "").endswith("/styles"):
            name = resolved(element.get("Target", ""))
            return format_codes(archive, name) if name in archive else {}
    return {}


def _drain(archive: Archive, name: str) -> None:
    """Inflate an entry only to check its size and entity declarations."""
    tail = b""
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    for chunk in archive.chunks(name):
        if is_xml:
            refuse_doctype(tail + chunk)
            tail = chunk[-16:]


# --- one sheet ----------------------------------------------------------------------------------

_COLUMNS = [("[A-Z]", 26), ("A?[A-Z]", 52), ("[AB]?[A-Z]", 78), ("[A-C]?[A-Z]", 104), ("[A-J]?[A-Z]", 286)]
_ROWS = [(r"\d{1,4}", 9_999), (r"1?\d{1,4}", 19_999), (r"[1-4]?\d{1,4}", 49_999), (r"\d{1,5}", 99_999)]
_ROWS += [(r"1?\d{1,5}", 199_999), (r"[1-3]?\d{1,5}", 399_999)]
_ROW_TAG = re.compile(rb"<row\b[^>]*>")
_ROW_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_IS_HIDDEN = re.compile(rb"""\shidden\s*=\s*["']\s*(?:1|true|on)\s*["']""")
_TRUE = {"1", "true", "on"}
_PREFIXED = re.compile(rb"""xmlns:[\w.-]+\s*=\s*["'][^"']*/spreadsheetml/[^"']*main["']""")
_REFERENCE = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')


@lru_cache(maxsize=len(_COLUMNS) * len(_ROWS))
def _stranger(columns: int, rows: int) -> re.Pattern[bytes]:
    """Return a pattern for a non-empty cell outside the first rows and columns."""
    inside = f"{_COLUMNS[columns][0]}{_ROWS[rows][0]}"
    empty = r'[A-Z]{1,3}\d{1,7}"(?: [st]="\w+")* ?/>'
    return re.compile(rf'<c(?! r="(?:{inside}"|{empty}))'.encode())


class _Scan:
    """Fast scan of a sheet with the usual markup of Excel, WPS and our own writer: finds where the content
    ends.

    `plain` turns False if the sheet must be parsed tag by tag: a formula, an error value, a cell far out, a
    cell without an address, prefixed tags, other unusual markup.
    """

    def __init__(self, formatted: FormattedCells) -> None:
        self.formatted = formatted
        self.columns = self.rows = 0
        self.row_tags = 0
        self.hidden: set[int] = set()
        self.plain = True
        self._rest = b""
        self._began = self._ended = False

    def feed(self, chunk: bytes) -> None:
        text = self._rest + chunk
        # Scan whole tags only: text after the last "<" waits for the next chunk.
        end = text.rfind(b"<")
        text, self._rest = text[:end], text[end:]
        if len(self._rest) > 1 << 20:
            self.plain = False
            self._rest = b""
        if not self._began:
            self.plain &= not _PREFIXED.search(text)
            self._began = b"<sheetData" in text
            text = text[text.find(b"<sheetData") + 10 :] if self._began else b""
        if self._ended or not text:
            self.plain &= b"<sheetData" not in text
            return
        self._ended = b"</sheetData>" in text
        text, _, after = text.partition(b"</sheetData>")
        self.plain &= b"<sheetData" not in after
        self._certify(text)

    def _certify(self, text: bytes) -> None:
        self.row_tags += text.count(b"<row")
        if b"hidden" in text:
            self._note_hidden(text)
        if b"<f" in text or b'"e"' in text or b"'e'" in text or b"xmlns" in text:
            self.plain = False
        if self.plain:
            self.formatted.scan(text)
        at = 0
        while self.plain and (found := _stranger(self.columns, self.rows).search(text, at)):
            at = found.start()
            self._widen(_REFERENCE.match(text, at))

    def _note_hidden(self, text: bytes) -> None:
        for tag in _ROW_TAG.findall(text):
            if _IS_HIDDEN.search(tag):
                number = _ROW_NUMBER.search(tag)
                self.plain &= number is not None
                self.hidden.add(int(number[1]) - 1 if number else 0)

    def _widen(self, reference: re.Match[bytes] | None) -> None:
        if reference:
            column, row = column_number(reference[1].decode()), int(reference[2])
            if column < _COLUMNS[-1][1] and row <= _ROWS[-1][1]:
                while column >= _COLUMNS[self.columns][1]:
                    self.columns += 1
                while row > _ROWS[self.rows][1]:
                    self.rows += 1
                return
        self.plain = False

    @property
    def certified(self) -> bool:
        area = _COLUMNS[self.columns][1] * _ROWS[self.rows][1]
        # The pattern classes are coarse, so count the real cells before the reader allocates them.
        return self.plain and self._began and area <= 2 * MAX_CELLS


def _examine(archive: Archive, name: str, part: Part) -> None:
    scan = _Scan(part.formatted)
    size, tail = 0, b""
    for chunk in archive.chunks(name):
        size += len(chunk)
        refuse_doctype(tail + chunk)
        tail = chunk[-16:]
        if scan.plain and scan.row_tags <= MAX_ROW_TAGS:
            scan.feed(chunk)
    if scan.row_tags > MAX_ROW_TAGS:
        part.trouble = too_many_rows()
    elif scan.certified:
        part.hidden = scan.hidden
    else:
        part.formatted = FormattedCells(part.formatted.codes)
        _parse(archive, name, size, part)


class _Stop(Exception):
    """Stops the parsing of a sheet at its first problem."""


class _Cells:
    """Expat handlers that compute each cell's address as the reader does."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.row = self.column = -1
        self.last = (0, 0)
        self.kind = ""
        self.style = 0
        self.has_formula = False
        self.text: list[str] | None = None
        """The value of a cell whose value matters: an error or a formula's result."""
        self.row_tags = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "row":
            self.row_tags += 1
            if self.row_tags > MAX_ROW_TAGS:
                self._stop(too_many_rows())
            self.row = int(attributes.get("r", self.row + 2)) - 1
            self.column = -1
            if attributes.get("hidden", "").strip() in _TRUE:
                self.part.hidden.add(self.row)
        elif tag == "c":
            self._enter(attributes)
        elif tag == "f":
            self.has_formula = True
        elif tag in ("v", "is"):
            self._filled()

    def end(self, name: str) -> None:
        if name.rpartition(" ")[2] == "c":
            self._leave()

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def _enter(self, attributes: dict[str, str]) -> None:
        self.column += 1
        self.kind = attributes.get("t", "")
        self.style = int(attributes.get("s", 0))
        self.has_formula, self.text = False, None
        if address := attributes.get("r"):
            match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", address.strip(), re.ASCII)
            if not match:
                self._stop(damaged())
            else:
                self.row, self.column = int(match[2]) - 1, column_number(match[1])

    def _leave(self) -> None:
        value = "".join(self.text or ()).strip()
        if self.kind == "e" and value:
            if len(self.part.errors) < MAX_ERROR_CELLS:
                self.part.errors[self.row, self.column] = value
        elif self.has_formula:
            has_value = self._has_value(value)
            self._filled()
            try:
                self.part.formulas.add(self.row, self.column, has_value)
            except SheetError as trouble:
                self._stop(trouble)
        self.text = None

    def _has_value(self, value: str) -> bool:
        """Return whether the result is stored; an empty text is one."""
        if self.kind == "str":
            return self.text is not None
        return value not in ({"", "0"} if self.part.on_load else {""})

    def _filled(self) -> None:
        if self.row >= MAX_ROWS + HEAD_ROWS or self.column >= MAX_COLUMNS:
            self._stop(too_far(self._here()))
        self.last = max(self.last[0], self.row + 1), max(self.last[1], self.column + 1)
        if self.last[0] * self.last[1] > MAX_CELLS:
            self._stop(too_many_cells())
        if self.text is None:
            self.text = [] if self.kind == "e" or self.has_formula else None
        self.part.formatted.note(self.row, self.column, self.style)

    def _here(self) -> str:
        return cell_name(self.row, self.column)

    def _stop(self, trouble: SheetError) -> None:
        self.part.trouble = trouble
        raise _Stop


def _parse(archive: Archive, name: str, size: int, part: Part) -> None:
    """Parse a sheet that the fast scan could not certify, tag by tag."""
    if size > MAX_PARSED:
        part.trouble = SheetError("表太大，写法又少见。请把要导入的行列复制到新表，存为 .xlsx 再传。")
        return
    archive.spent -= size  # the same bytes are inflated again
    cells = _Cells(part)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = cells.start
    parser.EndElementHandler = cells.end
    parser.CharacterDataHandler = cells.characters
    try:
        for chunk in archive.chunks(name):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except _Stop:
        return
    except (expat.ExpatError, LookupError, ValueError):
        part.trouble = damaged()

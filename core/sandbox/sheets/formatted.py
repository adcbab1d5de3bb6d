"""The cells of a sheet whose number format shows something else than the number, and the formats of .xlsx."""

import re
from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from xml.parsers import expat

from core.cells import Cell
from core.sandbox.sheets.archive import Archive
from core.sandbox.sheets.errors import column_number
from core.sandbox.sheets.number_formats import is_plain, shown

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: r"¥#,##0;¥\-#,##0",
    6: r"¥#,##0;[Red]¥\-#,##0",
    7: r"¥#,##0.00;¥\-#,##0.00",
    8: r"¥#,##0.00;[Red]¥\-#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
    48: "##0.0E+0",
}
"""Codes that every program knows by number (18.8.30, with the Chinese ones of 5–8 and 41–44)."""
# More styles than these are matched as “any number”: a long alternative is slow.
_FEW = 20


class FormattedCells:
    """The filled cells with one of the styles in `codes` (style → format code), 8 bytes each."""

    def __init__(self, codes: Mapping[int, str]) -> None:
        self.codes = codes
        self._places = array("Q")
        self._pattern = _pattern(codes) if codes else None

    def note(self, row: int, column: int, style: int) -> None:
        if style in self.codes:
            self._places.append(row << 32 | column << 16 | style)

    def scan(self, text: bytes) -> None:
        """Note the cells in a piece of a sheet with the usual markup."""
        if self._pattern:
            for letters, row, style in self._pattern.findall(text):
                self.note(int(row) - 1, column_number(letters.decode()), int(style or 0))

    def shown(self, rows: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
        """Put what the formats show in the place of the numbers."""
        places = sorted(self._places)
        at, end = 0, len(places)
        for number, row in enumerate(rows):
            while at < end and places[at] >> 32 <= number:
                column, style = places[at] >> 16 & 0xFFFF, places[at] & 0xFFFF
                cell = row[column] if column < len(row) else ""
                if type(cell) is float or type(cell) is int:
                    row[column] = shown(self.codes[style], float(cell))
                at += 1
            yield row


def _pattern(codes: Mapping[int, str]) -> re.Pattern[bytes]:
    styles = "|".join(map(str, codes)) if len(codes) <= _FEW else r"\d{1,5}"
    style = rf"""[^>]*?\ss\s*=\s*["']({styles})["']"""
    if 0 in codes:
        style = rf"(?:{style}|(?![^>]*?\ss\s*=))"
    return re.compile(rf'<c r="([A-Z]{{1,3}})(\d{{1,7}})"{style}[^/>]*>(?!</c>)'.encode())


def format_codes(archive: Archive, name: str) -> dict[int, str]:
    """Return the formats of the cell styles in a styles part that do not show every number as itself."""
    styles = _Styles()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = styles.start
    parser.EndElementHandler = styles.end
    # The fast reader opens a workbook whose styles are damaged, so use what stands before the damage.
    with suppress(expat.ExpatError, LookupError, ValueError):
        for chunk in archive.chunks(name):
            archive.spent -= len(chunk)  # inflated before, when the whole archive was checked
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    return style_codes(styles.cells, styles.codes)


def style_codes(formats: list[int], codes: Mapping[int, str]) -> dict[int, str]:
    """Return style → code from each style's format number and the file's own codes."""
    known = {**BUILT_IN, **codes}
    return {
        style: known[number]
        for style, number in enumerate(formats[: 1 << 16])
        if number in known and not is_plain(known[number])
    }


class _Styles:
    """Expat handlers that read the format codes and the format number of each cell style."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.cells: list[int] = []
        self._list = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag in ("numFmts", "cellXfs"):
            self._list = tag
        elif tag == "numFmt" and self._list == "numFmts":
            self.codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif tag == "xf" and self._list == "cellXfs":
            self.cells.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str) -> None:
        if name.rpartition(" ")[2] == self._list:
            self._list = ""

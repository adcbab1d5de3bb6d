"""Workbooks and pictures of some kilobytes that cost a decoder minutes or gigabytes."""

import io
import struct
import zipfile
import zlib

from tests.sheets.workbooks import HEADINGS, ROW, WORKSHEET, changed, workbook

LIST = [["贫困户名单"], HEADINGS, *[ROW] * 3]
TEXT = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
HEAD = f'<row r="1">{TEXT.format("A1", "村")}{TEXT.format("B1", "户主姓名")}</row>'
DATA = f'<row r="2">{TEXT.format("A2", "大庄村")}</row>'


def plain() -> bytes:
    return workbook(LIST, names=["名单"])


def with_sheet(rows: str, after: str = "") -> bytes:
    xml = WORKSHEET.format(HEAD + DATA + rows).replace("</sheetData>", "</sheetData>" + after)
    return changed(plain(), "xl/worksheets/sheet1.xml", xml)


def with_part(name: str, content: str) -> bytes:
    """The plain list with one more or another part."""
    out = io.BytesIO(changed(plain(), name, content))
    if name not in zipfile.ZipFile(out).namelist():
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book:
            book.writestr(name, content)
    return out.getvalue()


def styled_cell_far_out() -> bytes:
    """An empty cell, only formatted, at the end of the grid: whoever walks the rectangle never ends."""
    return with_sheet('<row r="1048576"><c r="XFD1048576" s="0"/></row>')


def merged_whole_grid() -> bytes:
    return with_sheet("", '<mergeCells count="1"><mergeCell ref="C3:XFD1048576"/></mergeCells>')


def many_merged_cells() -> bytes:
    cells = "".join(f'<mergeCell ref="C{row}:XFD{row}"/>' for row in range(3, 2000))
    return with_sheet("", f"<mergeCells>{cells}</mergeCells>")


def many_texts(count: int = 30_000_000) -> bytes:
    """Shared texts without end."""
    frame = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'
    return with_part("xl/sharedStrings.xml", frame.format("<si><t>a</t></si>" * count))


def many_formats() -> bytes:
    """Number formats and cell formats without end."""
    frame = '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>{}</numFmts><cellXfs>{}</cellXfs></styleSheet>'
    formats = '<numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;"/>' * 1_000_000
    return with_part("xl/styles.xml", frame.format(formats, '<xf numFmtId="170"/>' * 2_000_000))


def many_rules() -> bytes:
    """Conditional formats without end."""
    rule = '<cfRule type="expression" priority="1"><formula>1</formula></cfRule>'
    rule = f'<conditionalFormatting sqref="A1">{rule}</conditionalFormatting>'
    return with_sheet("", rule * 400_000)


def many_names() -> bytes:
    names = "".join(f'<definedName name="n{n}">Sheet!$A$1</definedName>' for n in range(60_000))
    book = zipfile.ZipFile(io.BytesIO(plain())).read("xl/workbook.xml").decode()
    return with_part(
        "xl/workbook.xml", book.replace("</sheets>", f"</sheets><definedNames>{names}</definedNames>")
    )


def long_text(length: int = 60_000_000) -> bytes:
    return with_sheet(f'<row r="3"><c r="A3" t="inlineStr"><is><t>{"长" * length}</t></is></c></row>')


WORKBOOKS = {
    make.__name__: make
    for make in (
        styled_cell_far_out,
        merged_whole_grid,
        many_merged_cells,
        many_texts,
        many_formats,
        many_rules,
        many_names,
        long_text,
    )
}


def png(width: int, height: int, *chunks: tuple[bytes, bytes], depth: int = 8, colours: int = 2) -> bytes:
    """A black PNG of any size, without laying it out; `colours` as PNG counts them: 0 grey, 2 RGB, 6 RGBA."""
    size = height * (1 + width * {0: 1, 2: 3, 6: 4}[colours] * depth // 8)
    packer, block = zlib.compressobj(9), bytes(1 << 20)
    blocks = [packer.compress(block) for _ in range(size >> 20)]
    data = b"".join([*blocks, packer.compress(bytes(size % (1 << 20))), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

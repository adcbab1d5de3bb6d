"""The zip around an .xlsx, or around text tables: checks the real unpacked size before anything else opens it."""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from core.sandbox.sheets.errors import MAX_FILE_BYTES, SheetError, damaged

ZIP = b"PK\x03\x04"
"""Magic number of a zip file and of each entry."""
MAX_ENTRIES = 5000
# 350,000 rows × 30 columns take about 700 MB of XML.
MAX_INFLATED = 800 << 20
CHUNK = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s22xHH")


def part_name(name: str) -> str:
    """Return the key of a part: programs differ in slashes, case and a leading slash."""
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").casefold()


class Archive:
    """The entries of a zip file, each inflated in chunks against one common size limit.

    Declared sizes may be wrong, so the bytes are counted as they are inflated. Entries that share compressed
    bytes are counted separately, as a reader would unpack them.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as opened:
                entries = opened.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as error:
            raise damaged() from error
        self.entries = {part_name(entry.filename): entry for entry in entries}
        self.doubled = len(self.entries) < len(entries)
        self.spent = 0
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_INFLATED:
            raise _too_large()
        if any(entry.flag_bits & 1 for entry in entries):
            raise SheetError("文件加了密码，打不开。请去掉密码再传。")

    def __contains__(self, name: str) -> bool:
        return part_name(name) in self.entries

    def read(self, name: str) -> bytes:
        """Return a small entry whole; empty when it does not exist."""
        return b"".join(self.chunks(name)) if name in self else b""

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the real content of an entry, at most 256 KB at a time."""
        entry = self.entries[part_name(name)]
        packed = self.packed(name)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from (self._count(bytes(packed[at : at + CHUNK])) for at in range(0, len(packed), CHUNK))
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            yield from self._inflate(packed)
        else:
            raise damaged()

    def _inflate(self, packed: memoryview) -> Iterator[bytes]:
        unpack = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for at in range(0, len(packed), CHUNK):
                piece: bytes | memoryview = packed[at : at + CHUNK]
                while piece and not unpack.eof:
                    yield self._count(unpack.decompress(piece, CHUNK))
                    piece = unpack.unconsumed_tail
            yield self._count(unpack.flush())
        except zlib.error as error:
            raise damaged() from error

    def packed(self, name: str) -> memoryview:
        """Return the compressed content of an entry."""
        entry = self.entries[part_name(name)]
        start = entry.header_offset
        try:
            signature, name_size, extra = _LOCAL_HEADER.unpack_from(self.data, start)
        except struct.error as error:
            raise damaged() from error
        if signature != ZIP:
            raise damaged()
        start += _LOCAL_HEADER.size + name_size + extra
        return memoryview(self.data)[start : start + entry.compress_size]

    def _count(self, chunk: bytes) -> bytes:
        self.spent += len(chunk)
        if self.spent > MAX_INFLATED:
            raise _too_large()
        return chunk


def tables_in(data: bytes) -> list[tuple[str, Callable[[], bytes]]]:
    """Return name and loader of each .csv in a zip of text tables (ODK Central); empty for a workbook."""
    archive = Archive(data)
    names = [name for name in archive.entries if name.endswith(".csv")]
    if not names or "[content_types].xml" in archive:
        return []
    return [(_stem(archive.entries[name].filename), partial(_table, archive, name)) for name in names]


def _stem(filename: str) -> str:
    return filename.rpartition("/")[2].rpartition(".")[0]


def _table(archive: Archive, name: str) -> bytes:
    data = bytearray()
    for chunk in archive.chunks(name):
        data += chunk
        if len(data) > MAX_FILE_BYTES:
            raise TooLarge(f"“{_stem(name)}”超过 {MAX_FILE_BYTES >> 20} MB。请分成几个文件再传。")
    return bytes(data)


class TooLarge(SheetError):
    """The unpacked zip is too large to read."""


def _too_large() -> TooLarge:
    return TooLarge(
        f"文件解开后超过 {MAX_INFLATED >> 20:,} MB，多半是大片空行带着格式。请把要导入的行列复制到新表再传。"
    )

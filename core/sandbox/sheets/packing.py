"""Part names of an .xlsx: bring unusual ones into the form that every reader finds.

Other programs write backslashes, another case, a leading slash, or workbook22.xml for workbook.xml.
"""

import posixpath
import re
import struct
import zlib
from collections.abc import Mapping
from xml.etree import ElementTree

from core.sandbox.sheets.archive import ZIP, Archive, part_name
from core.sandbox.sheets.errors import damaged

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
TYPES = "[content_types].xml"
MAX_INDEX_PART = 4 << 20
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LOCAL = struct.Struct("<4sHHHIIIIHH")
_CENTRAL = struct.Struct("<4sHHHHIIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_UTF8 = 0x800


def standard(data: bytes) -> bytes:
    """Return the workbook under standard part names; unchanged if it has them or is no workbook."""
    archive = Archive(data)
    main = _main_part(archive)
    if not main:
        return data
    names = {key: entry.filename for key, entry in archive.entries.items()}
    wanted = {key: posixpath.normpath(name.replace("\\", "/")).lstrip("/") for key, name in names.items()}
    folder, file = main.rsplit("/", 1)
    wanted |= {main: WORKBOOK, f"{folder}/_rels/{file}.rels": RELATIONS}
    wanted = {key: name for key, name in wanted.items() if key in names}
    contents = _plain_targets(archive, f"{folder}/_rels/{file}.rels")
    if wanted == names and not contents:
        return data
    if main != WORKBOOK:
        types = archive.read(TYPES).replace(main.encode(), WORKBOOK.encode())
        contents[TYPES] = types.replace(names[main].encode(), WORKBOOK.encode())
    return _repacked(archive, wanted, contents)


def _main_part(archive: Archive) -> str:
    """Return the key of the workbook's main part; '' when the zip holds no .xlsx."""
    if WORKBOOK in archive:
        return WORKBOOK
    for element in index(archive, "_rels/.rels") if "_rels/.rels" in archive else []:
        target = part_name(element.get("Target", ""))
        if element.get("Type", "").endswith("/officeDocument") and _is_workbook(archive, target):
            return target
    return next((name for name in archive.entries if re.fullmatch(r"xl/workbook\d*\.xml", name)), "")


def _is_workbook(archive: Archive, name: str) -> bool:
    return name in archive and re.fullmatch(r"xl/[^/]+\.xml", name) is not None


def _plain_targets(archive: Archive, name: str) -> dict[str, bytes]:
    """Return the relations with plain absolute targets, if a target is written in an unusual way."""
    if name not in archive:
        return {}
    root, *links = index(archive, name)
    usual = True
    for link in links:
        target = link.get("Target", "")
        if link.get("TargetMode", "").lower() == "external":
            continue
        if target != posixpath.normpath(target) or "\\" in target or target.startswith("../"):
            link.set("Target", f"/{resolved(target)}")
            usual = False
    if usual:
        return {}
    ElementTree.register_namespace("", _RELATIONSHIPS)
    return {name: ElementTree.tostring(root, encoding="utf-8")}


def resolved(target: str) -> str:
    """Return the part that a relation of the workbook leads to."""
    path = target.replace("\\", "/")
    if not path.startswith(("/", "xl/")):
        path = f"xl/{path}"
    return posixpath.normpath(path).lstrip("/")


def index(archive: Archive, name: str) -> list[ElementTree.Element]:
    """Return all elements of a small part."""
    raw = archive.read(name)
    refuse_doctype(raw)
    if len(raw) > MAX_INDEX_PART:
        raise damaged()
    try:
        return list(ElementTree.fromstring(raw).iter())  # noqa: S314 (no DOCTYPE, limited size)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise damaged() from error


def refuse_doctype(raw: bytes) -> None:
    # No office program writes one; entities may expand without limit.
    if b"<!" in raw and (b"<!DOCTYPE" in raw or b"<!ENTITY" in raw):
        raise damaged()


def _repacked(archive: Archive, names: Mapping[str, str], contents: Mapping[str, bytes]) -> bytes:
    """Return a zip of the same compressed parts under other names; `contents` replaces some, uncompressed."""
    files, directory = bytearray(), bytearray()
    for key, name in names.items():
        entry, start, encoded = archive.entries[key], len(files), name.encode()
        packed: bytes | memoryview = archive.packed(key)
        method, check, size = entry.compress_type, entry.CRC, entry.file_size
        if key in contents:
            packed, method, size = contents[key], 0, len(contents[key])
            check = zlib.crc32(packed)
        sizes = (check, len(packed), size)
        files += _LOCAL.pack(ZIP, 20, _UTF8, method, 0, *sizes, len(encoded), 0) + encoded + packed
        directory += _CENTRAL.pack(
            b"PK\x01\x02", 20, 20, _UTF8, method, 0, *sizes, len(encoded), 0, 0, 0, 0, 0, start
        )
        directory += encoded
    end = _END.pack(b"PK\x05\x06", 0, 0, len(names), len(names), len(directory), len(files), 0)
    return bytes(files + directory + end)

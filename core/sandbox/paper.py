"""The task that checks a document (PDF, Word, Excel): its type, and that it has no active content.

Refuses passwords, macros and macro sheets, remote templates and objects, and DDE, which starts a program.
Hyperlinks are allowed, and so is a template on the author's own disk.
"""

import io
import re
import struct
from collections.abc import Iterator
from pathlib import PurePath
from urllib.parse import unquote
from xml.parsers import expat

import olefile

from core.sandbox import binary
from core.sandbox.binary import OLE
from core.sandbox.outcome import Refused
from core.sandbox.sheets.archive import ZIP, Archive, TooLarge
from core.sandbox.sheets.errors import SheetError

ENDINGS = {
    "word/document.xml": ".docx",
    "xl/workbook.xml": ".xlsx",
    "worddocument": ".doc",
    "workbook": ".xls",
    "book": ".xls",
}
"""The zip entry that identifies a document → its extension."""
MACROS = {"vbaproject.bin", "macros", "_vba_project_cur"}
LONGEST_INSTRUCTION = 1000
_WORDS = re.compile(rb"TargetMode|nstrText|fldSimple|ddeLink")
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_MACRO_TYPES = re.compile(rb"vbaproject|macroenabled|macrosheet", re.IGNORECASE)
BROKEN = "没有传完整或者坏了，请打开看一看再传。"
LOCKED = "加了密码，别人打不开，请去掉密码再传。"
WITH_MACROS = "带着宏，请另存为不带宏的文件再传。"
WITH_DDE = "里面有会启动别的程序的域（DDE），请复制内容到新文件再传。"
FROM_ELSEWHERE = "要从别处取模板或对象，请复制内容到新文件再传。"
HUGE = "解开后太大，请删去图片和不用的内容再传。"
OTHERS = "这种文件不能收，请传照片、PDF、Word 或 Excel。"


def examine(data: bytes, name: str) -> Iterator[bytes]:
    """Yield the extension that the content deserves. Raises Refused with one sentence that names the file."""
    try:
        yield _ending(data).encode()
    except TooLarge as error:
        raise Refused(f"“{name}”{HUGE}") from error
    except (SheetError, OSError, ValueError, LookupError, struct.error, expat.ExpatError) as error:
        raise Refused(f"“{name}”{BROKEN}") from error
    except _Unfit as unfit:
        raise Refused(f"“{name}”{unfit}") from unfit


class _Unfit(Exception):
    """Why the document is refused, without its name."""


def _ending(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        if b"%%EOF" in data:
            return ".pdf"
        raise _Unfit(BROKEN)
    if data.startswith(ZIP):
        return _examine_zip(data)
    if data.startswith(OLE):
        return _examine_compound(data)
    raise _Unfit(OTHERS)


def _kind(parts: set[str]) -> str:
    if parts & MACROS:
        raise _Unfit(WITH_MACROS)
    for part, ending in ENDINGS.items():
        if part in parts:
            return ending
    raise _Unfit(OTHERS)


# --- .docx and .xlsx ------------------------------------------------------------------------------


def _examine_zip(data: bytes) -> str:
    archive = Archive(data)
    if archive.doubled:
        raise _Unfit(BROKEN)  # programs differ in which of two entries of one name they read
    names = set(archive.entries)
    # Some programs number the main part: word/document2.xml, xl/workbook22.xml.
    plain = {re.sub(r"^(word/document|xl/workbook)\d+\.xml$", r"\1.xml", name) for name in names}
    ending = _kind({*plain, *(PurePath(name).name for name in names)})
    if _MACRO_TYPES.search(archive.read("[content_types].xml")) or any(
        "macrosheets/" in name for name in names
    ):
        raise _Unfit(WITH_MACROS)
    for name in names:
        if _is_worth_parsing(archive, name):
            _parse(archive, name)
    return ending


def _is_worth_parsing(archive: Archive, name: str) -> bool:
    """Return whether a part is XML with a relevant keyword, whatever its name; skips sheets of 100 MB."""
    first, tail = b"", b""
    found = False
    for chunk in archive.chunks(name):
        first = first or chunk.lstrip(_BEFORE_XML)
        found = found or bool(_WORDS.search(tail + chunk))
        tail = chunk[-32:]
    return first.startswith(b"<") and (found or first[1:2] == b"\0")


def _parse(archive: Archive, name: str) -> None:
    part = _Part(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = part.doctype
    parser.StartElementHandler = part.start
    parser.EndElementHandler = part.end
    parser.CharacterDataHandler = part.characters
    for chunk in archive.chunks(name):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    part.close()


class _Part:
    """Expat handlers for the relationships and fields of one part."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: list[str] = []
        """The instructions of open fields, innermost last."""
        self.in_instruction = False

    def doctype(self, *_: object) -> None:
        raise _Unfit(BROKEN)  # no office program writes a DTD; entities may expand without limit

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        found = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if tag == "Relationship":
            _refuse_remote(found, self.name)
        elif tag == "ddeLink":
            raise _Unfit(WITH_DDE)
        elif tag == "fldChar":
            self._mark(found.get("fldCharType", ""))
        elif tag == "fldSimple":
            _refuse_dde(found.get("instr", ""))
        elif tag in {"instrText", "delInstrText"}:
            self.in_instruction = True

    def _mark(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append("")
        elif self.fields and kind in {"separate", "end"}:
            _refuse_dde(self.fields[-1])
            if kind == "end":
                self.fields.pop()

    def end(self, name: str) -> None:
        self.in_instruction = False

    def characters(self, text: str) -> None:
        """Collect the text; an instruction may be split over many runs."""
        if self.in_instruction and self.fields and len(self.fields[-1]) < LONGEST_INSTRUCTION:
            self.fields[-1] += text

    def close(self) -> None:
        for field in self.fields:
            _refuse_dde(field)


_DDE = re.compile(r"\W*DDE(AUTO)?\b", re.IGNORECASE)
_LOCAL_DRIVE = re.compile(r"/{0,3}(localhost/)?[A-Za-z][:|](/|$)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def _refuse_dde(instruction: str) -> None:
    if _DDE.match(instruction):
        raise _Unfit(WITH_DDE)


def _refuse_remote(relationship: dict[str, str], part: str) -> None:
    """Refuse remote templates, objects and frames, which are fetched without asking.

    Hyperlinks are only followed on a click, and linked workbooks only after a prompt. A linked picture is
    allowed unless it is on a file server, to which the program would send the reader's password hash.
    Settings have no hyperlinks, so a relationship there is refused even if its type says hyperlink.
    """
    kind, target = relationship.get("Type", "").rpartition("/")[2].lower(), relationship.get("Target", "")
    if relationship.get("TargetMode", "").lower() != "external" or not is_remote(target):
        return
    is_asked_for = kind in {"hyperlink", "externallinkpath"} and not part.endswith("settings.xml.rels")
    is_web_picture = kind == "image" and re.match(r"\s*https?:", target, re.IGNORECASE)
    if not is_asked_for and not is_web_picture:
        raise _Unfit(FROM_ELSEWHERE)


def is_remote(target: str) -> bool:
    """Return whether an address leads off the reader's own disk: a URL scheme or a file server."""
    path = "".join(unquote(target).split()).replace("\\", "/")
    is_file = path.lower().startswith("file:")
    path = path[5:] if is_file else path
    if _LOCAL_DRIVE.match(path):
        return False
    if is_file:
        # file:///Users/… is a disk; file://server/… and file:////server/… are not.
        return path.startswith("//") and not re.match(r"///(?!/)|//localhost/", path)
    return path.startswith("//") or bool(_SCHEME.match(path))


# --- .doc and .xls --------------------------------------------------------------------------------


def _examine_compound(data: bytes) -> str:
    with olefile.OleFileIO(io.BytesIO(data)) as opened:
        parts = {entry[0].lower() for entry in opened.listdir()}
        if "encryptedpackage" in parts:
            raise _Unfit(LOCKED)
        ending = _kind(parts)
        if ending == ".doc":
            _examine_doc(opened)
        else:
            _examine_xls(opened)
    return ending


def _examine_doc(opened: olefile.OleFileIO) -> None:
    text = bytes(opened.openstream("WordDocument").read())
    if binary.is_locked(text):
        raise _Unfit(LOCKED)
    if binary.has_dde_field(text):
        raise _Unfit(WITH_DDE)
    table = binary.table_name(text)
    template = binary.template(text, bytes(opened.openstream(table).read())) if opened.exists(table) else ""
    if is_remote(template):
        raise _Unfit(FROM_ELSEWHERE)


def _examine_xls(opened: olefile.OleFileIO) -> None:
    name = next(name for name in ("Workbook", "Book") if opened.exists(name))
    found = binary.look_through(bytes(opened.openstream(name).read()))
    if found.locked:
        raise _Unfit(LOCKED)
    if found.macros:
        raise _Unfit(WITH_MACROS)
    if found.dde:
        raise _Unfit(WITH_DDE)

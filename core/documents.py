"""Papers that belong to a row: PDF, Word and Excel files as they came, known by their content, sealed on the disk.

A contract or a list may name people with their ID numbers, which must be readable nowhere but on the page of
those who may see the row.
"""

import io
import zipfile
from pathlib import PurePath
from typing import Any

import olefile
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from core import identity
from core.attachments import MAX_UPLOAD_BYTES, reencode
from core.cells import CellError

LONGEST_NAME = 80
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACROS = {"vbaproject.bin", "macros", "_vba_project_cur"}


def received(upload: UploadedFile[Any]) -> ContentFile[bytes]:
    """A picture re-encoded, or a paper as it came, under its own name with the ending its content deserves.

    Raises ValidationError in one sentence that names the file.
    """
    name = PurePath(upload.name or "").stem[:LONGEST_NAME] or "文件"
    if (upload.size or 0) > MAX_UPLOAD_BYTES:
        raise ValidationError(f"“{name}”太大，一个文件最多 12 MB，请压缩或分开再传。")
    try:
        identity.refuse_number(name)
    except CellError as error:
        raise ValidationError("文件名里写了身份证号，请改了名再传。") from error
    data = upload.read()
    if data.startswith(PICTURES):
        upload.seek(0)
        return ContentFile(reencode(upload).read(), name=f"{name}.jpg")
    return ContentFile(data, name=name + _ending_of(data, name))


def _ending_of(data: bytes, name: str) -> str:
    """What kind of paper it is, whatever its name says. Raises ValidationError for all others."""
    if data.startswith(b"%PDF-"):
        if b"%%EOF" in data:
            return ".pdf"
        raise ValidationError(f"“{name}”没有传完整或者坏了，请打开看一看再传。")
    try:
        parts = _parts(data)
    except (zipfile.BadZipFile, OSError, ValueError, IndexError) as error:
        raise ValidationError(f"“{name}”没有传完整或者坏了，请打开看一看再传。") from error
    if "encryptedpackage" in parts:
        raise ValidationError(f"“{name}”加了密码，别人打不开，请去掉密码再传。")
    if parts & MACROS:
        raise ValidationError(f"“{name}”带着宏，请另存为不带宏的文件再传。")
    endings = {
        "word/document.xml": ".docx",
        "xl/workbook.xml": ".xlsx",
        "worddocument": ".doc",
        "workbook": ".xls",
        "book": ".xls",
    }
    for part, ending in endings.items():
        if part in parts:
            return ending
    raise ValidationError(f"“{name}”这种文件不能收，请传照片、PDF、Word 或 Excel。")


def _parts(data: bytes) -> set[str]:
    """The entries of a zip or compound file, in small letters, a macro's by its last name; none of any other."""
    if data.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            names = [name.lower() for name in opened.namelist()]
        return {*names, *(PurePath(name).name for name in names if name.endswith(".bin"))}
    if data.startswith(OLE):
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            return {entry[0].lower() for entry in opened.listdir()}
    return set()

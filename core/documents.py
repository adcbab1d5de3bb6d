"""Documents attached to a row: PDF, Word and Excel files, identified by content, stored encrypted.

A contract or a list may name people with their ID numbers, so it must be readable only on the page of those
who may see the row.
"""

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from core import identity
from core.attachments import LONGEST_NAME, MAX_UPLOAD_BYTES, is_picture, reencode_named
from core.cells import CellError
from core.sandbox import process

EXAMINE = "core.sandbox.paper:examine"
LIMITS = process.Limits(memory=512 * process.MB, cpu=20, output=process.MB, wall=30)


def received(upload: UploadedFile[Any]) -> ContentFile[bytes]:
    """Return a re-encoded picture, or a document unchanged with the extension that its content deserves.

    Raises ValidationError with one sentence that names the file.
    """
    name = PurePath(upload.name or "").stem[:LONGEST_NAME] or "文件"
    if (upload.size or 0) > MAX_UPLOAD_BYTES:
        raise ValidationError(f"“{name}”太大，一个文件最多 12 MB，请压缩或分开再传。")
    try:
        identity.refuse_number(name)
    except CellError as error:
        raise ValidationError("文件名里写了身份证号，请改了名再传。") from error
    data = upload.read()
    if is_picture(data):
        upload.seek(0)
        return ContentFile(reencode_named(upload).read(), name=f"{name}.jpg")
    return ContentFile(data, name=name + _ending_of(data, name))


def _ending_of(data: bytes, name: str) -> str:
    """Detect the document type from the content, ignoring the name. Raises ValidationError for other types."""
    try:
        with process.run(EXAMINE, data, LIMITS, name=name) as result:
            ending = result.read().decode()
    except process.Refused as refusal:
        raise ValidationError(str(refusal)) from refusal
    except (process.OutOfMemory, process.OutOfTime) as error:
        raise ValidationError(
            f"“{name}”打开要的内存或时间太多，没有收下，请复制内容到新文件再传。"
        ) from error
    except process.Broken as error:
        raise ValidationError(f"“{name}”没有传完整或者坏了，请打开看一看再传。") from error
    return ending

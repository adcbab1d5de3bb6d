"""Files attached to a row, stored under random names and served to those who may see the row.

Pictures are re-encoded without EXIF; documents (`core.documents`) are stored encrypted.
"""

import io
import uuid
from pathlib import PurePath
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from core.crypto import open_bytes, seal_bytes
from core.sandbox import process
from core.sandbox.picture import NO_PICTURE, UNREADABLE_HEIC, is_heic

MAX_UPLOAD_BYTES = 12 * 1024 * 1024
LONGEST_SIDE = 1600
LONGEST_NAME = 80
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*", b"8BPS")
SHRINK = "core.sandbox.picture:shrink"
PICTURE_LIMITS = process.Limits(memory=512 * process.MB, cpu=10, output=8 * process.MB, wall=30)
SMALLER = "请截一张图或压缩后再传。"
PICTURE = ".jpg"
MEDIA_TYPES = {
    PICTURE: "image/jpeg",
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Extension of the stored file → media type; everything except pictures is encrypted."""


def random_path(attachment: "Attachment", filename: str) -> str:
    return f"attachments/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}{PurePath(filename).suffix}"


class Attachment(models.Model):
    """One file of one owner; concrete classes add the `owner` foreign key."""

    uuid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField("照片", upload_to=random_path)
    size = models.PositiveIntegerField("大小", help_text="字节")
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def ending(self) -> str:
        return PurePath(self.file.name or "").suffix

    @property
    def shown_name(self) -> str:
        """Return the file name offered to the browser."""
        return f"{self.uuid}{self.ending}"

    def opened(self) -> File[bytes] | BinaryIO:
        """Open the content for reading. Raises FileNotFoundError when the file is lost."""
        file = self.file.open("rb")
        if self.ending == PICTURE:
            return file
        with file:
            return io.BytesIO(open_bytes(file.read()))


def as_stored(file: ContentFile[bytes]) -> ContentFile[bytes]:
    """Return what is written to disk: a picture unchanged, a document encrypted."""
    if PurePath(file.name or "").suffix == PICTURE:
        return file
    return ContentFile(seal_bytes(file.read()), name=file.name)


def small_picture(file: FieldFile, side: int) -> bytes:
    """Return a JPEG of at most `side` px a side for print; empty if the picture is lost or damaged."""
    try:
        # Only pictures written by `reencode` are stored there.
        with file.open() as opened, Image.open(opened, formats=["JPEG"]) as picture:
            small = picture.convert("RGB")
    except (FileNotFoundError, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return b""
    small.thumbnail((side, side))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82)
    return out.getvalue()


def is_picture(data: bytes) -> bool:
    """Return whether the bytes start like a picture, of an accepted format or not."""
    return data.startswith(PICTURES) or data[4:8] == b"ftyp"


def reencode(upload: UploadedFile[Any]) -> ContentFile[bytes]:
    """Return an upright JPEG of at most 1600 px a side without EXIF. Raises ValidationError."""
    if (upload.size or 0) > MAX_UPLOAD_BYTES:
        raise ValidationError("照片太大，请拍小一些或用手机压缩后再传（最多 12 MB）。")
    data = upload.read()
    try:
        with process.run(SHRINK, data, PICTURE_LIMITS, side=LONGEST_SIDE) as result:
            jpeg = result.read()
    except process.Refused as refusal:
        raise ValidationError(str(refusal)) from refusal
    except process.OutOfMemory as error:
        raise ValidationError(f"这张照片打开要的内存太多，没有收下。{SMALLER}") from error
    except process.OutOfTime as error:
        raise ValidationError(f"这张照片打开要的时间太长，没有收下。{SMALLER}") from error
    except process.Broken as error:
        raise ValidationError(UNREADABLE_HEIC if is_heic(data) else NO_PICTURE) from error
    return ContentFile(jpeg, name="photo.jpg")


def reencode_named(upload: UploadedFile[Any]) -> ContentFile[bytes]:
    """Like `reencode` for one of several pictures: the error names the file."""
    try:
        return reencode(upload)
    except ValidationError as error:
        raise ValidationError(
            f"“{PurePath(upload.name or '').name[:LONGEST_NAME]}”：{error.message}"
        ) from error

"""Photos as a phone sends them."""

import io
import mimetypes

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

MAKER = 0x010F
"""The EXIF tag in which a camera writes its name."""


def picture(name: str = "门前.jpg") -> SimpleUploadedFile:
    """Return a small JPEG or PNG (by its name) with the metadata that a camera writes."""
    exif = Image.Exif()
    exif[MAKER] = "某某相机"
    kind, out = mimetypes.guess_type(name)[0], io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, kind.removeprefix("image/"), exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), kind)

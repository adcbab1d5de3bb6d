"""The task that converts a picture to a small JPEG with nothing but its pixels."""

import io
import struct
from collections.abc import Iterator
from importlib import import_module

from PIL import Image, UnidentifiedImageError

from core.sandbox.outcome import Refused

LONGEST_SIDE = 12_000
# A camera of “64 megapixels” produces 9248 × 6936.
MOST_PIXELS = {"JPEG": 64_200_000}
MOST_PIXELS_OF_OTHERS = 25_000_000
QUALITY = 82
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
OTHERS = "请换一张 JPG 或 PNG"
NO_PICTURE = f"这个文件不是能打开的照片，{OTHERS}。"
UNREADABLE_HEIC = "这张 HEIC 照片读不了，请在手机上另存为 JPG，或者截一张图，再传。"
UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""Exceptions that Pillow raises for incomplete or invalid pictures."""


def shrink(data: bytes, side: int) -> Iterator[bytes]:
    """Yield a JPEG of at most `side` px a side, upright, on white, without EXIF, comments or other
    metadata.

    Raises Refused with one sentence for unsupported formats and pictures that are too large.
    """
    kind = _kind(data)
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            _refuse_large(picture, kind)
            turn = UPRIGHT.get(_orientation(picture))
            small = _on_white(_shrunk(picture, side))
    except UNREADABLE as error:
        raise Refused(UNREADABLE_HEIC if kind == "HEIF" else NO_PICTURE) from error
    upright = small.transpose(turn) if turn is not None else small
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=QUALITY, optimize=True)
    yield out.getvalue()


def _kind(data: bytes) -> str:
    """Return Pillow's format name from the first bytes alone, so that only its decoder is loaded."""
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand == b"mif1" and b"avif" in data[16:64]:
        brand = b"avif"
    if data.startswith(b"\xff\xd8\xff"):
        # The JPEG factory opens the first picture of an MPO.
        return _load("JPEG", "JpegImagePlugin", "MpoImagePlugin")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _load("PNG", "PngImagePlugin")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _load("WEBP", "WebPImagePlugin")
    if brand in {b"avif", b"avis"}:
        return _load("AVIF", "AvifImagePlugin")
    if brand in HEIC:
        return _load_heif()
    raise Refused("这个文件不是能打开的照片，只收 JPG、PNG、WebP、HEIC、AVIF。")


def _load(kind: str, *plugins: str) -> str:
    for plugin in plugins:
        module = import_module(f"PIL.{plugin}")
        if kind == "AVIF":
            vars(module)["DEFAULT_MAX_THREADS"] = 1  # each thread reserves address space for its stack
    return kind


def _load_heif() -> str:
    try:
        import pillow_heif
    except ImportError as error:
        raise Refused(UNREADABLE_HEIC) from error
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False
    pillow_heif.register_heif_opener()
    return "HEIF"


Image.MAX_IMAGE_PIXELS = None  # our own limits, below, give a sentence


def _refuse_large(picture: Image.Image, kind: str) -> None:
    most = MOST_PIXELS.get(kind, MOST_PIXELS_OF_OTHERS)
    if max(picture.size) > LONGEST_SIDE:
        raise Refused(f"照片的一边超过 {LONGEST_SIDE:,} 像素，请截图或压缩后再传。")
    if picture.width * picture.height > most:
        raise Refused(f"照片的像素太多（最多 {most // 10_000:,} 万），请压缩后再传。")


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation; 1 if EXIF is damaged."""
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except UNREADABLE:
        return 1


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    """Return the picture with eight bits per channel and at most `side` px a side."""
    if picture.mode.startswith("I"):
        # Scanners write 16-bit grey; convert() alone would clip it at 255.
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
        picture.info.clear()
    elif picture.mode in {"1", "P"}:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((side, side))  # this decodes JPEG at a reduced scale
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture on a white background, without transparency."""
    clear = picture.convert("RGBA") if picture.has_transparency_data else None
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(clear or picture.convert("RGB"), mask=clear)
    return ground

"""The task that converts a picture to a small JPEG with nothing but its pixels."""

import io
import struct
from collections.abc import Iterator
from importlib import import_module

from PIL import Image, ImageMath, UnidentifiedImageError

from core.sandbox.outcome import Refused

LONGEST_SIDE = 12_000
# A camera of “64 megapixels” produces 9248 × 6936.
MOST_PIXELS = {"JPEG": 64_200_000}
MOST_PIXELS_OF_OTHERS = 25_000_000
QUALITY = 82
ORIENTATION = 0x0112
APP2 = 0xE2
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
AVIF = {b"avif", b"avis"}
BRANDS = 16
"""Number of brands that are read; real files list up to a dozen."""
OTHERS = "请换一张 JPG 或 PNG"
NO_PICTURE = f"这个文件不是能打开的照片，{OTHERS}。"
UNREADABLE_HEIC = "这张 HEIC 照片读不了，请在手机上另存为 JPG，或者截一张图，再传。"
UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    ArithmeticError,
    EOFError,
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
    if kind == "JPEG":
        data = _without_index(data)
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
    brands = _brands(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _load("JPEG", "JpegImagePlugin")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _load("PNG", "PngImagePlugin")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _load("WEBP", "WebPImagePlugin")
    if brands & AVIF:
        return _load("AVIF", "AvifImagePlugin")
    if brands & HEIC:
        return _load_heif()
    raise Refused("这个文件不是能打开的照片，只收 JPG、PNG、WebP、HEIC、AVIF。")


def _brands(data: bytes) -> set[bytes]:
    """Return the brands that an ISO file (HEIC, AVIF) declares: the major one and the compatible ones."""
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4]), 16 + 4 * BRANDS)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}


def is_heic(data: bytes) -> bool:
    brands = _brands(data)
    return bool(brands & HEIC) and not brands & AVIF


def _load(kind: str, plugin: str) -> str:
    module = import_module(f"PIL.{plugin}")
    if kind == "AVIF":
        vars(module)["DEFAULT_MAX_THREADS"] = 1  # each thread reserves address space for its stack
    return kind


def _without_index(jpeg: bytes) -> bytes:
    """Remove the index of further pictures (MPF): only the first one is read, and a damaged index is no error."""
    at = 2
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1 : at + 2] not in {b"\xda", b"\xd9", b""}:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        if jpeg[at + 1] == APP2 and jpeg.startswith(b"MPF\0", at + 4):
            jpeg = jpeg[:at] + jpeg[end:]
        else:
            at = end
    return jpeg


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
        picture = _eight_bits(picture)
    elif "transparency" in picture.info:
        # Before shrinking: afterwards the one transparent colour or grey is mixed with its neighbours.
        picture = picture.convert("RGBA")
    elif picture.mode in {"1", "P"}:
        picture = picture.convert("RGB")
    picture.thumbnail((side, side))  # this decodes JPEG at a reduced scale
    return picture


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scale 16-bit grey, which scanners write, to 8 bits; convert() alone would clip it at 255."""
    clear = picture.info.get("transparency")
    whole = picture.convert("I")
    grey = whole.point(lambda value: value * (1 / 257)).convert("L")
    grey.info.clear()
    if isinstance(clear, int):
        unclear = ImageMath.lambda_eval(
            lambda found: found["convert"]((found["whole"] != clear) * 255, "L"), whole=whole
        )
        grey.putalpha(unclear)
    return grey


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture on a white background, without transparency."""
    clear = picture.convert("RGBA") if picture.has_transparency_data else None
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(clear or picture.convert("RGB"), mask=clear)
    return ground

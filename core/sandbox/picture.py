"""The task that turns a picture into a small JPEG of its pixels alone."""

import io
import struct
from collections.abc import Iterator
from importlib import import_module

from PIL import Image, UnidentifiedImageError

from core.sandbox.outcome import Refused

LONGEST_SIDE = 12_000
# A camera of “64 megapixels” makes 9248 × 6936.
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
"""What Pillow raises for what is no whole picture."""


def shrink(data: bytes, side: int) -> Iterator[bytes]:
    """Yield a JPEG of at most `side` px a side, upright, on white, without EXIF, comments or any other word.

    Raises Refused with one sentence for what is no picture of the kinds we take, or is too large.
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
    """Pillow's name of the format, by the first bytes alone; its decoder is loaded, and no other's."""
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand == b"mif1" and b"avif" in data[16:64]:
        brand = b"avif"
    if data.startswith(b"\xff\xd8\xff"):
        # The factory of JPEG takes the first picture of an MPO.
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
            vars(module)["DEFAULT_MAX_THREADS"] = 1  # a thread takes address space for its stack
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


Image.MAX_IMAGE_PIXELS = None  # our own limits, below, have a sentence


def _refuse_large(picture: Image.Image, kind: str) -> None:
    most = MOST_PIXELS.get(kind, MOST_PIXELS_OF_OTHERS)
    if max(picture.size) > LONGEST_SIDE:
        raise Refused(f"照片的一边超过 {LONGEST_SIDE:,} 像素，请截图或压缩后再传。")
    if picture.width * picture.height > most:
        raise Refused(f"照片的像素太多（最多 {most // 10_000:,} 万），请压缩后再传。")


def _orientation(picture: Image.Image) -> int:
    """Return how the camera was held; a damaged EXIF says nothing."""
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except UNREADABLE:
        return 1


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    """Eight bits a channel, at most `side` px a side."""
    if picture.mode.startswith("I"):
        # 16 bits of grey, as scanners write; convert() alone would cut them off at 255.
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
        picture.info.clear()
    elif picture.mode in {"1", "P"}:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((side, side))  # which reads a JPEG at a reduced scale
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture of nothing but its colours: what is transparent becomes white."""
    clear = picture.convert("RGBA") if picture.has_transparency_data else None
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(clear or picture.convert("RGB"), mask=clear)
    return ground

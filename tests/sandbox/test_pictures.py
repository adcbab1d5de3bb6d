"""Pictures in: a fixed list of formats, limits before decoding, and nothing but the pixels afterwards."""

import io
import struct
import zlib

import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from core import attachments
from core.attachments import reencode
from core.sandbox import process
from tests.sandbox.hostile import png

pytestmark = [pytest.mark.once, pytest.mark.slow]
pillow_heif.register_heif_opener()
SECRET = b"secret-word"


def stored(data: bytes, name: str = "照片.jpg") -> Image.Image:
    return Image.open(io.BytesIO(reencode(SimpleUploadedFile(name, data)).read()))


def refusal(data: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        reencode(SimpleUploadedFile("照片.jpg", data))
    (sentence,) = caught.value.messages
    assert sentence.endswith("。")
    assert sentence.count("。") == 1 or "没有收下。" in sentence
    return sentence


def encoded(kind: str, picture: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (picture or Image.new("RGB", (60, 40), "green")).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "MPO"])
def test_the_kinds_that_are_taken(kind):
    options = {"save_all": True, "append_images": [Image.new("RGB", (60, 40))]} if kind == "MPO" else {}
    picture = stored(encoded(kind, **options))
    assert (picture.format, picture.size) == ("JPEG", (60, 40))
    red, green, blue = picture.getpixel((30, 20))
    assert green > 100 > max(red, blue)


@pytest.mark.parametrize(
    "kind", ["TIFF", "BMP", "GIF", "ICO", "PPM", "TGA", "PCX", "EPS", "PDF", "JPEG2000", "DDS"]
)
def test_all_others_are_refused_with_the_list(kind):
    assert refusal(encoded(kind)) == "这个文件不是能打开的照片，只收 JPG、PNG、WebP、HEIC、AVIF。"


def test_postscript_under_the_name_of_a_photo_starts_no_program():
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n{} loop\n"
    assert "只收 JPG" in refusal(eps)
    assert "只收 JPG" in refusal(b"8BPS" + bytes(60))
    assert "只收 JPG" in refusal(b"\0\0\0\x20ftypisom" + bytes(60))


@pytest.mark.parametrize(
    ("sides", "sentence"),
    [
        ((1, 39_000_000), "一边超过 12,000 像素"),
        ((12_001, 1), "一边超过 12,000 像素"),
        ((6_000, 4_200), "像素太多（最多 2,500 万）"),
    ],
)
def test_sides_and_pixels_are_counted_before_decoding(sides, sentence):
    assert sentence in refusal(png(*sides))


def test_a_large_jpeg_is_read_at_a_reduced_scale():
    large = encoded("JPEG", Image.new("RGB", (9248, 6936), "green"), quality=20)
    assert stored(large).size == (1600, 1200)
    assert "最多 6,420 万" in refusal(encoded("JPEG", Image.new("L", (9000, 7200)), quality=20))


@pytest.mark.parametrize(("depth", "colours"), [(8, 6), (16, 6), (16, 0)])
def test_25_million_pixels_of_any_kind_fit(depth, colours):
    assert stored(png(5000, 5000, depth=depth, colours=colours)).size == (1600, 1600)


def test_what_costs_too_much_is_told(monkeypatch):
    small = process.Limits(memory=128 * process.MB, cpu=10, output=process.MB, wall=30)
    monkeypatch.setattr(attachments, "PICTURE_LIMITS", small)
    assert refusal(png(5000, 5000)).startswith("这张照片打开要的内存太多，没有收下。")


def test_what_takes_too_long_is_told(monkeypatch):
    """Each scan of a progressive JPEG is decoded over the whole picture."""
    short = process.Limits(memory=512 * process.MB, cpu=1, output=process.MB, wall=30)
    monkeypatch.setattr(attachments, "PICTURE_LIMITS", short)
    data = encoded("JPEG", Image.new("RGB", (8000, 8000)), quality=20, progressive=True)
    end = data.rindex(b"\xff\xda")
    assert refusal(data[:end] + data[end:-2] * 300 + data[-2:]).startswith(
        "这张照片打开要的时间太长，没有收下。"
    )


def test_comments_and_all_other_words_are_gone():
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    picture = Image.new("RGB", (60, 40))
    picture.info["comment"] = SECRET
    with_all = encoded("JPEG", picture, exif=exif, comment=SECRET, xmp=SECRET, icc_profile=SECRET * 20)
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    for data in (
        with_all,
        encoded("PNG", pnginfo=words, exif=exif),
        encoded("WEBP", exif=exif, xmp=SECRET),
        encoded("HEIF", exif=exif, xmp=SECRET),
    ):
        assert SECRET in data
        plain = reencode(SimpleUploadedFile("照片.jpg", data)).read()
        assert SECRET not in plain
        assert not set(Image.open(io.BytesIO(plain)).info) & {"exif", "comment", "xmp", "icc_profile"}


def test_a_photo_is_turned_upright_though_its_exif_is_damaged():
    """A camera writes a day where a number belongs."""
    entries = [
        struct.pack(">HHI4s", 0x0112, 3, 1, b"\0\6\0\0"),
        struct.pack(">HHII", 0x829A, 5, 99, 0xFFFFFFF0),
        struct.pack(">HHII", 0x8769, 4, 1, 0xFFFFFF00),
    ]
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + b"".join(entries) + bytes(4)
    assert stored(encoded("JPEG", exif=exif)).size == (40, 60)


def test_sixteen_bits_of_grey_stay_grey():
    grey = Image.new("I;16", (60, 40), 30_000)
    assert abs(stored(encoded("PNG", grey)).getpixel((5, 5))[0] - 117) < 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_what_is_transparent_becomes_white(kind):
    signature = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    signature.paste((0, 0, 0, 255), (0, 10, 60, 30))
    picture = stored(encoded(kind, signature))
    assert min(picture.getpixel((30, 2))) > 240
    assert max(picture.getpixel((30, 20))) < 15


def test_a_palette_and_cmyk_and_two_colours():
    palette = Image.new("RGB", (60, 40), "green").quantize(2)
    for data in (
        encoded("PNG", palette),
        encoded("JPEG", Image.new("CMYK", (60, 40))),
        encoded("PNG", Image.new("1", (60, 40), 1)),
    ):
        assert stored(data).mode == "RGB"


def test_of_several_frames_the_first_is_kept():
    frames = {"save_all": True, "append_images": [Image.new("RGB", (60, 40), "red")] * 50}
    for kind in ("PNG", "WEBP"):
        assert stored(encoded(kind, **frames)).getpixel((5, 5))[0] < 60


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.99])
def test_a_photo_cut_short_is_told(cut):
    noise = encoded("JPEG", Image.effect_noise((200, 200), 90).convert("RGB"))
    assert "不是能打开的照片" in refusal(noise[: int(len(noise) * cut)])


def test_texts_that_unpack_to_gigabytes_are_not_unpacked():
    bomb = zlib.compress(bytes(400 << 20), 9)
    for chunk in [(b"zTXt", b"Comment\0\0" + bomb), (b"iCCP", b"icc\0\0" + bomb)]:
        assert "不是能打开的照片" in refusal(png(60, 40, chunk))


def test_a_heic_that_cannot_be_read_is_named_with_its_remedy():
    assert refusal(b"\0\0\0\x24ftypheic" + bytes(2000)).startswith(
        "这张 HEIC 照片读不了，请在手机上另存为 JPG"
    )

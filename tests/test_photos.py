"""Photos as phones and scanners send them: damaged EXIF, transparency, 16-bit grey, HEIC, a bad one in a batch."""

import io
import random
import struct
import uuid
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core import kept_uploads
from core.attachments import reencode
from core.sandbox.picture import shrink
from tests.browser import sign_in
from tests.factories import make_household, make_pairing, make_village, make_village_pairing
from tests.html_forms import posted, values_of
from tests.pages import client_of, words_of
from tests.pictures import picture
from tests.sandbox.hostile import png
from units.models import today
from villages.models import VillageNote
from visits.models import Visit

CASES = Path(__file__).parent / "cases"
NOTE = {"kind": "land", "on": "2015-04-02", "text": "流转 120 亩"}


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def stored(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(shrink(data, 1600))))


def encoded(kind: str, picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def village(leader):
    found = make_village()
    make_village_pairing(unit=leader.unit, village=found)
    return found


def write(user, village, papers: list[SimpleUploadedFile], **fields: object):
    data = {**NOTE, "papers": papers, **fields}
    return client_of(user).post(f"/villages/{village.pk}/notes/new/", data)


def test_damaged_exif_is_no_error_and_the_photo_stands_upright():
    assert stored(case("photo_bad_exif_crash.jpg")).size == (48, 64)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP"])
def test_no_damage_to_the_exif_refuses_a_photo(kind):
    rng = random.Random(kind)
    entries = [
        struct.pack(">HHI4s", 0x0112, 3, 1, b"\0\6\0\0"),
        struct.pack(">HHII", 0x010F, 2, 7, 60),
        struct.pack(">HHII", 0x011A, 5, 1, 70),
        struct.pack(">HHII", 0x8769, 4, 1, 80),
        struct.pack(">HHII", 0x8825, 4, 1, 90),
    ]
    whole = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 5) + b"".join(entries) + bytes(90)
    again = {"save_all": True, "append_images": [Image.new("RGB", (64, 48))]} if kind == "MPO" else {}
    for _ in range(60):
        exif = bytearray(whole)
        for _ in range(rng.choice([1, 3, 12])):
            exif[rng.randrange(16, len(exif))] = rng.randrange(256)
        data = encoded(
            kind, Image.new("RGB", (64, 48), "red"), exif=bytes(exif[: rng.randrange(40, 180)]), **again
        )
        assert sorted(stored(data).size) == [48, 64]


def test_a_damaged_index_of_further_pictures_is_no_error():
    """A damaged multi-picture index, as of phones that store a depth map beside the photo, causes no error."""
    data = encoded(
        "MPO", Image.new("RGB", (64, 48)), save_all=True, append_images=[Image.new("RGB", (64, 48))]
    )
    at = data.index(b"MPF\0")
    assert stored(data[: at + 4] + bytes(30) + data[at + 34 :]).size == (64, 48)


def test_sixteen_bit_grey_is_scaled():
    low, high = stored(case("photo_16bit_scan.png")).convert("L").getextrema()
    assert low < 10
    assert 200 < high < 245


def test_the_transparent_grey_of_a_16_bit_scan_becomes_white():
    data = png(60, 40, (b"tRNS", struct.pack(">H", 0)), depth=16, colours=0)
    assert min(stored(data).getpixel((30, 20))) > 250


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_a_single_transparent_colour_becomes_white(mode):
    drawn = Image.new("L", (2400, 1600), 0)
    drawn.paste(128, (600, 600, 1800, 1000))
    clear = (0, 0, 0) if mode == "RGB" else 0
    page = stored(encoded("PNG", drawn.convert(mode), transparency=clear)).convert("L")
    assert page.getpixel((5, 5)) > 250
    assert abs(page.getpixel((800, 530)) - 128) < 6


def test_a_signature_is_black_on_white():
    page = stored(case("photo_transparent_signature.png")).convert("L")
    assert page.getpixel((2, 2)) == 255
    assert page.getextrema()[0] < 20


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("photo_IMG_0001.heic", "这张 HEIC 照片读不了，请在手机上另存为 JPG"),
        ("photo_is_postscript.jpg", "只收 JPG、PNG、WebP、HEIC、AVIF"),
    ],
)
def test_an_unreadable_photo_is_named_with_its_remedy(name, sentence):
    with pytest.raises(ValidationError, match=sentence):
        reencode(SimpleUploadedFile(name, case(name)))


def test_a_heic_is_known_by_its_compatible_brands():
    data = b"\0\0\0\x1cftypMSNV\0\0\0\0mif1heic" + bytes(2000)
    with pytest.raises(ValidationError, match="HEIC"):
        reencode(SimpleUploadedFile("IMG.jpg", data))


def test_in_a_batch_the_bad_ones_are_named_and_the_good_ones_stay_chosen(cadre, village):
    bad = [
        SimpleUploadedFile(name, case(name)) for name in ("photo_IMG_0001.heic", "photo_is_postscript.jpg")
    ]
    page = write(
        cadre, village, [picture("门前.jpg"), *bad, SimpleUploadedFile("合同.pdf", b"%PDF-1.4\n%%EOF\n")]
    )
    words = words_of(page)
    assert "“photo_IMG_0001.heic”：这张 HEIC 照片读不了" in words
    assert "photo_is_postscript" in words
    assert "请再选一次" not in words
    [form] = [form for form in posted(page.content.decode()) if "text" in form.fields]
    client_of(cadre).post(f"/villages/{village.pk}/notes/new/", values_of(form))
    assert sorted(file.name for file in VillageNote.objects.get().files.all()) == ["合同.pdf", "门前.jpg"]


def test_photos_stay_chosen_when_another_field_is_wrong(cadre, village):
    page = write(cadre, village, [picture("门前.jpg")], text="")
    [form] = [form for form in posted(page.content.decode()) if "text" in form.fields]
    client_of(cadre).post(f"/villages/{village.pk}/notes/new/", {**values_of(form), "text": "补写"})
    assert [file.name for file in VillageNote.objects.get().files.all()] == ["门前.jpg"]


def test_photos_of_a_visit_stay_chosen_beside_a_bad_one(cadre):
    home = make_pairing(cadre=cadre, household=make_household()).household
    said = {"ref": str(uuid.uuid4()), "on": today().isoformat(), "kind": "home", "households": [home.pk]}
    bad = SimpleUploadedFile("IMG_0001.heic", case("photo_IMG_0001.heic"))
    data = {**said, "content": "看了水窖。", "photos": [picture("门前.jpg"), bad, picture("院子.jpg")]}
    page = client_of(cadre).post("/visits/new/", data)
    assert "“IMG_0001.heic”：这张 HEIC 照片读不了" in words_of(page)
    [form] = [form for form in posted(page.content.decode()) if "content" in form.fields]
    kept = {"photos-kept": values_of(form)["photos-kept"]}
    client_of(cadre).post("/visits/new/", {**said, "content": "看了水窖。", **kept})
    assert Visit.objects.get().photos.count() == 2


def test_a_kept_photo_is_stored_unreadable_and_for_a_day(cadre, village, settings):
    write(cadre, village, [picture("门前.jpg")], text="")
    [place] = default_storage.listdir(kept_uploads.FOLDER)[1]
    with default_storage.open(f"{kept_uploads.FOLDER}/{place}") as file:
        assert b"JFIF" not in file.read()
    kept_uploads.delete_old_files()
    assert default_storage.exists(f"{kept_uploads.FOLDER}/{place}")
    assert kept_uploads.find("made up") is None


def upload_through_browser(desk, live_server, user, village, name: str, kind: str) -> Image.Image:
    sign_in(desk, live_server, user)
    desk.goto(f"/villages/{village.pk}/notes/new/")
    desk.select_option("[name=kind]", "land")
    desk.fill("[name=text]", "签字")
    desk.fill("[name=on]", "2015-04-02")
    desk.set_input_files("[name=papers]", {"name": name, "mimeType": kind, "buffer": case(name)})
    desk.click("form.form button.btn-primary")
    desk.wait_for_url("**/#notes")
    with VillageNote.objects.get().files.get().opened() as file:
        return Image.open(io.BytesIO(file.read())).convert("L")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "name", ["photo_transparent_signature.png", "photo_16bit_scan.png", "photo_bad_exif_crash.jpg"]
)
def test_the_browser_shrinks_as_the_server_does(desk, live_server, cadre, village, name):
    sent = upload_through_browser(desk, live_server, cadre, village, name, f"image/{name[-3:]}")
    expected = stored(case(name)).convert("L")
    assert sent.size == expected.size
    for place in [(2, 2), (sent.width // 2, sent.height // 2), (sent.width - 3, sent.height - 3)]:
        assert abs(sent.getpixel(place) - expected.getpixel(place)) < 12


@pytest.mark.django_db(transaction=True)
def test_a_turned_png_stands_upright_after_the_browser(
    desk, live_server, cadre, village, tmp_path, monkeypatch
):
    exif = Image.Exif()
    exif[0x0112] = 6
    monkeypatch.setattr(
        "tests.test_photos.case", lambda name: encoded("PNG", Image.new("RGB", (64, 48)), exif=exif)
    )
    assert upload_through_browser(desk, live_server, cadre, village, "扫描.png", "image/png").size == (48, 64)

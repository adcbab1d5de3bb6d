"""村记事 (village notes): dated notes with pictures and papers, corrected by their authors."""

import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from openpyxl import Workbook

from core.models import Change
from core.sandbox.sheets.xls import repack
from tests.factories import make_cadre, make_note, make_village, make_village_pairing
from tests.pages import client_of, part, words_of
from tests.pictures import picture
from villages.models import VillageNote, VillageNoteFile

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.fixture
def village(leader):
    found = make_village()
    make_village_pairing(unit=leader.unit, village=found)
    return found


def workbook() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name in names:
            book.writestr(name, "x")
    return out.getvalue()


def write(user, village, *papers: SimpleUploadedFile, **fields: object):
    data = {"kind": "land", "on": "2015-04-02", "text": "流转 120 亩", "papers": list(papers), **fields}
    return client_of(user).post(f"/villages/{village.pk}/notes/new/", data)


@pytest.mark.parametrize(
    ("name", "data", "stored"),
    [
        ("检测单.png", picture("检测单.png").read(), "检测单.jpg"),
        ("合同.pdf", PDF, "合同.pdf"),
        ("合同.doc", packed("word/document.xml"), "合同.docx"),
        ("面积表.xlsx", workbook(), "面积表.xlsx"),
        ("面积表.et", repack(b"\x09\x08"), "面积表.xls"),
    ],
)
def test_a_file_is_known_by_its_content_and_keeps_its_name(cadre, village, name, data, stored):
    write(cadre, village, SimpleUploadedFile(name, data))
    file = VillageNoteFile.objects.get()
    answer = client_of(cadre).get(f"/files/{file.uuid}/")
    assert (file.name, file.owner.by) == (stored, cadre)
    sent = b"".join(answer.streaming_content)
    assert (sent == data, len(sent)) == (not stored.endswith(".jpg"), file.size)


def test_a_paper_is_sealed_on_the_disk_and_offered_to_be_saved(cadre, village):
    write(cadre, village, SimpleUploadedFile("合同.pdf", PDF))
    file = VillageNoteFile.objects.get()
    assert PDF not in default_storage.open(file.file.name).read()
    answer = client_of(cadre).get(f"/files/{file.uuid}/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")


def test_the_villages_page_names_the_files_with_their_size(cadre, viewer, village):
    write(cadre, village, SimpleUploadedFile("合同.pdf", PDF))
    page = client_of(viewer).get(f"/villages/{village.pk}/")
    assert f"合同.pdf {len(PDF)}" in words_of(page).replace("\xa0", " ")
    assert "village-notes" not in part(page, 'id="notes"')


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("程序.exe", b"MZ\x90\x00", "这种文件不能收，请传照片、PDF、Word 或 Excel"),
        ("压缩包.docx", packed("随便.txt"), "这种文件不能收"),
        ("合同.pdf", PDF[:20], "没有传完整或者坏了"),
        ("表.xlsx", workbook()[:200], "没有传完整或者坏了"),
        ("照片.jpg", b"\xff\xd8\xffno picture", "不是能打开的照片"),
        ("表.xlsm", packed("xl/workbook.xml", "xl/vbaProject.bin"), "带着宏"),
        ("大.pdf", PDF.ljust(13 << 20, b" "), "“大”太大，一个文件最多 12 MB"),
        ("王有福620524196005010010.pdf", PDF, "文件名里写了身份证号"),
        ("空.pdf", b"", "空"),
    ],
)
def test_an_unsuitable_file_gets_one_sentence_and_the_text_stays(cadre, village, name, data, why):
    page = write(cadre, village, SimpleUploadedFile(name, data))
    assert why in words_of(page)
    assert "流转 120 亩" in page.content.decode()
    assert "选过的文件，请再选一次" in words_of(page)
    assert not VillageNote.objects.exists()


def test_files_are_at_most_nine_at_once(cadre, village):
    page = write(cadre, village, *(SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(10)))
    assert "一次最多 9 个文件" in words_of(page)


def test_a_strangers_unit_does_not_get_the_file(cadre, stranger, village):
    write(cadre, village, SimpleUploadedFile("合同.pdf", PDF))
    file = VillageNoteFile.objects.get()
    assert client_of(stranger).get(f"/files/{file.uuid}/").status_code == 404


def test_the_author_takes_a_file_away_and_adds_another(cadre, village, django_capture_on_commit_callbacks):
    write(cadre, village, SimpleUploadedFile("旧.pdf", PDF), SimpleUploadedFile("表.xlsx", workbook()))
    note, old = VillageNote.objects.get(), VillageNoteFile.objects.get(name="旧.pdf")
    newest = Change.objects.latest("pk").pk
    with django_capture_on_commit_callbacks(execute=True):
        client_of(cadre).post(
            f"/village-notes/{note.pk}/",
            {
                "kind": "land",
                "on": "2015-04-02",
                "text": note.text,
                "version": note.version,
                "removed": [old.pk],
                "papers": [SimpleUploadedFile("新.pdf", PDF)],
            },
        )
    assert [file.name for file in note.files.all()] == ["表.xlsx", "新.pdf"]
    assert not default_storage.exists(old.file.name)
    acts = Change.objects.filter(pk__gt=newest).order_by("pk")
    assert [(change.table, change.act) for change in acts] == [
        ("villages.villagenotefile", "deleted"),
        ("villages.villagenotefile", "created"),
    ]
    assert acts[0].changes["name"] == ["旧.pdf", None]


def test_the_second_editor_of_a_note_sees_both_and_takes_nothing_away(cadre, leader, village):
    write(cadre, village, SimpleUploadedFile("合同.pdf", PDF))
    note, file = VillageNote.objects.get(), VillageNoteFile.objects.get()
    seen = note.version
    note.text = "流转 150 亩"
    note.save()
    page = client_of(leader).post(
        f"/village-notes/{note.pk}/",
        {"kind": "land", "on": "2015-04-02", "text": "流转 130 亩", "version": seen, "removed": [file.pk]},
    )
    assert page.status_code == 409
    assert "流转 150 亩" in words_of(page)
    assert VillageNoteFile.objects.exists()


def test_a_colleague_reads_a_note_and_does_not_change_it(cadre, village):
    note = make_note(village=village, by=cadre)
    colleague = make_cadre(unit=cadre.unit)
    assert client_of(colleague).get(f"/village-notes/{note.pk}/").status_code == 403


def test_a_rotation_seals_the_papers_anew(cadre, village, settings):
    settings.DATA_KEYS = {"old": b"o" * 32}
    write(cadre, village, SimpleUploadedFile("合同.pdf", PDF), picture("图.png"))
    settings.DATA_KEYS = {"new": b"n" * 32, "old": b"o" * 32}
    changes = Change.objects.count()
    call_command("rotate_keys")
    settings.DATA_KEYS = {"new": b"n" * 32}
    with VillageNoteFile.objects.get(name="合同.pdf").opened() as paper:
        assert paper.read() == PDF
    assert Change.objects.count() == changes


def test_the_page_of_the_village_leads_to_its_oldest_note_too(cadre, village):
    notes = [make_note(village=village, by=cadre) for _ in range(25)]
    page = client_of(cadre).get(f"/villages/{village.pk}/").content.decode()
    assert f"/village-notes/{notes[0].pk}/" in page

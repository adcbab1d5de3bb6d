"""Papers in: nothing that fetches a template, starts a program or carries macros."""

import io
import struct
import zipfile

import olefile
import openpyxl
import pytest
import xlwt
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from core.documents import received
from core.sandbox.sheets.xls import repack
from tests.sandbox.hostile import png
from tests.sheets.workbooks import changed, saved

pytestmark = [pytest.mark.once, pytest.mark.slow]
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'


def packed(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return out.getvalue()


def word(body: str = "", *, relations: str = "", types: str = "", **parts: str) -> bytes:
    parts = {
        "[Content_Types].xml": TYPES.format(types),
        "word/document.xml": BODY.format(body),
        "word/_rels/settings.xml.rels": RELATIONS.format(relations),
        **parts,
    }
    return packed(**parts)


def relation(target: str, kind: str = "attachedTemplate") -> str:
    return f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'


def refusal(data: bytes, name: str = "合同.docx") -> str:
    with pytest.raises(ValidationError) as caught:
        received(SimpleUploadedFile(name, data))
    (sentence,) = caught.value.messages
    assert sentence.startswith("“")
    assert sentence.endswith("。")
    return sentence


def taken(data: bytes, name: str = "合同.docx") -> str:
    return received(SimpleUploadedFile(name, data)).name


@pytest.mark.parametrize(
    "target",
    [
        "http://a.example/t.dotm",
        "HTTPS://a.example/t.dotm",
        " https://a.example/t.dotm",
        r"\\server\share\t.dotm",
        "//server/share/t.dotm",
        "file://server/share/t.dotm",
        r"file:///\\server\share\t.dotm",
        "file:////server/share/t.dotm",
        "%5C%5Cserver%5Cshare%5Ct.dotm",
        "mhtml:http://a.example/t!x",
        r"\\?\UNC\server\share\t.dotm",
        "ftp://a.example/t.dotm",
    ],
)
def test_a_template_from_elsewhere_is_refused(target):
    assert "要从别处取模板" in refusal(word(relations=relation(target)))
    assert "要从别处取模板" in refusal(word(relations=relation(target, "hyperlink")))  # settings have none


@pytest.mark.parametrize(
    "target",
    [
        "Normal.dotm",
        "file:///C:\\Users\\li\\AppData\\Roaming\\Microsoft\\Templates\\Normal.dotm",
        "C:\\Templates\\Normal.dotm",
        "file:///Users/li/Library/Normal.dotm",
        "file://localhost/C:/Normal.dotm",
        "file:///C|/Normal.dotm",
    ],
)
def test_a_template_on_the_authors_own_disk_stays(target):
    assert taken(word(relations=relation(target))) == "合同.docx"


@pytest.mark.parametrize(
    ("kind", "target", "fits"),
    [
        ("hyperlink", "https://www.gansu.gov.cn/", True),
        ("hyperlink", r"\\server\共享\表.xlsx", True),
        ("hyperlink", "mailto:a@b.cn", True),
        ("image", "https://a.example/x.png", True),
        ("image", r"\\server\x.png", False),
        ("oleObject", "https://a.example/x.rtf", False),
        ("frame", "http://a.example/x.htm", False),
        ("subDocument", "//server/x.docx", False),
    ],
)
def test_what_a_text_may_point_to(kind, target, fits):
    part = {"word/_rels/document.xml.rels": RELATIONS.format(relation(target, kind))}
    if fits:
        assert taken(word(**part)) == "合同.docx"
    else:
        assert "要从别处取模板或对象" in refusal(word(**part))


def field(*runs: str) -> str:
    """A field whose instruction is cut into these runs."""
    texts = "".join(
        f'<w:r><w:rPr/><w:instrText xml:space="preserve">{run}</w:instrText></w:r>' for run in runs
    )
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"<w:p>{mark.format('begin')}{texts}{mark.format('separate')}{mark.format('end')}</w:p>"


@pytest.mark.parametrize(
    "body",
    [
        field(r" DDEAUTO c:\\windows\\system32\\cmd.exe &quot;/k calc&quot; "),
        field("D", "DE", "AUTO cmd"),
        field(' "dde" excel'),
        field("IF ", *[]).replace(
            "<w:p>", "<w:p>" + field("DDE a").removeprefix("<w:p>").removesuffix("</w:p>")
        ),
        '<w:fldSimple w:instr=" DDE excel x"/>',
        field("&#68;&#68;&#69;AUTO x"),
    ],
)
def test_dde_in_a_text_is_refused(body):
    assert "DDE" in refusal(word(body))
    assert "DDE" in refusal(word(**{"word/header1.xml": BODY.format(body)}))
    assert "DDE" in refusal(word(**{"word/odd.bin": BODY.format(body)}))


def test_dde_in_another_writing_is_refused():
    xml = '<?xml version="1.0" encoding="UTF-16"?>' + BODY.format(field("DDE x"))
    out = io.BytesIO(word())
    with zipfile.ZipFile(out, "a") as book:
        book.writestr("word/footnotes.xml", xml.encode("utf-16"))
    assert "DDE" in refusal(out.getvalue())


def test_other_fields_and_words_stay():
    body = field(" PAGE ") + field(' HYPERLINK "http://a.b/dde" ') + "<w:p><w:t>DDE 数据交换</w:t></w:p>"
    assert taken(word(body)) == "合同.docx"


def test_dde_and_links_of_a_workbook():
    link = '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</externalLink>'
    book = {"xl/workbook.xml": "<workbook/>", "xl/externalLinks/externalLink1.xml": link.format("<ddeLink/>")}
    assert "DDE" in refusal(packed(**book), "表.xlsx")
    book["xl/externalLinks/externalLink1.xml"] = link.format("<externalBook/>")
    other = relation("file:///C:\\表\\去年.xlsx", "externalLinkPath")
    book["xl/externalLinks/_rels/externalLink1.xml.rels"] = RELATIONS.format(other)
    assert taken(packed(**book), "表.xlsx") == "表.xlsx"


@pytest.mark.parametrize(
    "data",
    [
        packed(**{"xl/workbook.xml": "<workbook/>", "xl/macrosheets/sheet1.xml": "<m/>"}),
        packed(
            **{
                "xl/workbook.xml": "<workbook/>",
                "xl/worksheets/sheet1.xml": "<m/>",
                "[Content_Types].xml": TYPES.format(
                    '<Override PartName="/a.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'
                ),
            }
        ),
        word(types='<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'),
        word(types='<Default ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
    ],
)
def test_macros_and_macro_sheets_are_refused_under_any_name(data):
    assert "带着宏" in refusal(data)


def test_two_parts_of_one_name_are_refused():
    """One program reads the first, another the last."""
    out = io.BytesIO(word(relations=relation("http://a.example/t.dotm")))
    with zipfile.ZipFile(out, "a") as book, pytest.warns(UserWarning, match="Duplicate"):
        book.writestr("word/_rels/settings.xml.rels", RELATIONS.format(""))
    assert "坏了" in refusal(out.getvalue())


def test_a_paper_that_unpacks_to_gigabytes_is_told():
    bomb = word(**{"word/document.xml": BODY.format(" " * (900 << 20))})
    assert len(bomb) < 1 << 20
    assert "解开后太大" in refusal(bomb)


def test_a_heic_and_a_tiff_are_pictures_to_this_field_too():
    assert "HEIC" in refused(b"\0\0\0\x24ftypheic" + bytes(100))
    assert "只收 JPG" in refused(b"II*\0" + bytes(100))
    assert taken(png(60, 40), "照片.png") == "照片.jpg"


def refused(data: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        received(SimpleUploadedFile("照片.heic", data))
    return caught.value.messages[0]


# --- old Word and Excel ---------------------------------------------------------------------------


def old_sheet() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("名单").write(0, 0, "村")
    return saved(book)


def with_records(*records: tuple[int, bytes]) -> bytes:
    """An old workbook with these records put behind its first."""
    with olefile.OleFileIO(io.BytesIO(old_sheet())) as opened:
        stream = opened.openstream("Workbook").read()
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    more = b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)
    return repack(stream[:first] + more + stream[first:])


def test_an_old_workbook_and_its_macro_sheets_dde_and_password():
    assert taken(old_sheet(), "表.xls") == "表.xls"
    assert taken(with_records((0x0085, b"\0\0\0\0\0\0\4\0name")), "表.xls") == "表.xls"
    assert "带着宏" in refusal(with_records((0x0085, b"\0\0\0\0\2\1\4\0name")))
    dde = b"Excel\x03x"
    assert "DDE" in refusal(with_records((0x01AE, struct.pack("<HHB", 0, len(dde), 0) + dde)))
    wide = "cmd\x03x".encode("utf-16-le")
    assert "DDE" in refusal(with_records((0x01AE, struct.pack("<HHB", 0, 5, 1) + wide)))
    assert "加了密码" in refusal(with_records((0x002F, bytes(54))))


def old_word(text: bytes = b"", template: str = "Normal.dotm", flags: int = 0x0200) -> bytes:
    """The streams of a .doc, as far as they are looked at."""
    texts = b"".join(struct.pack("<H", len(name)) + name.encode("utf-16-le") for name in ("", template, "题"))
    table = b"\xff\xff" + struct.pack("<HH", 3, 0) + texts
    head = bytearray(0x200)
    struct.pack_into("<H", head, 0, 0xA5EC)
    struct.pack_into("<H", head, 0x0A, flags)
    struct.pack_into("<II", head, 0x9A + 32 * 8, 0, len(table))
    return compound({"WordDocument": bytes(head) + text, "1Table": table})


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of these streams, each of more than 4096 bytes so that none lies in the short ones."""
    sectors, fat, entries = b"", [], []
    for name, data in streams.items():
        data = data.ljust(4096, b"\0")
        start, count = len(fat), -(-len(data) // 512)
        sectors += data.ljust(count * 512, b"\0")
        fat += [*range(start + 1, start + count), 0xFFFFFFFE]
        entries.append((name, 2, start, len(data)))
    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    for number, (name, kind, start, size) in enumerate(entries, start=1):
        right = number + 1 if number < len(entries) else 0xFFFFFFFF
        directory += entry(name, kind, start, size, right=right)
    place = len(fat)
    count = -(-len(directory) // 512)
    fat += [*range(place + 1, place + count), 0xFFFFFFFE, 0xFFFFFFFD]
    fat += [0xFFFFFFFF] * (128 - len(fat) % 128)
    head = struct.pack(
        "<8s16x5H6x9I109I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, place, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0),
        *([place + count] + [0xFFFFFFFF] * 108),
    )
    assert len(fat) == 128
    return head + sectors + directory.ljust(count * 512, b"\0") + struct.pack("<128I", *fat)


def entry(name: str, kind: int, start: int, size: int, *, child=0xFFFFFFFF, right=0xFFFFFFFF) -> bytes:
    encoded = f"{name}\0".encode("utf-16-le")
    numbers = (0xFFFFFFFF, right, child, start, size)
    return struct.pack("<64sHBB3I36xIQ", encoded, len(encoded), kind, 1, *numbers)


def test_an_old_text_and_its_template_dde_and_password():
    assert taken(old_word(), "合同.doc") == "合同.doc"
    assert taken(old_word(template="C:\\WPS\\Normal.dot")) == "合同.doc"
    assert "要从别处取模板" in refusal(old_word(template="http://a.example/t.dot"))
    assert "要从别处取模板" in refusal(old_word(template=r"\\server\t.dot"))
    assert "DDE" in refusal(old_word(b"\x13 DDEAUTO cmd x\x14\x15"))
    assert "DDE" in refusal(old_word("\x13 DDE cmd x\x14\x15".encode("utf-16-le")))
    assert "加了密码" in refusal(old_word(flags=0x0300))
    assert taken(old_word(b"\x13 HYPERLINK http://a.b/dde\x14\x15")) == "合同.doc"


def test_honest_workbooks_of_our_own_libraries_stay():
    book = openpyxl.Workbook()
    book.active.append(["村"])
    book.active["A1"].hyperlink = "https://www.gansu.gov.cn/"
    assert taken(saved(book), "表.xlsx") == "表.xlsx"
    assert "加了密码" in refusal(compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}))
    assert "坏了" in refusal(changed(saved(book), "xl/workbook.xml", "<!DOCTYPE a><workbook TargetMode=''/>"))

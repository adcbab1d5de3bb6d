"""A character that no font has is told on the page, in the import and in print; a wide font prints it."""

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from core import fonts, typesetting
from tests.factories import make_household, make_village
from tests.importing import check, warnings
from tests.pages import client_of
from tests.pdf import pages_of

RARE = "\U00030123"
TEMPLATE = (
    '#set page(width: 9cm, height: 5cm)\n#set text(font: "Noto Sans SC")\n#json(bytes(sys.inputs.data)).name'
)


@pytest.fixture(autouse=True)
def no_wide_font(monkeypatch):
    monkeypatch.setattr(fonts, "WIDE", [])


@pytest.fixture
def wide_font(monkeypatch, tmp_path):
    """A font with one rare character."""
    builder = FontBuilder(1000, isTTF=True)
    pen = TTGlyphPen(None)
    for at, point in enumerate([(0, 0), (500, 900), (900, 0)]):
        (pen.lineTo if at else pen.moveTo)(point)
    pen.closePath()
    glyphs = [".notdef", "A", "rare"]
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({ord("A"): "A", ord(RARE): "rare", 0xE000: "rare"})
    builder.setupGlyf(dict.fromkeys(glyphs, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable(
        {"familyName": "Wide", "styleName": "Regular", "fullName": "Wide Regular", "psName": "Wide-Regular"}
    )
    builder.setupOS2(sTypoAscender=900, sTypoDescender=-100, usWinAscent=900, usWinDescent=100)
    builder.setupPost()
    builder.save(tmp_path / "Wide.ttf")
    monkeypatch.setattr(fonts, "WIDE", [tmp_path])


@pytest.fixture
def paper(monkeypatch, tmp_path):
    """Print a name."""
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "name.typ").write_text(TEMPLATE)
    monkeypatch.setattr(typesetting, "TEMPLATES", folder)
    return lambda name: pages_of(typesetting.typeset("name", {"name": name}))


@pytest.mark.parametrize("name", ["王有福", "试䶮", "试㛃·阿力", "𠅤某", "Ａ某（1）→×℃", "试\U0002cb4a"])
def test_what_the_pinned_fonts_have(name):
    assert fonts.missing(name.replace("𠅤", "")) == ""


@pytest.mark.parametrize("char", [RARE, "\ue000", "\U000323af", "ཀ"])
def test_what_no_font_has_is_named_once(char):
    assert fonts.missing(f"王{char}有{char}") == char
    assert fonts.in_words(char) == f"“{char}”（U+{ord(char):04X}）"


def test_a_wide_font_is_used(wide_font):
    assert fonts.missing(f"王{RARE}\U000323af\ue000") == "\U000323af\ue000"


def test_a_print_names_what_it_could_not_print(paper):
    first, last = paper(f"王{RARE}")
    assert first.startswith("王")
    assert "没有字体能印出的字，前面印成了方框，请用笔补上" in last
    assert "U+30123" in last


def test_a_print_with_the_wide_font_has_the_character(paper, wide_font):
    assert paper(f"王{RARE}") == [f"王{RARE}"]


def test_the_page_names_the_character(office):
    home = make_household(head=f"王{RARE}")
    plain = make_household(head="王有福")
    assert "没有装着的字体有“" + RARE in client_of(office).get(f"/households/{home.pk}/").content.decode()
    assert "没有装着的字体" not in client_of(office).get(f"/households/{plain.pk}/").content.decode()


def test_the_import_names_the_character(office):
    make_village(name="汉坪村")
    row = {"村": "汉坪村", "组(社)": "三组", "家庭人口": 3, "户主姓名": f"王{RARE}", "性别": "男"}
    run = check("households", office, [row, {**row, "户主姓名": "试䶮"}])
    assert [why for why in warnings(run) if "字体" in why] == [f"没有字体能印出“{RARE}”（U+30123）"]

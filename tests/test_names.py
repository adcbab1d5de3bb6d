"""One name, one writing: rare characters, the dot within a name, long names, and searching for them."""

from pathlib import Path

import pytest

from core import cells
from core.rare_characters import CODE_POINTS
from households.models import Member
from tests.factories import make_cadre, make_division, make_household, make_village
from tests.importing import check, load, outcomes
from tests.pages import client_of, words_of

CASES = Path(__file__).parent / "cases"
LONG = "阿卜杜热合曼·买买提依明·图尔荪尼亚孜·库尔班江·玉苏普喀迪尔·伊敏江"


@pytest.fixture
def village(db):
    return make_village(
        name="汉坪村", code="620524101200", town=make_division(code="620524101", name="洛门镇")
    )


def test_every_private_place_of_gbk_is_known():
    """Python's codec has the assignments of 2000: most places have code points, the others are those of 2005."""
    codes = [bytes([0xFE, second]) for second in [*range(0x50, 0x7F), *range(0x80, 0xA1)]]
    for place, code in enumerate(codes, start=0xE815):
        of_2000 = code.decode("gb18030")
        assert of_2000 in {chr(place), CODE_POINTS[place]}
    assert CODE_POINTS[0xE863] == "\u4dae"
    assert [f"{ord(CODE_POINTS[place]):X}" for place in (0xE816, 0xE81E, 0xE831, 0xE83B, 0xE855, 0xE864)] == (
        ["20087", "9FB4", "215D7", "2298F", "241FE", "9FBB"]
    )
    assert len(CODE_POINTS) == 80 + 10 + 2 + 13
    assert not any(0xE000 <= ord(char) < 0xF900 for char in CODE_POINTS.values())


@pytest.mark.parametrize("place", [0xE863, 0xE864, 0xE816, 0xE83B])
def test_a_private_character_becomes_its_code_point(place):
    assert cells.clean_person(f"王{chr(place)}") == f"王{CODE_POINTS[place]}"


@pytest.mark.parametrize("dot", "･﹒●‧•・∙⋅·．")
@pytest.mark.parametrize("beside", ["提", "\u36c3", "\U0002cb4a", "\U00030edd", "\ue863", "〇"])
def test_every_dot_is_the_dot_beside_any_character(dot, beside):
    expected = CODE_POINTS.get(ord(beside), beside)
    assert cells.clean_person(f"买{beside}{dot}阿力") == f"买{expected}·阿力"
    assert cells.clean_person(f"阿力 {dot} {beside}买") == f"阿力·{expected}买"


def test_a_selector_of_variants_makes_no_second_name():
    assert cells.clean_person("葛\U000e0100\ufe00某") == "葛某"


def test_a_full_stop_between_latin_letters_stays():
    assert cells.clean_name("A.B公司") == "A.B公司"


def test_the_same_people_in_another_writing_are_no_new_members(office, village):
    home = make_household(village=village, no="620524101200-001")
    first, second = (
        (CASES / f"members_{name}.xlsx").read_bytes()
        for name in ("1_unicode_names", "2_same_people_pua_and_dots")
    )
    load("members", office, first)
    run = check("members", office, second)
    assert outcomes(run) == ["same"] * 3
    assert set(home.members.values_list("name", flat=True)) > {"试䶮", "买买提·试", "试㛃·阿力"}


def test_rare_names_of_heads_are_kept(office, village):
    run = load(
        "households",
        office,
        (CASES / "households_rare_names_and_group_format.xlsx").read_bytes(),
        partial=True,
    )
    assert "created" in outcomes(run)
    assert {"试\U0002bc20", "试䶮", "试\U0002cb4a"} <= set(Member.objects.values_list("name", flat=True))


@pytest.mark.parametrize("typed", ["䶮\ue863", "\ue863·买", "䶮•买", "䶮䶮･", " 䶮 ‧ 买", "●买买提"])
def test_searching_cleans_what_was_typed(office, village, typed):
    home = make_household(head="䶮䶮·买买提", village=village)
    for address in ("/households/", "/search/"):
        page = client_of(office).get(address, {"q": typed})
        assert f'href="/households/{home.pk}/' in page.content.decode()


def test_a_cadre_is_found_by_another_dot(office):
    make_cadre(unit=office.unit, name="阿力·买买提")
    assert "阿力·买买提" in words_of(client_of(office).get("/cadres/?q=阿力‧买"))


def test_names_of_forty_characters(office, village):
    assert 30 < len(LONG) <= 40
    rows = [{"村": "汉坪村", "组(社)": "三组", "家庭人口": 3, "户主姓名": LONG, "性别": "男"}]
    assert outcomes(load("households", office, rows)) == ["created"]
    Member.objects.get(name=LONG).full_clean()
    run = check("households", office, [{**rows[0], "户主姓名": "某" * 41}])
    assert "太长，有 41 个字" in str(list(run.rows.values_list("errors", flat=True)))
    make_cadre(unit=office.unit, name=LONG).full_clean(exclude=["password"])

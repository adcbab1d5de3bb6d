"""A mask leaves only the region of a number; no output, search or refusal reveals more."""

import io
from datetime import date

import openpyxl
import pytest

from core import identity
from core.importing.table import shown
from core.models import Change
from households.models import Household, Member
from tests.admin.rows import listed, page
from tests.exports import table_of
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.importing import check, errors, family, load, outcomes, warnings, whys
from tests.pages import client_of, page_of, words_of
from units.models import Cadre

pytestmark = pytest.mark.django_db
BORN = date(1957, 3, 5)


@pytest.fixture
def number() -> str:
    return make_id_number(born_on=BORN)


@pytest.fixture
def home(number: str) -> Household:
    household = make_household(head="", village=make_village(name="大庄村"))
    make_member(household=household, name="王有福", id_number=number, born_on=BORN)
    return household


# --- a mask in a sheet --------------------------------------------------------------------------

CANNOT_TELL = "只有星号，看不出是不是这个人"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"户编号": "own", "户主姓名": "王有福"}, []),
        ({"户主姓名": "王有福", "出生日期": "1957-03-05"}, []),
        ({"户主姓名": "王有福"}, [CANNOT_TELL]),
        ({"户主姓名": "王有福", "出生日期": "1957-03-06"}, [CANNOT_TELL]),
        ({"户编号": "own", "户主姓名": "王有寿"}, [CANNOT_TELL]),
        ({"户编号": "own"}, [CANNOT_TELL]),
    ],
)
def test_a_mask_means_unchanged_beside_the_stored_name_and_number_or_birth_date(
    office, home, number, row, said
) -> None:
    own = {"村": "大庄村", "组(社)": "三组", "家庭人口": 2, **row, "身份证号": identity.mask(number)}
    if "户编号" in row:
        own["户编号"] = home.no
    run = check("households", office, [own])
    assert [error["why"] for error in errors(run)] == said
    assert outcomes(run) == (["wrong"] if said else ["same"])


@pytest.mark.parametrize(
    ("name", "born_on", "naming", "said"),
    [
        ("李秋菊", None, "户编号", []),
        ("李秋菊", "1957-03-05", "户主身份证号", []),
        ("李秋菊", None, "户主身份证号", [CANNOT_TELL]),
    ],
)
def test_a_members_mask_likewise(office, home, number, name, born_on, naming, said) -> None:
    wife = make_id_number(born_on=BORN, sex="2")
    make_member(household=home, name="李秋菊", relation="02", sex="2", born_on=BORN, id_number=wife)
    row = {
        naming: home.no if naming == "户编号" else number,
        "姓名": name,
        "与户主关系": "配偶",
        "身份证号": identity.mask(wife),
        "出生日期": born_on,
        "健康状况": "患有大病",
    }
    run = load("members", office, [row])
    assert [error["why"] for error in errors(run)] == said
    stored = Member.objects.get(name="李秋菊")
    assert (stored.id_number, stored.health == "03") == (wife, not said)


def test_an_older_mask_confirms_nothing(office, home, number) -> None:
    """The older mask 620524********1234 does not confirm a guess of the last four digits."""
    rows = [
        {"户编号": home.no, "户主姓名": "王有福", "身份证号": f"620524********{end}"}
        for end in (number[14:], "0000")
    ]
    told = [errors(check("households", office, [row])) for row in rows]
    assert [[error["why"] for error in found] for found in told] == [
        ["号码中间是星号，和系统里存的对不上"]
    ] * 2
    assert all(number[14:] not in str(found) for found in told)


def test_a_mask_of_other_stars_is_no_number(office, home) -> None:
    row = {"户编号": home.no, "户主姓名": "王有福", "身份证号": "620524●●●●●●●●●●●●"}
    assert whys(check("households", office, [row])) == ["C2 号码中间是星号，和系统里存的对不上"]


# --- messages of an import ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("620524195703051234", "620524************"),
        ("62052419570305123", "620524************"),
        ("62O524 1957 0305 1234", "62O524************"),
        ("6.20524195703051E+17", "620524************+**"),
        (620524195703051264.0, "6.20524E+17"),
        ("1234", "****"),
        ("尾号1234", "尾号****"),
        ("620524（1957）1234", "******（****）****"),
        ("620524********1234", "620524************"),
        ("没有办", "没有办"),
    ],
)
def test_a_refused_cell_is_shown_without_its_digits(cell, said) -> None:
    """A refused cell is shown without digits: the last four and the birth date would reveal the number."""
    assert shown(cell, secret=True) == said


def test_no_message_of_an_import_tells_a_stored_number(office, home, number) -> None:
    """No message of an import reveals a stored number that matches one truncated by Excel."""
    first = next(
        f"6205241960050{n:02}" for n in range(10, 32) if identity.check_digit(f"6205241960050{n:02}00") == "0"
    )
    make_member(household=home, name="李秋菊", relation="02", id_number=f"{first}000", born_on=None)
    row = {"户编号": home.no, "姓名": "李秋菊", "与户主关系": "配偶", "性别": "女"}
    run = check("members", office, [{**row, "身份证号": f"{first}000"}])
    assert "000" not in str([*errors(run), *warnings(run)])
    run = check("members", office, [{**row, "性别": "男"}])
    assert "000" not in str([*errors(run), *warnings(run)])


def test_a_number_taken_in_another_town_names_no_town(home) -> None:
    wife = make_id_number(born_on=BORN, sex="2")
    make_member(household=home, name="李秋菊", relation="02", sex="2", id_number=wife)
    town = make_division(code="620524101", name="洛门镇")
    clerk = make_cadre(unit=make_unit(name="洛门镇双联办", division=town), role="office")
    make_village(name="青崖村", town=town)
    run = check("households", clerk, [family("何秀兰", wife, 村="青崖村", 性别="女")])
    assert whys(run) == ["F2 已是本县别的乡镇一户的家庭成员"]


def test_only_its_uploader_gets_the_marked_copy(office, home) -> None:
    """Only its uploader gets the marked copy with the original input; another office account sees masks on the page."""
    typed = make_id_number(born_on=date(1970, 1, 1))
    wrong = f"{typed[:17]}{'1' if typed[17] != '1' else '2'}"
    run = check("households", office, [family("何秀兰", typed), family("王有寿", wrong)])
    colleague = make_cadre(name="赵明", unit=office.unit, role="office")
    url = f"/imports/runs/{run.pk}/"
    answer = client_of(office).get(f"{url}marked/")
    [sheet] = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets
    cells = [cell for row in sheet.values for cell in row]
    assert {typed, wrong} <= set(cells)
    assert client_of(colleague).get(f"{url}marked/").status_code == 403
    said = page_of(client_of(colleague).get(url))
    assert "只有上传的汪玉琪能下载" in said
    assert f"{url}marked/" not in said
    assert typed[6:] not in said
    assert wrong[14:] not in said


# --- history ------------------------------------------------------------------------------------


def test_a_number_that_changes_for_another_of_the_region_still_makes_a_line(office, home, number) -> None:
    member = home.members.get()
    member.id_number = make_id_number(born_on=BORN)
    member.save()
    said = words_of(client_of(office).get(f"/households/{home.pk}/"))
    assert "身份证号： 620524************ → 换成了另一个号码" in said
    assert "换成了另一个号码" in page_of(client_of(office).get(page("households.member", "history", member)))


# --- searches, sort orders, filters -------------------------------------------------------------


def parts(number: str) -> list[str]:
    return [number[:17], number[6:], number[14:], number[:14], number[-6:], number[:6] + number[14:]]


def test_a_part_of_a_number_finds_nobody(office, home, number) -> None:
    client = client_of(office)
    for text in parts(number):
        for url in (f"/households/?q={text}", f"/search/?q={text}"):
            assert ">王有福<" not in page_of(client.get(url)), url
        for table in ("households.household", "households.member", "households.householdpairing"):
            assert not listed(client, table, f"?q={text}"), (table, text)
    assert ">王有福<" in page_of(client.get(f"/households/?q={number}"))
    assert listed(client, "households.member", f"?q={number}") == {home.members.get().pk}


def test_a_whole_number_finds_only_whom_one_sees(leader, cadre, stranger, home, number) -> None:
    """A whole number finds only people in scope: a formerly paired unit still sees the pairing, but not the people."""
    make_pairing(
        cadre=cadre, household=home, started_on=date(2014, 1, 1), ended_on=date(2015, 1, 1), end_reason="调走"
    )
    client, table = client_of(leader), "households.householdpairing"
    assert listed(client, table, "?q=王有福")
    assert not listed(client, table, f"?q={number}")
    assert ">王有福<" not in page_of(client.get(f"/households/?q={number}"))
    make_village_pairing(unit=leader.unit, village=home.village)
    assert listed(client, table, f"?q={number}")
    assert ">王有福<" in page_of(client.get(f"/households/?q={number}"))


LOOKUPS = [
    *("id_cipher", "id_cipher__startswith", "id_hash", "id_hash__gte", "born_on__gte"),
    *("household__members__id_hash", "household__members__id_cipher__startswith"),
]


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_no_address_of_the_admin_filters_by_a_number(office, home, lookup) -> None:
    token = home.members.get().id_cipher[:3]
    answer = client_of(office).get(page("households.member", "changelist"), {lookup: token})
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["?o=5", "?o=-5", "?_to_field=id_hash", "?_popup=1&_to_field=id_cipher"])
def test_no_list_of_the_admin_is_sorted_by_a_number(office, home, query) -> None:
    """No admin list is sorted by ID number; three people's numbers ascend in another order than their rows."""
    for order in (7, 3, 5):
        first = f"62052419570305{order:03}"
        make_member(
            household=home, relation="03", id_number=first + identity.check_digit(first), born_on=BORN
        )
    client, url = client_of(office), page("households.member", "changelist")
    answer = client.get(url + query)
    if answer.status_code == 200:
        rows = [row.pk for row in answer.context["cl"].result_list]
        assert rows in (sorted(rows), sorted(rows, reverse=True))
    else:
        assert answer.status_code == 400


# --- forms --------------------------------------------------------------------------------------


def test_the_form_of_a_member_compares_a_mask_with_its_own_row(office, home, number) -> None:
    """A mask typed in a member's form means that row's own number, although all members in the county share the
    mask.
    """
    make_member(household=home, name="李秋菊", relation="02", sex="2", id_number=make_id_number(sex="2"))
    member = home.members.get(relation="01")
    data = {"name": "王有福", "relation": "01", "sex": "1", "ethnicity": "01", "version": member.version}
    url = f"/members/{member.pk}/edit/"
    client = client_of(office)
    assert client.post(url, {**data, "id_number": identity.mask(number)}).status_code == 302
    assert Member.objects.get(pk=member.pk).id_number == number
    wrong = client.post(url, {**data, "id_number": "620525************"})
    assert "和原来存的对不上" in page_of(wrong)


def test_a_taken_number_is_told_before_anything_is_written(office, home, number) -> None:
    data = {"village": home.village.pk, "size": 2, "kind": "01", "head_name": "何秀兰", "id_number": number}
    newest = Change.objects.latest("pk").pk
    said = page_of(client_of(office).post("/households/new/", data))
    assert "这个身份证号已经是本县另一名家庭成员的" in said
    assert not Change.objects.filter(pk__gt=newest).exists()


def test_a_viewer_is_told_why_a_number_finds_nobody(viewer: Cadre, cadre: Cadre, number) -> None:
    told = "查阅账号不能按电话、身份证号找"
    assert told in page_of(client_of(viewer).get(f"/search/?q={number}"))
    assert "电话" not in page_of(client_of(viewer).get("/search/"))
    assert told not in page_of(client_of(cadre).get("/search/?q=查无此人"))


def test_a_viewer_finds_nobody_by_a_whole_number(viewer: Cadre, home, number) -> None:
    client = client_of(viewer)
    for url in (f"/households/?q={number}", f"/search/?q={number}", f"/households/?q={number}&export=xlsx"):
        answer = client.get(url)
        if answer.streaming:
            assert len(table_of(answer)) == 1
        else:
            assert ">王有福<" not in page_of(answer)

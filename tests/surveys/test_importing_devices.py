"""Answers collected with ODK Collect or Kobo on our XLSForm come back by the import of that survey."""

import io

import openpyxl
import pytest

from core.importing import runs
from core.importing.workbooks import marked_workbook
from core.models import ImportRun
from households.models import Member
from surveys.models import Response, Survey
from tests.factories import make_cadre, make_survey, make_village, make_village_pairing
from tests.importing import check, errors, outcomes, warnings, whys
from tests.surveys.collected import (
    answered,
    as_csv,
    as_xlsx,
    as_zip,
    central,
    kobo,
    kobo_in_words,
    members_table,
)
from tests.surveys.filled import HOUSEHOLD, clean, make_surveyed
from units.models import Cadre

pytestmark = pytest.mark.django_db
STATUS = ImportRun.Status
MEMBERS = [
    {
        "M01": "王有福",
        "M02": "1",
        "M04": "01",
        "M05": "01",
        "M06": "02",
        "M07": "01",
        "M08": "01",
        "M09": "01",
    },
    {
        "M01": "李秋菊",
        "M02": "2",
        "M04": "02",
        "M05": "01",
        "M06": "02",
        "M07": "01",
        "M08": "02",
        "M09": "01",
    },
]


@pytest.fixture
def row(survey: Survey, household, cadre: Cadre):
    return answered(survey, household, cadre.name)


def collected(
    office: Cadre, data: bytes, filename: str = "导出.csv", kind: str = "household_surveys"
) -> ImportRun:
    run = check(kind, office, data, filename=filename)
    if run.status == STATUS.CHECKED:
        runs.apply(run)
    return run


both_ways = pytest.mark.parametrize(
    "pack", [lambda lines: (as_csv(lines), "a.csv"), lambda lines: (as_zip(HH_SURVEY=lines), "a.zip")]
)


# --- the responses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda survey, rows: (as_csv(central(survey, rows)), "a.csv"),
        lambda survey, rows: (as_csv(central(survey, rows, split=["B14", "D03"])), "a.csv"),
        lambda survey, rows: (as_csv(central(survey, rows, prefix="")), "a.csv"),
        lambda survey, rows: (as_xlsx(数据=central(survey, rows)), "a.xlsx"),
        lambda survey, rows: (as_zip(HH_SURVEY=central(survey, rows)), "a.zip"),
        lambda survey, rows: (as_csv(kobo(survey, rows)), "a.csv"),
        lambda survey, rows: (as_xlsx(贫困户调查表=kobo(survey, rows)), "a.xlsx"),
        lambda survey, rows: (as_xlsx(贫困户调查表=kobo(survey, rows, groups=False)), "a.xlsx"),
        lambda survey, rows: (as_csv(kobo(survey, rows, whole=False, split=["B14", "C06", "D03"])), "a.csv"),
        lambda survey, rows: (as_xlsx(贫困户调查表=kobo_in_words(survey, rows)), "a.xlsx"),
    ],
    ids=[
        "central", "central split", "central without groups", "central xlsx", "central zip",
        "kobo csv", "kobo xlsx", "kobo without groups", "kobo split alone", "kobo in words",
    ],
)  # fmt: skip
def test_a_whole_response_comes_back(office, cadre, survey, household, row, write):
    data, filename = write(survey, [row])
    run = collected(office, data, filename)
    assert (run.status, whys(run)) == (STATUS.DONE, [])
    response = Response.objects.get()
    assert (response.household, response.surveyor) == (household, cadre)
    assert f"{response.surveyed_on} {response.status} {response.signed}" == "2015-09-16 submitted True"
    given = clean(survey, HOUSEHOLD)
    assert {code: response.answers[code] for code in given} == given
    assert response.answers["B16"] == 4800
    assert outcomes(collected(office, data, filename)) == ["same"]


def test_only_what_our_sheet_has_no_column_for_is_named_as_left_out(office, survey, household, row):
    run = collected(office, as_csv(central(survey, [{**row, "H02": "城关镇", "H07": "13993850009"}])))
    assert run.unknown_headings == ["header-H02", "header-H03", "header-H07", "header-H11"]


@pytest.mark.parametrize(
    "heading",
    [
        "start,header/H01,header/H09,header/H10,section_A/A01,section_A/A02,section_B/B14,_id",
        "SubmissionDate,header-H01,header-H09,header-H10,section_A-A01,section_A-A02,section_B-B14,KEY",
        "H01,H09,H10,A01,A02,B14,_uuid,_tags",
    ],
)
def test_required_items_that_the_file_lacks_are_named_in_one_sentence(office, survey, household, heading):
    line = f"2026-11-20T08:11:02.123Z,{household.no},2015-09-16,16000000001,120,02,01 04,1"
    data = f"{heading}\n{line if heading[0] in 'sS' else line.partition(',')[2] + ','}\n".encode("utf-8-sig")
    run = check("household_surveys", office, data, filename="答卷.csv")
    assert run.status == STATUS.REFUSED
    assert "47 题里有 3 题" in run.message
    needed = {i.code for i in survey.form.items if i.required and not i.condition} - {"A01", "B14"}
    assert all(code in run.message for code in needed)
    assert run.message.count("。") == 1
    assert not Response.objects.exists()


def test_a_wrong_answer_is_named_at_its_own_cell(office, survey, household, row):
    lines = kobo(survey, [{**row, "A02": "88"}])
    run = collected(office, as_xlsx(答卷=lines), "a.xlsx")
    at = lines[0].index("section_A/A02")
    assert [error["cell"] for error in errors(run)] == [
        f"{chr(64 + at // 26) if at > 25 else ''}{chr(65 + at % 26)}2"
    ]
    assert not Response.objects.exists()


@both_ways
def test_the_marked_copy_has_the_reason_at_the_cell(office, survey, household, row, pack):
    lines = central(survey, [{**row, "A02": "88"}])
    run = collected(office, *pack(lines))
    marked = openpyxl.load_workbook(io.BytesIO(marked_workbook(run))).worksheets[0]
    cell = marked.cell(2, lines[0].index("section_A-A02") + 1)
    assert (cell.value, "没有“88”这一项" in cell.comment.text) == ("88", True)


def test_split_columns_that_contradict_the_whole_answer_are_asked(office, survey, household, row):
    lines = central(survey, [row], split=["B14"])
    lines[1][lines[0].index("section_B-B14/02")] = "0"
    run = collected(office, as_csv(lines))
    assert [error["value"] for error in errors(run)] == ["01 02（分列里是 01）"]


def test_the_version_that_was_filled_in_decides(office, survey, household, row):
    run = collected(office, as_csv(central(survey, [row], version="2011.9")))
    assert "没有“HH-SURVEY 2011.9”这个版本的表" in run.message


def test_answers_of_a_village_come_back(office, cadre):
    survey, village = make_survey(subject="village"), make_village()
    make_village_pairing(unit=cadre.unit, village=village)
    row = answered(survey, village, cadre.name)
    run = collected(office, as_csv(central(survey, [row])), kind="village_surveys")
    assert (run.message, whys(run)) == ("", [])
    response = Response.objects.get()
    assert (response.village, response.surveyor, response.answers["V115"]) == (village, cadre, ["1", "4"])


def test_a_word_about_a_warning_is_typed_on_the_device(office, survey, household, row):
    strange = {**row, "C05": "9700"}
    assert outcomes(collected(office, as_csv(central(survey, [strange])))) == ["wrong"]
    run = collected(office, as_csv(central(survey, [{**strange, "word": "低保和退耕补贴"}])))
    assert whys(run) == []
    assert set(Response.objects.get().confirmed.values()) == {"低保和退耕补贴"}


# --- the members in a repeat --------------------------------------------------------------------------


def with_members(survey, rows, members, how):
    if how == "central":
        return as_zip(HH_SURVEY=central(survey, rows), HH_SURVEY_members=members_table(members)), "a.zip"
    book = {"贫困户调查表": kobo(survey, rows), "members": members_table(members, kobo=True)}
    return as_xlsx(**book), "a.xlsx"


both = pytest.mark.parametrize("how", ["central", "kobo"])


@both
def test_members_as_they_are_stored_change_nothing(office, survey, household, row, how):
    data = with_members(survey, [row], [(1, member) for member in MEMBERS], how)
    run = collected(office, *data)
    assert (run.status, whys(run), warnings(run)) == (STATUS.DONE, [], [])
    assert Member.objects.get(name="李秋菊").version == 1
    assert outcomes(collected(office, *data)) == ["same"]


@both
def test_what_is_new_about_a_member_is_stored_and_kept_with_the_response(office, survey, household, row, how):
    ill = [{**MEMBERS[0], "M08": "03"}, MEMBERS[1]]
    run = collected(office, *with_members(survey, [row], [(1, member) for member in ill], how))
    assert whys(run) == []
    assert Member.objects.get(name="王有福").health == "03"
    assert [member["M08"] for member in Response.objects.get().members] == ["03", "02"]


@both
def test_somebody_new_is_told_and_added(office, survey, household, row, how):
    child = {
        "M01": "王小宝",
        "M02": "1",
        "M04": "03",
        "M06": "02",
        "M07": "03",
        "M08": "01",
        "M09": "04",
        "M12": "1",
    }
    row["H08"] = "3"
    run = collected(office, *with_members(survey, [row], [(1, m) for m in (*MEMBERS, child)], how))
    assert whys(run) == []
    assert "会给这户添一口人：王小宝（之子）" in warnings(run)
    assert "系统里是 2 人，会改成 3 人" in warnings(run)
    household.refresh_from_db()
    assert household.size == 3
    assert Member.objects.get(name="王小宝").household == household


@both
def test_members_go_to_their_own_household(office, cadre, survey, household, row, how):
    other = make_surveyed(cadre=cadre, head="赵长顺")
    rows = [row, answered(survey, other, cadre.name)]
    members = [(2, {**MEMBERS[0], "M01": "赵长顺", "M08": "04"}), (1, {**MEMBERS[0], "M08": "02"})]
    run = collected(office, *with_members(survey, rows, members, how))
    assert whys(run) == []
    found = dict(Member.objects.filter(relation="01").values_list("name", "health"))
    assert found == {"王有福": "02", "赵长顺": "04"}


@both
def test_a_wrong_fact_of_a_member_is_named_with_its_row_and_nothing_is_stored(
    office, survey, household, row, how
):
    wrong = [MEMBERS[0], {**MEMBERS[1], "M08": "77"}]
    run = collected(office, *with_members(survey, [row], [(1, member) for member in wrong], how))
    assert len(whys(run)) == 1
    assert "家庭成员表第 3 行“健康状况”没有“77”这一项" in whys(run)[0]
    assert not Response.objects.exists()


def test_another_people_beside_the_two_peoples_of_the_form_leaves_the_stored_one(
    office, survey, household, row
):
    Member.objects.filter(name="李秋菊").update(ethnicity="04")
    members = [(1, MEMBERS[0]), (1, {**MEMBERS[1], "M05": "99"})]
    run = collected(office, *with_members(survey, [row], members, "kobo"))
    assert whys(run) == []
    assert Member.objects.get(name="李秋菊").ethnicity == "04"


def test_members_without_their_responses_are_refused(office, survey, household):
    run = collected(office, as_csv(members_table([(1, member) for member in MEMBERS])))
    assert "只有家庭成员（重复组）" in run.message
    assert run.status == STATUS.REFUSED


def test_members_whose_response_is_missing_are_named(office, survey, household, row):
    run = collected(office, *with_members(survey, [row], [(1, MEMBERS[0]), (7, MEMBERS[1])], "central"))
    assert "“HH-SURVEY-members”第 3 行在主表里找不到对应的答卷" in run.message
    assert not Response.objects.exists()


def test_a_surveyor_with_a_phone_is_found(office, survey, household, row):
    make_cadre(name="李建业", phone="13893850001")
    run = collected(office, as_csv(central(survey, [{**row, "H10": "13893850001"}])))
    assert whys(run) == []

"""Filled forms as sheets: what a row means, what is wrong and where, which version, who surveyed."""

import re
from datetime import date
from typing import Any

import pytest

from core.models import Change, ImportRun
from surveys.definition.presets import preset
from surveys.models import Response, Survey
from tests.factories import (
    make_cadre,
    make_household,
    make_member,
    make_pairing,
    make_response,
    make_survey,
    make_unit,
    make_village,
)
from tests.importing import check, errors, load, outcomes, warnings, whys
from tests.pages import client_of, part
from tests.surveys.filled import make_surveyed
from tests.surveys.sheets import row_of, said
from units.models import Cadre

pytestmark = pytest.mark.django_db


# --- a whole row -------------------------------------------------------------------------------------


def test_a_filled_row_becomes_a_response_that_waits_for_review(office, cadre, survey, household):
    run = load("household_surveys", office, [row_of(survey, household)])
    assert whys(run) == []
    response = Response.objects.get()
    assert response.status == Response.Status.SUBMITTED
    assert (response.household, response.village) == (household, household.village)
    assert (response.surveyed_on, response.year) == (date(2015, 9, 16), 2015)
    assert (response.surveyor, response.unit, response.entered_by) == (cadre, cadre.unit, office)
    assert response.submitted_at is not None
    assert response.answers["A01"] == 80
    assert response.answers["B05"] == "unknown"
    assert response.answers["B14"] == ["01", "02"]
    assert response.answers["B16"] == 4800
    assert response.answers["H08"] == 2
    assert [member["M04"] for member in response.members] == ["01", "02"]
    assert Change.objects.filter(table="surveys.response", run=run, number=2, act="created").count() == 1


def test_the_same_file_again_changes_nothing(office, survey, household):
    row = row_of(survey, household)
    load("household_surveys", office, [row])
    again = load("household_surveys", office, [row])
    assert outcomes(again) == ["same"]
    assert Change.objects.filter(table="surveys.response").count() == 1


def test_an_answer_that_an_import_would_change_is_told_in_words(office, survey, household):
    load("household_surveys", office, [row_of(survey, household)])
    run = check("household_surveys", office, [row_of(survey, household, A01=96.5)])
    told = part(client_of(office).get(f"/imports/runs/{run.pk}/"), "要更新的内容")
    assert re.findall(r"<td[^>]*>([^<]*)</td>", told) == ["2", "住房面积", "80", "96.5"]


def test_words_and_codes_numbers_and_headings_are_understood(office, survey, household):
    row = row_of(survey, household, A02="砖混", A04="否", A05="", B14="种植业、外出务工", A01=96.5, D03=1.0)
    short = {
        heading.split(" ")[0] if heading[0] in "ABCD" else heading: cell for heading, cell in row.items()
    }
    load("household_surveys", office, [short])
    answers = Response.objects.get().answers
    assert (answers["A02"], answers["A04"], answers["A01"]) == ("02", 0, 96.5)
    assert (answers["B14"], answers["D03"]) == (["01", "05"], ["01"])


def test_answers_correct_the_household_with_history(office, survey, household):
    run = load("household_surveys", office, [row_of(survey, household, C01="五保户", D01="因残")])
    household.refresh_from_db()
    assert (household.kind, household.main_cause) == ("03", "02")
    assert Change.objects.filter(table="households.household", run=run, number=2).count() == 1


def test_an_older_response_corrects_nothing(office, cadre, survey, household):
    make_response(survey=survey, cadre=cadre, household=household, surveyed_on=date(2016, 3, 1))
    load("household_surveys", office, [row_of(survey, household, C01="五保户")])
    household.refresh_from_db()
    assert household.kind == "01"


def test_a_row_nobody_filled_in_is_passed_over(office, survey, household):
    row = row_of(survey, household)
    kept = {"户编号", "调查人", "版本"}
    empty = {heading: cell if heading in kept else None for heading, cell in row.items()}
    run = load("household_surveys", office, [empty])
    assert outcomes(run) == ["same"]
    assert not Response.objects.exists()


def test_a_row_without_a_day_says_what_to_do(office, survey, household):
    row = row_of(survey, household, surveyed_on=None)
    assert said(survey, check("household_surveys", office, [row]), row) == {"surveyed_on": "没有写调查日期"}


# --- what is wrong, and where ------------------------------------------------------------------------

WRONG = [
    ({"A01": "很大"}, {"A01": "不是数"}),
    ({"A01": 1001}, {"A01": "1001 超出了范围"}),
    ({"A02": "楼房"}, {"A02": "没有“楼房”这一项"}),
    ({"A07": "不详"}, {"A07": "这一题不能填“不详”"}),
    ({"A06": None}, {"A06": "这一题要填"}),
    ({"A04": "否"}, {"A05": "照前面的答案，这一题不用填"}),
    ({"B14": "种植业；养殖业；林果业；加工业"}, {"B14": "选了 4 项"}),
    ({"B02": 7}, {"B02": "有效灌溉面积不能大于耕地面积"}),
    ({"D02": "因病"}, {"D01": "其他致贫原因最多2项且不能与主要原因重复"}),
    ({"D09": "身份证 62052419600501101X"}, {"D09": "这里写了身份证号"}),
    ({"no": "620524100999-001"}, {"no": "没有这个户编号"}),
    ({"surveyed_on": "2099-01-01"}, {"surveyed_on": "这一天还没有到"}),
    ({"surveyed_on": "2012-01-15"}, {"surveyed_on": "日期太早"}),
    ({"surveyor": "没有这人"}, {"surveyor": "没有这名干部"}),
    ({"surveyor": None}, {"surveyor": "没有写调查人"}),
    ({"head_name": "别人"}, {"head_name": "系统里这户的户主是王有福"}),
]


@pytest.mark.parametrize(("given", "expected"), WRONG)
def test_what_is_wrong_is_told_at_its_cell(office, survey, household, given, expected):
    row = row_of(survey, household, **given)
    run = check("household_surveys", office, [row])
    assert said(survey, run, row) == expected
    assert outcomes(run) == ["wrong"]


def test_every_fault_of_a_row_is_told_at_once(office, survey, household):
    row = row_of(survey, household, A01="大", A06=None, B02=7)
    found = said(survey, check("household_surveys", office, [row]), row)
    assert found.keys() == {"A01", "A06", "B02"}


def test_a_warning_wants_a_word(office, survey, household):
    row = row_of(survey, household, B13=2)
    run = check("household_surveys", office, [row])
    assert said(survey, run, row) == {"B13": "外出务工人数大于劳动力人数, 请核对"}
    assert "核对说明" in errors(run)[0]["remedy"]
    load("household_surveys", office, [row_of(survey, household, B13=2, word="老人也去摘棉花")])
    assert Response.objects.get().confirmed == {"X04": "老人也去摘棉花"}


def test_a_rule_on_members_is_told_at_the_household(office, survey, household):
    household.members.filter(relation="02").get().delete()
    row = row_of(survey, household, B12=0, C02=0, C03=1)
    found = said(survey, check("household_surveys", office, [row]), row)
    assert found["no"] == "成员数要等于家庭人口数, 且只有一个户主"


def test_members_that_lack_a_fact_are_told(office, survey, household):
    member = household.members.get(relation="02")
    member.education = ""
    member.save()
    row = row_of(survey, household)
    assert said(survey, check("household_surveys", office, [row]), row) == {"no": "1 口人缺文化程度"}


def test_a_household_stands_once_a_year(office, survey, household):
    row = row_of(survey, household)
    run = check("household_surveys", office, [row, row])
    assert [error["why"] for error in errors(run)] == ["和第 3 行相同", "和第 2 行相同"]
    two_years = load("household_surveys", office, [row, {**row, "调查日期": "2014-09-16"}])
    assert whys(two_years) == []
    assert Response.objects.count() == 2


def test_a_great_change_of_income_since_last_time_wants_a_word(office, cadre, survey, household):
    make_response(
        survey=survey, cadre=cadre, household=household, surveyed_on=date(2014, 9, 1), answers={"B15": 4000}
    )
    row = row_of(survey, household)
    found = said(survey, check("household_surveys", office, [row]), row)
    assert found == {"B15": "与上次调查相比收入变化超过50%, 请核对"}


def test_a_stale_fact_beside_the_household_only_warns(office, survey, household):
    run = check("household_surveys", office, [row_of(survey, household, size=3)])
    assert outcomes(run) == ["created"]
    assert warnings(run) == ["系统里是 2 人，按它核对"]


# --- versions ----------------------------------------------------------------------------------------


def refusal(office: Cadre, row: dict[str, Any]) -> str:
    run = check("household_surveys", office, [row])
    assert run.status == ImportRun.Status.REFUSED
    return run.message


def test_an_unknown_version_is_refused(office, survey, household):
    assert "没有“HH-SURVEY 2011.9”这个版本" in refusal(
        office, row_of(survey, household, version="HH-SURVEY 2011.9")
    )


def test_a_closed_version_is_refused(office, survey, household):
    row = row_of(survey, household)
    survey.status, survey.closed_on = Survey.Status.CLOSED, date(2015, 10, 1)
    survey.save()
    assert "已在 2015-10-01 停用" in refusal(office, row)


def test_a_draft_is_no_version_to_fill(office, survey, household):
    make_survey(status="draft", edition="2013.1")
    assert "还是草稿" in refusal(office, row_of(survey, household, version="HH-SURVEY 2013.1"))


def test_no_published_form_is_told(office, household):
    survey = Survey(definition=preset("household"), code="HH-SURVEY", edition="2012.1")
    assert "没有在用的调查表" in refusal(office, row_of(survey, household, version=None))


def test_without_the_column_it_is_the_form_in_use(office, survey, household):
    row = row_of(survey, household)
    del row["版本"]
    assert outcomes(load("household_surveys", office, [row])) == ["created"]
    make_survey(code="HH-SECOND")
    assert "写明是哪一张" in refusal(office, row)


def test_two_versions_in_one_file_are_told_apart(office, cadre, survey, household):
    other = make_surveyed(cadre=cadre, head="李有才")
    rows = [row_of(survey, household), row_of(survey, other, version="HH-SURVEY 2013.1")]
    run = check("household_surveys", office, rows)
    assert outcomes(run) == ["created", "wrong"]
    assert errors(run)[0]["why"] == "前面的行是 HH-SURVEY 2012.1"


def test_a_missing_column_is_told_before_the_rows(office, survey, household):
    row = row_of(survey, household)
    row = {heading: cell for heading, cell in row.items() if not heading.startswith("A06")}
    assert "缺少必填的A06 饮水来源，补上这些列再传" in refusal(office, row)


# --- who surveyed ------------------------------------------------------------------------------------


def test_of_two_of_one_name_it_is_the_one_paired_with_the_household(office, cadre, survey, household):
    namesake = make_cadre(name=cadre.name, unit=make_unit(name="县农牧局"))
    load("household_surveys", office, [row_of(survey, household)])
    assert Response.objects.get().surveyor == cadre
    other = make_surveyed(cadre=make_cadre(name="王建"), head="李有才")
    row = row_of(survey, other, surveyor=cadre.name)
    found = said(survey, check("household_surveys", office, [row]), row)
    assert "对得上两个干部" in found["surveyor"]
    load("household_surveys", office, [row_of(survey, other, surveyor=namesake.phone)])
    assert Response.objects.get(household=other).surveyor == namesake


def test_one_who_had_left_surveyed_nothing(office, cadre, survey, household):
    row = row_of(survey, household)
    cadre.left_on = date(2015, 1, 1)
    cadre.save()
    found = said(survey, check("household_surveys", office, [row]), row)
    assert found == {"surveyed_on": f"{cadre.name} 2015-01-01 已离岗"}


# --- who may, and villages ---------------------------------------------------------------------------


def test_an_office_imports_under_its_own_place_alone(survey, cadre, household):
    town = make_unit(name="城关镇", division=make_village().division)
    outside = make_cadre(unit=town, role="office")
    foreign = make_household(village=make_village(code="620524101001", town=None))
    make_member(household=foreign, name="李秀英", relation="02", sex="2")
    make_pairing(cadre=cadre, household=foreign)
    run = check("household_surveys", outside, [row_of(survey, foreign, surveyor=cadre.phone)])
    assert [error["why"] for error in errors(run)] == ["不在您管的区划里"]

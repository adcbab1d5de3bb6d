"""The office at a desk: survey completion down to the rows, item statistics with export, and a cross table."""

from datetime import date

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from surveys.models import Survey
from tests.browser import assert_accessible, assert_fits, sign_in
from tests.factories import (
    make_division,
    make_household,
    make_pairing,
    make_response,
    make_survey,
    make_village,
)
from units.models import Cadre

pytestmark = pytest.mark.django_db(transaction=True)
HEADS = ["苟进才", "裴秋霞", "焦来喜", "漆改香", "丁俊杰", "车玉兰", "年进福", "山改莲"]


@pytest.fixture
def survey(cadre: Cadre) -> Survey:
    """Create 石峰村 of 马力镇 with eight households of the cadre: five surveyed, one draft; four surveyed last year."""
    town = make_division(code="620524105", name="马力镇")
    village = make_village(name="石峰村", town=town, code="620524105203")
    survey = make_survey()
    for number, head in enumerate(HEADS):
        household = make_household(head=head, village=village)
        make_pairing(cadre=cadre, household=household)
        answers = {
            "A01": 60 + number * 10,
            "A02": "05" if number % 2 else "02",
            "D03": ["01", "02"],
            "C01": "01",
        }
        if number < 6:
            status = "draft" if number == 5 else "submitted"
            make_response(survey=survey, cadre=cadre, household=household, answers=answers, status=status)
        if number < 4:
            then = {**answers, "A02": "05"}
            on = date(2014, 9, 16)
            make_response(survey=survey, cadre=cadre, household=household, answers=then, surveyed_on=on)
    return survey


def test_from_completion_to_rows_items_excel_and_cross(desk: Page, live_server, office, survey, tmp_path):
    sign_in(desk, live_server, office)
    desk.goto("/reports/")
    desk.get_by_role("link", name="完成情况").click()
    expect(desk.get_by_text("在册 8 户，完成 62.5%")).to_be_visible()
    assert_accessible(desk)
    assert_fits(desk)
    desk.get_by_role("link", name="马力镇").click()
    expect(desk.get_by_role("heading", name="各村完成情况")).to_be_visible()
    row = desk.get_by_role("row").filter(has=desk.get_by_role("rowheader", name="石峰村"))
    row.get_by_role("link", name="1", exact=True).click()  # draft
    expect(desk.get_by_role("rowheader", name="车玉兰")).to_be_visible()
    expect(desk.get_by_text("共 1 户")).to_be_visible()
    assert_accessible(desk)

    desk.get_by_role("link", name="贫困户调查表完成情况").click()
    desk.get_by_role("link", name="逐题统计").click()
    item = desk.get_by_role("region", name="A02 房屋主要结构")
    expect(item.get_by_role("listitem").filter(has_text="砖混")).to_contain_text("60.0%")
    item.get_by_text("看成表格").click()
    expect(item.get_by_role("row", name="土坯(土木)")).to_contain_text("2")
    assert_accessible(desk)
    assert_fits(desk)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="导出 Excel").click()
    path = tmp_path / "items.xlsx"
    download.value.save_as(path)
    rows = [row[1:7] for row in load_workbook(path).active.values]
    assert ("A02", "房屋主要结构", None, "砖混", "02", 3) in rows

    item.get_by_role("link", name="和别的题交叉").click()
    desk.get_by_label("列", exact=True).select_option("A02")
    desk.get_by_label("行用哪一年的答案").select_option("2014")
    desk.get_by_role("button", name="统计").click()
    expect(desk.get_by_role("heading", name="A02 房屋主要结构（2014 年）")).to_be_visible()
    cell = desk.get_by_role("row", name="土坯(土木)").get_by_role("link", name="2 50.0%").first
    assert_accessible(desk)
    assert_fits(desk)
    cell.click()
    expect(desk.get_by_text("共 2 份")).to_be_visible()


def test_the_statistics_fit_a_phone(phone: Page, live_server, office, survey):
    sign_in(phone, live_server, office)
    for page in (
        "completion/",
        "completion/?by=unit",
        "rows/",
        "items/?section=all",
        "cross/?row=A01&column=A02",
        "answers/?item=A02",
    ):
        phone.goto(f"/reports/surveys/{survey.pk}/{page}")
        assert_fits(phone)
        assert_accessible(phone)

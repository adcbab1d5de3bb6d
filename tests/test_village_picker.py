"""A village is chosen by name and township everywhere, by typing where there are many."""

import re
from html import unescape

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, assert_fits, sign_in
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_survey,
    make_unit,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of
from units.models import Cadre
from units.roles import Role
from villages.models import Village

LABEL = "青崖村（洛门镇）"


@pytest.fixture
def villages(office: Cadre, leader: Cadre) -> dict[str, Village]:
    """Two villages of one name in two townships, and eight more."""
    towns = {
        name: make_division(code=code, name=name)
        for code, name in (("620524101", "洛门镇"), ("620524102", "鸳鸯镇"))
    }
    found = {
        name: make_village(name="青崖村", town=town, code=f"{town.code}201") for name, town in towns.items()
    }
    for number in range(8):
        make_village(name=f"第{number}庄村", town=towns["洛门镇"], code=f"6205241013{number:02}")
    make_village_pairing(unit=leader.unit, village=found["洛门镇"])
    return found


PICKERS = [
    ("/households/", "village"),
    ("/pairings/", "village"),
    ("/visits/", "village"),
    ("/households/new/", "village"),
    ("/projects/new/", "village"),
    ("/activities/new/", "village"),
    ("/assistance/new/", "village"),
    ("/problems/new/", "village"),
    ("/pairings/villages/", "village"),
    ("/villages/new/", "merged_into"),
    ("/surveys/{survey}/", "village"),
    ("/reports/surveys/{survey}/completion/", "village"),
]


@pytest.mark.parametrize(("address", "name"), PICKERS)
def test_every_picker_shows_the_township_and_is_typed_into(office, villages, address, name) -> None:
    survey = make_survey()
    page = client_of(office).get(address.format(survey=survey.pk))
    assert page.status_code == 200, address
    [picker] = re.findall(rf'<select[^>]*name="{name}".*?</select>', page.content.decode(), re.DOTALL)
    assert "data-typed" in picker.split(">")[0]
    labels = unescape(re.sub(r"<[^>]+>", "|", picker)).split("|")
    assert {LABEL, "青崖村（鸳鸯镇）"} <= {label.strip() for label in labels}


def test_a_cadre_on_the_phone_reads_the_township_too(leader, villages) -> None:
    page = client_of(leader).get("/visits/new/").content.decode()
    assert LABEL in page.split('name="village"')[1].split("</select>")[0]


def test_an_office_above_a_county_chooses_the_township_first(villages) -> None:
    city = make_division(code="6205", name="天水市")
    above = client_of(make_cadre(unit=make_unit(name="市双联办", division=city), role=Role.OFFICE))
    assert LABEL not in above.get("/households/").content.decode()
    assert LABEL in above.get("/households/?town=620524101").content.decode()


# --- in the browser -----------------------------------------------------------------------------------


@pytest.fixture
def page(desk: Page, live_server, office: Cadre, villages) -> Page:
    sign_in(desk, live_server, office)
    return desk


def test_a_list_is_narrowed_by_typing_part_of_a_name(page: Page, villages) -> None:
    make_household(head="王有福", village=villages["洛门镇"])
    make_household(head="刘满仓", village=villages["鸳鸯镇"])
    page.goto("/households/")
    field = page.get_by_role("combobox", name="村", exact=False).and_(page.locator("input"))
    field.fill("青崖村（洛")
    field.press("Enter")
    expect(page).to_have_url(re.compile(rf"village={villages['洛门镇'].code}"))
    expect(page.get_by_text("王有福")).to_be_visible()
    expect(page.get_by_text("刘满仓")).to_have_count(0)
    expect(page.locator("#f-village")).to_have_value(LABEL)
    assert_accessible(page)


def test_a_name_of_two_villages_is_asked_and_not_sent(page: Page) -> None:
    page.goto("/households/")
    page.fill("#f-village", "青崖")
    page.locator("#f-village").blur()
    said = page.eval_on_selector("#f-village", "field => field.validationMessage")
    assert said == "“青崖”有 2 个，请从列出的里面选一个。"
    expect(page).to_have_url(re.compile(r"/households/$"))


def test_a_form_sends_the_chosen_village(page: Page, villages) -> None:
    page.goto("/households/new/")
    page.fill("#id_village", "鸳鸯")
    page.locator("#id_village").blur()
    expect(page.locator("#id_village")).to_have_value("青崖村（鸳鸯镇）")
    assert page.eval_on_selector("select[name=village]", "select => select.value") == str(
        villages["鸳鸯镇"].pk
    )
    assert page.eval_on_selector("select[name=village]", "select => select.hidden")
    assert_fits(page)
    assert_accessible(page)


def test_text_that_fits_no_village_is_refused_on_the_page(page: Page) -> None:
    page.goto("/activities/new/")
    page.fill("#id_village", "没有的村")
    page.get_by_role("button", name="保存").click()
    said = page.eval_on_selector("#id_village", "field => field.validationMessage")
    assert said == "列出的里面没有这个，请改一改再选。"
    expect(page).to_have_url(re.compile(r"/activities/new/$"))


def test_what_was_typed_comes_back_in_the_field(page: Page, villages) -> None:
    page.goto("/households/new/")
    page.fill("#id_village", "鸳鸯")
    page.locator("#id_village").blur()
    page.wait_for_timeout(400)  # it is written a moment after the last stroke
    page.reload()
    expect(page.locator("#id_village")).to_have_value("青崖村（鸳鸯镇）")

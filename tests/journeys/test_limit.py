"""A cadre on a phone and a clerk at a desk exceed the daily limit: no input is lost, and one reason is recorded."""

import pytest
from playwright.sync_api import Page, expect

from core.models import OverLimit
from tests.browser import assert_accessible, assert_fits, follow, sign_in
from tests.factories import make_household, make_id_number, make_member, make_pairing
from units.models import Cadre, DailyLimit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def member(cadre: Cadre):
    DailyLimit.objects.update_or_create(role="cadre", defaults={"persons": 0, "exports": 0})
    DailyLimit.objects.update_or_create(role="office", defaults={"persons": 0, "exports": 0})
    home = make_pairing(cadre=cadre, household=make_household(head="王守田")).household
    return make_member(household=home, name="李秋菊", relation="02", id_number=make_id_number())


def test_a_number_is_seen_after_one_reason(phone: Page, page_problems, live_server, cadre, member) -> None:
    sign_in(phone, live_server, cadre)
    home = f"/households/{member.household_id}/"
    phone.goto(home)
    phone.locator("summary", has_text="身份证号").tap()
    button = phone.locator("[data-reveal] button", has_text="李秋菊")
    with phone.expect_navigation():
        button.tap()
    page_problems.clear()  # the console shows the server's refusal
    expect(phone.get_by_text("已到 0 人")).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)
    phone.get_by_label("原因").fill("核对新农合名单")
    follow(phone.get_by_role("button", name="写好了，接着办"))
    assert phone.url.endswith(home)
    phone.locator("summary", has_text="身份证号").tap()
    button.tap()
    expect(phone.get_by_text(member.id_number)).to_be_visible()
    assert OverLimit.objects.get().text == "核对新农合名单"


def test_a_file_comes_after_one_reason(desk: Page, live_server, office, member) -> None:
    sign_in(desk, live_server, office)
    desk.goto("/households/?kind=")
    follow(desk.get_by_role("link", name="导出这"))
    assert_accessible(desk)
    desk.get_by_label("原因").fill("上报县上")
    with desk.expect_download() as saved:
        follow(desk.get_by_role("button", name="写好了，接着办"))
    assert saved.value.suggested_filename.endswith(".xlsx")
    follow(desk.get_by_role("link", name="回去"))
    assert desk.url.endswith("/households/?kind=")

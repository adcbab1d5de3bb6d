"""The pages of a transfer and of a closing in the browser, on a narrow and a wide screen."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser import assert_accessible, assert_fits, follow, sign_in
from tests.factories import make_household, make_pairing, make_unit, make_visit

WIDTHS = [360, 1366]


@pytest.fixture
def home(transactional_db, office, cadre):
    household = make_household(head="刘满仓")
    make_pairing(cadre=cadre, household=household, started_on=date(2015, 1, 10))
    make_visit(cadre=cadre, household=household, visited_on=date(2015, 7, 1))
    return household


@pytest.mark.parametrize("width", WIDTHS)
def test_a_transfer(desk, live_server, office, cadre, home, width: int) -> None:
    make_unit(name="县审计局")
    desk.set_viewport_size({"width": width, "height": 768})
    sign_in(desk, live_server, office)
    desk.goto(f"/cadres/{cadre.pk}/")
    follow(desk.get_by_role("link", name="调动", exact=True))
    desk.get_by_label("调到哪个单位").select_option("县审计局")
    desk.get_by_label("调动日期").fill("2015-06-01")
    follow(desk.get_by_role("button", name="看看会怎样"))
    expect(desk.get_by_text("1 条联户随他转")).to_be_visible()
    assert_fits(desk)
    assert_accessible(desk)
    follow(desk.get_by_role("button", name="照这样办调动"))
    expect(desk.get_by_text("的调动已办")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_closing(desk, live_server, office, home, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 768})
    sign_in(desk, live_server, office)
    desk.goto(f"/households/{home.pk}/close/")
    desk.get_by_label("哪天").fill("2015-05-01")
    follow(desk.get_by_role("button", name="办理"))
    expect(desk.get_by_text("走访：2015-07-01")).to_be_visible()
    assert_fits(desk)
    assert_accessible(desk)
    desk.get_by_label("这些记录都是记错的").check()
    desk.get_by_label("为什么作废").fill("记错了户")
    follow(desk.get_by_role("button", name="办理"))
    expect(desk.get_by_text("作废、退回了 1 条")).to_be_visible()

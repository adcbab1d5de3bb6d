"""From a visit to a problem, up to the unit, help, the family's confirmation; then the office reads it in the
ledger.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, assert_fits, sign_in
from tests.factories import make_household, make_pairing, make_problem, make_village, make_village_pairing
from units.models import Cadre
from visits.models import Assistance, Problem, Visit

pytestmark = pytest.mark.django_db(transaction=True)


def look(page: Page) -> None:
    assert_fits(page)
    assert_accessible(page)


def step(phone: Page, words: str, said: str = "") -> None:
    """Move the problem one step on."""
    phone.get_by_text(words, exact=True).tap()
    if said:
        phone.get_by_label("说明").fill(said)
    phone.get_by_role("button", name="记下").tap()
    expect(phone.get_by_text(f"已记下：{words}。")).to_be_visible()


def test_from_a_visit_to_the_familys_word(
    phone: Page, desk: Page, live_server, cadre: Cadre, office: Cadre
) -> None:
    household = make_household(head="王守田", village=make_village())
    make_pairing(cadre=cadre, household=household)
    sign_in(phone, live_server, cadre)
    phone.goto(f"/visits/new/?household={household.pk}")
    phone.get_by_label("谈了什么、办了什么").fill("水窖漏了，冬天要到沟里背水。")
    phone.get_by_text("困难诉求", exact=True).tap()
    phone.get_by_text("饮水", exact=True).tap()
    expect(phone.locator("[data-shows=problem_category]")).to_have_text("饮水")
    phone.get_by_label("说说情况").fill("水窖漏水，要修")
    look(phone)
    phone.get_by_role("button", name="保存", exact=True).tap()

    expect(phone.get_by_text("登记了诉求")).to_be_visible()
    look(phone)
    phone.get_by_role("list", name="没办结的诉求").get_by_role("link").tap()
    expect(phone.get_by_role("heading", name="办理经过")).to_be_visible()
    look(phone)
    step(phone, "上报单位", "单位能出水泥")

    phone.get_by_role("link", name="记一笔帮扶").tap()
    expect(phone.get_by_label("物资名称")).to_be_visible()
    look(phone)
    phone.get_by_text("物资", exact=True).first.tap()
    phone.get_by_label("做了什么").fill("送水泥修水窖")
    phone.get_by_label("物资名称").fill("水泥")
    phone.get_by_label("数量", exact=True).fill("10")
    phone.get_by_role("button", name="保存", exact=True).tap()
    expect(phone.get_by_text("送水泥修水窖").first).to_be_visible()
    problem = Problem.objects.get()
    assert Assistance.objects.get().problem == problem

    phone.goto(f"/problems/{problem.pk}/")
    step(phone, "解决", "水窖修好了")
    step(phone, "回访确认")
    step(phone, "销号")
    problem.refresh_from_db()
    assert problem.confirmed_on

    sign_in(desk, live_server, office)
    desk.goto("/problems/?status=closed")
    desk.get_by_role("link", name="水窖漏水，要修").click()
    expect(desk.get_by_text("单位能出水泥")).to_be_visible()
    look(desk)


def test_the_filters_of_a_list_fold_on_the_phone(phone: Page, live_server, cadre: Cadre) -> None:
    household = make_household(head="王守田", village=make_village())
    make_pairing(cadre=cadre, household=household)
    make_problem(cadre=cadre, household=household, description="水窖漏水")
    sign_in(phone, live_server, cadre)
    phone.goto("/problems/?status=registered")
    phone.get_by_text("更多", exact=True).tap()
    expect(phone.get_by_label("类别：")).to_be_visible()
    look(phone)
    phone.get_by_label("类别：").select_option(label="道路")
    expect(phone.get_by_text("没有符合条件的诉求。")).to_be_visible()


def test_many_families_are_ticked_at_once(desk: Page, live_server, leader: Cadre) -> None:
    village = make_village_pairing(unit=leader.unit).village
    for n in range(6):
        make_household(head=f"户主{n}", village=village)
    sign_in(desk, live_server, leader)
    desk.goto("/assistance/new/")
    desk.get_by_label("哪个村").select_option(str(village.pk))
    desk.get_by_role("button", name="列出这个村的户").click()
    desk.get_by_role("button", name="全部勾上").click()
    boxes = desk.locator("input[name=households]")
    expect(desk.locator("input[name=households]:checked")).to_have_count(6)
    expect(boxes).to_have_count(6)
    look(desk)


@pytest.mark.parametrize("address", ["/visits/new/", "/assistance/new/"])
def test_who_goes_back_after_saving_finds_an_empty_form_and_records_nothing_twice(
    phone: Page, live_server, cadre: Cadre, address: str
) -> None:
    household = make_household(head="王守田", village=make_village())
    make_pairing(cadre=cadre, household=household)
    sign_in(phone, live_server, cadre)
    phone.goto(f"{address}?household={household.pk}")
    words = phone.locator("textarea[name=content]")
    words.fill("送了一袋面，问了药费")
    if "assistance" in address:
        phone.get_by_text("慰问", exact=True).first.tap()
    phone.get_by_role("button", name="保存", exact=True).tap()
    expect(phone.get_by_text("已记下")).to_be_visible()
    phone.go_back()
    expect(words).to_have_value("")
    phone.get_by_role("button", name="保存", exact=True).tap()
    expect(phone.get_by_text("没有保存，请改好下面这些再试")).to_be_visible()
    assert Visit.objects.count() + Assistance.objects.count() == 1

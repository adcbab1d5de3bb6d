"""A unit leader in the admin: manages only the unit's cadres and pairings, and records visits like any cadre."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.models import Change
from households.models import Household, HouseholdPairing, HouseholdPlan
from tests.browser import assert_accessible, assert_fits, follow, sign_in
from tests.factories import (
    make_household,
    make_pairing,
    make_problem,
    make_village,
    make_village_pairing,
    make_visit,
)
from units.models import Cadre, Session, today
from visits.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "石峰村九月"


@pytest.fixture
def household(leader: Cadre, cadre: Cadre) -> Household:
    """Create an unpaired household of the unit's village, beside one paired with a cadre of the unit."""
    village = make_village()
    make_village_pairing(unit=leader.unit, village=village)
    paired = make_household(head="刘满仓", village=village)
    make_pairing(cadre=cadre, household=paired)
    make_visit(cadre=cadre, household=paired, visited_on=today())
    return make_household(head="王有福", village=village)


def look(page: Page) -> None:
    assert_fits(page)
    assert_accessible(page)


def log_in(page: Page, user: Cadre) -> None:
    page.get_by_label("手机号或工号").fill(user.phone or "")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def choose(page: Page, label: str, typed: str, option: str) -> None:
    """Search in an autocomplete field of the admin and select the result."""
    page.get_by_role("combobox", name=label).click()
    look(page)
    page.get_by_role("searchbox", name=f"查找{label}").fill(typed)
    page.get_by_role("option", name=re.compile(option)).click()


def test_a_leader_looks_after_the_own_unit(
    desk: Page, leader: Cadre, cadre: Cadre, stranger: Cadre, household: Household, page_problems: list[str]
) -> None:
    desk.goto("/admin/")
    log_in(desk, leader)
    expect(desk.get_by_role("heading", name="县水务局", exact=True)).to_be_visible()
    expect(desk.get_by_text("2 名干部，联系石峰村，1 户")).to_be_visible()
    look(desk)

    desk.get_by_role("navigation", name="管理项").get_by_role("link", name="干部").click()
    expect(desk.get_by_role("link", name=cadre.name)).to_be_visible()
    expect(desk.get_by_text(stranger.name)).to_have_count(0)
    look(desk)
    desk.get_by_role("link", name=cadre.name).click()
    expect(desk.get_by_label("角色")).to_have_count(0)
    desk.get_by_label("职务").fill("水管站站长")
    look(desk)
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_text("成功修改了")).to_be_visible()
    change = Change.objects.get(table="units.cadre", row=cadre.pk, act="changed")
    assert (change.changes, change.source) == ({"post": ["", "水管站站长"]}, "admin")

    desk.goto(reverse("admin:units_cadre_change", args=[stranger.pk]))
    expect(desk.get_by_role("heading", name="没有这一页")).to_be_visible()
    assert len(page_problems) == 1
    assert "404" in page_problems.pop()


def test_a_leader_pairs_and_visits_like_any_cadre(
    desk: Page, live_server, leader: Cadre, household: Household
) -> None:
    sign_in(desk, live_server, leader)
    desk.goto(reverse("admin:households_householdpairing_add"))
    choose(desk, "干部", "kjp", leader.name)
    choose(desk, "户", "王有福", household.no)
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_text("成功添加了")).to_be_visible()
    assert HouseholdPairing.objects.filter(cadre=leader, household=household, unit=leader.unit).exists()
    look(desk)

    desk.get_by_role("link", name="去前台").click()
    desk.get_by_role("link", name="记一次走访").click()
    desk.get_by_label("谈了什么、办了什么").fill("看了新修的水窖。")
    desk.get_by_text("王有福，石峰村三组").click()
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_role("status").filter(has_text="已记下")).to_be_visible()
    assert Visit.objects.filter(cadre=leader, household=household, unit=leader.unit).exists()


def test_a_leader_takes_back_a_mistyped_visit(
    desk: Page, live_server, leader: Cadre, household: Household
) -> None:
    sign_in(desk, live_server, leader)
    desk.goto(reverse("admin:visits_visit_changelist"))
    desk.locator("tbody input[type=checkbox]").check()
    desk.get_by_label("动作").select_option(label="作废所选")
    follow(desk.get_by_role("button", name="执行"))
    look(desk)
    desk.get_by_label("为什么作废").fill("日期记错了")
    desk.get_by_role("button", name="作废 1 条").click()
    expect(desk.get_by_text("已作废 1 条")).to_be_visible()
    assert Visit.objects.get().void_reason == "日期记错了"


def test_a_leader_looks_after_problems(
    desk: Page, live_server, leader: Cadre, cadre: Cadre, household: Household
) -> None:
    problem = make_problem(cadre=cadre, household=household)
    sign_in(desk, live_server, leader)
    desk.goto(reverse("admin:index"))
    desk.get_by_role("navigation", name="管理项").get_by_role("link", name="困难诉求").click()
    follow(desk.get_by_role("link", name="逾期", exact=True))
    look(desk)
    follow(desk.get_by_role("row", name="王有福").get_by_role("link").first)
    look(desk)
    desk.get_by_label("负责人").select_option(label=f"{leader.name}（{leader.unit}，{leader.staff_no}）")
    desk.get_by_role("button", name="保存，留在这里").click()
    expect(desk.get_by_role("cell", name=f"从{cadre.name}转来")).to_be_visible()
    desk.get_by_role("link", name="在台账中办理").click()
    desk.get_by_text("解决", exact=True).click()
    desk.get_by_label("说明").fill("水窖补好了")
    desk.get_by_role("button", name="记下").click()
    expect(desk.get_by_text("已记下：解决")).to_be_visible()
    problem.refresh_from_db()
    assert (problem.owner, problem.status) == (leader, "solved")


def test_a_leader_writes_a_plan_with_a_measure(
    desk: Page, live_server, leader: Cadre, household: Household
) -> None:
    sign_in(desk, live_server, leader)
    desk.goto(reverse("admin:households_householdplan_add"))
    choose(desk, "户", "王有福", household.no)
    desk.get_by_label("脱贫目标").fill("两年内人均过三千元")
    desk.get_by_role("button", name="再加一行帮扶措施").click()
    desk.locator("[name=measures-0-text]").fill("栽苹果树 3 亩")
    look(desk)
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_text("成功添加了")).to_be_visible()
    plan = HouseholdPlan.objects.get(household=household)
    assert (plan.written_by, plan.measures.get().year) == (leader, today().year)
    follow(desk.get_by_role("link", name="王有福"))
    look(desk)


def test_the_second_editor_chooses(
    desk: Page, live_server, leader: Cadre, cadre: Cadre, page_problems: list[str]
) -> None:
    sign_in(desk, live_server, leader)
    desk.goto(reverse("admin:units_cadre_change", args=[cadre.pk]))
    cadre.post = "副站长"
    cadre.save()
    desk.get_by_label("职务").fill("站长")
    desk.get_by_role("button", name="保存", exact=True).click()
    panel = desk.get_by_role("alertdialog")
    expect(panel.get_by_role("row", name="职务 站长 副站长")).to_be_visible()
    look(desk)
    assert "409" in page_problems.pop()
    assert Cadre.objects.get(pk=cadre.pk).post == "副站长"
    panel.get_by_role("button", name="用我填的").click()
    expect(desk.get_by_text("成功修改了")).to_be_visible()
    assert Cadre.objects.get(pk=cadre.pk).post == "站长"


def test_what_was_typed_is_there_after_the_session_has_ended(
    desk: Page, live_server, leader: Cadre, cadre: Cadre
) -> None:
    sign_in(desk, live_server, leader)
    url = reverse("admin:units_cadre_change", args=[cadre.pk])
    desk.goto(url)
    desk.get_by_label("职务").fill("水管站站长")
    Session.objects.all().delete()
    desk.get_by_role("button", name="保存", exact=True).click()
    log_in(desk, leader)
    expect(desk.get_by_label("职务")).to_have_value("水管站站长")
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_text("成功修改了")).to_be_visible()
    desk.goto(url)
    expect(desk.get_by_label("职务")).to_have_value("水管站站长")
    expect(desk.get_by_text("上次没保存的字")).to_have_count(0)


PAGES = ["index", "units_cadre_changelist", "units_cadre_add", "households_householdpairing_add"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_a_phone(phone: Page, live_server, leader: Cadre, household: Household, name: str) -> None:
    sign_in(phone, live_server, leader)
    phone.goto(reverse(f"admin:{name}"))
    look(phone)

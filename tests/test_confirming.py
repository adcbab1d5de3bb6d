"""The password is asked again before sensitive actions, and the input is carried through."""

import re
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client

from core.confirming import FIELD, GIVEN_AT, LASTS
from core.models import Change, Download
from tests.browser import assert_accessible, assert_fits, follow
from tests.factories import make_cadre, make_pairing, make_survey, make_unit, make_village
from tests.html_forms import forms_of
from tests.importing import check, load
from tests.pages import client_of, page_of
from tests.test_access import LISTS, address, people, rules, world  # noqa: F401 (fixtures)
from units.models import Cadre, today
from units.session_store import SessionStore

pytestmark = pytest.mark.django_db
PASSWORD = "石峰村九月"


@pytest.fixture
def own(db):
    return world(county="620524", name="武山")


def age(client: Client, seconds: int) -> Client:
    """Set the time of the last password confirmation back by this much."""
    session = client.session
    session[GIVEN_AT] -= seconds
    session.save()
    return client


def stale(user: Cadre) -> Client:
    return age(client_of(user), LASTS + 1)


def answer(client: Client, url: str, page: Any, password: str = PASSWORD) -> Any:
    """Fill in the confirmation page and send it."""
    [form] = [form for form in forms_of(page_of(page)) if FIELD in form.values]
    return client.post(form.action or url, {**form.values, FIELD: password})


def edit_form(cadre: Cadre, **changed: Any) -> dict[str, Any]:
    return {
        "name": cadre.name,
        "phone": cadre.phone,
        "unit": cadre.unit_id,
        "rank": cadre.rank,
        "role": cadre.role,
        "version": cadre.version,
        **changed,
    }


def acts(cadre: Cadre) -> dict[str, tuple[str, dict[str, Any]]]:
    admin = {**edit_form(cadre), "is_active": "on", "staff_no": "", "post": "", "left_on": ""}
    front, back = f"/cadres/{cadre.pk}/edit/", f"/admin/units/cadre/{cadre.pk}/change/"
    other = make_unit(name="武山县教育局", division=cadre.unit.division)
    return {
        "reset": (f"/cadres/{cadre.pk}/reset/", {}),
        "lock": (f"/cadres/{cadre.pk}/lock/", {}),
        "role": (front, edit_form(cadre, role="leader")),
        "unit": (front, edit_form(cadre, unit=other.pk)),
        "leaving": (front, edit_form(cadre, left_on="2015-09-16")),
        "new account of weight": (
            "/cadres/new/",
            {**edit_form(cadre), "version": 1, "phone": "13900000077", "role": "viewer"},
        ),
        "admin role": (back, {**admin, "role": "office"}),
        "transfer": (
            f"/cadres/{cadre.pk}/transfer/",
            {"unit": other.pk, "rank": cadre.rank, "on": "2015-06-01", "version": cadre.version, "do": "1"},
        ),
        "admin leaving": (back, {**admin, "left_on": "2015-09-16"}),
        "admin lock": (back, {k: v for k, v in admin.items() if k != "is_active"}),
    }


NAMES = [
    "reset",
    "lock",
    "role",
    "unit",
    "leaving",
    "new account of weight",
    "admin role",
    "transfer",
    "admin leaving",
    "admin lock",
]


@pytest.mark.parametrize("name", NAMES)
def test_an_act_of_weight_waits_for_the_password_and_is_then_done(name, office, cadre):
    url, data = acts(cadre)[name]
    client, newest = stale(office), Change.objects.latest("pk").pk
    page = client.post(url, data)
    assert "请再输入密码" in page_of(page)
    wrong = answer(client, url, page, "不对不对")
    assert "密码不对，请再输一次" in page_of(wrong)
    assert not Change.objects.filter(pk__gt=newest).exists()
    answer(client, url, wrong)
    assert Change.objects.filter(pk__gt=newest, by=office).exists()
    assert client.session[GIVEN_AT] > 0


@pytest.mark.parametrize("name", NAMES)
def test_given_lately_it_is_not_asked(name, office, cadre):
    url, data = acts(cadre)[name]
    newest = Change.objects.latest("pk").pk
    page = age(client_of(office), LASTS - 60).post(url, data)
    assert page.status_code in {200, 302}
    assert Change.objects.filter(pk__gt=newest, by=office).exists()


@pytest.mark.parametrize(("begun", "act"), [(check, "apply"), (load, "undo")])
def test_a_sheet_of_cadres_waits_for_the_password_and_so_does_its_undo(office, begun, act):
    sheet = [{"姓名": "令小军", "手机号": "13900000078", "单位": str(office.unit), "角色": "单位负责人"}]
    run = begun("cadres", office, sheet)
    client, url = stale(office), f"/imports/runs/{run.pk}/{act}/"
    page = client.post(url)
    assert "请再输入密码" in page_of(page)
    run.refresh_from_db()
    assert not run.is_running
    answer(client, url, page)
    run.refresh_from_db()
    assert run.is_running


def test_a_sheet_of_villages_does_not_wait(office):
    run = check("villages", office, [{"村名": "石峰村"}])
    assert "请再输入密码" not in page_of(stale(office).post(f"/imports/runs/{run.pk}/apply/", follow=True))


def test_slips_wait_for_the_password(office):
    new = make_cadre(name="令小军")
    new.set_unusable_password()
    new.save()
    client = stale(office)
    page = client.post("/cadres/slips/", {"pk": [new.pk]})
    assert "一次性口令：" not in page_of(page)
    assert "一次性口令：" in page_of(answer(client, "/cadres/slips/", page))


def test_a_leader_is_asked_as_well(leader, cadre):
    client = stale(leader)
    page = client.post(f"/cadres/{cadre.pk}/lock/")
    cadre.refresh_from_db()
    assert cadre.is_active
    answer(client, f"/cadres/{cadre.pk}/lock/", page)
    cadre.refresh_from_db()
    assert not cadre.is_active


@pytest.mark.parametrize("path", ["/cadres/{}/edit/", "/admin/units/cadre/{}/change/"])
def test_a_name_is_changed_without_the_password(path, office, cadre):
    client = stale(office)
    data = {**edit_form(cadre), "is_active": "on", "post": "所长"}
    assert client.post(path.format(cadre.pk), data).status_code == 302
    cadre.refresh_from_db()
    assert cadre.post == "所长"


def test_an_export_of_people_is_asked_for_and_then_sent(office, cadre):
    make_pairing(cadre=cadre)
    client = stale(office)
    asked = client.get("/households/?export=xlsx")
    assert asked["Location"] == "/password/again/?next=%2Fhouseholds%2F%3Fexport%3Dxlsx"
    page = client.get(asked["Location"], headers={"Referer": "http://testserver/households/?q=王"})
    assert not Download.objects.exists()
    given = page_of(answer(client, asked["Location"], page))
    assert 'content="0; url=/households/?export=xlsx"' in given
    assert 'href="/households/?q=' in given
    assert client.get("/households/?export=xlsx")["Content-Disposition"].startswith("attachment")


def test_the_way_back_leads_to_no_other_host(office):
    client = stale(office)
    asked = client.get("/households/?export=xlsx")
    page = page_of(client.get(asked["Location"], headers={"Referer": "http://testserver//evil.example/"}))
    assert "evil.example" not in page


def test_ticked_rows_of_the_admin_are_exported_after_the_password(office, cadre):
    client, url = stale(office), "/admin/units/cadre/"
    page = client.post(url, {"action": "export_rows", "_selected_action": [cadre.pk, office.pk]})
    assert not Download.objects.exists()
    answer(client, url, page)
    assert Download.objects.get().row_count == 2


NO_PEOPLE = re.compile(
    r"行政区划|村|联村|结对台|帮扶项目|调查表|完成情况$|空白表|的题目|XLSForm|统计$|记住的写法$"
)


@pytest.mark.slow
def test_no_address_gives_people_away_without_the_password(own, people):  # noqa: F811
    """Every address with `export` or `print`, and every file: without a confirmed password none gives personal data."""
    given = [rule for rule in rules() if rule.method == "GET" and rule.name != "file"]
    assert {*LISTS} <= {rule.name for rule in given}
    clients = {role: stale(user) for role, user in people.items()}
    for rule in given:
        role = next((role for role, expected in rule.answers.items() if expected == "✓"), None)
        if role:
            path = address(rule.path, own)
            for more in ("", "export=xlsx", "print=1"):
                clients[role].get(f"{path}{'&' if '?' in path else '?'}{more}")
    # A single filled form is not a list.
    taken = Download.objects.exclude(what__startswith=f"{own['response'].survey.title}").values_list(
        "what", flat=True
    )
    people_taken = [what for what in taken if not NO_PEOPLE.search(what.removesuffix("（打印）"))]
    assert not people_taken


@pytest.fixture
def paper_sheets(cadre) -> list[str]:
    """Create 联户花名册 with one household still paired, and 联户交接单 of one that was handed over."""
    ended, kept = make_pairing(cadre=cadre), make_pairing(cadre=cadre)
    ended.ended_on, ended.end_reason = today(), "调走"
    ended.save()
    sheet = f"/cadres/{cadre.pk}/hand-over/sheet/?on={today()}"
    return [f"/pairings/roster/?village={kept.household.village_id}", sheet]


def test_a_sheet_of_people_to_print_is_asked_for_and_logged(office, paper_sheets):
    client = stale(office)
    for url in paper_sheets:
        asked = client.get(url)
        assert asked["Location"].startswith("/password/again/")
    assert not Download.objects.exists()
    fresh = client_of(office)
    for url in paper_sheets:
        assert fresh.get(url).status_code == 200
    taken = Download.objects.order_by("pk").values_list("what", "row_count")
    assert list(taken) == [("联户花名册（打印）", 1), ("联户交接单（打印）", 1)]


def test_a_table_of_cadres_to_print_is_asked_for(leader):
    survey = make_survey(code="printed")
    client = stale(leader)
    asked = client.get(f"/reports/surveys/{survey.pk}/completion/?by=cadre&print=1")
    assert asked["Location"].startswith("/password/again/")
    assert client.get(f"/reports/surveys/{survey.pk}/completion/?by=unit&print=1").status_code == 200
    assert Download.objects.get().what.endswith("完成情况（打印）")


def test_lists_without_people_are_not_asked_for(office):
    make_village()
    assert stale(office).get("/villages/?export=xlsx").status_code == 200


def test_the_login_counts_as_given(cadre):
    client = Client()
    client.post("/login/", {"username": cadre.phone, "password": PASSWORD})
    assert client.get("/households/?export=xlsx").status_code == 200


def test_who_has_a_staff_number_only_is_asked_too(cadre):
    cadre.phone, cadre.staff_no = None, "WS0001"
    cadre.save()
    client, url = stale(cadre), "/password/again/?next=/visits/"
    assert "密码对了" in page_of(answer(client, url, client.get(url)))


def test_what_is_repeated_is_not_written_into_the_table_of_failed_logins(office, cadre):
    client, url = stale(office), f"/cadres/{cadre.pk}/edit/"
    data = edit_form(cadre, role="leader", post="秘密的职务")
    answer(client, url, client.post(url, data), "不对不对")
    kept = str(list(AccessAttempt.objects.values()))
    assert AccessAttempt.objects.get().username == office.phone
    assert "秘密的职务" not in kept
    assert "不对不对" not in kept


def test_guessing_is_paused_as_at_the_login(office):
    client, url = stale(office), "/password/again/?next=/"
    page = client.get(url)
    for _ in range(10):
        page = answer(client, url, page, "猜一个")
    assert "半小时后再试" in page_of(answer(client, url, page))


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)", ""])
def test_it_leads_to_no_other_site(office, elsewhere):
    client, url = stale(office), f"/password/again/?next={elsewhere}"
    page = client.post(url, {FIELD: PASSWORD, "back": elsewhere})
    assert 'content="0; url=/"' in page_of(page)
    assert "example.com" not in page_of(page)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_in_a_browser_what_was_typed_is_carried_through(size, request, live_server, office, cadre):
    page = request.getfixturevalue(size)
    page.goto("/login/")
    page.fill("[name=username]", office.phone)
    page.fill("[name=password]", PASSWORD)
    follow(page.get_by_role("button", name="登录"))
    age_stored(page)
    page.goto(f"/cadres/{cadre.pk}/edit/")
    page.fill("[name=post]", "副所长")
    page.select_option("[name=role]", "leader")
    follow(page.get_by_role("button", name="保存"))
    assert_accessible(page)
    assert_fits(page)
    page.fill(f"[name={FIELD}]", PASSWORD)
    follow(page.get_by_role("button", name="继续"))
    cadre.refresh_from_db()
    assert (cadre.post, cadre.role) == ("副所长", "leader")
    age_stored(page)
    page.goto("/cadres/")
    with page.expect_navigation():
        page.locator("a[href*='export=xlsx']").first.evaluate("link => link.click()")
    page.fill(f"[name={FIELD}]", PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="继续").click()
    assert download.value.suggested_filename.startswith("干部")
    follow(page.get_by_role("link", name="回到刚才那一页"))
    assert page.url.endswith("/cadres/")


def age_stored(page: Any) -> None:
    [key] = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
    store = SessionStore(key)
    store[GIVEN_AT] -= LASTS + 1
    store.save()

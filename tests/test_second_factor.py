"""The second step of login: codes, recovery codes, and which roles must have one."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessFailureLog
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP

from core.confirming import GIVEN_AT, LASTS
from core.crypto import open_text
from core.display import history_of
from core.models import Change, Installation
from tests.browser import assert_accessible, assert_fits, follow, sign_in
from tests.factories import make_cadre
from tests.pages import client_of, page_of
from tests.test_access import address, people, rules, world  # noqa: F401 (fixtures)
from tests.test_accounts import PASSWORD, login
from units import accounts
from units.models import Cadre, SecondFactor, Session
from units.second_factor import factors
from units.second_factor.login import HALF

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(db):
    return world(county="620524", name="武山")


def generator(user: Cadre) -> TOTP:
    return TOTP(bytes.fromhex(open_text(SecondFactor.objects.get(user=user).secret)))


def code_of(user: Cadre, *, steps: int = 0) -> str:
    """Return the code of now, or of so many half minutes later; the current one was used for setting up."""
    phone = generator(user)
    phone.drift = steps
    return f"{phone.token():06}"


def set_up(user: Cadre) -> list[str]:
    """Set up the second factor and return its recovery codes; reset its last step, so that the current code is
    unused.
    """
    secret = factors.new_secret()
    codes = factors.turn_on(user, secret, f"{TOTP(bytes.fromhex(secret)).token():06}")
    SecondFactor.objects.filter(user=user).update(last_step=-1)
    return codes


def half(user: Cadre) -> Client:
    client = Client()
    assert login(client, user.phone, PASSWORD)["Location"] == "/login/second/"
    return client


def give(client: Client, code: str) -> Any:
    return client.post("/login/second/", {"code": code}, REMOTE_ADDR="10.0.0.1")


def county(*, demo: bool = False) -> None:
    Installation.objects.create(pk=1, code="620524", name="武山县", is_demo=demo)


def test_it_is_set_up_by_a_code_and_gives_ten_recovery_codes(office):
    client = client_of(office)
    page = page_of(client.get("/me/factor/setup/"))
    assert 'src="data:image/svg+xml' in page
    secret = base64.b32decode("".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page)))
    assert "验证码不对" in page_of(client.post("/me/factor/setup/", {"code": "000000"}))
    done = page_of(client.post("/me/factor/setup/", {"code": f"{TOTP(secret).token():06}"}))
    codes = re.findall(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</code>", done)
    assert len(set(codes)) == 10
    office.refresh_from_db()
    assert office.second_factor_at
    assert "两步登录开通时间" in [line.label for line in history_of(office)[0].lines]
    assert client.get("/me/factor/setup/")["Location"] == "/me/factor/"


def test_neither_the_secret_nor_a_recovery_code_stands_in_the_database(office):
    codes = set_up(office)
    secret = generator(office).key.hex()
    client = client_of(make_cadre(unit=office.unit, role="office"))
    client.get("/me/factor/setup/")
    rows = str(list(SecondFactor.objects.values())) + str(list(Change.objects.values()))
    kept = rows + str(dict(client.session))
    shown = factors.in_base32(secret)
    for plain in (secret, shown, *codes, *(code.replace("-", "") for code in codes)):
        assert plain not in kept
    assert len(open_text(client.session["factor_setting_up"])) == 40


def test_the_password_alone_opens_nothing_any_more(office):
    set_up(office)
    client = half(office)
    assert "_auth_user_id" not in client.session
    assert client.get("/me/")["Location"].startswith("/login/")
    before = client.session.session_key
    assert give(client, code_of(office))["Location"] == "/"
    assert client.get("/me/").status_code == 200
    assert client.session.session_key != before
    assert HALF not in client.session


@pytest.mark.parametrize("role", ["office", "leader"])
def test_half_logged_in_no_address_answers(role, own, people):  # noqa: F811
    """Half logged in, every address (the admin included) redirects to login on GET and POST, and nothing is written."""
    set_up(people[role])
    client, newest = half(people[role]), Change.objects.latest("pk").pk
    paths = [address(rule.path, own) for rule in rules() if rule.method != "公开"]
    for path in [*paths, "/households/?export=xlsx", "/admin/", "/admin/units/cadre/"]:
        for response in (client.get(path), client.post(path, {"name": "改过"})):
            assert response.status_code == 302, path
            assert "/login/" in response["Location"], path
    assert not Change.objects.filter(pk__gt=newest).exists()


def test_after_the_second_step_one_goes_where_one_wanted(office):
    set_up(office)
    client = Client()
    data = {"username": office.phone, "password": PASSWORD, "next": "/households/?q=王"}
    client.post("/login/", data, REMOTE_ADDR="10.0.0.1")
    assert give(client, code_of(office))["Location"].startswith("/households/?q=")


def test_the_tick_of_the_own_phone_outlasts_the_second_step(office):
    set_up(office)
    client = Client()
    client.post("/login/", {"username": office.phone, "password": PASSWORD, "own_phone": "on"})
    give(client, code_of(office))
    assert Session.objects.get(cadre=office).own_phone
    assert client.cookies["sessionid"]["max-age"]


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_phone_whose_clock_is_half_a_minute_off_still_fits(office, steps):
    set_up(office)
    assert give(half(office), code_of(office, steps=steps)).status_code == 302


@pytest.mark.parametrize("steps", [-3, 3])
def test_an_old_code_and_one_of_the_future_do_not(office, steps):
    set_up(office)
    assert "验证码不对" in page_of(give(half(office), code_of(office, steps=steps)))


def test_a_code_is_good_once(office):
    set_up(office)
    code = code_of(office)
    assert give(half(office), code).status_code == 302
    assert "验证码不对" in page_of(give(half(office), code))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_code_at_once_one_comes_in(office):
    set_up(office)
    code, clients = code_of(office), [half(office) for _ in range(4)]

    def send(client: Client) -> int:
        try:
            return give(client, code).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, clients)) == [200, 200, 200, 302]


def test_a_recovery_code_is_good_once_however_it_is_typed(office):
    codes = set_up(office)
    assert give(half(office), codes[3].lower().replace("-", " ")).status_code == 302
    assert "验证码不对" in page_of(give(half(office), codes[3]))
    SecondFactor.objects.update(throttling_failure_count=0)
    assert give(half(office), codes[4]).status_code == 302
    assert "恢复码还有 8 个没有用" in page_of(client_of(office).get("/me/factor/"))


def test_after_a_recovery_code_one_is_told_how_many_are_left_and_what_to_do(office):
    codes = set_up(office)
    client = half(office)
    page = page_of(client.get(give(client, codes[0])["Location"]))
    assert "用掉了一个恢复码，还有 9 个。换了手机的" in page


def test_after_a_code_of_the_phone_nothing_is_said_of_recovery(office):
    set_up(office)
    client = half(office)
    assert "恢复码" not in page_of(client.get(give(client, code_of(office))["Location"]))


@pytest.mark.parametrize("code", ["", "  "])
def test_an_empty_code_is_no_attempt(office, code):
    set_up(office)
    client = half(office)
    assert "请填手机上的 6 位验证码" in page_of(give(client, code))
    assert not AccessFailureLog.objects.exists()
    assert give(client, code_of(office)).status_code == 302


def test_fresh_recovery_codes_end_the_old_ones(office):
    old = set_up(office)
    client = client_of(office)
    assert "验证码不对" in page_of(client.post("/me/factor/codes/", {"code": "123456"}))
    SecondFactor.objects.update(throttling_failure_count=0)
    page = page_of(client.post("/me/factor/codes/", {"code": code_of(office)}))
    fresh = re.findall(r"<code>([0-9A-Z-]{14})</code>", page)
    assert "验证码不对" in page_of(give(half(office), old[0]))
    SecondFactor.objects.update(throttling_failure_count=0)
    assert give(half(office), fresh[0]).status_code == 302


def test_turning_it_off_needs_a_code(office):
    set_up(office)
    client = client_of(office)
    client.post("/me/factor/off/", {"code": "000000"})
    assert SecondFactor.objects.filter(user=office).exists()
    SecondFactor.objects.update(throttling_failure_count=0)
    client.post("/me/factor/off/", {"code": code_of(office)})
    office.refresh_from_db()
    assert office.second_factor_at is None
    assert login(Client(), office.phone, PASSWORD)["Location"] == "/"


@pytest.mark.parametrize("path", ["setup/", "codes/", "off/"])
def test_the_password_is_asked_before_it_is_changed(office, path):
    """The password is asked before the second factor changes: whoever finds a computer logged in could lock the
    owner out.
    """
    if path != "setup/":
        set_up(office)
    client = client_of(office)
    session = client.session
    session[GIVEN_AT] -= LASTS + 1
    session.save()
    assert client.get(f"/me/factor/{path}")["Location"].startswith("/password/again/")
    assert "请再输入密码" in page_of(client.post(f"/me/factor/{path}", {"code": "123456"}))


def test_guessing_is_slowed_for_the_account_from_wherever_it_comes(office):
    set_up(office)
    client = half(office)
    assert "验证码不对" in page_of(give(client, "000000"))
    assert "请等 1 秒再试" in page_of(give(half(office), code_of(office)))
    SecondFactor.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=1.1))
    assert give(client, code_of(office)).status_code == 302


def test_ten_wrong_codes_pause_the_guesser_and_count_as_failed_logins(office):
    set_up(office)
    client = half(office)
    for number in range(10):
        SecondFactor.objects.update(throttling_failure_count=0)
        page = page_of(give(client, f"{number:06}"))
    assert "半小时后再试" in page
    SecondFactor.objects.update(throttling_failure_count=0)
    assert "半小时后再试" in page_of(give(client, code_of(office)))
    assert AccessFailureLog.objects.filter(username=office.phone).count() == 10
    assert login(Client(), office.phone, PASSWORD).status_code in {403, 429}


def test_the_right_password_does_not_forget_the_wrong_codes(office):
    """A correct password does not reset the count of wrong codes: a thief of the password could guess without end."""
    set_up(office)
    for number in range(9):
        SecondFactor.objects.update(throttling_failure_count=0)
        give(half(office), f"{number:06}")
    SecondFactor.objects.update(throttling_failure_count=0)
    assert "半小时后再试" in page_of(give(half(office), "000009"))


def ten_minutes_later(client: Client, office: Cadre) -> None:
    session = client.session
    session[HALF] = {**session[HALF], "at": session[HALF]["at"] - 601}
    session.save()


def another_password(client: Client, office: Cadre) -> None:
    accounts.choose_password(Cadre.objects.get(pk=office.pk), "渭河边上的那座桥2")


def locked(client: Client, office: Cadre) -> None:
    accounts.lock(Cadre.objects.get(pk=office.pk), by=office)


@pytest.mark.parametrize("meanwhile", [ten_minutes_later, another_password, locked])
def test_what_happens_between_the_steps_ends_the_login(office, meanwhile):
    set_up(office)
    client = half(office)
    meanwhile(client, office)
    assert give(client, code_of(office))["Location"] == "/login/"
    assert client.get("/me/")["Location"].startswith("/login/")


def test_nobody_takes_the_second_step_without_the_first():
    assert Client().get("/login/second/")["Location"] == "/login/"
    assert Client().post("/login/second/", {"code": "123456"})["Location"] == "/login/"


def test_a_one_time_code_needs_the_second_step_too(office, leader):
    """A one-time password needs the second step too: whoever resets a password could otherwise log in as the
    account.
    """
    set_up(leader)
    leader.refresh_from_db()
    [(_, code, _)] = accounts.issue_codes([leader])
    client = Client()
    assert login(client, leader.phone, code)["Location"] == "/login/second/"
    assert client.get("/password/")["Location"].startswith("/login/")
    give(client, code_of(leader))
    assert client.get("/me/")["Location"] == "/password/"


def test_setting_up_turning_off_and_a_reset_end_the_other_sessions(office):
    colleague = make_cadre(unit=office.unit, role="office")
    mine, other = client_of(colleague), client_of(colleague)
    mine.get("/me/factor/setup/")
    secret = open_text(mine.session["factor_setting_up"])
    mine.post("/me/factor/setup/", {"code": f"{TOTP(bytes.fromhex(secret)).token():06}"})
    assert (mine.get("/me/").status_code, other.get("/me/").status_code) == (200, 302)
    SecondFactor.objects.update(last_step=-1)
    other = client_of(colleague)
    mine.post("/me/factor/off/", {"code": code_of(colleague)})
    assert (mine.get("/me/").status_code, other.get("/me/").status_code) == (200, 302)
    colleague.refresh_from_db()
    set_up(colleague)
    mine = client_of(colleague)
    client_of(office).post(f"/cadres/{colleague.pk}/factor/reset/")
    assert mine.get("/me/").status_code == 302


def test_the_own_phone_is_remembered_through_both_steps(office):
    set_up(office)
    for ticked in ({}, {"own_phone": "on"}):
        client = Client()
        data = {"username": office.phone, "password": PASSWORD, **ticked}
        client.post("/login/", data, REMOTE_ADDR="10.0.0.1")
        SecondFactor.objects.update(last_step=-1)
        assert give(client, code_of(office)).status_code == 302
        assert client.session.get_expire_at_browser_close() == (not ticked)


def test_after_a_rotation_of_the_key_the_phone_still_fits(settings, office):
    settings.DATA_KEYS = {"old": b"o" * 32}
    codes = set_up(office)
    settings.DATA_KEYS = {"new": b"n" * 32, "old": b"o" * 32}
    call_command("rotate_keys", stdout=StringIO())
    settings.DATA_KEYS = {"new": b"n" * 32}
    assert give(half(office), code_of(office)).status_code == 302
    assert give(half(office), codes[0]).status_code == 302


@pytest.mark.parametrize("role", ["office", "leader"])
def test_it_is_offered_to_office_and_leaders_until_put_off(request, role):
    county()
    client = client_of(request.getfixturevalue(role))
    assert "建议开通两步登录" in page_of(client.get("/"))
    client.post("/me/factor/later/")
    assert "建议开通两步登录" not in page_of(client.get("/"))


def test_it_is_not_offered_to_cadres_nor_where_people_are_invented(cadre, office):
    county(demo=True)
    assert "建议开通两步登录" not in page_of(client_of(cadre).get("/"))
    assert "建议开通两步登录" not in page_of(client_of(office).get("/"))


def test_where_it_is_demanded_nothing_else_opens(settings, own, people):  # noqa: F811
    county()
    settings.SECOND_FACTOR_REQUIRED = frozenset({"office"})
    client = client_of(people["office"])
    free = {
        "factor",
        "factor-setup",
        "password",
        "password-again",
        "logout",
        "login",
        "second-step",
        "healthz",
    }
    for rule in rules():
        if rule.name in free or rule.name == "readyz":
            continue
        for response in (client.get(address(rule.path, own)), client.post(address(rule.path, own))):
            assert response["Location"] == "/me/factor/", rule
    assert client.get("/admin/units/cadre/")["Location"] == "/me/factor/"
    assert "要先开通两步登录" in page_of(client.get("/me/factor/"))
    assert client_of(people["leader"]).get("/").status_code == 200
    set_up(people["office"])
    assert client_of(people["office"]).get("/").status_code == 200


def test_it_is_never_demanded_where_people_are_invented(settings, office):
    county(demo=True)
    settings.SECOND_FACTOR_REQUIRED = frozenset({"office"})
    assert client_of(office).get("/").status_code == 200


@pytest.mark.parametrize("user", ["desk", "phone"])
def test_in_a_browser_it_is_set_up_and_used(user, request, live_server, office, cadre):
    page, who = request.getfixturevalue(user), office if user == "desk" else cadre
    sign_in(page, live_server, who)
    page.goto("/me/factor/")
    assert_fits(page)
    follow(page.get_by_role("link", name="开通两步登录"))
    assert_accessible(page)
    assert_fits(page)
    page.get_by_text("扫不了图").click()
    secret = base64.b32decode("".join(page.locator("details code span").all_inner_texts()))
    page.fill("[name=code]", f"{TOTP(secret).token():06}")
    follow(page.get_by_role("button", name="开通"))
    recovery = page.locator("code").first.inner_text()
    assert_accessible(page)
    assert_fits(page)
    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("[name=username]", who.phone)
    page.fill("[name=password]", PASSWORD)
    follow(page.get_by_role("button", name="登录"))
    assert_accessible(page)
    assert_fits(page)
    page.fill("[name=code]", recovery)
    follow(page.get_by_role("button", name="登录"))
    assert page.url == f"{live_server.url}/"

"""Passkeys as second factor beside TOTP: register, log in, remove."""

from typing import Any

import pytest

from tests.browser import assert_accessible, follow, sign_in
from tests.pages import client_of, page_of
from tests.test_accounts import PASSWORD
from tests.test_second_factor import half, set_up
from units.models import Passkey

pytestmark = pytest.mark.django_db


def authenticator(page: Any) -> Any:
    """Return Chromium's virtual authenticator, which needs no user gesture."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def test_in_a_browser_a_passkey_is_registered_and_used(desk, live_server, office):
    set_up(office)
    authenticator(desk)
    sign_in(desk, live_server, office)
    desk.goto("/me/factor/")
    follow(desk.get_by_role("link", name="登记一个通行密钥"))
    assert_accessible(desk)
    desk.fill("[name=name]", "办公室的电脑")
    follow(desk.get_by_role("button", name="登记"))
    assert desk.get_by_text("“办公室的电脑”登记好了").is_visible()
    assert_accessible(desk)
    desk.context.clear_cookies()
    desk.goto("/login/")
    desk.fill("[name=username]", office.phone)
    desk.fill("[name=password]", PASSWORD)
    follow(desk.get_by_role("button", name="登录"))
    follow(desk.get_by_role("button", name="用通行密钥登录"))
    assert desk.url == f"{live_server.url}/"
    key = Passkey.objects.get()
    assert key.used_at
    desk.goto("/me/factor/")
    follow(desk.get_by_role("button", name="去掉“办公室的电脑”"))
    assert not Passkey.objects.exists()


def test_a_passkey_is_offered_only_where_browsers_allow_it(settings, office):
    set_up(office)
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = client_of(office)
    for host, scheme, offered in [
        ("localhost:8000", "http", True),
        ("lh.wushan.gov.cn", "https", True),
        ("lh.wushan.gov.cn", "http", False),
        ("10.1.2.3:8000", "https", False),
        ("[::1]:8000", "https", False),
    ]:
        headers = {"Host": host, "X-Forwarded-Proto": scheme}
        assert ("登记一个通行密钥" in page_of(client.get("/me/factor/", headers=headers))) == offered, host


@pytest.mark.parametrize(
    "answer", ["{}", "[]", "x", '{"id": "abc"}', '{"id": 3, "response": {}}', "null", "[" * 100_000]
)
def test_a_made_up_passkey_opens_nothing(office, answer):
    set_up(office)
    Passkey.objects.create(user=office, credential="abc", public_key=b"x", name="钥匙")
    client = half(office)
    client.get("/login/second/", headers={"Host": "localhost"})
    page = client.post("/login/second/", {"credential": answer}, headers={"Host": "localhost"})
    assert "通行密钥没有通过" in page_of(page)
    mine = client_of(office)
    mine.get("/me/passkeys/new/", headers={"Host": "localhost"})
    page = mine.post("/me/passkeys/new/", {"credential": answer}, headers={"Host": "localhost"})
    assert "没有登记成" in page_of(page)


def test_nobody_removes_anothers_passkey(office, cadre):
    key = Passkey.objects.create(user=office, credential="abc", public_key=b"x", name="钥匙")
    client_of(cadre).post("/me/passkeys/remove/", {"pk": key.pk})
    assert Passkey.objects.filter(pk=key.pk).exists()

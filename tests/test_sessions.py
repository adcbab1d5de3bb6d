"""How long a login lasts, where it is listed, and what ends it."""

import sqlite3
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.importing import runs
from tests.importing import load
from tests.pages import client_of, words_of
from units.devices import device_of
from units.models import Cadre, Session, today
from units.session_store import stored_key
from units.sessions import UNATTENDED, end_sessions

pytestmark = pytest.mark.django_db
PASSWORD = "石峰村九月"
PHONE = "Mozilla/5.0 (Linux; Android 10; TAS-AL00) AppleWebKit/537.36 Chrome/99.0 Mobile Safari/537.36"


def log_in(cadre: Cadre, *, own_phone: bool = False, address: str = "10.0.0.7") -> Client:
    client = Client(headers={"User-Agent": PHONE}, REMOTE_ADDR=address)
    ticked = {"own_phone": "on"} if own_phone else {}
    response = client.post("/login/", {"username": cadre.phone, "password": PASSWORD, **ticked})
    assert response.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def let_pass(**time: float) -> None:
    """Backdate the stored times, as if so much time had passed."""
    ago = timedelta(**time)
    for session in Session.objects.all():
        session.expire_date -= ago
        session.last_seen_at -= ago
        session.save()


def test_the_login_page_offers_the_own_phone_unticked(client):
    html = client.get("/login/").content.decode()
    assert "这是我自己的手机" in html
    assert "checked" not in html


def test_on_a_shared_computer_the_cookie_ends_with_the_browser(cadre):
    cookie = log_in(cadre).cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_on_the_own_phone_it_lasts_twelve_hours(cadre):
    client = log_in(cadre, own_phone=True)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert 12 * 3600 - 60 < cookie["max-age"] <= 12 * 3600
    let_pass(hours=11, minutes=58)
    assert is_in(client)
    let_pass(minutes=3)
    assert not is_in(client)


def test_half_an_hour_without_a_request_ends_it_even_with_the_cookie(cadre):
    client = log_in(cadre)
    let_pass(minutes=31)
    assert not is_in(client)


def test_each_request_begins_the_half_hour_anew(cadre):
    client = log_in(cadre)
    for _ in range(4):
        let_pass(minutes=29)
        assert is_in(client)


def test_no_session_lasts_longer_than_half_a_day(cadre):
    """No session lasts longer than half a day, even in constant use, so that a stolen cookie expires."""
    client = log_in(cadre)
    session = Session.objects.get()
    session.started_at -= timedelta(hours=12, minutes=1)
    session.last_seen_at -= timedelta(minutes=2)
    session.save()
    client.get("/me/")
    assert not is_in(client)


def test_a_page_that_asks_by_itself_keeps_no_session_alive(cadre):
    client = log_in(cadre)
    let_pass(minutes=29)
    client.get("/me/", headers={UNATTENDED: "1"})
    let_pass(minutes=2)
    assert not is_in(client)


def test_use_is_noted_once_a_minute(cadre):
    client = log_in(cadre)
    client.get("/me/")

    def writes() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/me/")
        return sum("UPDATE" in query["sql"] for query in seen)

    assert writes() == 0
    let_pass(minutes=2)
    assert (writes(), writes()) == (1, 0)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_while_an_import_writes_pages_are_read_without_waiting(cadre):
    client = log_in(cadre)
    let_pass(minutes=29)
    writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    begun = timezone.now()
    assert is_in(client)
    assert timezone.now() - begun < timedelta(seconds=10)
    writer.execute("ROLLBACK")
    writer.close()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 20_000
    assert is_in(client)
    assert timezone.now() - Session.objects.get().last_seen_at < timedelta(minutes=1)


def test_the_table_holds_no_key_that_logs_in(cadre):
    client = log_in(cadre)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    session = Session.objects.get()
    assert (session.pk, session.cadre) == (stored_key(key), cadre)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = session.pk
    assert not is_in(thief)


def test_the_key_changes_with_the_login(cadre):
    client = Client()
    client.get("/login/")
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    client.post("/login/", {"username": cadre.phone, "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32
    assert client.session[SESSION_KEY] == str(cadre.pk)


def test_who_logs_out_leaves_no_session_and_no_message(cadre):
    client = log_in(cadre)
    client.post("/me/sessions/end/", {"pk": "none"})  # queues a message that is never shown
    client.post("/logout/")
    assert not Session.objects.exists()
    assert "已经退出" not in words_of(client.get("/login/"))


# The list


def test_one_sees_where_one_is_logged_in(cadre, stranger):
    here = log_in(cadre)
    log_in(cadre, own_phone=True, address="10.0.0.8")
    log_in(stranger, address="10.9.9.9")
    page = words_of(here.get("/me/sessions/"))
    assert page.count("Chrome，安卓手机") == 2
    assert "10.0.0.7" in page
    assert "10.0.0.8" in page
    assert "自己的手机" in page
    assert "10.9.9.9" not in page


def test_one_is_ended_by_itself_and_at_once(cadre):
    here, there, third = log_in(cadre), log_in(cadre), log_in(cadre)
    here.post("/me/sessions/end/", {"pk": stored_key(there.cookies["sessionid"].value)})
    assert [is_in(client) for client in (here, there, third)] == [True, False, True]


def test_all_others_are_ended_at_once(cadre, stranger):
    here, there, third, hers = log_in(cadre), log_in(cadre), log_in(cadre), log_in(stranger)
    here.post("/me/sessions/end/", {"all": "1"})
    assert [is_in(client) for client in (here, there, third, hers)] == [True, False, False, True]


def test_nobody_ends_a_session_of_somebody_else(cadre, stranger):
    here, hers = log_in(cadre), log_in(stranger)
    here.post("/me/sessions/end/", {"pk": stored_key(hers.cookies["sessionid"].value)})
    assert is_in(hers)


def test_the_list_takes_the_same_queries_for_many(cadre):
    client = log_in(cadre)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/me/sessions/")
        return len(seen)

    first = queries()
    for _ in range(5):
        log_in(cadre)
    assert queries() == first


# What ends them


def by_office(office, cadre, path, **data):
    assert client_of(office).post(f"/cadres/{cadre.pk}/{path}/", data).status_code in {200, 302}


def edited(cadre, **changes):
    form = {"name": cadre.name, "phone": cadre.phone, "unit": cadre.unit_id, "rank": cadre.rank}
    return {**form, "role": cadre.role, "version": cadre.version, **changes}


def lock(office, cadre):
    by_office(office, cadre, "lock")


def reset(office, cadre):
    by_office(office, cadre, "reset")


def change_role(office, cadre):
    by_office(office, cadre, "edit", **edited(cadre, role="leader"))


def leave(office, cadre):
    by_office(office, cadre, "edit", **edited(cadre, left_on=today().isoformat()))


def change_role_in_the_admin(office, cadre):
    data = edited(cadre, role="leader", is_active="on")
    response = client_of(office).post(f"/admin/units/cadre/{cadre.pk}/change/", data)
    assert response.status_code == 302


def lock_in_the_admin(office, cadre):
    assert client_of(office).post(f"/admin/units/cadre/{cadre.pk}/change/", edited(cadre)).status_code == 302


def promoted(cadre):
    return {"姓名": cadre.name, "手机号": cadre.phone, "单位": cadre.unit.name, "角色": "单位负责人"}


def change_role_by_import(office, cadre):
    load("cadres", office, [promoted(cadre)])


def change_password_by_command(office, cadre):
    cadre.set_password("渭河边上的那座桥2")
    cadre.save()


WAYS = [
    lock,
    reset,
    change_role,
    leave,
    change_role_in_the_admin,
    lock_in_the_admin,
    change_role_by_import,
    change_password_by_command,
]


@pytest.mark.parametrize("way", WAYS)
def test_it_ends_every_session_of_that_account(office, cadre, stranger, way):
    hers, phone, other = log_in(cadre), log_in(cadre, own_phone=True), log_in(stranger)
    way(office, cadre)
    assert not Session.objects.filter(cadre=cadre).exists()
    assert [is_in(client) for client in (hers, phone, other)] == [False, False, True]


def test_an_undone_import_of_a_role_ends_them_too(office, cadre):
    run = load("cadres", office, [promoted(cadre)])
    log_in(cadre)
    runs.undo(run, office)
    assert not Session.objects.filter(cadre=cadre).exists()


def test_another_password_leaves_the_session_that_chose_it(cadre):
    here, there = log_in(cadre), log_in(cadre, own_phone=True)
    new = "渭河边上的那座桥2"
    here.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert [is_in(here), is_in(there)] == [True, False]
    assert Session.objects.get(cadre=cadre).device == "Chrome，安卓手机"


def test_another_telephone_or_post_ends_nothing(office, cadre):
    client = log_in(cadre)
    by_office(office, cadre, "edit", **edited(cadre, post="站长", phone="13911112222"))
    assert is_in(client)


def test_sessions_are_ended_by_name_but_one(cadre):
    here, there = log_in(cadre), log_in(cadre)
    assert end_sessions(cadre, except_key=stored_key(here.cookies["sessionid"].value)) == 1
    assert [is_in(here), is_in(there)] == [True, False]


def test_what_is_over_is_cleared(cadre):
    log_in(cadre)
    let_pass(minutes=31)
    log_in(cadre)
    call_command("clearsessions")
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome，安卓手机"),
        (
            "Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH) Chrome/99 HuaweiBrowser/13.0 Mobile",
            "华为浏览器，鸿蒙设备",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 15_0) Version/15 Mobile Safari/604", "Safari，苹果手机"),
        ("Mozilla/5.0 (iPhone) MicroMessenger/8.0 Safari", "微信，苹果手机"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge，Windows 电脑"),
        ("Mozilla/5.0 (X11; Linux x86_64; UOS) Chrome/86.0 Safari/537.36", "Chrome，统信电脑"),
        ("", "别的浏览器，别的设备"),
        ("x" * 5000, "别的浏览器，别的设备"),
    ],
)
def test_a_device_is_told_in_words(agent, words):
    assert device_of(agent) == words

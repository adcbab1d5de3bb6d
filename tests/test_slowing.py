"""Password guesses from one address are slowed down, and nobody behind it is locked out."""

from datetime import timedelta

import pytest
from axes.models import AccessFailureLog
from django.test import Client
from django.utils import timezone

from tests.factories import make_cadre
from tests.test_accounts import PASSWORD, login
from units.slowing import LONGEST

pytestmark = pytest.mark.django_db
ADDRESS = "10.0.0.1"


@pytest.fixture(autouse=True)
def few(settings):
    settings.LOGIN_FAILURES_AN_HOUR = 12


def fail(count: int, *, address: str = ADDRESS, minutes_ago: float = 0.0) -> None:
    """Fail this many logins from one address, each with another name."""
    for number in range(count):
        row = AccessFailureLog.objects.create(
            ip_address=address,
            username=f"1390000{number:04}",
            user_agent="",
            http_accept="",
            path_info="/login/",
        )
        row.attempt_time = timezone.now() - timedelta(minutes=minutes_ago)
        row.save()


def test_the_preset_is_200_an_hour():
    from lianhu import settings as written

    assert written.LOGIN_FAILURES_AN_HOUR == 200


def test_spraying_one_password_over_many_accounts_is_slowed():
    accounts = [make_cadre() for _ in range(12)]
    guesser = Client()
    for cadre in accounts:
        assert login(guesser, cadre.phone, "猜一个").status_code == 200
    response = login(guesser, accounts[0].phone, PASSWORD)
    assert response.status_code == 429
    assert "请等 2 秒再登录" in response.content.decode()
    assert f'value="{accounts[0].phone}"' in response.content.decode()
    assert login(Client(), accounts[0].phone, PASSWORD, address="10.0.0.2").status_code == 302


def test_it_is_slowed_and_never_locked(cadre):
    """After any number of failures the next attempt is allowed after half a minute; refused attempts do not count."""
    fail(12 + 500, minutes_ago=(LONGEST - 1) / 60)
    kept = AccessFailureLog.objects.count()
    assert login(Client(), cadre.phone, PASSWORD).status_code == 429
    assert AccessFailureLog.objects.count() == kept
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(seconds=LONGEST))
    assert login(Client(), cadre.phone, PASSWORD).status_code == 302


def test_one_attempt_is_let_in_at_a_time(cadre):
    fail(12, minutes_ago=1)
    assert login(Client(), "13912345678", "猜一个").status_code == 200
    assert login(Client(), cadre.phone, PASSWORD).status_code == 429


def test_an_hour_later_they_are_forgotten(cadre):
    fail(300, minutes_ago=61)
    assert login(Client(), cadre.phone, PASSWORD).status_code == 302


def test_only_failures_count():
    """Only failures count, since a whole county may log in from one address."""
    for _ in range(20):
        assert login(Client(), make_cadre().phone, PASSWORD).status_code == 302


def test_a_device_that_logged_in_before_is_exempt_for_that_account(cadre, leader):
    device = Client()
    login(device, cadre.phone, PASSWORD)
    device.post("/logout/")
    fail(12)
    assert login(device, cadre.phone, PASSWORD).status_code == 302
    device.post("/logout/")
    assert login(device, leader.phone, PASSWORD).status_code == 429
    assert login(Client(), cadre.phone, PASSWORD).status_code == 429


def test_a_made_up_cookie_is_no_device(cadre):
    fail(12)
    client = Client()
    client.cookies["device"] = "WzFd:1tdmQ9:qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
    assert login(client, cadre.phone, PASSWORD).status_code == 429


def test_the_cookie_tells_nothing_about_a_person(cadre):
    client = Client()
    login(client, cadre.staff_no, PASSWORD)
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cadre.phone not in cookie.value


def test_the_wait_grows_with_the_failures_and_reads_a_bounded_number(cadre, django_assert_max_num_queries):
    for extra, seconds in ((0, 2), (100, 12), (900, 30)):
        AccessFailureLog.objects.all().delete()
        fail(12 + extra)
        page = login(Client(), cadre.phone, PASSWORD).content.decode()
        assert f"请等 {seconds} 秒" in page
    with django_assert_max_num_queries(8):
        login(Client(), cadre.phone, PASSWORD)

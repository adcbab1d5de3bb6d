"""HSTS by a setting; a demo database over https is refused, or marked on every page."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from core.models import Installation
from lianhu.demo_guard import REFUSED, demo_trouble
from tests.pages import client_of
from tests.processes import database_url
from villages.county import CountyError

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SAID = "已允许在 https 上演示"


@pytest.fixture
def demo() -> Installation:
    return Installation.objects.create(pk=1, code="620524", name="武山县", is_demo=True)


@pytest.fixture
def https(settings):
    settings.HTTPS = True
    return settings


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("path", ["/login/", "/", "/admin/", "/nowhere/"])
def test_over_https_no_page_is_served(demo, https, path) -> None:
    answer = Client().get(path)
    assert answer.status_code == 503
    assert "ALLOW_DEMO=1" in answer.content.decode()
    assert 'name="password"' not in answer.content.decode()


def test_a_monitor_is_answered_all_the_same(demo, https) -> None:
    assert Client().get("/healthz").status_code == 200


def test_on_an_inner_network_nothing_changes(demo, office) -> None:
    page = client_of(office).get("/me/").content.decode()
    assert "示例数据" in page
    assert SAID not in page


@pytest.mark.parametrize("path", ["/me/", "/households/?print=1", "/admin/", "/nowhere/", "/imports/"])
def test_an_allowed_one_says_so_on_every_page(demo, https, office, path) -> None:
    https.ALLOW_DEMO = True
    assert client_of(office).get(path).content.decode().count(SAID) == 1


def test_and_before_the_login(demo, https) -> None:
    https.ALLOW_DEMO = True
    assert SAID in Client().get("/login/").content.decode()


def test_a_real_county_is_served_over_https(demo, https, office) -> None:
    Installation.objects.update(is_demo=False)
    page = client_of(office).get("/me/")
    assert (page.status_code, SAID in page.content.decode()) == (200, False)


def test_the_demo_command_refuses(https) -> None:
    with pytest.raises(CountyError, match="ALLOW_DEMO=1"):
        call_command("demo")
    assert not Installation.objects.exists()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "check", "--database", "default"),
        ("manage.py", "serve"),
        ("-m", "gunicorn", "lianhu.wsgi", "--preload", "--bind", "127.0.0.1:0"),
    ],
    ids=["check", "serve", "gunicorn"],
)
def test_nothing_starts(demo, command, office) -> None:
    done = run(*command, HTTPS="1", DATABASE_URL=database_url(), PORT="18473")
    assert done.returncode != 0
    assert REFUSED in done.stderr
    assert "Traceback" not in done.stderr


def test_allowed_there_is_no_trouble(demo, https) -> None:
    assert demo_trouble() == REFUSED
    https.ALLOW_DEMO = True
    assert demo_trouble() == ""


# --- HSTS ---

HEADER = (
    "import django; django.setup(); from django.test import Client;"
    "print(Client().get('/healthz', headers={'X-Forwarded-Proto': 'https'})"
    ".headers.get('Strict-Transport-Security'))"
)


@pytest.mark.once
@pytest.mark.parametrize(
    ("environment", "header"),
    [
        ({}, "None"),
        ({"HSTS_DAYS": "30"}, "max-age=2592000"),
        ({"HSTS_DAYS": "30", "HSTS_SUBDOMAINS": "1"}, "max-age=2592000; includeSubDomains"),
    ],
    ids=["off", "on", "subdomains"],
)
def test_hsts_is_off_until_the_operator_turns_it_on(environment, header) -> None:
    done = run("-c", HEADER, HTTPS="1", DJANGO_SETTINGS_MODULE="lianhu.settings", **environment)
    assert done.stdout.strip() == header, done.stderr


@pytest.mark.once
def test_hsts_without_https_stops_the_start() -> None:
    done = run("manage.py", "check", HSTS_DAYS="30")
    assert done.returncode == 1
    assert done.stderr == "HSTS_DAYS 要和 HTTPS=1 一起用：没有 https 时浏览器就打不开这个网站了。\n"

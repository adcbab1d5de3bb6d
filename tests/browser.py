"""A real browser for tests: `desk` (1280 × 800) and `phone` (360 × 740) are pages on the live server.

A test that uses one fails at its end on any console error, page error or request to another host. A
test that expects such errors checks and clears them in `page_problems`.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, WebError, expect

from tools.chromium import chromium_flags, find_chromium
from units.models import Cadre

# A slow page on a busy machine is no failure.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)
LOCALE = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = find_chromium()
    if executable is None:
        pytest.exit("没有找到 Chromium：请运行 make test，或先运行 python tools/chromium.py。", returncode=2)
    return {**browser_type_launch_args, "executable_path": executable, "args": chromium_flags()}


@pytest.fixture
def page_problems() -> list[str]:
    """Collect the errors on the pages of this test."""
    return []


@pytest.fixture
def desk(live_server, new_context: Callable[..., BrowserContext], page_problems: list[str]) -> Iterator[Page]:
    """Return a page on an office clerk's screen."""
    yield open_page(new_context(base_url=live_server.url, **LOCALE, **DESK), page_problems)
    assert not page_problems


@pytest.fixture
def phone(
    live_server, new_context: Callable[..., BrowserContext], page_problems: list[str]
) -> Iterator[Page]:
    """Return a page on a cadre's touch phone: use `tap` rather than `click`."""
    yield open_page(new_context(base_url=live_server.url, **LOCALE, **PHONE), page_problems)
    assert not page_problems


def open_page(context: BrowserContext, problems: list[str]) -> Page:
    """Open a blank page in the context; its errors are added to `problems`."""

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location.get('url')})")

    def fall(error: WebError) -> None:
        problems.append(f"page error: {error.error}")

    def ask(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname != "localhost":
            problems.append(f"request to another host: {request.url}")

    context.on("console", hear)
    context.on("weberror", fall)
    context.on("request", ask)
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def sign_in(page: Page, live_server, user: Cadre) -> None:
    """Give the page the session of a user, without the login form."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def follow(link: Locator) -> None:
    """Click a link or button that opens another page, and wait until that page has loaded."""
    with link.page.expect_navigation():
        link.click()


def assert_accessible(page: Page) -> None:
    """Assert that axe finds no serious or critical violation on the current page."""
    # Without its preload, axe adds no inline style, which the content security policy would report.
    result = Axe().run(page, options={"preload": False}).response
    found = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(f"{node['target']} {node['html'][:200]}" for node in violation["nodes"])
        for violation in result["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)


def assert_fits(page: Page) -> None:
    """Assert that the page does not scroll sideways."""
    wide, seen = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= seen, f"{page.url} is {wide} px wide on a screen of {seen} px"

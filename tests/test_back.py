"""Back in browsers with a back/forward cache: after logout it shows no page, and unsaved input is restored.

Playwright switches the back/forward cache off. Here it is on, once with default settings and once also for
`no-store` pages, which newer Chromium versions keep while the cookies are unchanged.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from households.models import Household
from tests.browser import DESK, LOCALE, open_page, sign_in
from tests.factories import make_household, make_pairing, make_village
from units.models import Cadre, Session
from visits.models import Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
KEEPS_ALL = (
    "--enable-features=CacheControlNoStoreEnterBackForwardCache:level/restore-unless-http-only-cookie-change"
)


@pytest.fixture(scope="module", params=[[], [KEEPS_ALL]], ids=["as it comes", "keeps all"])
def browser(
    request, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Browser]:
    flags = [*browser_type_launch_args["args"], *request.param]
    options = {**browser_type_launch_args, "args": flags}
    browser = browser_type.launch(**options, ignore_default_args=["--disable-back-forward-cache"])
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser, live_server, page_problems: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, **LOCALE, **DESK)
    yield open_page(context, page_problems)
    context.close()
    assert not page_problems


@pytest.fixture
def household(cadre: Cadre) -> Household:
    household = make_household(head="王守田", village=make_village())
    make_pairing(cadre=cadre, household=household)
    return household


def go_back(page: Page) -> None:
    """Go back like the button does.

    (Playwright's own method waits for a load event, which a cached page does not fire.)
    """
    page.evaluate("() => { setTimeout(() => history.back()) }")


def log_out(page: Page) -> None:
    page.goto("/me/")
    page.locator("main form[data-logout] button").click()
    expect(page.get_by_label("密码")).to_be_visible()


def expect_login(page: Page, instead_of: str) -> None:
    """Assert that the login page is shown, leads on to the requested page, and shows nothing of it."""
    expect(page).to_have_url(re.compile(r"/login/\?next=" + instead_of.replace("/", "(/|%2F)") + "$"))
    expect(page.get_by_label("密码")).to_be_visible()
    expect(page.get_by_text("王守田")).to_have_count(0)


def test_the_browser_keeps_pages(page: Page, live_server) -> None:
    """The browser does cache pages: a page that only has styles returns in the state it was left.

    The other tests depend on it. The browser may drop a page when memory is short, so it has three attempts.
    """
    kept = []
    for _ in range(3):
        page.goto("/static/look.css")
        page.evaluate("() => { window.left = true }")
        page.goto("/static/admin.css")
        go_back(page)
        page.wait_for_function("location.pathname === '/static/look.css'")
        kept.append(page.evaluate("() => window.left === true"))
    assert any(kept)


def test_after_logout_back_shows_the_login_page(
    page: Page, live_server, cadre: Cadre, household: Household
) -> None:
    sign_in(page, live_server, cadre)
    page.goto(f"/households/{household.pk}/")
    expect(page.get_by_text("王守田").first).to_be_visible()
    log_out(page)
    for address in ("/me/", f"/households/{household.pk}/"):
        go_back(page)
        expect_login(page, address)


def test_after_the_session_has_ended_back_shows_the_login_page(
    page: Page, live_server, cadre: Cadre, household: Household
) -> None:
    """After the session has ended, Back shows the login page, although no cookie has changed."""
    sign_in(page, live_server, cadre)
    page.goto(f"/households/{household.pk}/")
    page.goto("/me/")
    Session.objects.all().delete()
    go_back(page)
    expect_login(page, f"/households/{household.pk}/")


def test_in_the_admin_after_logout_back_shows_the_login_page(page: Page, live_server, office: Cadre) -> None:
    make_household(head="王守田", village=make_village())
    sign_in(page, live_server, office)
    page.goto("/admin/households/household/")
    expect(page.get_by_text("王守田").first).to_be_visible()
    page.goto("/admin/")
    page.locator("#logout-form button").click()
    expect(page.get_by_label("密码")).to_be_visible()
    for address in ("/admin/", "/admin/households/household/"):
        go_back(page)
        expect_login(page, address)


@pytest.mark.parametrize("address", ["/households/{}/", "/admin/units/cadre/"])
def test_another_tab_goes_to_the_login_page_too(
    page: Page, live_server, office: Cadre, household: Household, address: str
) -> None:
    sign_in(page, live_server, office)
    other = page.context.new_page()
    other.goto(address.format(household.pk))
    log_out(page)
    expect(other.get_by_label("密码")).to_be_visible()


def test_typed_and_not_sent_is_there_after_back(
    page: Page, live_server, cadre: Cadre, household: Household
) -> None:
    sign_in(page, live_server, cadre)
    page.goto(f"/visits/new/?household={household.pk}")
    words = page.locator("textarea[name=content]")
    words.fill("送了一袋面")
    page.goto("/me/")  # at once: the store is written before the page is left
    go_back(page)
    expect(words).to_have_value("送了一袋面")


def test_typed_and_refused_is_there_after_back(page: Page, live_server, office: Cadre, cadre: Cadre) -> None:
    """Input refused by the server is restored on Back, which requests the form instead of asking to send it again."""
    sign_in(page, live_server, office)
    for address, field in (
        (f"/cadres/{cadre.pk}/edit/", "职务"),
        (f"/admin/units/cadre/{cadre.pk}/change/", "职务"),
    ):
        page.goto(address)
        page.get_by_label(field).fill("水管站站长")
        page.get_by_label("手机号").fill("12")
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.locator("[data-errors], .errornote").first).to_be_visible()
        page.goto("/me/")
        go_back(page)
        expect(page.get_by_label(field)).to_have_value("水管站站长")


def test_saved_is_not_typed_again_after_back(page: Page, live_server, office: Cadre, cadre: Cadre) -> None:
    sign_in(page, live_server, office)
    for address in (f"/cadres/{cadre.pk}/edit/", f"/admin/units/cadre/{cadre.pk}/change/"):
        page.goto("/me/")
        page.goto(address)
        post = page.get_by_label("职务")
        post.fill("站长")
        page.get_by_role("button", name="保存", exact=True).click()
        page.wait_for_url(lambda url, address=address: not url.endswith(address))
        stored = Cadre.objects.get(pk=cadre.pk)
        stored.post = "所长"
        stored.save()
        go_back(page)
        expect(post).to_have_value("所长")
        expect(page.locator("form [name=version]")).to_have_value(str(stored.version))


def test_a_visit_saved_is_not_recorded_again_after_back(
    page: Page, live_server, cadre: Cadre, household: Household
) -> None:
    sign_in(page, live_server, cadre)
    page.goto(f"/visits/new/?household={household.pk}")
    words = page.locator("textarea[name=content]")
    words.fill("送了一袋面，问了药费")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已记下")).to_be_visible()
    go_back(page)
    expect(words).to_have_value("")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("没有保存，请改好下面这些再试")).to_be_visible()
    assert Visit.objects.count() == 1

"""What static/app.js adds to pages that work without it, in a real browser."""

import io
import json
import os

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, assert_fits, sign_in
from units.models import Cadre


@pytest.fixture(autouse=True)
def try_pages(settings) -> None:
    settings.ROOT_URLCONF = "tests.try_pages"


@pytest.fixture
def page(desk: Page, live_server, cadre: Cadre) -> Page:
    sign_in(desk, live_server, cadre)
    return desk


def type_a_household(page: Page) -> None:
    page.goto("/try/form/")
    page.evaluate("document.querySelector('[name=version]').value = 7")
    page.fill("#id_name", "王有福")
    page.fill("#id_id_number", "620524195703051234")
    page.check("#id_kind_1")
    page.check("#id_tags_0")
    page.wait_for_timeout(400)  # it is saved a moment after the last keystroke


def kept(page: Page) -> dict[str, str]:
    entries: list[tuple[str, str]] = page.evaluate("Object.entries(sessionStorage)")
    return {key: value for key, value in entries if key.startswith("keep")}


def test_text_comes_back_after_the_session_has_ended(page: Page, live_server, cadre: Cadre) -> None:
    type_a_household(page)
    page.context.clear_cookies(name="sessionid")
    page.click("button.btn-primary")
    expect(page).to_have_url(f"{live_server.url}/login/?next=/try/form/")
    sign_in(page, live_server, cadre)
    page.goto("/try/form/")
    expect(page.locator(".note")).to_contain_text("已经填回来了")
    expect(page.locator("#id_name")).to_have_value("王有福")
    expect(page.locator("#id_kind_1")).to_be_checked()
    expect(page.locator("#id_tags_0")).to_be_checked()
    expect(page.locator("[name=version]")).to_have_value("7")
    expect(page.locator("#id_id_number")).to_have_value("")


def test_a_secret_is_never_kept(page: Page) -> None:
    type_a_household(page)
    [text] = kept(page).values()
    assert "王有福" in text
    assert "620524" not in text


def test_a_saved_form_forgets_its_text(page: Page) -> None:
    type_a_household(page)
    page.click("button.btn-primary")
    expect(page.locator(".note")).to_contain_text("已保存")
    assert not kept(page)


def test_a_refused_form_keeps_its_text_and_shows_the_error_first(page: Page) -> None:
    type_a_household(page)
    page.fill("#id_name", "")
    page.click("button.btn-primary")
    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("#id_tags_0")).to_be_checked()
    assert "tags" in "".join(kept(page).values())


def test_another_user_finds_nothing(page: Page, live_server, stranger: Cadre) -> None:
    type_a_household(page)
    sign_in(page, live_server, stranger)
    page.goto("/try/form/")
    expect(page.locator("#id_name")).to_have_value("")
    assert not kept(page)


def test_logging_out_forgets_all(page: Page) -> None:
    type_a_household(page)
    page.click("details[data-drop] summary")
    page.click("form[data-logout] button")
    page.wait_for_url("**/login/")
    assert not kept(page)


def test_ticked_rows_are_counted_and_sent(page: Page) -> None:
    page.goto("/try/rows/")
    expect(page.locator(".selbar")).to_be_hidden()
    page.check("[data-all] input")
    expect(page.locator(".selbar b")).to_have_text("已选 3 户")
    page.uncheck("tbody input[value='2']")
    expect(page.locator(".selbar b")).to_have_text("已选 2 户")
    page.click(".selbar .btn-primary")
    assert json.loads(page.inner_text("body"))["pk"] == ["1", "3"]


def test_a_filter_sends_itself_and_leaves_empty_ones_out(page: Page, live_server) -> None:
    page.goto("/try/rows/")
    page.select_option("#f-town", "2")
    expect(page).to_have_url(f"{live_server.url}/try/rows/?town=2")


def test_arrow_keys_do_not_send_the_filter_at_every_press(page: Page, live_server) -> None:
    page.goto("/try/rows/")
    page.focus("#f-town")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(f"{live_server.url}/try/rows/")
    page.keyboard.press("Tab")
    expect(page).to_have_url(f"{live_server.url}/try/rows/?town=2")


def test_undo_stays_while_looked_at(page: Page) -> None:
    page.clock.install()
    page.goto("/try/undo/")
    page.hover(".undo")
    page.clock.run_for(11_000)
    expect(page.locator(".undo")).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.run_for(11_000)
    expect(page.locator(".undo")).to_have_count(0)


def test_a_number_is_revealed_for_half_a_minute(page: Page) -> None:
    page.clock.install()
    page.goto("/try/number/")
    page.click("[data-reveal] button")
    expect(page.locator("[data-masked]")).to_have_text("620524195703051234")
    page.clock.run_for(31_000)
    expect(page.locator("[data-masked]")).to_have_text("620524************")


def test_a_photo_is_made_small(page: Page) -> None:
    noise = Image.frombytes("RGB", (2400, 1800), os.urandom(2400 * 1800 * 3))
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=70)
    page.goto("/try/form/")
    page.fill("#id_name", "王有福")
    page.set_input_files(
        "#id_photo", {"name": "院子.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    )
    page.click("button.btn-primary")
    size = int(page.inner_text(".note").removeprefix("已保存"))
    assert len(file.getvalue()) > 1024 * 1024
    assert 0 < size <= 400 * 1024


def test_a_form_goes_once(page: Page) -> None:
    page.goto("/try/form/")
    page.fill("#id_name", "王有福")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate(
        "() => { const b = document.querySelector('button.btn-primary'); b.click(); b.click(); b.click(); }"
    )
    expect(page.locator(".note")).to_contain_text("已保存")
    assert len(sent) == 1


def test_the_frame_fits_and_is_accessible(page: Page, phone: Page, live_server, cadre: Cadre) -> None:
    sign_in(phone, live_server, cadre)
    for view in (page, phone):
        for address in ("/try/form/", "/try/rows/", "/try/number/"):
            view.goto(address)
            assert_fits(view)
            assert_accessible(view)


def test_on_the_phone_a_row_is_a_card_whose_cells_say_their_column(phone: Page, live_server, cadre) -> None:
    sign_in(phone, live_server, cadre)
    phone.goto("/try/rows/")
    row = phone.locator("tbody tr").first
    said = row.locator("td.num").evaluate("cell => getComputedStyle(cell, '::before').content")
    assert "人口" in said
    assert row.evaluate("row => getComputedStyle(row).display") == "flex"
    wide = phone.locator(".table-wrap").evaluate("part => part.scrollWidth - part.clientWidth")
    assert wide == 0

"""What stays on a computer that many use: nothing in a cache, and every form keeps what was typed by itself."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from tests.admin.rows import page, rows_of, rows_of_the_office
from tests.pages import client_of
from tests.test_access import address, rules, world

pytestmark = pytest.mark.django_db
TYPED = {"text", "search", "tel", "number", "date", "email", "url"}


class Forms(HTMLParser):
    """The forms that are posted: the attributes of each, and of the mark that stands for them in the admin."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.form: dict[str, Any] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.form = {**given, "fields": []} if given.get("method") == "post" else None
            self.found += [self.form] if self.form else []
        elif self.form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str | None]) -> None:
        assert self.form is not None
        kind = (given.get("type") or "text") if tag == "input" else tag
        kind = "password" if given.get("autocomplete") == "one-time-code" else kind
        if "data-form" in given:
            self.form |= {name: value for name, value in given.items() if name.startswith("data-")}
        elif kind in TYPED | {"textarea", "password"} and "readonly" not in given:
            self.form["fields"].append(kind)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None


def forgetful(html: str) -> list[dict[str, Any]]:
    """The forms with something to type that would lose it; a password or a code is never kept."""
    return [
        form
        for form in Forms(html).found
        if form["fields"] and "password" not in form["fields"] and not form.get("data-keep")
    ]


@pytest.fixture
def own(db) -> dict[str, Any]:
    return world(county="620524", name="武山")


@pytest.mark.parametrize("who", ["office", "cadre"])
def test_no_address_is_stored_and_every_form_keeps_what_is_typed(own, office, who: str) -> None:
    """Since no page is stored, Back and a login in between find the text in the draft store alone."""
    client = client_of(office if who == "office" else own["cadre"])
    for rule in rules():
        response = client.get(address(rule.path, own))
        assert "no-store" in response["Cache-Control"], rule.path
        if "html" in response.get("Content-Type", "") and not response.streaming:
            assert not forgetful(response.content.decode()), rule.path


def test_nothing_that_is_sent_or_refused_is_stored(own, office, client) -> None:
    for rule in rules():
        assert "no-store" in client.get(address(rule.path, own))["Cache-Control"], rule.path
    for name in ("member", "visit", "problem"):
        response = client_of(office).post(f"/{name}s/{own[name].pk}/edit/")
        assert "no-store" in response["Cache-Control"]


def test_no_page_of_the_admin_nor_an_error_is_stored(office) -> None:
    client = client_of(office)
    lists = [
        reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in admin.site._registry
    ]
    for url in [*lists, reverse("admin:index"), "/nothing/", "/households/?export=xlsx"]:
        assert "no-store" in client.get(url)["Cache-Control"], url


def test_style_and_script_are_stored(client) -> None:
    assert "no-store" not in client.get(f"{settings.STATIC_URL}look.css").get("Cache-Control", "")


def test_every_form_of_the_admin_keeps_what_is_typed(office, cadre) -> None:
    client = client_of(office)
    found = {**rows_of(cadre, "王守田", "榜沙村"), **rows_of_the_office(cadre)}
    for model in admin.site._registry:
        label = model._meta.label_lower
        for name in ("changelist", "add", "change"):
            row = found[label] if name == "change" else None
            response = client.get(page(label, name, row))
            if response.status_code == 200:
                assert forgetful(response.content.decode()) == [], (label, name)


@pytest.mark.parametrize("label", ["visits.visit", "surveys.response"])
def test_a_reason_asked_for_in_the_admin_is_kept(office, cadre, label: str) -> None:
    row = rows_of(cadre, "王守田", "榜沙村")[label]
    action = {"visits.visit": "void_selected", "surveys.response": "return_selected"}[label]
    response = client_of(office).post(
        page(label, "changelist"), {"action": action, "_selected_action": row.pk}
    )
    html = response.content.decode()
    assert 'name="reason"' in html
    assert forgetful(html) == []

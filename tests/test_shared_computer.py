"""Shared computers: browsers cache no page, and every form saves typed input as a draft."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from lxml import html

from tests.admin.rows import page, rows_of, rows_of_the_office
from tests.html_forms import posted
from tests.pages import client_of, page_of
from tests.test_access import address, rules, world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TYPED = {"password", "textarea", "input", "text", "search", "tel", "number", "date", "email", "url"}


def fields_of(form: html.FormElement) -> list[str]:
    """Return the types of the fields that are typed into; a code counts as a password."""
    kinds = [
        "password" if field.get("autocomplete") == "one-time-code" else field.get("type", field.tag)
        for field in form.xpath(".//input[not(@readonly)] | .//textarea[not(@readonly)]")
    ]
    return [kind for kind in kinds if kind in TYPED]


def is_kept(form: html.FormElement) -> bool:
    """Return whether typed input is saved as a draft; in the admin a mark inside the form turns this on."""
    return any(form.xpath("(. | .//*[@data-form])/@data-keep"))


def forgetful(page: str) -> list[str]:
    """Return the typed forms that would lose their input; passwords and codes are never saved."""
    return [
        html.tostring(form, encoding="unicode")[:300]
        for form in posted(page)
        if (fields := fields_of(form)) and "password" not in fields and not is_kept(form)
    ]


@pytest.fixture
def own(db) -> dict[str, Any]:
    return world(county="620524", name="武山")


@pytest.mark.parametrize("who", ["office", "cadre"])
def test_no_address_is_stored_and_every_form_keeps_what_is_typed(own, office, who: str) -> None:
    """No address is stored and every form keeps its input: with no page cached, the draft store restores text on
    Back and after login.
    """
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
    content = page_of(response)
    assert 'name="reason"' in content
    assert forgetful(content) == []

"""Queries that admin addresses may run: choices of fields, filters, and Django's own parameters."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from tests.admin.rows import Rows, listed, page, rows_of_the_office
from tests.pages import client_of
from tests.test_odd_addresses import ODD
from units.models import Cadre
from units.roles import Role

pytestmark = pytest.mark.slow

TABLES = sorted(model._meta.label_lower for model in admin.site._registry)
every_table = pytest.mark.parametrize("table", TABLES)
TURNS = ["1", "id", "9" * 5000, "a " * 1500, *ODD]
OF_LISTS = ["o", "p", "all", "e", "_popup", "_facets"]
"""Parameters of Django's lists that do not filter."""


@pytest.fixture
def all_rows(own: Rows, foreign: Rows, office: Cadre) -> Rows:
    """Create a row in every table."""
    return {**rows_of_the_office(office), **own}


# --- choices of fields -----------------------------------------------------------------------------------


def fields_of_all_models() -> Iterator[tuple[str, str, str, Any]]:
    """Return (app, model, name, field) of every field and relation, forward and reverse, and of some that do
    not exist.
    """
    for model in apps.get_models(include_auto_created=True):
        app, name = model._meta.label_lower.split(".")
        for field in model._meta.get_fields(include_hidden=True):
            yield app, name, field.name, field
        yield app, name, "pk", None
    yield from (("units", "cadre", name, None) for name in ("", "none", "unit__division", *ODD))
    yield from (("units", name, "unit", None) for name in ("", "none", "unit.cadre", *ODD))
    yield from ((app, "cadre", "unit", None) for app in ("", "none", "units.cadre", *ODD))


def status_of_choices(client: Client, app: str, model: str, field: str, term: str = "") -> int:
    query = {"app_label": app, "model_name": model, "field_name": field, "term": term}
    return client.get(reverse("admin:autocomplete"), query).status_code


def test_only_the_search_as_you_type_fields_have_choices(office: Cadre, own: Rows) -> None:
    client = client_of(office)
    found = {(a, m, name): status_of_choices(client, a, m, name) for a, m, name, _ in fields_of_all_models()}
    offering = {
        (*model._meta.label_lower.split("."), name)
        for model, asking in admin.site._registry.items()
        for name in asking.autocomplete_fields
    }
    assert {key for key, status in found.items() if status == 200} == offering
    assert {status for key, status in found.items() if key not in offering} == {404}
    one_to_one = [f for *_, f in fields_of_all_models() if isinstance(f, models.OneToOneRel)]
    assert one_to_one, "the walk comes by a reverse one-to-one field"


def test_a_leader_has_the_choices_of_the_forms_that_a_leader_fills(leader: Cadre, own: Rows) -> None:
    client = client_of(leader)
    for model, asking in admin.site._registry.items():
        app, name = model._meta.label_lower.split(".")
        for field in asking.autocomplete_fields:
            fills = (
                client.get(page(model._meta.label_lower, "add")).status_code == 200
                or Role.LEADER in asking.writers
            )
            assert status_of_choices(client, app, name, field) == (200 if fills else 403)


@pytest.mark.parametrize("role", ["cadre", "viewer"])
def test_others_have_no_choices(role: str, own: Rows, request: pytest.FixtureRequest) -> None:
    client = client_of(request.getfixturevalue(role))
    asked = [("units", "leave", "cadre"), ("visits", "visit", "assistance"), ("", "", "")]
    assert {status_of_choices(client, *names) for names in asked} == {403}


@pytest.mark.parametrize("term", ["a\0b", "a " * 3000, "%", "\\", "\u202e", "😀"])
def test_any_term_finds_choices_or_none(office: Cadre, own: Rows, term: str) -> None:
    for model, asking in admin.site._registry.items():
        app, name = model._meta.label_lower.split(".")
        for field in asking.autocomplete_fields:
            assert status_of_choices(client_of(office), app, name, field, term) == 200


# --- filters ---------------------------------------------------------------------------------------------------


def columns_near(model: Any) -> Iterator[str]:
    """Return the columns of a table and of the tables it refers to."""
    for field in model._meta.concrete_fields:
        yield field.name
        if field.is_relation:
            yield from (f"{field.name}__{other.name}" for other in field.related_model._meta.concrete_fields)


@every_table
def test_no_filter_asks_for_more_than_the_offered_ones(office: Cadre, table: str) -> None:
    model = apps.get_model(table)
    asking, client, url = admin.site._registry[model], client_of(office), page(table, "changelist")
    request = client.get(url).wsgi_request
    offered = [
        item if isinstance(item, str) else item[0]
        for item in asking.list_filter
        if not isinstance(item, type)
    ]
    for name in columns_near(model):
        owner, _, column = name.rpartition("__")
        for comparison in ("startswith", "gte", "exact", "in", "regex"):
            if asking.lookup_allowed(f"{name}__{comparison}", "1", request):
                of_the_table = name in offered and comparison in {"gte", "exact"}
                of_the_key = owner in offered and model._meta.get_field(owner).target_field.name == column
                assert of_the_table or (of_the_key and comparison == "exact"), name
    assert client.get(f"{url}?{name}__startswith=1").status_code == 400


@pytest.mark.filterwarnings("ignore:DateTimeField .* received a naive datetime")
def test_odd_values_of_offered_filters_are_no_error(office: Cadre, all_rows: Rows) -> None:
    """Each filter takes two odd values, cycling through all of them."""
    client, turns = client_of(office), cycle(TURNS)
    for table in TABLES:
        url = page(table, "changelist")
        filters = client.get(url).context["cl"].filter_specs
        for name in [name for spec in filters for name in spec.expected_parameters()]:
            for value in islice(turns, 2):
                answer = client.get(f"{url}?{urlencode({name: value})}")
                assert answer.status_code in {200, 302, 400}, (table, name, value[:20])


# --- Django's own parameters --------------------------------------------------------------------------------


def test_djangos_parameters_are_no_error_and_show_no_other_rows(office: Cadre, all_rows: Rows) -> None:
    client, turns = client_of(office), cycle(TURNS)
    for table in TABLES:
        url, whole = page(table, "changelist"), listed(client, table)
        for _ in range(3):
            values = dict(zip(OF_LISTS, turns, strict=False))
            answer = client.get(f"{url}?{urlencode(values)}", follow=True)
            assert {row.pk for row in answer.context["cl"].result_list} == whole, (table, values)
        for name in ("q", "_to_field", "_changelist_filters", "_source_model"):
            value = next(turns)
            assert client.get(f"{url}?{urlencode({name: value})}").status_code in {200, 400}, (
                table,
                name,
                value,
            )


@pytest.mark.parametrize("table", ["units.cadre", "households.householdpairing", "core.reveal"])
def test_djangos_parameters_on_the_form_of_a_row_are_no_error(
    office: Cadre, all_rows: Rows, table: str
) -> None:
    client = client_of(office)
    urls = [page(table, name, all_rows[table]) for name in ("change", "delete", "history")]
    for value in TURNS:
        odd = dict.fromkeys(["_popup", "_changelist_filters", "_source_model", "next"], value)
        for url in [*urls, page(table, "add")]:
            for given in (odd, {"_to_field": value}):
                assert client.get(f"{url}?{urlencode(given)}").status_code in {200, 302, 400, 403, 404}
        for sent in (odd, {"_to_field": value}):
            answer = client.post(urls[0], {**sent, "_popup": "1"})
            assert answer.status_code in {200, 302, 400, 403, 404, 409}


def test_every_table_has_a_row(all_rows: Rows) -> None:
    assert set(TABLES) <= all_rows.keys()

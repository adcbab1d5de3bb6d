"""The admin table in docs/permissions.md, cell by cell; and forms posted with every field tampered with."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from core.models import Change
from core.records import Record
from tests.admin.rows import Rows, page, rows_of_the_office
from tests.pages import client_of
from units.models import Cadre

pytestmark = pytest.mark.slow

ROLES = {"双联办": "office", "负责人": "leader"}


def table() -> dict[tuple[str, str], set[str]]:
    """Return the table as (label, role) → permitted actions (看 增 改 删)."""
    text = (Path(settings.BASE_DIR) / "docs/permissions.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| (\w+\.\w+) \| \S+ \|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
    return {
        (label, role): set(cell.split())
        for label, *cells in lines
        for role, cell in zip(ROLES.values(), cells, strict=True)
    }


TABLE = table()
every_cell = pytest.mark.parametrize(("label", "role"), sorted(TABLE))
LABELS = sorted({label for label, _ in TABLE})


@pytest.fixture
def everything(own: Rows, cadre: Cadre) -> Rows:
    return {**own, **rows_of_the_office(cadre)}


@pytest.fixture
def people(office: Cadre, leader: Cadre, cadre: Cadre, viewer: Cadre) -> dict[str, Cadre]:
    return {"office": office, "leader": leader, "cadre": cadre, "viewer": viewer}


def answers(client: Client, label: str, row: Any) -> dict[str, int]:
    """Return the status of each page of a model, and of a POST to the row's form."""
    found = {name: client.get(page(label, name)).status_code for name in ("changelist", "add")}
    found |= {
        name: client.get(page(label, name, row)).status_code for name in ("change", "history", "delete")
    }
    return {**found, "post": client.post(page(label, "change", row), {"version": "0"}).status_code}


def test_every_table_stands_in_the_document() -> None:
    assert set(LABELS) == {model._meta.label_lower for model in admin.site._registry}


@every_cell
def test_own_rows(label: str, role: str, people: dict[str, Cadre], everything: Rows) -> None:
    may, row = TABLE[label, role], everything[label]
    ok = {verb: 200 if verb in may else 403 for verb in "看增改删"}
    found = answers(client_of(people[role]), label, row)
    if not may:
        assert set(found.values()) <= {403, 404}
        return
    assert found.pop("post") in ({200, 409} if "改" in may else {403})
    assert found == {
        "changelist": ok["看"],
        "add": ok["增"],
        "change": ok["看"],
        "history": ok["看"] if isinstance(row, Record) else 403,
        "delete": ok["删"],
    }


@every_cell
def test_rows_of_another_county(label: str, role: str, people: dict[str, Cadre], far: Rows) -> None:
    if label in {"units.word", "units.dailylimit"}:
        return  # words and limits apply to the whole installation
    client, row = client_of(people[role]), far[label]
    assert {client.get(page(label, name, row)).status_code for name in ("change", "delete")} == {404}
    assert client.post(page(label, "change", row), {"version": row_version(row)}).status_code == 404


def row_version(row: Any) -> int:
    return row.version if isinstance(row, Record) else 1


@pytest.mark.parametrize("role", ["cadre", "viewer"])
@pytest.mark.parametrize("label", LABELS)
def test_nobody_else(label: str, role: str, people: dict[str, Cadre], everything: Rows) -> None:
    found = answers(client_of(people[role]), label, everything[label])
    assert set(found.values()) == {403}


@pytest.mark.parametrize("role", ["office", "leader", "cadre", "viewer"])
def test_pages_of_the_site(role: str, people: dict[str, Cadre]) -> None:
    client = client_of(people[role])
    urls = [reverse("admin:index"), reverse("admin:jsi18n"), reverse("admin:app_list", args=["units"])]
    assert {client.get(url).status_code for url in urls} == ({200} if role in ROLES.values() else {403})


# --- tampering ---


def sent(form: forms.BaseForm) -> dict[str, Any]:
    """Return what a browser posts for an unchanged form."""
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    plain = {name: getattr(value, "pk", value) for name, value in values.items()}
    return {name: value for name, value in plain.items() if value not in (None, False)}


def tampered(form: forms.BaseForm, foreign: Rows) -> Iterator[tuple[str, Any]]:
    """Yield the form with each field set to all kinds of nonsense, and foreign keys set to other users' rows."""
    for name, field in form.fields.items():
        yield from ((name, value) for value in ("", "x" * 3000, "9" * 30, "\x00"))
        if isinstance(field, forms.ModelChoiceField):
            yield name, foreign[field.queryset.model._meta.label_lower].pk


FORMS = sorted(
    (label, role, name)
    for (label, role), may in TABLE.items()
    for verb, name in (("增", "add"), ("改", "change"))
    if verb in may
)


@pytest.mark.parametrize(("label", "role", "name"), FORMS)
def test_tampered_forms(
    label: str, role: str, name: str, people: dict[str, Cadre], everything: Rows, foreign: Rows, far: Rows
) -> None:
    client, others = client_of(people[role]), far if role == "office" else {**far, **foreign}
    url = page(label, name, everything[label] if name == "change" else None)
    page_drawn = client.get(url).context
    drawn = form = page_drawn["adminform"].form
    inlines = [inline.formset.prefix for inline in page_drawn["inline_admin_formsets"]]
    no_rows = {f"{prefix}-{name}_FORMS": 0 for prefix in inlines for name in ("TOTAL", "INITIAL")}
    before = set(Change.objects.values_list("pk", flat=True))
    for field, value in tampered(form, others):
        answer = client.post(url, {**sent(drawn), **no_rows, field: value})
        assert answer.status_code in {200, 302, 409}, (field, value)
        if answer.status_code == 302:
            drawn = client.get(url).context["adminform"].form
    foreign_rows = {(row._meta.label_lower, row.pk) for row in others.values()}
    written = Change.objects.exclude(pk__in=before).values_list("table", "row")
    assert not foreign_rows & set(written)


def test_extra_fields_are_ignored(leader: Cadre, cadre: Cadre) -> None:
    url = page("units.cadre", "change", cadre)
    client = client_of(leader)
    form = client.get(url).context["adminform"].form
    extra = {"place": "62", "pinyin": "x", "id": 1, "code_hash": "x", "is_staff": "1", "is_superuser": "1"}
    client.post(url, {**sent(form), **extra, "post": "站长"})
    stored = Cadre.objects.get(pk=cadre.pk)
    assert (stored.post, stored.place, stored.code_hash) == ("站长", cadre.place, "")

"""Every address × every role × own, other unit's and other county's rows, as docs/permissions.md states."""

import io
import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from openpyxl import load_workbook

from core.models import Change, ImportRun, Spelling
from surveys.models import Survey
from tests.factories import (
    make_activity,
    make_assistance,
    make_cadre,
    make_division,
    make_goal,
    make_household,
    make_id_number,
    make_measure,
    make_note,
    make_pairing,
    make_problem,
    make_project,
    make_response,
    make_survey,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.html_forms import forms_of
from tests.pages import client_of
from tests.pdf import pages_of
from units.models import today
from visits.models import VisitPhoto

pytestmark = pytest.mark.django_db
ROLES = {"双联办": "office", "负责人": "leader", "干部": "cadre", "查阅": "viewer"}


@dataclass(frozen=True)
class Rule:
    name: str
    path: str
    method: str
    answers: dict[str, str]

    def __str__(self) -> str:
        return self.name


def rules() -> list[Rule]:
    text = (Path(settings.BASE_DIR) / "docs/permissions.md").read_text(encoding="utf-8")
    found = []
    for line in text.split("## 每个地址")[1].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and re.fullmatch(r"[a-z-]+", cells[0]) and cells[0].islower():
            answers = dict(zip(ROLES.values(), cells[3:], strict=True))
            found.append(Rule(cells[0], cells[1].strip("`"), cells[2], answers))
    return found


def named_urls(patterns: Any = None) -> set[str]:
    """Return the names of all addresses except the admin's, which tests/admin covers."""
    names = set()
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                names |= named_urls(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            names.add(pattern.name)
    return names


def world(*, county: str, name: str) -> dict[str, Any]:
    """Create one row of each kind in a county: a unit with its village, household, cadre, visit, photo and so on."""
    division = make_division(code=county, name=f"{name}县")
    town = make_division(code=f"{county}100", name=f"{name}镇")
    unit = make_unit(name=f"{name}水务局", division=division)
    cadre = make_cadre(name=f"{name}干部", unit=unit)
    village = make_village(name=f"{name}村", town=town)
    household = make_household(head=f"{name}户主", village=village)
    pairing = make_pairing(cadre=cadre, household=household)
    visit = make_visit(cadre=cadre, household=household, visited_on=today())
    photo = VisitPhoto.objects.create(owner=visit, file=ContentFile(b"\xff\xd8", name="p.jpg"), size=2)
    run = ImportRun.objects.create(
        kind="households", place=county, by=cadre, filename="名单.xlsx", digest="x", status="checked"
    )
    surveys = Survey.objects.filter(place=county)  # shared by the units of the county
    survey = surveys.open().first() or make_survey(place=county)
    draft = surveys.filter(status="draft").first() or make_survey(
        place=county, status="draft", edition="2013.1"
    )
    response = make_response(survey=survey, cadre=cadre, household=household, answers={"D03": ["01"]})
    filling = make_response(
        survey=survey, cadre=cadre, household=household, status="draft", surveyed_on=today()
    )
    project = make_project(unit=unit, village=village)
    return {
        "project": project,
        "progress": project.notes.create(text="挖好了管沟", progress=30, by=cadre),
        "goal": make_goal(village=village, unit=unit),
        "note": make_note(village=village, by=cadre),
        "measure": make_measure(household=household, cadre=cadre),
        "activity": make_activity(cadre=cadre, village=village),
        "assistance": make_assistance(cadre=cadre, household=household),
        "problem": make_problem(cadre=cadre, household=household),
        "joined": make_problem(
            cadre=cadre, household=household, joined_into=make_problem(cadre=cadre, household=household)
        ),
        "survey": survey,
        "draft": draft,
        "response": response,
        "filling": filling,
        "division": division,
        "unit": unit,
        "cadre": cadre,
        "village": village,
        "village_pairing": make_village_pairing(unit=unit, village=village),
        "household": household,
        "member": household.members.get(),
        "pairing": pairing,
        "visit": visit,
        "photo": photo,
        "run": run,
        "spelling": Spelling.objects.create(
            place=county, column="致贫原因", text=name, shown=name, meaning="因病", by=cadre
        ),
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def media_root(settings, files: Path) -> Path:
    """Return a folder for the counties' pictures, shared by all tests of this module."""
    settings.MEDIA_ROOT = files
    return files


@pytest.fixture(scope="module")
def counties(django_db_setup, django_db_blocker, files: Path):
    """Create both counties once, in a transaction around those of the tests."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=files), transaction.atomic():
        yield {
            "own": world(county="620524", name="武山"),
            "neighbour": world(county="620524", name="甘谷"),
            "foreign": world(county="620502", name="秦州"),
        }
        transaction.set_rollback(True)


def fresh(rows: dict[str, Any]) -> dict[str, Any]:
    """Return copies, so that no test sees what another one has set on a row."""
    return {name: copy(row) for name, row in rows.items()}


@pytest.fixture
def own(db, counties):
    return fresh(counties["own"])


@pytest.fixture
def people(own):
    office = make_unit(name="武山县双联办", division=own["division"])
    clerk = make_cadre(unit=office, role="office")
    own["run"].by = clerk  # only the uploader of a workbook gets the marked copy
    own["run"].save()
    return {
        "office": clerk,
        "viewer": make_cadre(unit=office, role="viewer"),
        "leader": make_cadre(unit=own["unit"], role="leader"),
        "cadre": own["cadre"],
    }


@pytest.fixture
def neighbour(own, counties):
    """Return a leader of another unit of the same county."""
    rows = fresh(counties["neighbour"])
    shared = {name: own[name] for name in ("division", "run", "spelling")}
    return {**rows, **shared}


@pytest.fixture
def foreign(db, counties):
    return fresh(counties["foreign"])


def address(path: str, rows: dict[str, Any]) -> str:
    def key(match: re.Match[str]) -> str:
        row = rows[match[1]]
        return str(row.uuid if match[1] == "photo" else row.pk)

    return re.sub(r"<(\w+)>", key, path)


def ask(user: Any, rule: Rule, rows: dict[str, Any]) -> int:
    client = client_of(user)
    url = address(rule.path, rows)
    response = client.post(url) if rule.method == "POST" else client.get(url)
    return response.status_code


def test_every_address_stands_in_the_table():
    assert named_urls() == {rule.name for rule in rules()}


@pytest.mark.parametrize("rule", rules(), ids=str)
def test_own_rows_answer_as_the_table_says(rule, own, people):
    for role, expected in rule.answers.items():
        with transaction.atomic():  # each request finds the rows unchanged
            status = ask(people[role], rule, own)
            transaction.set_rollback(True)
        if expected == "✓":
            assert status in {200, 302}, (role, status)
        else:
            assert str(status) == expected, (role, status)


@pytest.mark.parametrize("rule", [rule for rule in rules() if "<" in rule.path], ids=str)
def test_foreign_rows_are_not_there(rule, people, foreign):
    for role, expected in rule.answers.items():
        status = ask(people[role], rule, foreign)
        assert status == (404 if expected == "✓" else int(expected)), (role, status)


@pytest.mark.parametrize("rule", [rule for rule in rules() if "<" in rule.path], ids=str)
def test_a_neighbours_rows_are_not_there_for_a_unit(rule, people, neighbour):
    if re.search("<(run|division|survey|draft|spelling)>", rule.path):
        return  # the county's, not a unit's
    for role in ("leader", "cadre"):
        expected = rule.answers[role]
        status = ask(people[role], rule, neighbour)
        assert status == (404 if expected == "✓" else int(expected)), (role, status)


@pytest.mark.parametrize("rule", [r for r in rules() if r.method != "公开"], ids=str)
def test_a_stranger_is_sent_to_the_login(rule, own):
    url = address(rule.path, own)
    response = Client().post(url) if rule.method == "POST" else Client().get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


LISTS = [
    "units",
    "cadres",
    "villages",
    "households",
    "pairings",
    "village-pairings",
    "visits",
    "assistance",
    "activities",
    "responses",
    "report",
    "report-survey-completion",
    "report-survey-rows",
    "report-survey-items",
    "report-survey-answers",
]


def told(client: Client, url: str) -> str:
    """Return the whole text of a response: page, workbook or print."""
    response = client.get(url)
    data = b"".join(response.streaming_content) if response.streaming else response.content
    if data[:4] == b"%PDF":
        return "\n".join(pages_of(data))
    if data[:2] != b"PK":
        return data.decode()
    book = load_workbook(io.BytesIO(data))
    return "\n".join(str(cell) for row in book.worksheets[0].values for cell in row)


@pytest.mark.slow
def test_no_page_or_export_shows_an_id_number_nor_a_viewer_a_phone(own, people):
    """No page or export shows an ID number, nor a phone number to a viewer, not even in a row's history."""
    numbers = [make_id_number(), make_id_number()]
    phones = ["13993851111", "13993852222"]
    for number, phone in zip(numbers, phones, strict=True):
        own["member"].id_number = number
        own["household"].phone = own["cadre"].phone = own["unit"].contact_phone = phone
        for name in ("member", "household", "cadre", "unit"):
            own[name].save()
    lists = [
        Rule(rule.name, f"{rule.path}?export=xlsx", "GET", rule.answers)
        for rule in rules()
        if rule.name in LISTS
    ]
    assert len(lists) == len(LISTS)
    for rule in [*(rule for rule in rules() if rule.method == "GET" and rule.name != "file"), *lists]:
        for role, user in people.items():
            if rule.answers[role] != "✓":
                continue
            page = told(client_of(user), address(rule.path, own))
            secret = [*numbers, *(phones if role == "viewer" else [])]
            assert not [value for value in secret if value in page], (rule.path, role)


@pytest.mark.parametrize("rule", [rule for rule in rules() if "<" in rule.path], ids=str)
def test_a_post_reaches_no_foreign_row(rule, own, people, foreign):
    """A POST is refused wherever a GET is, for rows and for whole pages."""
    newest = Change.objects.latest("pk").pk
    for role, expected in rule.answers.items():
        client = client_of(people[role])
        assert client.post(address(rule.path, foreign)).status_code in {403, 404, 405}, role
        if expected == "403":
            assert client.post(address(rule.path, own)).status_code in {403, 405}, role
    assert not Change.objects.filter(pk__gt=newest).exists()


@pytest.mark.slow
def test_no_list_names_what_one_may_not_see(own, people, neighbour, foreign):
    """Pages without a row of their own, and their workbooks, show no other county's rows and a unit no other unit's."""
    rows = [rule for rule in rules() if "<" not in rule.path and rule.method == "GET"]
    exports = [replace(rule, path=f"{rule.path}?export=xlsx") for rule in rows if rule.name in LISTS]
    for rule in [*rows, *exports]:
        for role, user in people.items():
            if rule.answers[role] != "✓":
                continue
            said = told(client_of(user), address(rule.path, own))
            hidden = ["秦州"] if role in {"office", "viewer"} else ["秦州", "甘谷"]
            assert not [name for name in hidden if name in said], (rule.path, role)


PAGES = [rule for rule in rules() if rule.method == "GET" and not rule.path.endswith((".pdf", "blank=1"))]
NONSENSE = ["", "-1", "x" * 3000, "<script>", "²", "9" * 30, "2099-01-01"]


@pytest.mark.postgres  # the stricter of the two for values that are no keys
@pytest.mark.parametrize("rule", PAGES, ids=str)
def test_no_tampered_field_reaches_a_foreign_row(rule, own, people, foreign):
    """Each field of each form is sent with keys and names of other users' rows, and with nonsense."""
    keys = sorted({str(row.pk) for row in foreign.values()})
    names = ["秦州水务局", "秦州干部", "秦州户主", foreign["household"].no, foreign["village"].code]
    tried: set[str] = set()
    for role, expected in rule.answers.items():
        if expected != "✓":
            continue
        client, url = client_of(people[role]), address(rule.path, own)
        response = client.get(url)
        if response.streaming or "html" not in response.headers["Content-Type"]:
            continue
        for form in forms_of(response.content.decode()):
            target = urljoin(url, form.action)
            for name in one_of_alike(form.values):
                wrong = keys if form.takes_keys(name) else names if name not in form.options else []
                nonsense = [] if name in tried else NONSENSE  # once, whoever sends it
                tried.add(name)
                for value in [*wrong, *nonsense]:
                    send(client, target, {**form.values, name: [value]}, foreign)


def one_of_alike(names: Iterable[str]) -> list[str]:
    """Return the fields, reducing those that differ only in their number (one per household) to the first."""
    return list({re.sub(r"\d+", "#", name): name for name in reversed([*names])}.values())


def send(client: Client, url: str, data: dict[str, list[str]], foreign: dict[str, Any]) -> None:
    """Post, inspect what was written, and roll back."""
    newest = Change.objects.latest("pk").pk
    with transaction.atomic():
        response = client.post(url, data)
        assert response.status_code < 500, (url, data)
        forbidden = {(row._meta.label_lower, row.pk) for row in foreign.values()}
        for table, pk in Change.objects.filter(pk__gt=newest).values_list("table", "row"):
            assert not forbidden & reached(table, pk), (url, data)
        transaction.set_rollback(True)


def reached(table: str, pk: int) -> set[tuple[str, int]]:
    """Return the row that was written, and the rows it refers to."""
    row: Any = apps.get_model(table)._base_manager.filter(pk=pk).first()
    if row is None:
        return {(table, pk)}
    links = [field for field in row._meta.concrete_fields if field.is_relation]
    return {
        (table, pk),
        *((link.related_model._meta.label_lower, getattr(row, link.attname)) for link in links),
    }

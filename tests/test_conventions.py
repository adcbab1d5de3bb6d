"""Conventions of the code base that no linter checks."""

import ast
import importlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.urls import URLResolver, get_resolver

from core.records import Record
from registers.plans.forms import AwayForm

ROOT = Path(settings.BASE_DIR)
APPS: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["root_packages"]
BULK = re.compile(r"\.(bulk_create|bulk_update)\(|(objects|_manager|\)|queryset|rows|found)\.update\(")

WITHOUT_HISTORY = {
    "core/display.py",  # dictionaries
    "core/importing/answering.py",  # ImportRun
    "core/importing/planning.py",  # dictionaries
    "core/importing/runs.py",  # ImportRun
    "core/models/stamps.py",  # Stamp
    "core/oversight.py",  # Reveal, Look, Notice
    "core/rotation.py",  # re-encrypts rows and their Changes, whose values stay the same
}
"""Modules of core that update tables without history."""
OF_MODEL = {
    "PairForm": "HouseholdPairing",
    "EndForm": "HouseholdPairing",
    "PairingSearch": "HouseholdPairing",
    "VillagePairForm": "VillagePairing",
    "VillagePairingSearch": "VillagePairing",
    "MoveForm": "ProblemMove",
    "HeadForm": "Member",
    "TransferForm": "Cadre",
    "HouseholdStandingSearch": "HouseholdPairing",
    "NoteAdminForm": "VillageNote",
}
"""Forms that are not called by their model."""
MOST_LINES = 400
SAME_NAMES = {"Command"}
"""Django looks for a class named Command in each command module."""

pytestmark = pytest.mark.once


def modules() -> Iterator[Path]:
    """Return the modules of every app, without migrations."""
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def test_every_app_is_checked():
    """Every top-level folder with Python code is an app in the import contracts, or tests or tools."""
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders - {"bench", "tests", "tools"} == set(APPS)
    ours = {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    assert ours <= set(APPS)


def test_no_row_is_written_past_its_history():
    """Nobody uses `.update(` or `bulk_…` on domain rows: core.bulk also writes their Changes."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        if str(path.relative_to(ROOT)) not in WITHOUT_HISTORY
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if BULK.search(line)
    ]
    assert found == []


def test_every_domain_row_says_who_sees_and_who_edits_it():
    missing = [
        model.__name__
        for model in apps.get_models()
        if issubclass(model, Record)
        and not (hasattr(model.objects.all(), "visible_to") and hasattr(model.objects.all(), "editable_by"))
    ]
    assert missing == []


def test_the_scope_rule_is_written_once():
    """What an office and a viewer see of their place is stated in core/scope.py; models add the rest."""
    copies = re.compile(r"self\.filter\(under\(user\.place\b[^()]*\)\)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if copies.search(line) and "self.place_field" not in line
    ]
    assert found == []


def test_labels_are_one_source_and_chinese():
    """Every field has a Chinese label, which page, sheet and history use; none is left to Django's English default."""
    english = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if issubclass(model, Record)
        for field in model._meta.concrete_fields
        if field.name not in {"id", "id_hash"} and str(field.verbose_name).isascii()
    ]
    assert english == []


def model_of(form: type[forms.BaseForm]) -> type[Record] | None:
    """The model of a form: a ModelForm's own, else the one in OF_MODEL or of the form's name, as Visit of VisitForm."""
    stated = getattr(getattr(form, "_meta", None), "model", None)
    name = OF_MODEL.get(form.__name__) or re.sub("(Admin)?(Form|Search)$", "", form.__name__)
    records = {model.__name__: model for model in apps.get_models() if issubclass(model, Record)}
    return stated or records.get(name)


def literals(path: Path) -> Iterator[tuple[str, str, str]]:
    """Class, field and text of each call in a class body that names a field by a literal."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        for line in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call):
                texts = [*line.value.args[:1], *(k.value for k in line.value.keywords if k.arg == "label")]
                for text in texts:
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield node.name, ast.unparse(line.targets[0]), text.value


def test_a_form_takes_labels_from_its_columns():
    assert [AwayForm().fields[name].label for name in ("started_on", "reason")] == ["外出日期", "去向和原因"]


def test_no_form_repeats_the_label_of_its_column():
    """A RecordForm takes labels from its columns, another form by label_of."""
    found = []
    for path in modules():
        for name, field, text in literals(path):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            form = getattr(importlib.import_module(module), name)
            model = model_of(form) if issubclass(form, forms.BaseForm) else None
            columns = {column.name: column for column in model._meta.concrete_fields} if model else {}
            if field in columns and columns[field].verbose_name == text:
                found.append(f"{module}.{name}.{field} {text}")
    assert found == []


def test_no_module_is_long():
    """A longer one is split by what it is for."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()
    }
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_two_classes_share_a_name():
    """No two classes share a name: only their imports would distinguish them."""
    homes = defaultdict(list)
    for path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name not in SAME_NAMES:
                homes[node.name].append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_one_file_serves_one_prefix():
    """Each URL prefix is served by one URL file, so that all of /households/… is found in one place."""
    homes = defaultdict(set)
    for included in get_resolver().url_patterns:
        if isinstance(included, URLResolver) and included.namespace != "admin":
            for pattern in included.url_patterns:
                homes[str(pattern.pattern).partition("/")[0]].add(included.urlconf_module.__name__)
    assert len(homes) > 20
    assert {prefix: files for prefix, files in homes.items() if len(files) > 1} == {}

"""Rules of the house that no checker knows."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from core.records import Record

ROOT = Path(settings.BASE_DIR)
APPS = ["lianhu", "demo", "reports", "registers", "visits", "surveys", "households", "villages", "units"]
BULK = re.compile(r"\.(bulk_create|bulk_update)\(|(objects|_manager|\)|queryset|rows|found)\.update\(")

pytestmark = pytest.mark.once


def test_no_row_is_written_past_its_history():
    """Outside core nobody uses `.update(` or `bulk_…` on rows: core.bulk writes their Changes beside them."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
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


def test_labels_are_one_source_and_chinese():
    """A field's label is what page, sheet and history call it: none is left to Django's English guess."""
    english = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if issubclass(model, Record)
        for field in model._meta.concrete_fields
        if field.name not in {"id", "id_hash"} and str(field.verbose_name).isascii()
    ]
    assert english == []

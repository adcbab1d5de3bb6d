"""The documents that are made from code say what the code says."""

from pathlib import Path

import pytest
from django.conf import settings

from tools.excel_columns import document

pytestmark = pytest.mark.once
ROOT = Path(settings.BASE_DIR)


def test_the_excel_columns_are_those_of_the_code():
    assert (ROOT / "docs/excel-columns.md").read_text(encoding="utf-8") == document()


def test_every_pinned_package_has_its_reason():
    reasons = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").lower()
    pinned = [
        line.split("==")[0].split("[")[0].lower()
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if "==" in line
    ]
    assert [name for name in pinned if name not in reasons and not name.startswith("types-")] == []

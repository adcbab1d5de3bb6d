"""Documents that describe code agree with it."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from tools.excel_columns import document
from units.presets import PROBLEM_DAYS
from visits import indicators
from visits.indicators import REQUIRED, CountedFigure

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


def test_what_the_documents_name_is_there():
    named = re.compile(r"`((?:[a-z_]+/)+[\w./-]*)`")
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    paths = {path for document in documents for path in named.findall(document.read_text(encoding="utf-8"))}
    roots = (ROOT, ROOT / "templates", ROOT / "surveys")
    made_later = {"media/", "text/plain"}
    assert len(paths) > 40
    there = {
        path for path in paths for root in roots if (root / path).exists() or (root / f"{path}.py").exists()
    }
    assert sorted(paths - made_later - there) == []


def test_every_module_of_surveys_stands_in_its_document():
    text = (
        (ROOT / "docs/development/survey-engine.md")
        .read_text(encoding="utf-8")
        .split("## Modules")[1]
        .split("##")[0]
    )
    rows = re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE)
    told = {name.strip("/") for row in rows for name in re.findall(r"`([\w/]+)`", row)}
    surveys = ROOT / "surveys"
    modules = [path.relative_to(surveys).with_suffix("") for path in surveys.rglob("*.py")]
    shown = {str(path) for path in modules if path.parts[0] not in {"migrations", "templatetags"}}
    rooms = {name for name in shown if name.startswith("exchange/importing/") or name.endswith("__init__")}
    assert shown - rooms - {"apps", "urls"} | {"exchange/importing"} == told


def test_the_page_on_counting_explains_every_figure_in_the_words_of_the_pages():
    text = (ROOT / "docs/counting.md").read_text(encoding="utf-8")
    counted = [figure for figure in vars(indicators).values() if isinstance(figure, CountedFigure)]
    figures = [*counted, *REQUIRED.values()]
    assert len(figures) > 15
    assert [
        figure for figure in figures if f"| {figure.label} | {figure.measure} | {figure.how} |" not in text
    ] == []
    assert f"默认 {PROBLEM_DAYS} 个工作日" in text


def read_names() -> set[str]:
    """Return the environment variables that the code reads."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lianhu").rglob("*.py"))
    return set(re.findall(r'(?:env_\w+|environ\.get)\("([A-Z_]+)"', code))


def test_the_readme_lists_every_setting_and_the_line_of_apps():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    settings_table = readme.split("## 设置")[1]
    assert set(re.findall(r"^\| `([A-Z_]+)`", settings_table, re.MULTILINE)) == read_names()

    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert " → ".join(tools["importlinter"]["contracts"][0]["layers"]) in readme
    assert all(f"| `{app}/` |" in readme for app in tools["importlinter"]["root_packages"])

"""The glossary and the code use the same names."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from units.models import Requirement
from visits import indicators

pytestmark = pytest.mark.once
ROOT = Path(settings.BASE_DIR)
APPS = ("core", "units", "villages", "households", "surveys", "visits")
TEXTS = [*ROOT.glob("templates/**/*.html"), *(path for app in APPS for path in (ROOT / app).rglob("*.py"))]
REJECTED = ("不记了", "问题台账", "帮扶台账", "联户结对")
"""Words that the glossary replaced."""


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    text = (ROOT / "docs/development/glossary.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def path_of(module: str) -> str:
    return f"`{module.replace('.', '/')}.py`"


def test_every_model_is_there_once():
    there = {(name, chinese, where) for chinese, name, _meaning, where in rows("Models")}
    known = {
        (model.__name__, str(model._meta.verbose_name), path_of(model.__module__))
        for app in APPS
        for model in apps.get_app_config(app).get_models()
    }
    assert there == known
    assert len(rows("Models")) == len(there)


def test_every_set_of_choices_is_there_with_its_words():
    there = {
        name: (chinese.rstrip("…").split("、"), where) for chinese, name, _meaning, where in rows("Choices")
    }
    known = choices()
    assert there.keys() == known.keys()
    for name, (words, where) in there.items():
        labels = [str(label) for label in known[name].labels]
        assert "、".join(labels).startswith("、".join(words)), name
        assert where == path_of(known[name].__module__)


def choices() -> dict[str, type[models.Choices]]:
    found: dict[str, type[models.Choices]] = {}
    for app in APPS:
        for info in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
            if "migrations" in info.name or ".sandbox" in info.name:
                continue
            module = importlib.import_module(info.name)
            own = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == info.name]
            nested = [c for outer in own for c in vars(outer).values() if inspect.isclass(c)]
            found |= {c.__qualname__: c for c in (*own, *nested) if issubclass(c, models.Choices)}
    return found


def test_every_figure_is_there_with_its_unit():
    there = {(name, chinese, unit) for chinese, name, unit, _where in rows("Figures")}
    counted = {
        (name, figure.label, figure.measure)
        for name, figure in vars(indicators).items()
        if isinstance(figure, indicators.CountedFigure)
    }
    required = {
        (f"Requirement.Indicator.{asked.name}", str(asked.label), measure(asked))
        for asked in Requirement.Indicator
    }
    assert there == counted | required


def measure(asked: Requirement.Indicator) -> str:
    return indicators.REQUIRED[asked].measure if asked in indicators.REQUIRED else "工作日"


def test_rejected_words_stand_nowhere():
    found = {
        (str(path.relative_to(ROOT)), word)
        for path in TEXTS
        for word in REJECTED
        if word in path.read_text(encoding="utf-8") and "migrations" not in path.parts
    }
    assert found == set()


def test_docstrings_cite_documents_of_this_repository():
    cited = {
        (str(path.relative_to(ROOT)), name)
        for app in (*APPS, "registers", "reports", "demo", "lianhu")
        for path in (ROOT / app).rglob("*.py")
        for name in re.findall(r"\b((?:docs/)?[\w/-]+\.md)\b", path.read_text(encoding="utf-8"))
    }
    assert {(path, name) for path, name in cited if not (ROOT / name).exists()} == set()

"""Fixtures shared by all tests. Rows come from `factories.py`, the browser from `browser.py`."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import settings as hypothesis_settings

from core.models import installed
from surveys.models import published_form
from tests.factories import make_cadre, make_unit
from units.models import Cadre, DailyLimit
from units.roles import Role

pytest_plugins = ["tests.browser"]

# A slow example on a busy machine is no failure.
hypothesis_settings.register_profile("tests", deadline=None)
hypothesis_settings.load_profile("tests")


def pytest_configure() -> None:
    # Argon2 takes 170 ms per login by design.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Otherwise each new test client lists all static files, which takes 10 ms.
    django_settings.WHITENOISE_AUTOREFRESH = True


@pytest.hookimpl(tryfirst=True)  # before `-m` reads the markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests that do not need the database of this pass; see the markers in pyproject.toml."""
    for item in items:
        if {"desk", "phone"} & {*getattr(item, "fixturenames", ()), *parameters_of(item)}:
            item.add_marker("browser")
    others = {"sqlite": {"postgres"}, "postgresql": {"sqlite", "browser", "once"}}[connection.vendor]
    left_out = {item for item in items if others & {mark.name for mark in item.iter_markers()}}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def parameters_of(item: pytest.Item) -> list[str]:
    """Return the strings among the parameters of a test; some of them name a fixture."""
    call = getattr(item, "callspec", None)
    return [value for value in call.params.values() if isinstance(value, str)] if call else []


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Use a file instead of SQLite's shared memory, so that threads and other processes see the same rows."""
    if connection.vendor == "sqlite":
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        django_settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(name)
        connection.settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path: Path) -> Path:
    """Store the uploads of each test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Clear the caches: two tests may use surveys with equal keys, and different counties."""
    published_form.cache_clear()
    installed.cache_clear()


# These five users cover every permission: office and viewer see the county, leader and cadre share a unit,
# stranger works in another one.


@pytest.fixture
def office(db) -> Cadre:
    return make_cadre(name="汪玉琪", unit=make_unit(name="县双联办"), role=Role.OFFICE)


@pytest.fixture
def leader(db) -> Cadre:
    return make_cadre(name="康建平", unit=make_unit(name="县水务局"), role=Role.LEADER)


@pytest.fixture
def cadre(leader: Cadre) -> Cadre:
    return make_cadre(name="李建业", unit=leader.unit)


@pytest.fixture
def stranger(db) -> Cadre:
    return make_cadre(name="何秀兰", unit=make_unit(name="县林业局"))


@pytest.fixture
def viewer(db) -> Cadre:
    return make_cadre(name="令晓东", unit=make_unit(name="县人大办"), role=Role.VIEWER)


@pytest.fixture
def unlimited(db) -> None:
    """Lift the daily limits, for tests that take more files or look up more numbers."""
    for role in Role:
        DailyLimit.objects.update_or_create(role=role, defaults={"persons": 1_000_000, "exports": 1_000_000})

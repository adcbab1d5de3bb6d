"""What every test stands on. Rows to test with are in `factories.py`, the browser in `browser.py`."""

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

# On a busy machine a slow example is no failure.
hypothesis_settings.register_profile("tests", deadline=None)
hypothesis_settings.load_profile("tests")


def pytest_configure() -> None:
    # Argon2 takes 170 ms a login by design.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Else each test client lists all static files when it is made, which takes 10 ms.
    django_settings.WHITENOISE_AUTOREFRESH = True


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at the markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the database of this pass is not needed for; see the markers in pyproject.toml."""
    for item in items:
        if {"desk", "phone"} & {*getattr(item, "fixturenames", ()), *parameters_of(item)}:
            item.add_marker("browser")
    others = {"sqlite": {"postgres"}, "postgresql": {"sqlite", "browser", "once"}}[connection.vendor]
    left_out = {item for item in items if others & {mark.name for mark in item.iter_markers()}}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def parameters_of(item: pytest.Item) -> list[str]:
    """The texts among the parameters of a test, some of which ask for a fixture by its name."""
    call = getattr(item, "callspec", None)
    return [value for value in call.params.values() if isinstance(value, str)] if call else []


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file instead of SQLite's shared memory, so that threads and other processes see the same rows."""
    if connection.vendor == "sqlite":
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        django_settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(name)
        connection.settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path: Path) -> Path:
    """Uploads of a test go to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """A test's survey may carry the key of another one's, and its county may be another."""
    published_form.cache_clear()
    installed.cache_clear()


# Few people explain every permission: office and viewer see the county, leader and cadre share a
# unit, stranger works in another one.


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
    """For stories that take more files, or look up more numbers, than a day allows."""
    for role in Role:
        DailyLimit.objects.update_or_create(role=role, defaults={"persons": 1_000_000, "exports": 1_000_000})

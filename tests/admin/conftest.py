"""Fixtures of the admin tests: rows of the leader's own unit, of another unit and of another county."""

import pytest

from tests.admin.rows import Rows, rows_of, rows_of_the_office
from tests.factories import make_cadre, make_division, make_unit
from units.models import Cadre


@pytest.fixture
def own(cadre: Cadre) -> Rows:
    return rows_of(cadre, "王有福", "石峰村")


@pytest.fixture
def foreign(stranger: Cadre) -> Rows:
    """Return rows of another unit in the same county."""
    return rows_of(stranger, "魏来福", "黎堡村")


@pytest.fixture
def far(db: None) -> Rows:
    """Return rows of another county."""
    unit = make_unit(name="甘谷县林业局", division=make_division(code="620523", name="甘谷县"))
    cadre = make_cadre(name="赵存福", unit=unit)
    return {**rows_of(cadre, "令俊平", "大像山村", "620523"), **rows_of_the_office(cadre, "620523")}

"""A few damaged lists; `make damage` judges thousands."""

import pytest
from hypothesis import HealthCheck, given, settings

from core.importing import checking
from tests.damage.examples import EXAMPLE, described
from tests.damage.judging import Trial
from tests.damage.lists import build

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]


def test_a_few_damaged_lists_lose_nothing_silently():
    trial = Trial(build())

    @settings(max_examples=25, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(EXAMPLE)
    def judge(example):
        assert trial.judge(*example) == [], described(example)

    judge()
    assert trial.outcomes["same rows"] > 5


# --- planted faults --------------------------------------------------------------------------------------


@pytest.fixture
def trial(db) -> Trial:
    return Trial(build())


def found(trial: Trial, kind: str) -> list[str]:
    """Judge this damage of several lists."""
    return [line for seed in range(8) for line in trial.judge("households", seed, [(kind, seed)], "xlsx")]


def test_rows_that_are_passed_over_silently_are_found(trial, monkeypatch):
    assert found(trial, "totals") == []
    monkeypatch.setattr(checking, "words_of", lambda passed: [])
    assert any("was passed over without a word" in line for line in found(trial, "totals"))


def test_cells_that_are_lost_silently_are_found(trial, monkeypatch):
    assert found(trial, "merge_words") == []
    monkeypatch.setattr(checking, "spread", lambda *given: [])
    assert any("main_cause" in line for line in found(trial, "merge_words"))

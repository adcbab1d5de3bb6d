"""The two preset forms of a new county."""

import pytest

from surveys.definition.document import Definition, load
from surveys.definition.presets import FILES, preset

pytestmark = pytest.mark.once


def forms() -> list[Definition]:
    return [load(preset(subject)) for subject in FILES]


def test_both_have_their_sections_and_items():
    household, village = forms()
    assert (len(household.sections), len(household.items)) == (4, 47)
    assert (len(village.sections), len(village.items)) == (5, 67)


def test_income_a_head_is_calculated():
    household, _ = forms()
    assert [item.code for item in household.calculated] == ["B16"]

"""`visible_to`, `editable_by` and `voidable_by` agree with the naive rules on generated worlds."""

from random import Random

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.attack import naive, rows
from tests.attack.comparing import differences

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def with_rule(name: str) -> set[str]:
    """Return the models that have such a method."""
    models = [model for app in rows.APPS for model in apps.get_app_config(app).get_models()]
    return {model._meta.label_lower for model in models if hasattr(model._default_manager.all(), name)}


@pytest.mark.parametrize(
    ("rule", "stated"),
    [("visible_to", naive.SEES), ("editable_by", naive.EDITS), ("voidable_by", naive.VOIDS)],
)
def test_every_rule_is_stated_twice(rule, stated):
    assert with_rule(rule) == set(stated)


@given(st.integers(0, 2**32))
@settings(max_examples=8, phases=[Phase.generate])
def test_both_statements_agree(seed: int):
    with transaction.atomic():
        found = differences(Random(seed))
        transaction.set_rollback(True)
    assert found == []

"""The language agrees with a naive evaluator, also on missing answers."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition.document import scope_of
from surveys.definition.language import NUMBER, TRUTH, read
from tests.surveys.definitions import everything
from tests.surveys.drawing import draw_expression, draw_facts
from tests.surveys.plain import plain

pytestmark = [pytest.mark.once, pytest.mark.slow]


FORM = everything()
SCOPE = scope_of(FORM.subject, list(FORM.by_code.values()), FORM.members)
drawn = given(st.randoms(use_true_random=False))


@drawn
@settings(max_examples=400)
def test_conditions_and_rules_read_as_python_reads_them(rng: Random) -> None:
    text, facts = draw_expression(rng, FORM, TRUTH), draw_facts(rng, FORM)
    expression, value = read(text, SCOPE, TRUTH), plain(text, facts, FORM)
    assert expression.holds(facts) == (value is None or value), text
    assert expression.shows(facts) == (value is not None and value), text


@drawn
@settings(max_examples=400)
def test_calculations_read_as_python_reads_them(rng: Random) -> None:
    text, facts = draw_expression(rng, FORM, NUMBER), draw_facts(rng, FORM)
    assert read(text, SCOPE, NUMBER).result(facts) == plain(text, facts, FORM), text

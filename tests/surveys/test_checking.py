"""Checking a whole response: required answers, hidden items, calculated items, broken rules."""

from random import Random

import pytest

from surveys.definition.document import Definition
from surveys.filling.checking import Known, examine, hide, rounded
from tests.surveys.definitions import FORMS, everything
from tests.surveys.drawing import draw_known, draw_raw, draw_valid
from tests.surveys.plain import plain

pytestmark = [pytest.mark.once, pytest.mark.slow]
FILL, EMPTY_IT = "这一题要填。", "照前面的答案，这一题不用填。请清空它，或者改前面的答案。"
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)


def clean_answers(rng: Random, form: Definition) -> dict:
    return {item.code: draw_valid(rng, item) for item in form.asked}


@forms
def test_each_required_item_that_is_asked_has_to_be_filled(form):
    rng = Random(1)
    for item in form.asked:
        for _ in range(20):
            known, answers = draw_known(rng, form), clean_answers(rng, form)
            del answers[item.code]
            examined = examine(form, answers, known)
            hidden = item.code in hide(form, examined.answers, known)
            assert (examined.errors.get(item.code) == FILL) == (item.must_be_typed and not hidden), item.code


@forms
def test_each_condition_shows_and_hides(form):
    """An answer to a hidden item is refused and does not count."""
    rng = Random(2)
    for item in form.items:
        seen = set()
        for _ in range(300 if item.condition else 3):
            known, answers = draw_known(rng, form), clean_answers(rng, form)
            examined = examine(form, answers, known)
            hidden = item.code in hide(form, examined.answers, known)
            if not item.calculation:
                assert (examined.errors.get(item.code) == EMPTY_IT) == hidden, item.code
            if hidden:
                assert item.code not in examined.answers
            seen.add(hidden)
        assert seen == ({True, False} if item.condition else {False}), item.code


@forms
def test_conditions_calculations_and_rules_are_those_of_a_plain_reading(form):
    rng = Random(3)
    for _ in range(300):
        known = draw_known(rng, form)
        examined = examine(form, draw_raw(rng, form), known)
        facts = known.facts(examined.answers)
        hidden = hide(form, examined.answers, known)
        assert hidden == {i.code for i in form.items if i.show_if and not plain(i.show_if, facts, form)}
        for item in form.calculated:
            number = None if item.code in hidden else plain(item.calc, facts, form)
            expected = (
                None if item.code in examined.errors or number is None else rounded(number, item.places)
            )
            assert examined.answers.get(item.code) == expected
        assert [rule.code for rule in examined.broken] == [
            rule.code for rule in form.rules if plain(rule.text, facts, form) is False
        ]


@forms
def test_checking_clean_answers_again_changes_nothing(form):
    rng = Random(4)
    for _ in range(100):
        known = draw_known(rng, form)
        once = examine(form, draw_raw(rng, form), known)
        again = examine(form, once.answers, known)
        assert again.answers == once.answers
        assert again.broken == once.broken


def answers_of(**answers: object) -> dict:
    return examine(everything(), answers, Known({"H1": 3})).answers


def test_a_calculated_number_is_rounded_half_up_at_its_step():
    assert answers_of(A1="1", A2="8")["B3"] == 0.125
    assert answers_of(A1="0.01", A2="8")["B3"] == 0.001  # 0.00125
    assert answers_of(A1="0.02", A2="8")["B3"] == 0.003  # 0.0025: half rounds up
    assert answers_of(A1="-0.02", A2="8")["B3"] == -0.002  # rounds up towards the greater number
    assert answers_of(A1="1", A2="8")["B4"] == -0.1  # from the rounded value: -0.125 * 3 / 3 = -0.125


def test_a_calculation_without_an_answer_or_over_nothing_is_empty():
    for answers in ({"A1": "1"}, {"A2": "8"}, {"A1": "1", "A2": "不详"}, {"A1": "1", "A2": "0"}):
        assert not {"B3", "B4"} & answers_of(**answers).keys()


def test_what_is_typed_for_a_calculated_item_is_not_looked_at():
    assert answers_of(A1="1", A2="8", B3="77")["B3"] == 0.125


def test_a_calculated_number_out_of_its_range_is_an_error_of_its_item():
    examined = examine(everything(), {"A1": "50", "A2": "1"}, Known({"H1": 3}))
    assert examined.errors["B3"] == "50 超出了范围。填 -100 到 40 之间的数。"
    assert not {"B3", "B4"} & examined.answers.keys()


def test_a_condition_looks_at_what_is_calculated():
    assert answers_of(A1="1", A2="8", A4="0.5")["B6"] == 1  # B3 > 0: |0.5 - 1| rounds up to 1
    assert "B6" not in answers_of(A1="-1", A2="8", A4="0.5")


def test_only_errors_stop():
    form = everything()
    raw = {"H3": "1", "A1": "9", "A5": "1", "A7": ["1"], "A6": "1"}
    known = Known({}, members=[{"M2": "01", "M3": 1, "age": 30}])
    assert not examine(form, raw, known).errors
    warned = examine(form, {**raw, "A1": "1"}, known)
    assert [rule.code for rule in warned.warnings] == ["R7"]
    assert not warned.stops
    assert examine(form, {**raw, "A1": "1", "A2": "3"}, known).stops
    assert examine(form, raw, Known({}, subject={"identity_conflicts": 1})).stops

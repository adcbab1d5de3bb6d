"""The cost of a form's conditions and rules: refused when a form is checked, limited by a budget in older forms."""

import copy
import sys
from itertools import chain
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition.budget import STEPS_OF_ALL, STEPS_OF_ONE, affordable
from surveys.definition.document import DefinitionError, decided, load, load_stored, scope_of
from surveys.definition.language import LONGEST, NUMBER, TRUTH, LanguageError, read
from surveys.definition.limits import DEEPEST, MOST_MEMBERS
from surveys.filling.checking import Known, examine
from tests.surveys.definitions import EVERYTHING, FORMS, everything
from tests.surveys.drawing import draw_expression, draw_facts, draw_known, draw_raw

pytestmark = [pytest.mark.once, pytest.mark.slow]
FORM = everything()
SCOPE = scope_of(FORM.subject, list(FORM.by_code.values()), FORM.members)
HOSTILE = "any(members," * 10 + "age<0" + ")" * 10
"""135 characters that took three seconds with five members, and six times as long with each further member."""


def with_rules(*rules: str, **changes: Any) -> dict[str, Any]:
    """Return the form with every construct, with only these rules."""
    document = copy.deepcopy(EVERYTHING)
    document["cross_rules"] = [
        {"code": f"R{at}", "level": "error", "rule": rule, "msg": "不对", **changes}
        for at, rule in enumerate(rules, 1)
    ]
    return document


def with_item(code: str, **changes: Any) -> dict[str, Any]:
    document = copy.deepcopy(EVERYTHING)
    next(item for item in document["items"] if item["code"] == code).update(changes)
    return document


def problems(document: dict[str, Any]) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        load(document)
    return raised.value.problems


# --- cost -------------------------------------------------------------------------------------------


@given(st.randoms(use_true_random=False), st.sampled_from([TRUTH, NUMBER]))
@settings(max_examples=100)
def test_no_evaluation_takes_more_steps_than_were_counted(rng: Random, kind: str) -> None:
    text, facts = draw_expression(rng, FORM, kind), draw_facts(rng, FORM)
    expression = read(text, SCOPE, kind)
    looked_at = parts_looked_at(lambda: expression.result(facts))
    assert 0 < looked_at <= expression.steps(len(facts.members)), text


def parts_looked_at(evaluate: Any) -> int:
    """Count the compiled parts called inside the block; a part is a lambda or the `use` of an answer."""
    called = 0

    def count(frame: Any, event: str, _argument: Any) -> None:
        nonlocal called
        code = frame.f_code
        if event == "call" and code.co_filename.endswith("surveys/definition/language.py"):
            takes_member = code.co_varnames[:2] in {("f", "m"), ("facts", "member")}
            is_look = code.co_qualname.startswith("<lambda>") and code.co_varnames[0] == "facts"
            called += takes_member and not is_look

    sys.setprofile(count)
    try:
        evaluate()
    finally:
        sys.setprofile(None)
    return called


@pytest.mark.parametrize(
    ("text", "members", "steps"),
    [
        ("A1 > 1", 40, 3),
        ("A1 in (1, 2)", 40, 5),
        ("any(members, age > 1)", 40, 1 + 40 * 3),
        ("len(members) == 2 and all(members, age > 1)", 3, 1 + 4 + 1 + 3 * 3),
        ("any(members, all(members, age > 1))", 3, 1 + 3 * (1 + 3 * 3)),
    ],
)
def test_a_step_is_a_part_and_a_member_counts_each_time(text, members, steps):
    assert read(text, SCOPE, TRUTH).steps(members) == steps


def test_what_is_over_the_budget_leaves_the_rest_its_steps():
    dear, cheap = read(HOSTILE, SCOPE, TRUTH), read("A1 > 1", SCOPE, TRUTH)
    assert affordable([dear, cheap], 5) == {cheap}
    assert affordable([dear, cheap], 1) == {dear, cheap}
    most = read("any(members, " + " and ".join(["age < 9"] * 40) + ")", SCOPE, TRUTH)
    many = [read(most.text, SCOPE, TRUTH) for _ in range(30)]
    spent = STEPS_OF_ALL // most.steps(MOST_MEMBERS)
    assert affordable([*many, cheap], MOST_MEMBERS) == {*many[:spent], cheap}


# --- forms older than the limits ------------------------------------------------------------------------


def test_a_rule_over_the_budget_counts_as_kept_and_is_not_evaluated():
    form = load_stored(with_rules(HOSTILE, "A1 > 1"))
    members = [{"age": 30}] * 20
    examined = examine(form, {"A1": "1"}, Known({}, members))
    assert [rule.code for rule in examined.broken] == ["R2"]
    assert form.rules[0].expression not in decided(form, 20)
    assert form.rules[0].expression in decided(form, 1)


def test_a_condition_over_the_budget_hides_and_a_calculation_stays_empty():
    document = with_item("A4", show_if=f"not {HOSTILE}")
    counted = "count(members," * 5 + "age>0" + ")>0" * 4 + ")"
    next(item for item in document["items"] if item["code"] == "B5")["calc"] = counted
    form = load_stored(document)
    few, many = (Known({}, [{"age": 30}] * number) for number in (1, 20))
    assert examine(form, {"A4": "1"}, few).answers == {"A4": 1, "B5": 1}
    refused = examine(form, {"A4": "1"}, many)
    assert refused.answers == {}
    assert refused.errors["A4"].startswith("照前面的答案，这一题不用填。")


def test_any_number_of_dear_rules_costs_one_budget():
    dear = "any(members, " + " and ".join(["age < 9"] * 40) + ")"
    form = load_stored(with_rules(*[dear] * 100))
    spent = sum(expression.steps(MOST_MEMBERS) for expression in decided(form, MOST_MEMBERS))
    assert STEPS_OF_ALL - STEPS_OF_ONE < spent <= STEPS_OF_ALL


# --- imported forms -------------------------------------------------------------------------------------


@pytest.mark.parametrize("outer", ["any", "all"])
@pytest.mark.parametrize(
    "inner", ["any(members, age > 1)", "all(members, age > 1)", "count(members, age > 1) == 1"]
)
def test_a_quantifier_in_a_quantifier_is_refused_wherever_it_stands(outer, inner):
    said = "any、all、count 里面不能再写 any、all、count，请改成只数一遍家庭成员的写法，或者拆成几条"
    rule = f"{outer}(members, M2 == '01' or {inner})"
    assert problems(with_rules(rule)) == [f"R1：{said}"]
    assert problems(with_rules(rule, server_only=True)) == [f"R1：{said}"]
    assert problems(with_item("A4", show_if=rule)) == [f"A4：{said}"]
    assert problems(with_item("B5", calc=f"count(members, {rule})")) == [f"B5：{said}"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (with_rules("any(members,age in(" + "1," * 235 + "))or " + "any(members,age<1)"),
         "R1：“any(members,age in(1…”太长，最多 500 个字"),
        (with_rules("all(members, " + "M3<" * 150 + "9)"), "R1：“all(members, M3<M3<M…”太费时间：40 口人时要算 "),
        (with_rules(*["A1 > 1 and " * 45 + "A1 > 1"] * 85),
         "显示条件、计算和核对规则合起来最多 40,000 个字，这里有 4"),
        (with_rules(*["all(members, " + " and ".join(["age < 9"] * 30) + ")"] * 50),
         "显示条件、计算和核对规则合起来太费时间：40 口人时要算 "),
        (with_rules("not " * 110 + "A1 > 1"), "R1：“not not not not not …”一层套一层太深，最多 100 层，请拆短"),
        (with_rules(*["A1 > 1"] * 301), "核对规则最多 300 个，这里有 301 个"),
        ({**EVERYTHING, "items": EVERYTHING["items"] * 30}, "题目最多 300 个，这里有 390 个"),
        ({**EVERYTHING, "note": "长" * 1001}, "表的说明最多 1000 个字"),
        (with_item("A6", options=[{"code": str(at), "label": f"第{at}"} for at in range(101)]),
         "A6：选项最多 100 个，这里有 101 个"),
        (with_item("A6", options=[{"code": "1", "label": "长" * 61}]), "A6：选项的名称最多 60 个字"),
        (with_item("A6", label="长" * 201), "A6：题目最多 200 个字"),
        (with_item("B1", max=2001), "B1：文字最长 2000 个字"),
    ],
)  # fmt: skip
def test_a_form_over_a_limit_is_named(document, said):
    assert any(problem.startswith(said) for problem in problems(document)), problems(document)


def test_what_was_stored_before_the_limits_is_still_read():
    form = load_stored({**with_rules(HOSTILE, *["A1 > 1"] * 400), "note": "长" * 2000})
    assert len(form.rules) == 401


def test_honest_forms_stay_far_below_the_budget():
    for form in FORMS:
        costs = [expression.steps(MOST_MEMBERS) for _, expression in form.expressions]
        assert max(costs) < STEPS_OF_ONE / 5
        assert sum(costs) < STEPS_OF_ALL / 20


@given(st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_a_form_that_was_let_in_is_never_over_the_budget(rng: Random) -> None:
    rules = [
        draw_expression(rng, FORM, TRUTH, depth=rng.choice([1, 2, 3])) for _ in range(rng.choice([1, 5, 40]))
    ]
    try:
        form = load(with_rules(*rules))
    except DefinitionError:
        return
    for members in (0, 1, 7, MOST_MEMBERS):
        assert decided(form, members) == {expression for _, expression in form.expressions}


def test_chains_and_circles_of_calculations_are_read_in_bounded_time():
    chain_of = [calculated(at, f"Z{at + 1} + 1" if at < 287 else "1") for at in range(1, 288)]
    form = load({**EVERYTHING, "items": [*EVERYTHING["items"], *chain_of]})
    assert examine(form, {}, Known({}, [])).answers["Z1"] == 287
    names = [f"Z{at}" for at in range(1, 101)]
    tangle = [calculated(at, "+".join(names)) for at in range(1, 101)]
    said = problems({**EVERYTHING, "items": [*EVERYTHING["items"], *tangle]})
    assert 0 < len(said) <= 20


def calculated(at: int, calc: str) -> dict[str, Any]:
    return {"code": f"Z{at}", "section": "B", "label": f"第{at}", "type": "number", "step": 1, "calc": calc}


PIECES = ["any(members,", "(", ")", "not ", "-", "A1", "age", "'1'", "9" * 40, "1e308", " and ", "+", "**", "<", ",",
          "lambda: ", "[", "]", "{", "A7", "in", "if", "\\", "\n", "#", "\0", "\ud800", "，", "１", "x" * 60, "f'{A1}'",
          "implies("]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=120), st.sampled_from([TRUTH, NUMBER]))
@settings(max_examples=400)
def test_any_text_is_read_or_refused_in_a_sentence(pieces: list[str], kind: str) -> None:
    assert len(said_of("".join(pieces), kind)) < LONGEST + 40


def said_of(text: str, kind: str) -> str:
    """Return the sentence that refuses the definition, or '' if it is accepted."""
    try:
        read(text, SCOPE, kind)
    except LanguageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "level", ["(", "-", "not ", "abs(", "implies(A1>1,", "[", "any(members,", "A1+", "A1>1 and "]
)
def test_deep_texts_of_any_length_are_refused_or_evaluated(level):
    for times in chain(range(1, 40), (DEEPEST, 10**3, 10**6)):
        text = level * times + "A1>1" + ")" * (times * level.count("("))
        try:
            expression = read(text, SCOPE, TRUTH)
        except LanguageError:
            continue
        assert expression.holds(draw_facts(Random(1), FORM)) in {True, False}


def test_large_numbers_come_to_an_error_of_their_item():
    document = with_item("B3", calc="*".join(["A3"] * 80) + " - " + "*".join(["A3"] * 80))
    next(item for item in document["items"] if item["code"] == "A3").update(max=10**14)
    examined = examine(load(document), {"A3": "90000000000000"}, Known({}, []))
    assert "数太大" in examined.errors["B3"]


@given(st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_budget_changes_nothing_for_honest_forms(rng: Random) -> None:
    form = FORMS[rng.randrange(2)]
    raw, known = draw_raw(rng, form), draw_known(rng, form)
    examined = examine(form, raw, known)
    facts = known.facts(examined.answers)
    assert list(examined.broken) == [rule for rule in form.rules if not rule.expression.holds(facts)]

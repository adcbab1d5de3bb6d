"""The browser evaluates a definition like the server, on randomly drawn cases."""

import copy
import json
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from core.cells import EXACT
from surveys.definition.document import Definition, decided, load_stored, scope_of
from surveys.definition.language import NUMBER, TRUTH, Expression, Facts, read
from surveys.filling.browser import facts_for_browser, for_browser
from surveys.filling.checking import Known, examine, hide, rounded
from tests.surveys.definitions import EVERYTHING, FORMS, everything, preset_form
from tests.surveys.drawing import draw_expression, draw_facts, draw_known, draw_raw

CASES = 2000
NEVER_BROKEN = {"X07"}
"""The condition of this rule's item already hides the cases it forbids."""
# JSON text in both directions: Playwright converts structured values far more slowly.
EXAMINE_ALL = """async (sent) => {
  const { examine } = await import("/static/survey_language.js");
  const { form, cases } = JSON.parse(sent);
  const found = cases.map(([raw, facts]) => {
    const { answers, hidden, broken, missing } = examine(form, raw, facts);
    return [answers, hidden.sort(), broken.map((rule) => rule.code), missing];
  });
  return JSON.stringify(found);
}"""
COUNT_ALL = """async (sent) => {
  const { examine, stepsOf } = await import("/static/survey_language.js");
  const { trees, form, cases } = JSON.parse(sent);
  const found = cases.map(([raw, facts]) => {
    const { answers, hidden, broken } = examine(form, raw, facts);
    return [answers, hidden.sort(), broken.map((rule) => rule.code)];
  });
  return JSON.stringify([trees.map((tree) => [0, 1, 5, 40].map((members) => stepsOf(tree, members))), found]);
}"""
EVALUATE_ALL = """async (sent) => {
  const { holds, shows, result, rounded } = await import("/static/survey_language.js");
  const { truths, numbers } = JSON.parse(sent);
  const sums = numbers.map(([tree, facts]) => result(tree, facts));
  return JSON.stringify([
    truths.map(([tree, facts]) => [holds(tree, facts), shows(tree, facts)]),
    sums.map((sum) => sum === null ? null : [0, 1, 2, 3].map((places) => rounded(sum, places))),
  ]);
}"""


@pytest.mark.parametrize("definition", FORMS, ids=lambda form: form.code)
def test_browser_and_server_say_the_same(desk: Page, definition: Definition) -> None:
    rng = Random(definition.code)
    cases = [(draw_raw(rng, definition), draw_known(rng, definition)) for _ in range(CASES)]
    desk.goto("/login/")
    sent = [[raw, facts_for_browser(definition, known)] for raw, known in cases]
    said = desk.evaluate(EXAMINE_ALL, json.dumps({"form": for_browser(definition), "cases": sent}))
    broken: set[str] = set()
    for (raw, known), found in zip(cases, json.loads(said), strict=True):
        expected = on_the_server(definition, raw, known)
        assert found == expected, _differences(found, expected, raw)
        broken.update(expected[2])
    assert broken == {rule.code for rule in definition.rules if not rule.server_only} - NEVER_BROKEN


@pytest.mark.once
def test_what_the_server_keeps_is_not_sent():
    form = preset_form("household")
    sent = for_browser(form)
    assert {rule["code"] for rule in sent["rules"]} == {r.code for r in form.rules} - {"X09"}
    known = Known(
        {"H07": "13993851111", "H08": 2},
        members=[{"pk": 7, "age": 60, "M04": "01", "M05": "01"}],
        previous={"B15": 9000, "D09": "想修路"},
        subject={"identity_conflicts": 1},
    )
    assert facts_for_browser(form, known) == {
        "header": {"H08": 2},
        "members": [{"age": 60, "M04": "01"}],
        "previous": {"B15": 9000},
        "subject": {},
    }


def on_the_server(definition: Definition, raw: dict[str, Any], known: Known) -> list[Any]:
    examined = examine(definition, raw, known)
    return [
        examined.answers,
        sorted(hide(definition, examined.answers, known)),
        [rule.code for rule in examined.broken if not rule.server_only],
        [code for code, said in examined.errors.items() if said == "这一题要填。"],
    ]


def test_any_expression_comes_to_the_same(desk: Page) -> None:
    form, rng = everything(), Random(5)
    scope = scope_of(form.subject, list(form.by_code.values()), form.members)

    def draw(kind: str) -> list[tuple[Expression, Facts]]:
        texts = (draw_expression(rng, form, kind) for _ in range(2 * CASES))
        return [(read(text, scope, kind), draw_facts(rng, form)) for text in texts]

    truths, numbers = draw(TRUTH), draw(NUMBER)
    desk.goto("/login/")
    sent = {"truths": _as_sent(truths), "numbers": _as_sent(numbers)}
    said = json.loads(desk.evaluate(EVALUATE_ALL, json.dumps(sent)))
    for (expression, facts), found in zip(truths, said[0], strict=True):
        assert found == [expression.holds(facts), expression.shows(facts)], (expression.text, facts)
    for (expression, facts), found in zip(numbers, said[1], strict=True):
        number = expression.result(facts)
        expected = number if number is None else [rounded(number, places) for places in range(4)]
        assert found == expected, (expression.text, facts)


def test_both_count_the_same_steps_and_leave_out_the_same(desk: Page) -> None:
    """Browser and server count the same steps and leave out the same parts, also in old forms whose rules,
    conditions and calculations exceed the budget.
    """
    form, rng = over_the_budget(), Random(6)
    scope = scope_of(form.subject, list(form.by_code.values()), form.members)
    texts = [draw_expression(rng, form, TRUTH, depth=4) for _ in range(CASES // 4)]
    drawn = [read(text, scope, TRUTH) for text in texts]
    expressions = [*drawn, *(expression for _, expression in form.expressions)]
    cases = [(draw_raw(rng, form), draw_known(rng, form)) for _ in range(CASES // 4)]
    desk.goto("/login/")
    sent = {
        "trees": [expression.tree for expression in expressions],
        "form": for_browser(form),
        "cases": [[raw, facts_for_browser(form, known)] for raw, known in cases],
    }
    steps, found = json.loads(desk.evaluate(COUNT_ALL, json.dumps(sent)))
    for expression, counted in zip(expressions, steps, strict=True):
        # Far above the budget a double cannot hold all digits.
        expected = [expression.steps(members) for members in (0, 1, 5, 40)]
        assert counted == (expected if max(expected) < EXACT else pytest.approx(expected))
    assert found == [on_the_server(form, raw, known)[:3] for raw, known in cases]
    left_out = [len(form.expressions) - len(decided(form, members)) for members in (0, 1, 2, 5)]
    assert left_out[0] == 0 < left_out[2] < left_out[3]


def over_the_budget() -> Definition:
    """Return the form with every construct and with nested quantifiers, as it could once be published."""
    document = copy.deepcopy(EVERYTHING)
    items = {item["code"]: item for item in document["items"]}
    items["A4"]["show_if"] += " or " + "any(members," * 8 + "age<50" + ")" * 8
    items["B5"]["calc"] = "count(members," * 6 + "age<50" + ")>0" * 5 + ")"
    hostile = ["any(members," * deep + "age<9" + ")" * deep for deep in (4, 5, 6, 13, 20)]
    document["cross_rules"] += [
        {"code": f"X{at}", "level": "warn", "rule": rule, "msg": "太费时间", "server_only": at == 1}
        for at, rule in enumerate(hostile)
    ]
    return load_stored(document)


def _as_sent(cases: list[tuple[Expression, Facts]]) -> list[Any]:
    return [[expression.tree, facts._asdict()] for expression, facts in cases]


def _differences(found: list[Any], expected: list[Any], raw: dict[str, Any]) -> Any:
    """Return the typed input of the first answers that differ, else the other two lists."""
    codes = [c for c in {*found[0], *expected[0]} if found[0].get(c) != expected[0].get(c)]
    typed = {code: (raw.get(code), found[0].get(code), expected[0].get(code)) for code in codes}
    return typed or (found[1:], expected[1:], raw)

"""The browser's reading of a definition equals the server's, on cases drawn at random."""

import json
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from surveys.browser import facts_for_browser, for_browser
from surveys.checking import Known, examine, hide, rounded
from surveys.definition import Definition, scope_of
from surveys.language import NUMBER, TRUTH, Expression, Facts, read
from tests.surveys.definitions import FORMS, everything, preset_form
from tests.surveys.drawing import draw_expression, draw_facts, draw_known, draw_raw

CASES = 2000
NEVER_BROKEN = {"X07"}
"""What this rule forbids, the condition of its item hides already."""
# As text both ways: Playwright takes a value apart far more slowly.
EXAMINE_ALL = """async (sent) => {
  const { examine } = await import("/static/survey_language.js");
  const { form, cases } = JSON.parse(sent);
  const found = cases.map(([raw, facts]) => {
    const { answers, hidden, broken, missing } = examine(form, raw, facts);
    return [answers, hidden.sort(), broken.map((rule) => rule.code), missing];
  });
  return JSON.stringify(found);
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


def _as_sent(cases: list[tuple[Expression, Facts]]) -> list[Any]:
    return [[expression.tree, facts._asdict()] for expression, facts in cases]


def _differences(found: list[Any], expected: list[Any], raw: dict[str, Any]) -> Any:
    """What was typed for the first answers that differ, else the two other lists."""
    codes = [c for c in {*found[0], *expected[0]} if found[0].get(c) != expected[0].get(c)]
    typed = {code: (raw.get(code), found[0].get(code), expected[0].get(code)) for code in codes}
    return typed or (found[1:], expected[1:], raw)

"""The browser's reading of a definition equals the server's, on cases drawn at random."""

from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from surveys.browser import facts_for_browser, for_browser
from surveys.checking import Known, examine, hide
from surveys.definition import Definition, load
from tests.surveys.definitions import EVERYTHING, HOUSEHOLD, VILLAGE, preset
from tests.surveys.drawing import draw_known, draw_raw

CASES = 2000
EXAMINE_ALL = """async ([form, cases]) => {
  const { examine } = await import("/static/survey_language.js");
  return cases.map(([raw, facts]) => {
    const found = examine(form, raw, facts);
    return [found.answers, found.hidden.sort(), found.broken.map((rule) => rule.code), found.missing];
  });
}"""


@pytest.mark.parametrize(
    "definition", [preset(HOUSEHOLD), preset(VILLAGE), load(EVERYTHING)], ids=lambda form: form.code
)
def test_browser_and_server_say_the_same(desk: Page, definition: Definition) -> None:
    rng = Random(definition.code)
    cases = [(draw_raw(rng, definition), draw_known(rng, definition)) for _ in range(CASES)]
    desk.goto("/login/")
    sent = [[raw, facts_for_browser(definition, known)] for raw, known in cases]
    said = desk.evaluate(EXAMINE_ALL, [for_browser(definition), sent])
    for (raw, known), found in zip(cases, said, strict=True):
        expected = on_the_server(definition, raw, known)
        assert found == expected, _differences(found, expected, raw)


def on_the_server(definition: Definition, raw: dict[str, Any], known: Known) -> list[Any]:
    examined = examine(definition, raw, known)
    return [
        examined.answers,
        sorted(hide(definition, examined.answers, known)),
        [rule.code for rule in examined.broken if not rule.server_only],
        [code for code, said in examined.errors.items() if said == "这一题要填。"],
    ]


def _differences(found: list[Any], expected: list[Any], raw: dict[str, Any]) -> Any:
    """What was typed for the first answers that differ, else the two other lists."""
    codes = [c for c in {*found[0], *expected[0]} if found[0].get(c) != expected[0].get(c)]
    typed = {code: (raw.get(code), found[0].get(code), expected[0].get(code)) for code in codes}
    return typed or (found[1:], expected[1:], raw)

"""Data for `static/survey_language.js`: the form's items, conditions and rules, and the facts.

Both are for `json_script`. Server-only rules are not sent, and only those facts that a sent expression uses.
"""

from typing import Any, TypedDict

from surveys.definition.budget import STEPS_OF_ALL, STEPS_OF_ONE
from surveys.definition.document import Definition
from surveys.definition.items import Item
from surveys.definition.language import Tree, walk
from surveys.filling.checking import Known

Json = dict[str, Any]


class BrowserForm(TypedDict):
    """The form for the browser.

    `items` by code, in the form's order; `dependent`: codes in evaluation order; `budget`: maximum steps of
    one expression
    and of all, see `surveys.definition.budget`.
    """

    budget: list[int]
    items: dict[str, Json]
    dependent: list[str]
    rules: list[Json]


class BrowserFacts(TypedDict):
    header: Json
    members: list[Json]
    previous: Json
    subject: Json


def for_browser(definition: Definition) -> BrowserForm:
    """Return the form without its server_only rules; the labels of items are in the page itself."""
    return {
        "budget": [STEPS_OF_ONE, STEPS_OF_ALL],
        "items": {item.code: _item(item) for item in definition.asked},
        "dependent": [item.code for item in definition.dependent],
        "rules": [
            {
                "code": rule.code,
                "level": rule.level,
                "message": rule.message,
                "rule": rule.expression.tree,
                "codes": sorted(rule.expression.codes),
            }
            for rule in definition.rules
            if not rule.server_only
        ],
    }


def facts_for_browser(definition: Definition, known: Known) -> BrowserFacts:
    """Return the facts of one household or village that a sent expression uses."""
    used = {part[:2] for tree in _sent_trees(definition) for part in walk(tree)}

    def of(operation: str, facts: Any) -> Json:
        return {name: value for name, value in facts.items() if (operation, name) in used}

    return {
        "header": of("answer", known.header),
        "members": [of("member", member) for member in known.members],
        "previous": of("previous", known.previous or {}),
        "subject": of("subject", known.subject or {}),
    }


def _sent_trees(definition: Definition) -> list[Tree]:
    parts = [part for item in definition.items for part in (item.condition, item.calculation) if part]
    parts += [rule.expression for rule in definition.rules if not rule.server_only]
    return [part.tree for part in parts]


def _item(item: Item) -> Json:
    """Return the properties needed for cleaning, without unset ones."""
    found = {
        "type": item.type,
        "places": item.places,
        "min": item.min,
        "max": item.max,
        "step": item.step,
        "options": list(item.labels),
        "max_select": item.max_select,
        "required": item.must_be_typed,
        "unknown": item.unknown_allowed,
        "show_if": item.condition and item.condition.tree,
        "calc": item.calculation and item.calculation.tree,
    }
    return {name: value for name, value in found.items() if value is not None and value not in ("", [])}

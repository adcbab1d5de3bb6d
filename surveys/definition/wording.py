"""Describe conditions in words, for forms on paper or in a workbook: A04 填“是”."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from surveys.definition.document import Definition
from surveys.definition.items import Item
from surveys.definition.language import Expression, Tree

SIGNS = {"<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于"}


class _Untold(Exception):
    """A part of an expression that cannot be described in plain words."""


def condition_in_words(item: Item, definition: Definition) -> str:
    """Return when an item is asked: “A04 填“是”时填”; '' if always; the expression if it has no description."""
    if item.condition is None:
        return ""
    told = _expression_in_words(item.condition, definition)
    return f"{told} 时填" if told[-1].isascii() else f"{told}时填"


@lru_cache(maxsize=64)
def conditions_of(definition: Definition) -> Mapping[str, str]:
    """Return when each conditional item is asked, by code."""
    conditional = [item for item in definition.items if item.condition]
    return {item.code: condition_in_words(item, definition) for item in conditional}


def _expression_in_words(expression: Expression, definition: Definition) -> str:
    try:
        return _words(expression.tree, definition)
    except _Untold:
        return expression.text


def _words(tree: Tree, definition: Definition) -> str:
    operation, *parts = tree
    if operation in {"and", "or"}:
        return ("，并且 " if operation == "and" else "，或者 ").join(
            _words(part, definition) for part in parts
        )
    if operation in SIGNS and parts[1][0] == "value":
        return f"{_code(parts[0])} {SIGNS[operation]} {parts[1][1]}"
    if operation in _WORDS:
        return _WORDS[operation](definition, *parts)
    raise _Untold


def _code(tree: Tree) -> str:
    if tree[0] != "answer":
        raise _Untold
    return str(tree[1])


def _answer(definition: Definition, code: str, value: Tree) -> str:
    """Format a value that is compared with an answer, as “是”."""
    if value[0] != "value":
        raise _Untold
    return f"“{definition.by_code[code].shown(value[1])}”"


def _equal(definition: Definition, left: Tree, right: Tree) -> str:
    return f"{_code(left)} 填{_answer(definition, _code(left), right)}"


def _unequal(definition: Definition, left: Tree, right: Tree) -> str:
    return f"{_code(left)} 不是{_answer(definition, _code(left), right)}"


def _among(definition: Definition, left: Tree, right: Tree) -> str:
    if left[0] == "value":
        code = _code(right)
        return f"{code} 选了“{definition.by_code[code].labels.get(left[1], left[1])}”"
    if right[0] != "list":
        raise _Untold
    return f"{_code(left)} 填" + "或".join(_answer(definition, _code(left), value) for value in right[1:])


def _empty(definition: Definition, part: Tree) -> str:
    return f"{_code(part)} 没有填"


_WORDS: Mapping[str, Callable[..., str]] = {"==": _equal, "!=": _unequal, "in": _among, "empty": _empty}

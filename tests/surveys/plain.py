"""A naive evaluator of the language: Python's own eval over missing answers that raise when used.

It shares no code with `surveys.definition.language`, so that the two can be compared. Only the parts that
Python would evaluate too early (the arguments of implies and the conditions on members) are wrapped.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from surveys.definition.document import Definition
from surveys.definition.language import Facts

LAZY = {"implies": (0, 1), "count": (1,), "any": (1,), "all": (1,)}
"""The arguments of each function that are evaluated lazily."""


class Untold(Exception):
    """Raised when a missing answer is used."""


class Missing:
    """A missing answer: any operation on it raises Untold."""

    def _used(self, *_others: Any) -> Any:
        raise Untold

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __len__ = __abs__ = __bool__ = _used
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = (
        _used
    )
    __hash__ = _used


class Named:
    """Attribute access for previous.A1 and subject.x; an unknown name is missing."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def __getattr__(self, name: str) -> Any:
        return told(self.values.get(name))


def told(value: Any) -> Any:
    return Missing() if value in (None, "", "unknown") or value == [] else value


class _Wrap(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        for at in LAZY.get(node.func.id, ()):
            no_arguments = ast.arguments([], [], None, [], [], None, [])
            node.args[at] = ast.Lambda(no_arguments, node.args[at])
        return node


def plain(text: str, facts: Facts, definition: Definition) -> Any:
    """Return the value of an expression over these facts, or None when it has none."""
    tree = ast.fix_missing_locations(_Wrap().visit(ast.parse(text, mode="eval")))
    member_codes = [*(item.code for item in definition.members), "age"]
    names: dict[str, Any] = {code: told(facts.answers.get(code)) for code in definition.by_code}
    names |= {"previous": Named(facts.previous), "subject": Named(facts.subject), "members": facts.members}

    def over(members: Sequence[Mapping[str, Any]], condition: Callable[[], Any]) -> Any:
        for member in members:
            before = dict(names)
            names.update({code: told(member.get(code)) for code in member_codes})
            holds = condition()
            names.update(before)
            yield holds

    names |= {
        "__builtins__": {},
        "len": len,
        "abs": abs,
        "empty": lambda answer: isinstance(answer, Missing),
        "implies": lambda one, then: not one() or then(),
        "count": lambda members, condition: sum(map(bool, over(members, condition))),
        "any": lambda members, condition: any(over(members, condition)),
        "all": lambda members, condition: all(over(members, condition)),
    }
    try:
        value = eval(compile(tree, "rule", "eval"), names)
    except (Untold, ZeroDivisionError):
        return None
    return None if isinstance(value, Missing) else value

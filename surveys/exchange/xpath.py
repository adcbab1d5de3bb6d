"""Translate expressions into XPath as used by XLSForm.

XPath has no missing answers: an empty one is '' and compares as such. Each condition therefore becomes two,
one true if it holds and one true if it does not; if a needed answer is missing, both are false. Quantifiers
test all members, so that a missing answer of one does not hide the others.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from math import inf
from typing import Any, NamedTuple

from surveys.definition.document import Definition
from surveys.definition.language import TRUTH, UNKNOWN, Expression, Tree, walk

MEMBERS = "members"
"""The name of the repeat."""
UNSAYABLE = {"previous", "subject"}
"""Operations on facts that a device lacks; an expression with one is not exported."""
LONGEST = 4_000
"""Maximum characters of an XPath expression. Each nesting of and in or nearly doubles it."""
NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
WRITTEN = {"==": "=", "/": "div"}


class Truth(NamedTuple):
    """XPath for when a condition holds, and for when it does not."""

    yes: str
    no: str


class Value(NamedTuple):
    """XPath of a number or a code, and the condition under which it exists."""

    said: str
    told: tuple[str, ...] = ()


class _TooLong(Exception):
    """More than LONGEST characters."""


def is_sayable(expression: Expression, definition: Definition) -> bool:
    """Return whether a device can evaluate it and it is not too long."""
    if any(part[0] in UNSAYABLE for part in walk(expression.tree)):
        return False
    writer = _Writer(definition, longest=LONGEST)
    try:
        (writer.truth if expression.kind == TRUTH else writer.value)(expression.tree)
    except _TooLong:
        return False
    return True


def breaks(tree: Tree, definition: Definition, own: str = "") -> str:
    """Return XPath that is true when the rule is violated; `own` is the constraint's item, written `.`."""
    return _Writer(definition, own).truth(tree).no


def shows(tree: Tree, definition: Definition) -> str:
    """Return XPath that is true when an item with this condition is shown."""
    return _Writer(definition).truth(tree).yes


def result(tree: Tree, definition: Definition, places: int) -> str:
    """Return XPath of a calculation, rounded half up; '' if an answer is missing."""
    said, told = _Writer(definition).value(tree)
    return f"if({both(told)}, round({said}, {places}), '')" if told else f"round({said}, {places})"


def both(parts: Iterable[str]) -> str:
    """Join distinct parts with `and`; an `or` part is in brackets already."""
    return " and ".join(dict.fromkeys(parts))


def either(*parts: str) -> str:
    return f"({' or '.join(dict.fromkeys(parts))})"


class _Writer:
    def __init__(
        self, definition: Definition, own: str = "", *, among_members: bool = False, longest: float = inf
    ) -> None:
        self.definition = definition
        self.own = own
        self.longest = longest
        self.among_members = among_members
        self.items = {item.code: item for item in (*definition.by_code.values(), *definition.members)}

    # --- conditions -------------------------------------------------------------------------------

    def truth(self, tree: Tree) -> Truth:
        operation, *parts = tree
        found = (
            self._compared(operation, *parts) if operation in NEGATED else _TRUTHS[operation](self, *parts)
        )
        if len(found.yes) + len(found.no) > self.longest:
            raise _TooLong
        return found

    def _compared(self, operation: str, one: Tree, other: Tree) -> Truth:
        left, right = self.value(one), self.value(other)
        told = (*left.told, *right.told)
        # Two answers would be compared as texts, in which 1 and 1.0 differ.
        said = f"number({left.said})" if self._is_number(one) and operation in {"==", "!="} else left.said

        def compared(sign: str) -> str:
            return both([*told, f"{said} {WRITTEN.get(sign, sign)} {right.said}"])

        return Truth(compared(operation), compared(NEGATED[operation]))

    def _is_number(self, tree: Tree) -> bool:
        item = self.items.get(tree[1]) if tree[0] in {"answer", "member"} else None
        return item is not None and item.type in {"number", "yesno"}

    def _contained(self, one: Tree, group: Tree) -> Truth:
        left = self.value(one)
        if group[0] == "list":
            equal = [f"{left.said} = {self.value(part).said}" for part in group[1:]]
            return Truth(both([*left.told, either(*equal)]), both([*left.told, f"not{either(*equal)}"]))
        chosen = self.value(group)
        told, selected = (*left.told, *chosen.told), f"selected({chosen.said}, {left.said})"
        return Truth(both([*told, selected]), both([*told, f"not({selected})"]))

    def _not_contained(self, one: Tree, group: Tree) -> Truth:
        return self._negated(("in", one, group))

    def _negated(self, part: Tree) -> Truth:
        found = self.truth(part)
        return Truth(found.no, found.yes)

    def _and(self, *parts: Tree) -> Truth:
        *before, whole = (self.truth(part) for part in parts)
        for part in reversed(before):
            no = either(part.no, both([part.yes, whole.no]))
            whole = Truth(both([part.yes, whole.yes]), no)
        return whole

    def _or(self, *parts: Tree) -> Truth:
        found = self._and(*(("not", part) for part in parts))
        return Truth(found.no, found.yes)

    def _implies(self, condition: Tree, then: Tree) -> Truth:
        return self._or(("not", condition), then)

    def _empty(self, answer: Tree) -> Truth:
        told = both(self.value(answer).told)
        return Truth(f"not({told})", told)

    def _any(self, condition: Tree) -> Truth:
        found = self._of_member(condition)
        some, none = self._count(found.yes), self._count(f"not({found.no})")
        return Truth(f"{some} > 0", f"{none} = 0")

    def _all(self, condition: Tree) -> Truth:
        found = self._any(("not", condition))
        return Truth(found.no, found.yes)

    def _of_member(self, condition: Tree) -> Truth:
        return _Writer(self.definition, self.own, among_members=True, longest=self.longest).truth(condition)

    def _count(self, condition: str) -> str:
        return f"count(${{{MEMBERS}}}[{condition}])"

    # --- numbers and codes ------------------------------------------------------------------------

    def value(self, tree: Tree) -> Value:
        operation, *parts = tree
        if operation in {"+", "-", "*", "/"}:
            return self._reckoned(operation, *map(self.value, parts))
        return _VALUES[operation](self, *parts)

    def _literal(self, constant: Any) -> Value:
        return Value(quoted(constant) if isinstance(constant, str) else f"{Decimal(repr(constant)):f}")

    def _answer(self, code: str) -> Value:
        if code == self.own:
            return self._answered(code, "current()/." if self.among_members else ".")
        return self._answered(code, f"${{{code}}}")

    def _member(self, code: str) -> Value:
        return self._answered(code, code)

    def _answered(self, code: str, name: str) -> Value:
        item = self.items.get(code)
        told = [f"{name} != ''"]
        if item and item.unknown_allowed and item.type == "multi":
            told.append(f"not(selected({name}, '{UNKNOWN}'))")
        elif item and item.unknown_allowed and item.type in {"single", "yesno"}:
            told.append(f"{name} != '{UNKNOWN}'")
        return Value(name, tuple(told))

    def _reckoned(self, operation: str, one: Value, other: Value) -> Value:
        nonzero = [f"{other.said} != 0"] if operation == "/" else []
        said = f"({one.said} {WRITTEN.get(operation, operation)} {other.said})"
        return Value(said, (*one.told, *other.told, *nonzero))

    def _negative(self, part: Tree) -> Value:
        return self._reckoned("-", Value("0"), self.value(part))

    def _abs(self, part: Tree) -> Value:
        number = self.value(part)
        return Value(f"abs({number.said})", number.told)

    def _len(self, part: Tree) -> Value:
        if part[0] == "members":
            return Value(f"count(${{{MEMBERS}}})")
        if part[0] == "list":
            return Value(str(len(part) - 1))
        chosen = self.value(part)
        return Value(f"count-selected({chosen.said})", chosen.told)

    def _counted(self, condition: Tree) -> Value:
        found = self._of_member(condition)
        neither = both([f"not({found.yes})", f"not({found.no})"])
        return Value(self._count(found.yes), (f"{self._count(neither)} = 0",))


def quoted(text: str) -> str:
    """Quote a text for XPath; one with both kinds of quotes uses concat()."""
    for quote in ("'", '"'):
        if quote not in text:
            return f"{quote}{text}{quote}"
    pieces = text.split("'")
    return "concat(" + ', "\'", '.join(f"'{piece}'" for piece in pieces) + ")"


_TRUTHS: Mapping[str, Callable[..., Truth]] = {
    "in": _Writer._contained,
    "not in": _Writer._not_contained,
    "not": _Writer._negated,
    "and": _Writer._and,
    "or": _Writer._or,
    "implies": _Writer._implies,
    "empty": _Writer._empty,
    "any": _Writer._any,
    "all": _Writer._all,
}
_VALUES: Mapping[str, Callable[..., Value]] = {
    "value": _Writer._literal,
    "answer": _Writer._answer,
    "member": _Writer._member,
    "negative": _Writer._negative,
    "abs": _Writer._abs,
    "len": _Writer._len,
    "count": _Writer._counted,
}

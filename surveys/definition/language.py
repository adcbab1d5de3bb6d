"""The expression language of rules, conditions and calculations: a subset of Python's expressions.

An expression is parsed by the standard library's `ast` into a tree of tuples `(operation, *parts)`, which is
also what the browser gets as JSON. It is compiled into closures here and into XPath for XLSForm in
`surveys.exchange.xlsform`; eval is never used. Numbers are doubles on both sides, so that the results agree.

Every part has a kind, checked when the expression is read, so that the only runtime errors are a missing
answer (not filled, or 不详) and a division by zero. An expression that meets one, evaluated from left to
right as in Python, has no value: a rule then passes, a condition hides, a calculation is empty. `empty` tests
an answer without using it.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from typing import Any, NamedTuple

from core.cells import EXACT

UNKNOWN = "unknown"
"""The answer 不详, where an item allows it."""

Tree = tuple[Any, ...]
LONGEST = 500
"""Maximum characters of an expression."""
NUMBER, TEXT, LIST, TRUTH, MEMBERS = "number", "text", "list", "truth", "members"


class LanguageError(ValueError):
    """One Chinese phrase: which part of an expression is not understood."""


@dataclass(frozen=True)
class Scope:
    """The names an expression may use: kinds by code or name, and the codes of choices."""

    answers: Mapping[str, str]
    members: Mapping[str, str] = field(default_factory=dict)
    subject: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Facts(NamedTuple):
    """The data on which expressions are evaluated; a missing answer is absent, None or UNKNOWN."""

    answers: Mapping[str, Any]
    members: Sequence[Mapping[str, Any]] = ()
    previous: Mapping[str, Any] = {}
    subject: Mapping[str, Any] = {}


Evaluate = Callable[[Facts, Mapping[str, Any]], Any]
"""A compiled part; takes the facts and the member of the enclosing quantifier."""


class NoValue(Exception):
    """An answer used by the expression is missing."""


@dataclass(frozen=True, eq=False)
class Expression:
    """A compiled expression, compared by identity: its text, kind, tree and compiled form."""

    text: str
    kind: str
    tree: Tree
    evaluate: Evaluate

    def holds(self, facts: Facts) -> bool:
        """Return whether the rule is violated; a missing answer never violates one."""
        return bool(self._value(facts, otherwise=True))

    def shows(self, facts: Facts) -> bool:
        """Return whether the item is shown; a missing answer hides it."""
        return bool(self._value(facts, otherwise=False))

    def result(self, facts: Facts) -> float | None:
        """Return the calculated number; None if an answer is missing."""
        number: float | None = self._value(facts, otherwise=None)
        return number

    @property
    def codes(self) -> frozenset[str]:
        """Return the answers of this response that the expression uses."""
        return frozenset(part[1] for part in walk(self.tree) if part[0] == "answer")

    @cached_property
    def weights(self) -> Sequence[int]:
        return weights(self.tree)

    def steps(self, members: int) -> int:
        """Return the maximum number of steps for this number of members, see `surveys.definition.budget`."""
        return sum(weight * members**power for power, weight in enumerate(self.weights))

    def _value(self, facts: Facts, otherwise: Any) -> Any:
        try:
            return self.evaluate(facts, {})
        except (NoValue, ZeroDivisionError):
            return otherwise


def is_missing(value: Any) -> bool:
    return value is None or value == UNKNOWN or value == "" or value == []


def read(text: str, scope: Scope, kind: str) -> Expression:
    """Compile an expression that must have this `kind`. Raises LanguageError."""
    if len(text) > LONGEST:
        raise LanguageError(f"“{text[:20]}…”太长，最多 {LONGEST} 个字")
    try:
        tree, found = _Reader(scope).read(ast.parse(text.strip(), mode="eval").body)
    except LanguageError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise LanguageError(f"“{text}”写得不对，看不懂") from None
    if found != kind:
        raise LanguageError(f"“{text}”得出的不是{'真假' if kind == TRUTH else '数'}")
    return Expression(text, kind, tree, compile_tree(tree))


def walk(tree: Tree) -> Sequence[Tree]:
    """Return every part of a tree, the root first."""
    parts = [tree]
    for part in tree[1:]:
        if isinstance(part, tuple):
            parts += walk(part)
    return parts


def weights(tree: Tree) -> Sequence[int]:
    """Return (steps taken once, steps per member, steps per pair of members, …), by quantifier depth."""
    found = [1]
    for part in tree[1:]:
        if isinstance(part, tuple):
            inner = [0, *weights(part)] if tree[0] in QUANTIFIERS else weights(part)
            found = [sum(pair) for pair in zip_longest(found, inner, fillvalue=0)]
    return found


# --- reading --------------------------------------------------------------------------------------

COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
ARITHMETIC: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
QUANTIFIERS = {"count": NUMBER, "any": TRUTH, "all": TRUTH}


class _Reader:
    """Convert Python's tree to ours and check names and kinds; `members` is set inside a quantifier."""

    def __init__(self, scope: Scope, *, among_members: bool = False) -> None:
        self.scope = scope
        self.among_members = among_members

    def read(self, node: ast.expr) -> tuple[Tree, str]:
        """Return (tree, kind) of one part."""
        method = getattr(self, f"_read_{type(node).__name__.lower()}", None)
        if method is None:
            raise LanguageError(f"“{ast.unparse(node)}”不是规则里能用的写法")
        found: tuple[Tree, str] = method(node)
        return found

    def _of_kind(self, node: ast.expr, kind: str) -> Tree:
        tree, found = self.read(node)
        if found != kind:
            names = {NUMBER: "数", TRUTH: "真假", TEXT: "选项代码", LIST: "多选", MEMBERS: "members"}
            raise LanguageError(f"“{ast.unparse(node)}”应是{names[kind]}")
        return tree

    def _read_constant(self, node: ast.Constant) -> tuple[Tree, str]:
        if isinstance(node.value, str):
            return ("value", node.value), TEXT
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            if node.value >= EXACT:
                raise LanguageError(f"数 {ast.unparse(node)[:20]} 太大")
            return ("value", node.value), NUMBER
        raise LanguageError(f"“{ast.unparse(node)}”不是数，也不是文字")

    def _read_tuple(self, node: ast.Tuple | ast.List) -> tuple[Tree, str]:
        parts = [self._read_constant(part) for part in node.elts if isinstance(part, ast.Constant)]
        if len(parts) != len(node.elts) or len({kind for _, kind in parts}) != 1:
            raise LanguageError(f"“{ast.unparse(node)}”里只能写代码")
        return ("list", *(tree for tree, _ in parts)), LIST

    _read_list = _read_tuple

    def _read_name(self, node: ast.Name) -> tuple[Tree, str]:
        name = node.id
        if self.among_members and name in self.scope.members:
            return ("member", name), self.scope.members[name]
        if name in self.scope.answers:
            return ("answer", name), self.scope.answers[name]
        if name == "members" and self.scope.members:
            return ("members",), MEMBERS
        raise LanguageError(f"没有题号 {name}")

    def _read_attribute(self, node: ast.Attribute) -> tuple[Tree, str]:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        known = {"previous": self.scope.answers, "subject": self.scope.subject}.get(owner, {})
        if node.attr not in known:
            raise LanguageError(f"没有 {ast.unparse(node)}")
        return (owner, node.attr), known[node.attr]

    def _read_boolop(self, node: ast.BoolOp) -> tuple[Tree, str]:
        operation = "and" if isinstance(node.op, ast.And) else "or"
        return (operation, *(self._of_kind(part, TRUTH) for part in node.values)), TRUTH

    def _read_unaryop(self, node: ast.UnaryOp) -> tuple[Tree, str]:
        if isinstance(node.op, ast.Not):
            return ("not", self._of_kind(node.operand, TRUTH)), TRUTH
        if isinstance(node.op, ast.USub):
            return ("negative", self._of_kind(node.operand, NUMBER)), NUMBER
        raise LanguageError(f"“{ast.unparse(node)}”不是规则里能用的写法")

    def _read_binop(self, node: ast.BinOp) -> tuple[Tree, str]:
        operation = ARITHMETIC.get(type(node.op))
        if operation is None:
            raise LanguageError(f"“{ast.unparse(node)}”只能用加减乘除")
        return (operation, self._of_kind(node.left, NUMBER), self._of_kind(node.right, NUMBER)), NUMBER

    def _read_compare(self, node: ast.Compare) -> tuple[Tree, str]:
        sides = [node.left, *node.comparators]
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        compared = [self._comparison(left, op, right) for left, op, right in pairs]
        return (compared[0] if len(compared) == 1 else ("and", *compared)), TRUTH

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Tree:
        operation = COMPARISONS.get(type(op))
        if operation is None:
            raise LanguageError("只能用 == != < <= > >= in 比较")
        (one, kind), (other, other_kind) = self.read(left), self.read(right)
        fits = {
            "==": kind == other_kind and kind in {NUMBER, TEXT},
            "in": other_kind == LIST and kind == _kind_in(other),
        }
        fits.update({"!=": fits["=="], "not in": fits["in"]})
        if not fits.get(operation, kind == other_kind == NUMBER):
            raise LanguageError(f"“{ast.unparse(left)}”和“{ast.unparse(right)}”不能这样比")
        self._check_options(one, other)
        self._check_options(other, one)
        return (operation, one, other)

    def _check_options(self, asked: Tree, given: Tree) -> None:
        """Check that the codes compared with a choice are among its options."""
        options = self.scope.options.get(asked[1]) if asked[0] in {"answer", "previous", "member"} else None
        if options is None:
            return
        values = [part[1] for part in (given[1:] if given[0] == "list" else [given]) if part[0] == "value"]
        for value in values:
            if value not in options:
                raise LanguageError(f"{asked[1]} 没有选项 {value}")

    def _read_call(self, node: ast.Call) -> tuple[Tree, str]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        sizes = {"len": 1, "abs": 1, "empty": 1, "implies": 2, **dict.fromkeys(QUANTIFIERS, 2)}
        if name not in sizes or node.keywords or len(node.args) != sizes[name]:
            raise LanguageError(f"“{ast.unparse(node)}”不是规则里能用的函数")
        if name in QUANTIFIERS:
            return self._quantified(name, *node.args)
        method: Callable[..., tuple[Tree, str]] = getattr(self, f"_call_{name}")
        return method(*node.args)

    def _quantified(self, name: str, members: ast.expr, condition: ast.expr) -> tuple[Tree, str]:
        self._of_kind(members, MEMBERS)
        inner = _Reader(self.scope, among_members=True)
        return (name, inner._of_kind(condition, TRUTH)), QUANTIFIERS[name]

    def _call_len(self, part: ast.expr) -> tuple[Tree, str]:
        tree, kind = self.read(part)
        if kind not in {LIST, MEMBERS}:
            raise LanguageError(f"“{ast.unparse(part)}”不是多选，不能数个数")
        return ("len", tree), NUMBER

    def _call_abs(self, part: ast.expr) -> tuple[Tree, str]:
        return ("abs", self._of_kind(part, NUMBER)), NUMBER

    def _call_empty(self, part: ast.expr) -> tuple[Tree, str]:
        tree, _ = self.read(part)
        if tree[0] not in {"answer", "previous", "member"}:
            raise LanguageError(f"empty 里只能写题号，不能写“{ast.unparse(part)}”")
        return ("empty", tree), TRUTH

    def _call_implies(self, condition: ast.expr, then: ast.expr) -> tuple[Tree, str]:
        return ("implies", self._of_kind(condition, TRUTH), self._of_kind(then, TRUTH)), TRUTH


def _kind_in(tree: Tree) -> str:
    """Return the kind of a list's elements: numbers or codes; a list answer contains codes."""
    literal = tree[0] == "list" and not isinstance(tree[1][1], str)
    return NUMBER if literal else TEXT


# --- compiling ------------------------------------------------------------------------------------


def compile_tree(tree: Tree) -> Evaluate:
    """Compile the tree into closures; `static/survey_language.js` does the same, part by part."""
    operation, *parts = tree
    if operation == "value":
        return _constant(parts[0])
    if operation == "members":
        return lambda facts, member: facts.members
    if operation == "empty":
        look = _LOOKS[parts[0][0]](parts[0][1])
        return lambda facts, member: is_missing(look(facts, member))
    if operation in _LOOKS:
        return _used(_LOOKS[operation](parts[0]))
    return _COMPILERS[operation](*map(compile_tree, parts))


def _constant(value: Any) -> Evaluate:
    return lambda facts, member: value


def _used(look: Evaluate) -> Evaluate:
    """Read an answer that must be present; raise NoValue otherwise."""

    def use(facts: Facts, member: Mapping[str, Any]) -> Any:
        value = look(facts, member)
        if is_missing(value):
            raise NoValue
        return value

    return use


_LOOKS: Mapping[str, Callable[[str], Evaluate]] = {
    "answer": lambda code: lambda facts, member: facts.answers.get(code),
    "member": lambda code: lambda facts, member: member.get(code),
    "previous": lambda code: lambda facts, member: facts.previous.get(code),
    "subject": lambda name: lambda facts, member: facts.subject.get(name),
}

_COMPILERS: Mapping[str, Callable[..., Evaluate]] = {
    "list": lambda *parts: lambda f, m: [part(f, m) for part in parts],
    "and": lambda *parts: lambda f, m: all(part(f, m) for part in parts),
    "or": lambda *parts: lambda f, m: any(part(f, m) for part in parts),
    "not": lambda part: lambda f, m: not part(f, m),
    "implies": lambda one, then: lambda f, m: not one(f, m) or then(f, m),
    "negative": lambda part: lambda f, m: -float(part(f, m)),
    "+": lambda a, b: lambda f, m: float(a(f, m)) + float(b(f, m)),
    "-": lambda a, b: lambda f, m: float(a(f, m)) - float(b(f, m)),
    "*": lambda a, b: lambda f, m: float(a(f, m)) * float(b(f, m)),
    "/": lambda a, b: lambda f, m: float(a(f, m)) / float(b(f, m)),
    "==": lambda a, b: lambda f, m: a(f, m) == b(f, m),
    "!=": lambda a, b: lambda f, m: a(f, m) != b(f, m),
    "<": lambda a, b: lambda f, m: a(f, m) < b(f, m),
    "<=": lambda a, b: lambda f, m: a(f, m) <= b(f, m),
    ">": lambda a, b: lambda f, m: a(f, m) > b(f, m),
    ">=": lambda a, b: lambda f, m: a(f, m) >= b(f, m),
    "in": lambda a, b: lambda f, m: a(f, m) in b(f, m),
    "not in": lambda a, b: lambda f, m: a(f, m) not in b(f, m),
    "len": lambda part: lambda f, m: len(part(f, m)),
    "abs": lambda part: lambda f, m: abs(part(f, m)),
    "count": lambda condition: lambda f, m: sum(bool(condition(f, member)) for member in f.members),
    "any": lambda condition: lambda f, m: any(condition(f, member) for member in f.members),
    "all": lambda condition: lambda f, m: all(condition(f, member) for member in f.members),
}

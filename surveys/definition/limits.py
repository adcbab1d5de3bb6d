"""Limits on the size of a form and the cost of its conditions, calculations and rules.

Checked on every upload and before publishing. A form published before a limit existed is still read without
it, because its answers must stay readable; `surveys.definition.budget` limits its cost.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from surveys.definition.budget import STEPS_OF_ALL, STEPS_OF_ONE
from surveys.definition.language import Expression, Tree

MOST_MEMBERS = 40
"""Number of household members for which the whole form must be within the budget; the largest have 20."""
DEEPEST = 100
"""Nesting depth of an expression: a sum of 100 answers has that many levels."""
MOST = {
    "sections": ("部分", 30),
    "header": ("表头的题", 60),
    "members": ("家庭成员的题", 60),
    "items": ("题目", 300),
    "cross_rules": ("核对规则", 300),
}
"""Maximum entries of each list of a document."""
MOST_OPTIONS = 100
"""Maximum options of one item."""
LONGEST_ANSWER = 2_000
"""Maximum length that an item may allow for a text."""
LONGEST = {
    "label": ("题目", 200),
    "msg": ("提示", 200),
    "unit": ("单位", 20),
    "help": ("说明", 500),
    "basis": ("依据", 500),
}
"""Maximum characters of the texts of an item or a rule."""
ALL_EXPRESSIONS = 40_000
"""Maximum characters of all expressions together: compiling them takes a second at most."""
LONGEST_OPTION = 60
LONGEST_NOTE = 1_000


def too_large(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each limit that a document exceeds, before the rest of it is read."""
    for key, (name, most) in MOST.items():
        if len(document.get(key) or []) > most:
            yield f"{name}最多 {most} 个，这里有 {len(document[key])} 个"
    if len(str(document.get("note") or "")) > LONGEST_NOTE:
        yield f"表的说明最多 {LONGEST_NOTE} 个字"
    entries = [entry for key in MOST for entry in document.get(key) or []]
    for entry in entries:
        for problem in _too_long(entry):
            yield f"{str(entry.get('code') or '')[:20]}：{problem}"
    written = sum(len(str(entry.get(key) or "")) for entry in entries for key in ("show_if", "calc", "rule"))
    if written > ALL_EXPRESSIONS:
        yield f"显示条件、计算和核对规则合起来最多 {ALL_EXPRESSIONS:,} 个字，这里有 {written:,} 个字"


def _too_long(entry: Mapping[str, Any]) -> Iterator[str]:
    for key, (name, most) in LONGEST.items():
        if len(str(entry.get(key) or "")) > most:
            yield f"{name}最多 {most} 个字"
    options = entry.get("options") or []
    if len(options) > MOST_OPTIONS:
        yield f"选项最多 {MOST_OPTIONS} 个，这里有 {len(options)} 个"
    if any(len(str(option.get("label") or "")) > LONGEST_OPTION for option in options):
        yield f"选项的名称最多 {LONGEST_OPTION} 个字"
    longest = entry.get("max")
    if entry.get("type") == "text" and isinstance(longest, int | float) and longest > LONGEST_ANSWER:
        yield f"文字最长 {LONGEST_ANSWER} 个字"


def too_costly(expressions: Iterable[tuple[str, Expression]]) -> Iterator[str]:
    """Yield a sentence for each expression that costs too much, named by item or rule, and one for the total."""
    total = 0
    for code, expression in expressions:
        if problem := _problem_of(expression):
            yield f"{code}：{problem}"
        else:
            total += expression.steps(MOST_MEMBERS)
    if total > STEPS_OF_ALL:
        yield (
            f"显示条件、计算和核对规则合起来太费时间：{MOST_MEMBERS} 口人时要算 {total:,} 步，"
            f"最多 {STEPS_OF_ALL:,} 步"
        )


def _problem_of(expression: Expression) -> str:
    if len(expression.weights) > 2:
        return "any、all、count 里面不能再写 any、all、count，请改成只数一遍家庭成员的写法，或者拆成几条"
    if _depth(expression.tree) > DEEPEST:
        return f"“{expression.text[:20]}…”一层套一层太深，最多 {DEEPEST} 层，请拆短"
    steps = expression.steps(MOST_MEMBERS)
    if steps > STEPS_OF_ONE:
        return f"“{expression.text[:20]}…”太费时间：{MOST_MEMBERS} 口人时要算 {steps:,} 步，最多 {STEPS_OF_ONE:,} 步"
    return ""


def _depth(tree: Tree) -> int:
    return 1 + max((_depth(part) for part in tree[1:] if isinstance(part, tuple)), default=0)

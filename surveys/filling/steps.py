"""The steps of filling in a response: the known facts, each section, the check."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from surveys.definition.document import Definition, Rule
from surveys.definition.items import Item

FIRST = {"household": "家庭情况", "village": "村的情况"}
CHECK = "核对提交"


@dataclass(frozen=True, eq=False)
class Step:
    """One page of filling. `number` starts at 1; `items` are those answered on it."""

    number: int
    title: str
    items: Sequence[Item]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(item.code for item in self.items)


@lru_cache(maxsize=64)
def steps_of(definition: Definition) -> Sequence[Step]:
    """Return the steps: the first has the date and the header's items, the last (the check) none."""
    asked = [item for item in definition.header if not item.bind or item is definition.dated]
    pages = [(FIRST[definition.subject], asked)]
    pages += [(section.label, list(section.items)) for section in definition.sections]
    pages.append((CHECK, []))
    return [Step(number, title, items) for number, (title, items) in enumerate(pages, 1)]


def step_of_code(steps: Sequence[Step], code: str) -> Step:
    """Return the step of an item; standing facts are corrected on the first step."""
    return next((step for step in steps if code in step.codes), steps[0])


def step_of_rule(steps: Sequence[Step], rule: Rule) -> Step:
    """Return the step where a violated rule is corrected: the last one with one of its answers."""
    return max((step_of_code(steps, code) for code in rule.expression.codes), key=_number, default=steps[0])


def _number(step: Step) -> int:
    return step.number

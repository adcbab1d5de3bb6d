"""Every cross rule of both forms, from its syntax tree: where it just holds, where it just breaks, and that it
holds when an answer it uses is missing.

A place is one fact that a rule uses: a current or previous answer, a fact of the system, one fact of one
member, or the number of members. An edge is a pair of cases, one kept and one broken, that differ in one
place by one step of a number or by one option.
"""

from random import Random
from typing import Any

import pytest

from surveys.definition.document import Definition, Rule
from surveys.definition.items import Item
from surveys.definition.language import QUANTIFIERS, Facts, walk
from tests.surveys.definitions import FORMS
from tests.surveys.plain import plain

pytestmark = pytest.mark.once
RULES = [pytest.param(form, rule, id=f"{form.code}-{rule.code}") for form in FORMS[:2] for rule in form.rules]
COUNTED = Item(code="COUNTED", label="", type="number", min=0, max=100, step=1)
"""A stand-in item for a member's age and the facts of the system."""
SIZE = ("members",)
TRIES = 3000
Place = tuple[str, ...]


@pytest.mark.parametrize(("form", "rule"), RULES)
def test_a_rule_has_an_edge_at_every_place(form, rule):
    cases = Cases(form, rule)
    for place in cases.places:
        holding, breaking = cases.edge(place)
        assert plain(rule.text, holding, form) is not False
        assert plain(rule.text, breaking, form) is False


@pytest.mark.parametrize(("form", "rule"), RULES)
def test_a_rule_holds_when_an_answer_is_missing(form, rule):
    cases = Cases(form, rule)
    broken = cases.broken()
    for place in cases.places:
        emptied = [put(facts, place, member, None) for facts, member in broken if place != SIZE]
        held = [rule.expression.holds(facts) for facts in emptied]
        assert held == [plain(rule.text, facts, form) is not False for facts in emptied]
        assert any(held) or place == SIZE, place


class Cases:
    """Draws facts for one rule: only those it uses, and often values that it compares with."""

    def __init__(self, form: Definition, rule: Rule) -> None:
        self.rng = Random(rule.code)
        self.holds = rule.expression.holds
        self.items = {item.code: item for item in (*form.by_code.values(), *form.members)}
        parts = dict.fromkeys(walk(rule.expression.tree))
        self.literals = [part[1] for part in parts if part[0] == "value"]
        kinds = {"answer", "previous", "subject", "member", "members"}
        self.places: list[Place] = [part for part in parts if part[0] in kinds]
        if SIZE not in self.places and QUANTIFIERS.keys() & {part[0] for part in parts}:
            self.places.append(SIZE)

    def broken(self) -> list[tuple[Facts, int]]:
        """Return cases that break the rule, with a member of each."""
        drawn = [self.draw() for _ in range(TRIES)]
        return [(facts, self.one_of(facts)) for facts in drawn if not self.holds(facts)][:200]

    def draw(self) -> Facts:
        members = [self.of("member") for _ in range(self.rng.choice([1, 2, 3]) if SIZE in self.places else 0)]
        return Facts(self.of("answer"), members, self.of("previous"), self.of("subject"))

    def of(self, kind: str) -> dict[str, Any]:
        return {place[1]: self.value(place) for place in self.places if place[0] == kind}

    def one_of(self, facts: Facts) -> int:
        return self.rng.randrange(len(facts.members)) if facts.members else 0

    def item(self, place: Place) -> Item:
        return self.items.get(place[-1], COUNTED)

    def value(self, place: Place) -> Any:
        item = self.item(place)
        named = [code for code in self.literals if code in item.labels]
        if item.type == "single":
            return self.rng.choice(self.rng.choice([list(item.labels), named or list(item.labels)]))
        if item.type == "multi":
            chosen = {
                *self.rng.sample(list(item.labels), self.rng.randint(1, 3)),
                self.rng.choice([*named, ""]),
            }
            return [code for code in item.labels if code in chosen]
        return self.rng.choice([0, 1]) if item.type == "yesno" else self.number(item)

    def number(self, item: Item) -> float:
        low, high = -50 if item.min is None else item.min, 50 if item.max is None else item.max
        named = [number for number in self.literals if isinstance(number, int | float)]
        number = self.rng.choice([1, 2, 3, *named, self.rng.uniform(low, high), self.rng.uniform(0, 9)])
        return snapped(min(max(number, low), high), item)

    def edge(self, place: Place) -> tuple[Facts, Facts]:
        """Return (a case that just holds, one that just breaks)."""
        for _ in range(TRIES):
            one = self.draw()
            member = self.one_of(one)
            other = put(one, place, member, self.value(place)) if place != SIZE else self.with_one_more(one)
            if self.holds(one) != self.holds(other):
                one, other = self.narrowed(place, member, one, other)
                return (one, other) if self.holds(one) else (other, one)
        raise AssertionError(f"no edge at {place}")

    def with_one_more(self, facts: Facts) -> Facts:
        return facts._replace(members=[*facts.members, self.of("member")])

    def narrowed(self, place: Place, member: int, one: Facts, other: Facts) -> tuple[Facts, Facts]:
        """Bisect between the two until they are one step apart."""
        while place != SIZE:
            between = halfway(get(one, place, member), get(other, place, member), self.item(place))
            if between is None:
                break
            middle = put(one, place, member, between)
            one, other = (middle, other) if self.holds(middle) == self.holds(one) else (one, middle)
        return one, other


def halfway(one: Any, other: Any, item: Item) -> Any:
    """Return an answer between two, or None when they are one step or one option apart."""
    if item.type == "number":
        middle = snapped((one + other) / 2, item)
        return None if middle in (one, other) else middle
    if item.type == "multi":
        differing = [code for code in item.labels if (code in one) != (code in other)]
        flipped = set(one) ^ {next((code for code in differing if code in other), differing[0])}
        return [code for code in item.labels if code in flipped] if len(differing) > 1 else None
    return None


def snapped(number: float, item: Item) -> float:
    step = item.step or 1
    return round(round(number / step) * step, item.places)


def get(facts: Facts, place: Place, member: int) -> Any:
    return holder(facts, place, member)[place[1]]


def put(facts: Facts, place: Place, member: int, value: Any) -> Facts:
    """Return the facts with another value in one place."""
    copied = Facts(
        dict(facts.answers), [dict(each) for each in facts.members], dict(facts.previous), dict(facts.subject)
    )
    holder(copied, place, member)[place[1]] = value
    return copied


def holder(facts: Facts, place: Place, member: int) -> Any:
    named = {"answer": facts.answers, "previous": facts.previous, "subject": facts.subject}
    return facts.members[member] if place[0] == "member" else named[place[0]]

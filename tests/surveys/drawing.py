"""Draw random cases from a definition: valid and invalid typed answers, members, facts, expressions."""

from collections.abc import Sequence
from random import Random
from typing import Any

from core.cells import CellError
from surveys.definition.document import SUBJECTS, Definition
from surveys.definition.items import Item
from surveys.definition.language import TRUTH, UNKNOWN, Facts
from surveys.filling.checking import Known

LAST_DAY = "2015-09-16"
WORDS = ["", " ", "种苹果", "水窖 两口", "  想学  电焊 ", "a" * 900]


def draw_raw(rng: Random, definition: Definition) -> dict[str, Any]:
    """Draw typed text for each item that is asked; leave some items out."""
    return {item.code: draw_typed(rng, item) for item in definition.asked if rng.random() < 0.9}


def draw_typed(rng: Random, item: Item) -> Any:
    """Draw a text (several codes for a multiple choice) as a form sends it; most are valid."""
    if rng.random() < 0.08:
        return rng.choice(["", UNKNOWN, [UNKNOWN], "??", [], None, ["??", "01"]])
    if item.type == "number":
        return _typed_number(rng, item)
    if item.type == "yesno":
        return rng.choice(["1", "0"])
    if item.type == "multi":
        return _some(rng, list(item.labels), (item.max_select or len(item.labels)) + rng.choice([0, 0, 0, 1]))
    if item.type == "date":
        return rng.choice([LAST_DAY, "2012-02-01", "2012-01-31", "1999-12-31"])
    return rng.choice(list(item.labels) or [*WORDS, "字" * (item.min or 1)])


def draw_known(rng: Random, definition: Definition) -> Known:
    """Draw facts as `surveys.filling.facts` returns them, some of them missing."""
    return Known(
        header={item.code: draw_clean(rng, item) for item in definition.header if item.bind},
        members=[
            {item.code: draw_clean(rng, item) for item in definition.members} | {"age": rng.randrange(100)}
            for _ in range(rng.choice([0, 1, 2, 3, 5]) if definition.members else 0)
        ],
        previous=None if rng.random() < 0.3 else {i.code: draw_clean(rng, i) for i in definition.asked},
        subject={name: rng.randrange(3) for name in ("identity_conflicts", "household_count")},
    )


def draw_clean(rng: Random, item: Item, *, missing: float = 0.1) -> Any:
    """Draw a clean answer, or none with the given probability."""
    if rng.random() < missing:
        return rng.choice([None, UNKNOWN] if item.unknown_allowed else [None])
    if item.type == "number":
        return float(_number(rng, item)) if item.places else int(_number(rng, item))
    if item.type == "yesno":
        return rng.choice([0, 1])
    if item.type == "multi":
        return [code for code in item.labels if code in _some(rng, list(item.labels), 3)]
    return LAST_DAY if item.type == "date" else rng.choice(list(item.labels) or ["字" * (item.min or 2)])


def draw_valid(rng: Random, item: Item) -> Any:
    """Draw a clean answer within the limits of its item."""
    while True:
        try:
            return item.clean(draw_clean(rng, item, missing=0))
        except CellError:
            continue


def _some(rng: Random, codes: Sequence[str], most: int) -> list[str]:
    return rng.sample(codes, min(len(codes), rng.choice([1, 1, 2, most])))


def _typed_number(rng: Random, item: Item) -> str:
    text = _number(rng, item)
    return rng.choice([text, text, text, text, f" {text} ", f"+{text}", f"{text}.0", f"{text}0", "-0", "1e3"])


def _number(rng: Random, item: Item) -> str:
    """Draw small numbers often, so that rules are broken as often as kept; also limits and values just outside them."""
    low, high, step = item.min or 0, item.max or 10**6, item.step or 1
    number = rng.choice(
        [low, high, low - step, high + step, rng.uniform(low, high), *(rng.uniform(0, 12) for _ in range(4))]
    )
    return f"{round(number / step) * step + rng.choice([0, 0, 0, step / 2]):.{item.places}f}"


def draw_facts(rng: Random, definition: Definition) -> Facts:
    """Draw what expressions are evaluated on: clean answers, some missing, and the other facts."""
    answers = {item.code: draw_clean(rng, item) for item in definition.asked}
    return draw_known(rng, definition).facts(answers)


def draw_expression(rng: Random, definition: Definition, kind: str, depth: int = 3) -> str:
    """Draw an expression of this kind over the definition's items, at most this many levels deep."""
    return _Expressions(rng, definition).draw(kind, depth)


class _Expressions:
    def __init__(self, rng: Random, definition: Definition) -> None:
        self.rng = rng
        self.items = list(definition.by_code.values())
        self.members = definition.members
        self.subject = next(iter(SUBJECTS[definition.subject]))
        self.among_members = False

    def draw(self, kind: str, depth: int) -> str:
        return self.truth(depth) if kind == TRUTH else self.number(depth)

    def truth(self, depth: int) -> str:
        ways = [self.compared, self.chained, self.same, self.contained, self.looked]
        if depth > 0:
            ways += [self.joined, self.joined, self.negated, self.implied, self.quantified]
        return self.rng.choice(ways)(depth - 1)

    def number(self, depth: int) -> str:
        ways = [self.literal, self.answered, self.answered, self.long]
        if depth > 0:
            ways += [self.reckoned, self.reckoned, self.counted, self.unsigned]
        return self.rng.choice(ways)(depth - 1)

    def compared(self, depth: int) -> str:
        sign = self.rng.choice(["==", "!=", "<", "<=", ">", ">="])
        return f"({self.number(depth)} {sign} {self.number(depth)})"

    def chained(self, depth: int) -> str:
        return f"({self.number(depth)} <= {self.number(depth)} < {self.number(depth)})"

    def same(self, _depth: int) -> str:
        item, name = self.of_type("single")
        return f"({name} {self.rng.choice(['==', '!='])} {self.code_of(item)})"

    def contained(self, depth: int) -> str:
        sign = self.rng.choice(["in", "not in"])
        item, name = self.of_type("single", "multi")
        if item.type == "multi":
            return f"({self.code_of(item)} {sign} {name})"
        some = ", ".join(self.code_of(item) for _ in range(2))
        return self.rng.choice([f"({name} {sign} ({some}))", f"({self.number(depth)} {sign} (0, 1, 2.5))"])

    def looked(self, _depth: int) -> str:
        return f"empty({self.of_type('number', 'single', 'multi', 'yesno', 'text', 'date')[1]})"

    def joined(self, depth: int) -> str:
        return f"({self.truth(depth)} {self.rng.choice(['and', 'or'])} {self.truth(depth)})"

    def negated(self, depth: int) -> str:
        return f"(not {self.truth(depth)})"

    def implied(self, depth: int) -> str:
        return f"implies({self.truth(depth)}, {self.truth(depth)})"

    def quantified(self, depth: int, ways: Sequence[str] = ("any", "all")) -> str:
        if not self.members:
            return self.compared(depth)
        before, self.among_members = self.among_members, True
        found = f"{self.rng.choice(ways)}(members, {self.truth(depth)})"
        self.among_members = before
        return found

    def counted(self, depth: int) -> str:
        return self.quantified(depth, ["count"]) if self.members else self.reckoned(depth)

    def reckoned(self, depth: int) -> str:
        return f"({self.number(depth)} {self.rng.choice('+-*/')} {self.number(depth)})"

    def unsigned(self, depth: int) -> str:
        return f"{self.rng.choice(['abs', '-'])}({self.number(depth)})"

    def literal(self, _depth: int) -> str:
        return self.rng.choice(["0", "1", "2", "2.5", "0.1", "12"])

    def answered(self, _depth: int) -> str:
        return self.of_type("number", "yesno")[1] if self.rng.random() < 0.9 else f"subject.{self.subject}"

    def long(self, depth: int) -> str:
        lists = [item for item in self.items if item.type == "multi"]
        return f"len({self.rng.choice(lists).code})" if lists else self.literal(depth)

    def of_type(self, *types: str) -> tuple[Item, str]:
        """Draw an item and a reference to it: this answer, the previous one, or a member's inside a quantifier."""
        members = [item for item in self.members if item.type in types] if self.among_members else []
        if members and self.rng.random() < 0.6:
            item = self.rng.choice(members)
            return item, item.code
        item = self.rng.choice([item for item in self.items if item.type in types])
        return item, f"previous.{item.code}" if self.rng.random() < 0.15 else item.code

    def code_of(self, item: Item) -> str:
        return repr(self.rng.choice(list(item.labels) or ["字字", "别的"]))

"""Cases drawn at random from a definition: answers typed right and wrong, members, last answers, facts."""

from collections.abc import Sequence
from random import Random
from typing import Any

from surveys.checking import Known
from surveys.definition import Definition
from surveys.items import Item
from surveys.language import UNKNOWN

LAST_DAY = "2015-09-16"
WORDS = ["", " ", "种苹果", "水窖 两口", "  想学  电焊 ", "a" * 900]


def draw_raw(rng: Random, definition: Definition) -> dict[str, Any]:
    """What might be typed for each item that is asked; some items are left out."""
    return {item.code: draw_typed(rng, item) for item in definition.asked if rng.random() < 0.9}


def draw_typed(rng: Random, item: Item) -> Any:
    """A text (several codes for a choice of many) as a form sends it, mostly one that is right."""
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
    return rng.choice(list(item.labels) or WORDS)


def draw_known(rng: Random, definition: Definition) -> Known:
    """Facts as `surveys.facts` gives them, some of them missing."""
    return Known(
        header={item.code: draw_clean(rng, item) for item in definition.header if item.bind},
        members=[
            {item.code: draw_clean(rng, item) for item in definition.members} | {"age": rng.randrange(100)}
            for _ in range(rng.choice([0, 1, 2, 3, 5]) if definition.members else 0)
        ],
        previous=None if rng.random() < 0.3 else {i.code: draw_clean(rng, i) for i in definition.asked},
        subject={name: rng.randrange(3) for name in ("identity_conflicts", "household_count")},
    )


def draw_clean(rng: Random, item: Item) -> Any:
    """A clean answer, or none."""
    if rng.random() < 0.1:
        return rng.choice([None, UNKNOWN] if item.unknown_allowed else [None])
    if item.type == "number":
        return float(_number(rng, item)) if item.places else int(_number(rng, item))
    if item.type == "yesno":
        return rng.choice([0, 1])
    if item.type == "multi":
        return [code for code in item.labels if code in _some(rng, list(item.labels), 3)]
    return LAST_DAY if item.type == "date" else rng.choice(list(item.labels) or WORDS[2:4])


def _some(rng: Random, codes: Sequence[str], most: int) -> list[str]:
    return rng.sample(codes, min(len(codes), rng.choice([1, 1, 2, most])))


def _typed_number(rng: Random, item: Item) -> str:
    text = _number(rng, item)
    return rng.choice([text, text, text, text, f" {text} ", f"+{text}", f"{text}.0", f"{text}0", "-0", "1e3"])


def _number(rng: Random, item: Item) -> str:
    """Small ones often, so that rules are broken as often as kept; edges and just outside them."""
    low, high, step = item.min or 0, item.max or 10**6, item.step or 1
    number = rng.choice(
        [low, high, low - step, high + step, rng.uniform(low, high), *(rng.uniform(0, 12) for _ in range(4))]
    )
    return f"{round(number / step) * step + rng.choice([0, 0, 0, step / 2]):.{item.places}f}"

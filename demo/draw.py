"""Random draws from a fixed seed, reproducible for the same call."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar
from uuid import UUID

SEED = "武山双联 2015"
T = TypeVar("T")


def stream(*names: object) -> Random:
    """Return a separate generator for each purpose, so that more draws in one do not affect the others."""
    return Random("/".join([SEED, *map(str, names)]))


class WeightedChoice(Generic[T]):
    """Values with weights; `pick` is much cheaper than random.choices."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.values = list(weights)
        self.bounds = list(accumulate(weights.values()))

    def pick(self, rng: Random) -> T:
        return self.values[bisect(self.bounds, rng.random() * self.bounds[-1], hi=len(self.values) - 1)]


def several(rng: Random, shares: Mapping[str, float], most: int, *, least: int = 0) -> list[str]:
    """Draw each code with its own probability and return them ascending: at most `most` (the likeliest), at least
    `least`.
    """
    drawn = [code for code, share in shares.items() if rng.random() < share]
    if len(drawn) > most or len(drawn) < least:
        drawn = sorted(drawn or shares, key=shares.__getitem__, reverse=True)[: most if drawn else least]
    return sorted(drawn)


def apportion(total: int, weights: Sequence[float], least: int = 0, most: Sequence[int] = ()) -> list[int]:
    """Split `total` by weight into whole numbers, each at least `least` and at most its `most`.

    Amounts that exceed every `most` are dropped: the parts then sum to less than `total`.
    """
    parts = [least] * len(weights)
    left = total - least * len(weights)
    while left > 0:
        open_to = [i for i in range(len(parts)) if weights[i] > 0 and (not most or parts[i] < most[i])]
        whole = sum(weights[i] for i in open_to)
        if not open_to:
            break
        exact = {i: left * weights[i] / whole for i in open_to}
        given = {i: int(exact[i]) for i in open_to}
        for i in sorted(open_to, key=lambda i: (given[i] - exact[i], i))[: left - sum(given.values())]:
            given[i] += 1
        for i, part in given.items():
            more = min(part, most[i] - parts[i]) if most else part
            parts[i] += more
            left -= more
    return parts


def uuid4(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)

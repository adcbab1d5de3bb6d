"""Numbers out of how often each value stands: sum, mean, quartiles, and classes of a readable width."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, pairwise
from typing import NamedTuple

Counts = Mapping[Decimal, int]
"""Value → how often; not empty where numbers are reckoned."""
MOST_SINGLE_VALUES = 8
"""So few different values are shown one by one, more in classes."""
CLASSES = 8
MOST_CUTS = 12


class Numbers(NamedTuple):
    """What is said of a number item. Quartiles lie between two values as PERCENTILE.INC of Excel and
    percentile_cont of PostgreSQL put them."""

    n: int
    total: Decimal
    mean: Decimal
    low: Decimal
    lower: Decimal
    median: Decimal
    upper: Decimal
    high: Decimal


class Range(NamedTuple):
    """From `low` up to, but without, `high`; None is open. One value alone has `high` None and `single`."""

    low: Decimal | None
    high: Decimal | None
    single: bool = False


def plain(number: Decimal | None) -> str:
    """1,234.5 without zeros at the end; '' for none."""
    if number is None:
        return ""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def numbers_of(counts: Counts) -> Numbers | None:
    """Return None without a value."""
    if not counts:
        return None
    values = sorted(counts)
    ends = list(accumulate(counts[value] for value in values))
    count, total = ends[-1], sum((value * counts[value] for value in values), Decimal(0))
    lower, median, upper = (_quantile(values, ends, Decimal(quarter) / 4) for quarter in (1, 2, 3))
    return Numbers(count, total, total / count, values[0], lower, median, upper, values[-1])


def _quantile(values: Sequence[Decimal], ends: Sequence[int], part: Decimal) -> Decimal:
    """Return the value that this part of all lies below; `ends` counts up to and with each of the sorted values."""
    at = part * (ends[-1] - 1)
    below = int(at)
    first, second = (
        values[bisect_right(ends, below)],
        values[bisect_right(ends, min(below + 1, ends[-1] - 1))],
    )
    return first + (second - first) * (at - below)


def quarters(numbers: Numbers) -> list[Decimal]:
    """Return where the quartile classes begin, each cut once."""
    return sorted({numbers.lower, numbers.median, numbers.upper} - {numbers.low})


def ranges(cuts: Sequence[Decimal]) -> list[Range]:
    """Return the classes that the cuts make, open at both ends."""
    return [Range(low, high) for low, high in pairwise([None, *cuts, None])]


def place_of(number: Decimal, cuts: Sequence[Decimal]) -> int:
    """Return which of the classes a number lies in."""
    return bisect_right(cuts, number)


def spread(counts: Counts, step: Decimal) -> list[tuple[Range, int]]:
    """Return a number item as bars: single values when few, else classes of one readable width, no finer than
    the steps that it is answered in."""
    if len(counts) <= MOST_SINGLE_VALUES:
        return [(Range(value, None, single=True), counts[value]) for value in sorted(counts)]
    cuts = _even_cuts(counts, step)
    found = Counter[int]()
    for value, count in counts.items():
        found[place_of(value, cuts)] += count
    return [(each, found[at]) for at, each in enumerate(ranges(cuts)) if found[at] or 0 < at < len(cuts)]


def _even_cuts(counts: Counts, step: Decimal) -> list[Decimal]:
    """Cuts in steps of 1, 2 or 5 times a power of ten over the middle nine tenths."""
    values = sorted(counts)
    ends = list(accumulate(counts[value] for value in values))
    low, high = (_quantile(values, ends, Decimal(part)) for part in ("0.05", "0.95"))
    if low == high:
        low, high = values[0], values[-1]
    width = _readable(max((high - low) / CLASSES, step))
    first = low // width * width + width
    return [first + width * at for at in range(MOST_CUTS) if first + width * at <= high]


def _readable(width: Decimal) -> Decimal:
    """Return the least of 1, 2, 5 × 10ⁿ that is no less than the width."""
    power = Decimal(1).scaleb(width.adjusted())
    return next(power * times for times in (1, 2, 5, 10) if power * times >= width)

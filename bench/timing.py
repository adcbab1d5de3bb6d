"""Time two functions alternately, and print a figure in the format that scripts read."""

import gc
import statistics
import time
from collections.abc import Callable

Action = Callable[[], object]


def seconds(action: Action) -> float:
    gc.collect()
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def alternately(
    ours: Action, rival: Action, *, rounds: int, before: Action = lambda: None
) -> tuple[float, float]:
    """Return the median seconds of ours and the rival's; `before` restores the state, outside the timing."""
    mine, other = [], []
    for _ in range(rounds):
        before()
        mine.append(seconds(ours))
        before()
        other.append(seconds(rival))
    return statistics.median(mine), statistics.median(other)


def figure(key: str, ratio: float, limit: float, note: str) -> None:
    """Print one line: `bench KEY RATIO LIMIT note`; lower is better."""
    print(f"bench {key} {ratio:.2f} {limit:g} {note}", flush=True)


def compare(key: str, limit: float, mine: float, other: float, against: str) -> None:
    figure(key, mine / other, limit, f"{mine * 1000:,.1f} ms against {other * 1000:,.1f} ms of {against}")

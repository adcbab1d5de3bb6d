"""Examples drawn by hypothesis: a list, what happened to it, and how it was saved."""

from typing import Any

from hypothesis import strategies as st

from tests.damage.judging import CLEAN_LISTS
from tests.damage.kinds import KINDS, WRITINGS
from tests.damage.lists import LISTS

STEPS = st.lists(
    st.tuples(st.sampled_from(list(KINDS)), st.integers(0, 999)),
    min_size=1,
    max_size=8,
    unique_by=lambda step: step[0],
)
EXAMPLE = st.tuples(
    st.sampled_from(["households", *LISTS]), st.integers(0, CLEAN_LISTS - 1), STEPS, st.sampled_from(WRITINGS)
)


def described(example: tuple[Any, ...]) -> str:
    kind, number, steps, writing = example
    return f"{kind} {number} {writing!r}: {', '.join(f'{name} {seed}' for name, seed in steps)}"

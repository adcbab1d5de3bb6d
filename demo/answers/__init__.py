"""The answers of households and villages in the two rounds of the survey.

Dependent facts are drawn after their causes: the terrain of a village, the fortune of a household between
the rounds, its house, its support and income, its needs. No answer violates a rule of the form.
"""

from typing import Any

Answers = dict[str, Any]
"""Clean answers by item code."""
UNKNOWN_SHARE = 0.012
"""Share of 不详 (unknown) among the answers that may have it."""


def whole(number: float, places: int = 0) -> float:
    """Return the rounded number, as an int if it is whole."""
    rounded = round(number, places)
    return int(rounded) if rounded == int(rounded) else rounded


def known(answer: Any) -> float:
    """Return an answer as a number for calculations; 不详 and None become 0."""
    return answer if isinstance(answer, int | float) else 0

"""What conditions, calculations and rules may cost, counted in steps before any of them is evaluated.

A step is one part of an expression that is looked at: an answer, a number, an operation. What stands in any,
all or count is looked at once for each member. The count is the most that an expression can take, whatever
the answers are: it depends on the form and on the number of members alone, and `static/survey_language.js`
comes to the same. The two budgets reach it with the form (`surveys.filling.rules.browser`).
"""

from collections.abc import Iterable

from surveys.definition.language import Expression

STEPS_OF_ONE = 10_000
"""Steps of one condition, calculation or rule."""
STEPS_OF_ALL = 100_000
"""Steps of one check of a response: all its conditions, calculations and rules together."""


def affordable(expressions: Iterable[Expression], members: int) -> frozenset[Expression]:
    """Return those that are evaluated for so many members, in their order; one over the budget has no value and
    costs nothing."""
    left, found = STEPS_OF_ALL, []
    for expression in expressions:
        steps = expression.steps(members)
        if steps <= min(STEPS_OF_ONE, left):
            left -= steps
            found.append(expression)
    return frozenset(found)

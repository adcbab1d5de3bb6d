"""Compute the worst-case cost of conditions, calculations and rules in steps, before any is evaluated.

A step is one part of an expression: an answer, a number, an operation; parts within any, all or count are
evaluated once per member. The cost depends on the form and the number of members only, and
`static/survey_language.js` computes the same. `surveys.filling.browser` passes both budgets to the page.
"""

from collections.abc import Iterable

from surveys.definition.language import Expression

STEPS_OF_ONE = 10_000
"""Maximum steps of one condition, calculation or rule."""
STEPS_OF_ALL = 100_000
"""Maximum steps of one check of a response: all its conditions, calculations and rules together."""


def affordable(expressions: Iterable[Expression], members: int) -> frozenset[Expression]:
    """Return the expressions that are evaluated for this number of members, in order.

    One over the budget has no value and costs nothing.
    """
    left, found = STEPS_OF_ALL, []
    for expression in expressions:
        steps = expression.steps(members)
        if steps <= min(STEPS_OF_ONE, left):
            left -= steps
            found.append(expression)
    return frozenset(found)

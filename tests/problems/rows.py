"""Build problems as they are registered."""

from datetime import date
from uuid import uuid4

from visits.choices import Category
from visits.problems.rules import RaisedProblem, raise_problem


def raised(cadre, household, **given):
    return raise_problem(
        RaisedProblem(
            **{
                "ref": uuid4(),
                "author": cadre,
                "category": Category.WATER,
                "description": "水窖漏水",
                "raised_on": date(2015, 9, 16),
                "household": household,
                **given,
            }
        )
    )

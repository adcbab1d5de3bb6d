"""Build items of help, as recorded and as posted by the page."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from visits.assistance.rules import GivenHelp, Worth, record_assistance

DAY = date(2015, 9, 16)


def recorded(author, *households, **given):
    return record_assistance(
        GivenHelp(
            **{
                "ref": uuid4(),
                "author": author,
                "kind": "goods",
                "given_on": DAY,
                "content": "送苹果苗",
                "households": households,
                "whole": Worth(cash=Decimal("100")),
                **given,
            }
        )
    )


def form(*households, **changed):
    """Return the form data that the page sends."""
    return {
        "ref": str(uuid4()),
        "kind": "goods",
        "given_on": "2015-09-16",
        "content": "送苹果苗",
        "households": [household.pk for household in households],
        "way": "whole",
        "cash": "100",
        "source": "unit",
        **changed,
    }

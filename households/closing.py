"""The closing day of a household (迁出、并入、分户、注销): later events cannot be recorded for it."""

from collections.abc import Iterable
from datetime import date

from households.choices import Status
from households.models import Household, Member

NAMED = 3
"""Number of households listed by name in a message; the rest are counted."""


def problem_of_closing(households: Iterable[Household], day: date | None) -> str:
    """Return why an event on this day cannot be recorded for these households, '' if it can.

    The closing day itself is allowed. A fact without a date is refused for any closed household.
    """
    closed = [household for household in households if _closed_before(household, day)]
    if not closed:
        return ""
    heads = Member.objects.heads().filter(household__in=closed[:NAMED])
    names = dict(heads.values_list("household", "name"))
    said = "、".join(f"{names.get(each.pk, each.no)}（{_closing(each)}）" for each in closed[:NAMED])
    more = f"等 {len(closed)} 户" if len(closed) > NAMED else ""
    return f"{said}{more}：那天以后的不能再记，以前的可以补记。"


def problem_of_row(household: Household, day: date | None) -> str:
    """Return the same for one row of a sheet, without a query."""
    return (
        f"这户 {_closing(household)}，只能补那天和以前的，请核对日期。"
        if _closed_before(household, day)
        else ""
    )


def _closed_before(household: Household, day: date | None) -> bool:
    on = household.status_on
    return household.status != Status.OPEN and (day is None or on is None or on < day)


def _closing(household: Household) -> str:
    return f"{household.status_on} 已{Status(household.status).label}"

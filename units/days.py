"""Valid dates of records."""

from datetime import date

from django.db.models import Q

from units.models import today

FIRST_DAY = date(2012, 1, 1)
"""The campaign began in February 2012."""


def month_of(day: date) -> int:
    """Return the month of a day as rows store it: 201509."""
    return day.year * 100 + day.month


def in_force(on: date | None = None) -> Q:
    """Select pairings in force at the end of a day, today by default; not in force on the day they end."""
    if on is None or on >= today():
        return Q(ended_on=None)
    return Q(started_on__lte=on) & (Q(ended_on=None) | Q(ended_on__gt=on))


def problem_of_day(day: date) -> str:
    """Return what is wrong with the date of a start or end; '' if nothing.

    Future dates are refused, because a pairing would count as begun or ended already today.
    """
    if day > today():
        return "日期不能晚于今天，到了那天再办。"
    if day < FIRST_DAY:
        return f"日期不能早于 {FIRST_DAY:%Y-%m-%d}，双联行动 2012 年才开始，看看年份写对没有。"
    return ""

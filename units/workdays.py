"""Working days by the Chinese calendar, with corrections by the office.

Holidays are published year by year: for a year not yet known, Monday to Friday are assumed, and
`is_provisional` reports it.
"""

from datetime import date, timedelta

import chinese_calendar

from core.places import above
from units.models import CalendarDay

ONE_DAY = timedelta(days=1)


def due_after(start: date, days: int, place: str) -> date:
    """Return the day that many working days after `start`, at a place."""
    corrected = corrections(place, start)
    day = start
    while days > 0:
        day += ONE_DAY
        days -= corrected.get(day, works_by_calendar(day))
    return day


def corrections(place: str, since: date) -> dict[date, bool]:
    """Return the offices' corrections of days after `since`; the nearest place takes precedence."""
    rows = CalendarDay.objects.filter(place__in=above(place), on__gt=since)
    return {row.on: row.works for row in sorted(rows, key=lambda row: len(row.place))}


def works_by_calendar(day: date) -> bool:
    if is_provisional(day):
        return day.weekday() < 5
    return bool(chinese_calendar.is_workday(day))


def is_provisional(day: date) -> bool:
    """Return whether the holidays of the day's year are not published yet."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return True
    return False

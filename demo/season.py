"""The year of visits that ends today: on which days cadres go, and the events of the season."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

DAYS = 365
WEEKDAYS = (1.0, 1.0, 1.0, 1.0, 0.9, 0.3, 0.22)
MONTHS = (0.95, 0.8, 1.35, 1.45, 1.0, 1.05, 0.85, 0.8, 1.0, 0.95, 1.0, 0.95)
"""Most visits at spring ploughing, fewest at harvest and in the hot weeks."""
BEFORE_FESTIVAL, DURING_FESTIVAL, NATIONAL_WEEK = 2.3, 0.12, 0.3
"""The four weeks of condolence visits before 春节, the holiday itself, the first week of October."""

_FIRST_DAYS = (
    "2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 "
    "2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 "
    "2029-02-13 2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28"
)
SPRING_FESTIVALS = {int(day[:4]): date.fromisoformat(day) for day in _FIRST_DAYS.split()}


def spring_festival(year: int) -> date:
    """Return the first day of the lunar year; beyond the table, a day early in February."""
    return SPRING_FESTIVALS.get(year, date(year, 2, 5))


def days_to_festival(day: date) -> int:
    """Return the days until 春节 of the same year; negative after it."""
    return (spring_festival(day.year) - day).days


def is_before_festival(day: date) -> bool:
    return 1 <= days_to_festival(day) <= 28


def weight(day: date) -> float:
    """Return the number of visits on this day relative to an ordinary Monday in May."""
    share = WEEKDAYS[day.weekday()] * MONTHS[day.month - 1]
    if is_before_festival(day):
        return share * BEFORE_FESTIVAL
    if -9 <= days_to_festival(day) <= 0:
        return share * DURING_FESTIVAL
    return share * NATIONAL_WEEK if day.month == 10 and day.day <= 7 else share


class SampleYear:
    """The 365 days that end on `last`; a moment in them is a share of all visits, from 0 to 1.

    Visits are drawn as such shares, so that another `last` moves only the days.
    """

    def __init__(self, last: date) -> None:
        self.last = last
        self.days: Sequence[date] = [last - timedelta(days=DAYS - 1 - n) for n in range(DAYS)]
        self.bounds = list(accumulate(map(weight, self.days)))

    def day(self, moment: float) -> date:
        return self.days[bisect_right(self.bounds, moment * self.bounds[-1], hi=DAYS - 1)]

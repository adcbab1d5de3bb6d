"""The two rounds of the survey, in two successive years; the second lies within the year of visits."""

from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from demo.season import SampleYear, weight

LATE_ENOUGH = 7
"""From this month on the second round is in this year; before it, in the last one."""


class SurveyRound:
    """The days from `first` to `last` of one year, on which households and villages were surveyed."""

    def __init__(self, first: date, last: date) -> None:
        self.year, self.first, self.last = first.year, first, last
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.bounds = list(accumulate(map(weight, self.days)))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def day(self, rng: Random, since: date) -> date:
        """Return a likely day, not before `since`."""
        drawn = self.days[bisect_right(self.bounds, rng.random() * self.bounds[-1], hi=len(self.days) - 1)]
        return max(drawn, min(since, self.last))


def survey_rounds(year: SampleYear) -> tuple[SurveyRound, SurveyRound]:
    """Return both rounds: summer to late autumn, then from spring on, as far as visits reach."""
    last = year.last
    second = last.year if last.month >= LATE_ENOUGH else last.year - 1
    return (
        SurveyRound(date(second - 1, 6, 1), date(second - 1, 11, 30)),
        SurveyRound(max(date(second, 3, 1), year.days[0]), min(date(second, 12, 20), last)),
    )

"""Choosing a period: one tap, or two dates, and a message for values that are not understood."""

from datetime import date

import pytest

from core.periods import Period, PeriodForm, PeriodSearch, span_period, year_period
from units.models import today

YEAR = today().year


def chosen(**data: str) -> tuple[date, date]:
    form = PeriodForm(data)
    assert form.problem == ""
    return form.period.days


def test_without_a_choice_it_is_this_year_until_today():
    assert chosen() == (date(YEAR, 1, 1), today())
    assert PeriodForm({}).period.label == "今年"


@pytest.mark.parametrize("tap", ["month", "quarter", "year"])
def test_a_running_period_ends_today(tap):
    since, until = chosen(span=tap)
    assert until == today()
    assert (since.day, since.year) == (1, YEAR)


def test_one_tap_chooses_last_year_or_any_other():
    assert chosen(span="last") == (date(YEAR - 1, 1, 1), date(YEAR - 1, 12, 31))
    assert chosen(span="2015") == (date(2015, 1, 1), date(2015, 12, 31))
    assert (span_period("last").label, span_period("2015").label) == ("去年", "2015 年")


def test_two_dates_go_before_a_tap_and_the_name_of_the_same_tap_stays():
    assert chosen(span="year", since="2015-03-05", until="2015年4月1日") == (
        date(2015, 3, 5),
        date(2015, 4, 1),
    )
    assert PeriodForm({"since": "2015-01-01", "until": "2015-12-31"}).period.label == "2015 年"
    assert PeriodForm({"since": "2015-01-01", "until": "2015-12-30"}).period.label == "自选"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"since": "2015-03-05"}, "时段的“到”没有填日期。"),
        ({"until": "2015-03-05"}, "时段的“从”没有填日期。"),
        ({"since": "2015-05-01", "until": "2015-03-01"}, "开始日期 2015-05-01 比结束日期 2015-03-01 晚。"),
        ({"since": "2015-02-30", "until": "2015-03-01"}, "时段里“从”的日期不对：2 月没有 30 日"),
        ({"since": "昨天", "until": "2015-03-01"}, "时段里“从”的日期不对：看不出是哪一天"),
        ({"span": "century"}, "时段看不懂。"),
        ({"span": "0215"}, "时段看不懂。"),
        ({"span": "²⁰¹⁵"}, "时段看不懂。"),
    ],
)
def test_what_is_not_understood_is_said_and_this_year_is_shown(data, said):
    form = PeriodForm(data)
    assert form.period == year_period(YEAR)
    assert form.problem.startswith(said)
    assert form.problem.endswith("下面是今年的。")
    assert PeriodSearch(data).problem.startswith(said)


def test_states_are_told_as_at_the_end_or_today_while_it_runs():
    assert year_period(2015).on == date(2015, 12, 31)
    assert Period(date(YEAR, 1, 1), date(YEAR + 1, 1, 1)).on == today()

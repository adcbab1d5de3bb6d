"""The period of a page: chosen by one tap or as two dates, with a message when it cannot be understood.

Figures of a period are as at its end; those of a running period as at today (`Period.on`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast, Left
from django.http import HttpRequest
from django.utils.timezone import localdate

from core.forms import ChineseDateField
from core.lists import address
from core.search import SearchForm
from core.templatetags.look import date_cn

SPANS = {"month": "本月", "quarter": "本季", "year": "今年", "last": "去年"}
"""The taps offered beside the years with records."""
CHOSEN = "自选"
FIRST, LAST = 1900, 2100
"""Years accepted in a date."""


@dataclass(frozen=True)
class Period:
    """From `since` to `until`, both included."""

    since: date
    until: date
    label: str = CHOSEN

    @property
    def on(self) -> date:
        """Return the cut-off day for states: the last day, or today while the period runs."""
        return min(self.until, localdate())

    @property
    def as_at(self) -> str:
        """Return the cut-off day in words: 今天, or the last day of a past period."""
        return "今天" if self.on == localdate() else date_cn(self.on)

    @property
    def days(self) -> tuple[date, date]:
        return self.since, self.until

    @property
    def query(self) -> str:
        """Return the query string that every page and list accepts."""
        return f"since={self.since:%Y-%m-%d}&until={self.until:%Y-%m-%d}"

    def last_year(self) -> "Period":
        return Period(_year_before(self.since), _year_before(self.until), "上年同期")


def _year_before(day: date) -> date:
    """Return the same day a year before; 29 February becomes the 28th."""
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def year_period(year: int) -> Period:
    """Return a whole year, or the current year until today."""
    day = localdate()
    label = {day.year: SPANS["year"], day.year - 1: SPANS["last"]}.get(year, f"{year} 年")
    return Period(date(year, 1, 1), day if year == day.year else date(year, 12, 31), label)


def span_period(span: str) -> Period | None:
    """Return the period of a tap (a key of SPANS, or a year); None for anything else."""
    day = localdate()
    if span in {"month", "quarter"}:
        first = day.month if span == "month" else (day.month - 1) // 3 * 3 + 1
        return Period(date(day.year, first, 1), day, SPANS[span])
    if span in SPANS:
        return year_period(day.year - (span == "last"))
    year = year_in(span)
    return year_period(year) if year else None


def year_in(text: str) -> int | None:
    """Return the year given in an address, or None."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return year if FIRST <= year <= LAST else None


class PeriodFields(forms.Form):
    """The three parameters of a period. Two dates take precedence over a tap, since a page may have both."""

    span = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    since = ChineseDateField(label="从", required=False)
    until = ChineseDateField(label="到", required=False)
    may_be_none = True
    """Whether the page can do without a period."""
    is_open = False
    """Whether a single date is accepted, as in a list that begins or ends with it."""

    def clean(self) -> dict[str, Any]:
        """Drop invalid dates and taps, and add a message about them."""
        data = super().clean() or self.cleaned_data
        since, until, span = data.get("since"), data.get("until"), data.pop("span", "")
        if why := self._why_not(since, until, span):
            data |= {"since": None, "until": None}
            self.add_error(None, why)
        elif span and not since and not until and (period := span_period(span)):
            data |= {"since": period.since, "until": period.until}
        return data

    def _why_not(self, since: date | None, until: date | None, span: str) -> str:
        for name in ("since", "until"):
            if name in self.errors:
                return f"时段里“{self.fields[name].label}”的日期不对：{self.errors[name][0]}"
        if since and until and since > until:
            return f"开始日期 {since} 比结束日期 {until} 晚。"
        if bool(since) != bool(until) and not self.is_open:
            return f"时段的“{self.fields['until' if since else 'since'].label}”没有填日期。"
        if span and not since and not until and not span_period(span):
            return "时段看不懂。"
        return ""

    @property
    def is_chosen(self) -> bool:
        """Return whether a period, or a single date, is in force."""
        self.is_valid()
        return any(self.cleaned_data.get(name) for name in ("since", "until"))

    @property
    def chosen(self) -> Period | None:
        """Return the chosen period; None if none was chosen or it was invalid."""
        self.is_valid()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        return _labelled(Period(since, until)) if since and until else None


def _labelled(period: Period) -> Period:
    """Return the period under the name of the tap that covers the same days."""
    for tap in (*SPANS, str(period.since.year)):
        same = span_period(tap)
        if same and same.days == period.days:
            return same
    return period


class PeriodForm(PeriodFields):
    """The period of a page that always has one."""

    may_be_none = False

    @property
    def period(self) -> Period:
        """Return the chosen period, else the current year."""
        return self.chosen or year_period(localdate().year)

    @property
    def problem(self) -> str:
        """Return a message about invalid input and the period shown instead."""
        self.is_valid()
        said = "".join(str(sentence) for sentence in self.non_field_errors())
        return f"{said}下面是{self.period.label}的。" if said else ""


class OptionalPeriodForm(PeriodForm):
    """The period of an all-time page; some of its figures are of this year unless another period is chosen."""

    may_be_none = True


class AsAtForm(OptionalPeriodForm):
    """The cut-off day of an all-time page with some figures as at the period's end, today without one."""

    @property
    def on(self) -> date:
        return self.period.on

    @property
    def label(self) -> str:
        """Return the cut-off label before a figure; '' for today."""
        return "" if self.on == localdate() else date_cn(self.on)


class PeriodSearch(SearchForm, PeriodFields):
    """The filters of a list that has a period."""

    def by_since(self, queryset: QuerySet[Any], _value: date) -> QuerySet[Any]:
        """Do nothing: each list filters by its period itself."""
        return queryset

    by_until = by_since

    @property
    def on(self) -> date:
        """Return the cut-off day of the list: the period's, or today without one."""
        return self.chosen.on if self.chosen else localdate()

    @property
    def as_at(self) -> str:
        """Return that day in words if a period was chosen."""
        return f"按{self.chosen.as_at}算" if self.chosen else ""


def period_bar(
    request: HttpRequest, form: PeriodFields, period: Period | None, years: Iterable[int]
) -> dict[str, Any]:
    """Return the context of `_period.html`: links to this page for other periods, by one tap or two dates.

    `period` is the active one, None on an all-time page; `years` are those with records.
    """
    taps = {**SPANS, **{str(year): f"{year} 年" for year in sorted(years, reverse=True)}}
    today = localdate()
    for year in (today.year, today.year - 1):
        taps.pop(str(year), None)
    return {
        "taps": [
            (label, address(request, {"span": tap, "since": None, "until": None}), _is(period, tap))
            for tap, label in taps.items()
        ],
        "period": period,
        "own": period is not None and period.label == CHOSEN,
        "since": form.data.get("since") or (period and period.since.isoformat()) or "",
        "until": form.data.get("until") or (period and period.until.isoformat()) or "",
        "clear": address(request, {"span": None, "since": None, "until": None})
        if form.may_be_none and form.is_chosen
        else "",
        "kept": [(name, value) for name, value in request.GET.items() if name not in _OWN and value],
        "problem": form.problem if isinstance(form, PeriodForm) else "",
    }


_OWN = {"span", "since", "until", "after", "before", "export", "print"}


def year_label(year: int) -> str:
    """今年, 去年, or the year."""
    return year_period(year).label


def year_taps(request: HttpRequest, chosen: int, years: Iterable[int]) -> list[tuple[str, str, bool]]:
    """Return the context of `_years.html`: this year, last year and those with records, newest first.

    `chosen` is 0 on a list of all years.
    """
    day = localdate()
    offered = sorted({*years, day.year, day.year - 1, *([chosen] if chosen else [])}, reverse=True)
    return [(year_label(year), address(request, {"year": str(year)}), year == chosen) for year in offered]


def asked_year(request: HttpRequest, first: int = FIRST, last: int = LAST) -> int:
    """Return the year given in the address, this year by default; add a message if it is invalid."""
    text, this_year = request.GET.get("year", ""), localdate().year
    year = year_in(text)
    if year is not None and first <= year <= last:
        return year
    if text:
        messages.warning(request, f"没有“{text[:10]}”这一年，下面是 {this_year} 年的。")
    return this_year


def years_of(*records: tuple[QuerySet[Any], str]) -> set[int]:
    """Return the years in which rows have their date, for each (rows, date field). One query."""
    found = [
        rows.order_by().annotate(of_year=Left(Cast(day, CharField()), 4)).values_list("of_year", flat=True)
        for rows, day in records
    ]
    return {int(text) for text in found[0].distinct().union(*found[1:]) if text}


def _is(period: Period | None, tap: str) -> bool:
    same = span_period(tap)
    return period is not None and same is not None and same.days == period.days

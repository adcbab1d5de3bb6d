"""Clean a date: an Excel date, an Excel serial number, or one of the usual written forms."""

import datetime as dt
import re

from core.cells import EXACT, Cell, CellError, clean_text, kind_in_words
from core.shown_number import ShownNumber

NO_DAY = "没有写到哪一天"
YEARS = range(1900, 2101)
# A bare number is an Excel serial only from 1920 on: smaller ones may be years or counts.
SERIALS = range(7306, 73416)
EXCEL_EPOCH = dt.date(1899, 12, 30)
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_DATE = re.compile(
    r"(\d{4})\s*[-./年、，。,\s]\s*(\d{1,2})\s*[-./月、，。,\s]\s*(\d{1,2})\s*[日号]?"
    r"(?:\s*(?:星期|周)[一二三四五六日天])?(?:[\sT]*\d{1,2}[:：]\d\d(?:[:：]\d\d(?:\.\d+)?)?)?",
    re.ASCII,
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_MONTH_ONLY = re.compile(r"(\d{4})(?:\s*[-./年]\s*(?:(\d{1,2})\s*月?)?)?", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,4}\s*日?", re.ASCII)


def clean_date(value: Cell) -> dt.date | None:
    """Return a date within 1900–2100 from an Excel date, an Excel serial number or a written form."""
    if isinstance(value, dt.datetime):
        return _within_years(value.date())
    if isinstance(value, dt.date):
        return _within_years(value)
    if isinstance(value, ShownNumber) and value.text and not value.same:
        return _written_date(value.text)
    if isinstance(value, str):
        return _written_date(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _numeric_date(value)
    if value is None:
        return None
    raise CellError(f"填的是{kind_in_words(value)}，不是日期", _date_remedy())


class DayMissing(CellError):
    """A year or month without its day; `first` and `last` are its days, None if there is no such month."""

    def __init__(self, year: int, month: int = 0) -> None:
        super().__init__(NO_DAY, _date_remedy(year))
        self.first = self.last = None
        if year in YEARS and month <= 12:
            self.first = dt.date(year, month or 1, 1)
            end = dt.date(year + 1, 1, 1) if month in (0, 12) else dt.date(year, month + 1, 1)
            self.last = end - dt.timedelta(days=1)


def _written_date(text: str) -> dt.date | None:
    match = _ISO_DATE.fullmatch(text)
    if not match:
        text = clean_text(text)
        if not text:
            return None
        match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match:
        return _day(*map(int, match.groups()))
    if month := _MONTH_ONLY.fullmatch(text):
        raise DayMissing(int(month[1]), int(month[2] or 0))
    if _SHORT_YEAR.fullmatch(text):
        raise CellError("年份没有写满四位，或没写在最前面", _date_remedy())
    raise CellError("看不出是哪一天", _date_remedy())


def _numeric_date(number: float) -> dt.date:
    if not abs(number) < EXACT:
        raise CellError("看不出是哪一天", _date_remedy())
    if int(number) in SERIALS:
        return EXCEL_EPOCH + dt.timedelta(days=int(number))
    match = _COMPACT_DATE.fullmatch(format(number, ".15g"))
    if match:
        return _day(*map(int, match.groups()))
    if int(number) in YEARS:
        raise DayMissing(int(number))
    raise CellError("看不出是哪一天", _date_remedy())


def _day(year: int, month: int, day: int) -> dt.date:
    _check_year(year)
    if not 1 <= month <= 12:
        raise CellError(f"没有 {month} 月", _date_remedy(year))
    try:
        return dt.date(year, month, day)
    except ValueError:
        place = f"{year} 年 {month} 月" if (month, day) == (2, 29) else f"{month} 月"
        raise CellError(f"{place}没有 {day} 日", _date_remedy(year)) from None


def _within_years(day: dt.date) -> dt.date:
    _check_year(day.year)
    return day


def _check_year(year: int) -> None:
    if year not in YEARS:
        raise CellError(f"年份 {year} 不对", "核对年份，应在 1900 到 2100 之间")


def _date_remedy(year: int = 2015) -> str:
    return f"写成 {year if year in YEARS else 2015}-03-05 这样"

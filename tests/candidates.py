"""Count the ID numbers that fit everything a user is shown of a person, as somebody could work out from the pages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from core import identity

# A number with a starred part, or separate digits that may be part of one.
MASK = re.compile(r"(?<![\dXx*])([\dXx]*)([*＊•●]{3,})([\dXx]*)(?![\dXx*])")
FRAGMENT = re.compile(r"(?<![0-9A-Za-z_*/.-])\d{3,16}[\dXx](?![0-9A-Za-z_*/.-])")

ORDERS = {"1": 500, "2": 499}
"""Number of order codes per day and region: the odd and the even ones from 001 to 999."""


@dataclass(frozen=True)
class Hidden:
    """A person whose number is hidden, with the facts that a reader may know."""

    name: str
    number: str
    sex: str
    born_on: date


def candidates(person: Hidden, texts: Iterable[str]) -> int:
    """Return how many valid numbers fit the region, the shown digits, the birth date and the sex."""
    known: dict[int, str] = {}
    dates, sexes = set[date](), {"1", "2"}
    for text in texts:
        if person.number in text or person.number[:18] in text:
            return 1
        known |= digits_shown(person.number, text)
        if person.name in text:
            dates |= {person.born_on} if says_birth(person, text) else set()
            sexes = {person.sex} if re.search("[男女]", text) else sexes
    days = dates or year_of(person)
    if max(known, default=0) < 6:
        return len(days) * sum(ORDERS[sex] for sex in sexes)
    return sum(
        all(number[place] == digit for place, digit in known.items() if place < 18)
        for number in numbers(person.number[:6], days, sexes)
    )


def digits_shown(number: str, text: str) -> dict[int, str]:
    """Return the positions of the number that a text shows: both sides of the stars, or its end alone."""
    shown: dict[int, str] = {}
    for before, _, after in MASK.findall(text):
        if len(before) + len(after) >= 6 and number.startswith(before) and number.endswith(after):
            shown |= dict(enumerate(before))
            shown |= {len(number) - len(after) + place: digit for place, digit in enumerate(after)}
    for found in set(FRAGMENT.findall(text)):
        start = number.find(found, 8)
        if start >= 0 and start + len(found) > 15:
            shown |= {start + place: digit for place, digit in enumerate(found)}
    return shown


def says_birth(person: Hidden, text: str) -> bool:
    day = person.born_on
    return any(said in text for said in (f"{day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"))


def year_of(person: Hidden) -> set[date]:
    """Return all days of the birth year: an age reveals at least the year."""
    first = date(person.born_on.year, 1, 1).toordinal()
    return {date.fromordinal(first + day) for day in range(365)}


def numbers(region: str, dates: Iterable[date], sexes: Iterable[str]) -> Iterator[str]:
    """Return every valid number of a region, day and sex; order codes run from 001 to 999."""
    for day in dates:
        for order in range(1, 1000):
            if ("1" if order % 2 else "2") in sexes:
                first = f"{region}{day:%Y%m%d}{order:03}"
                yield first + identity.check_digit(first)

"""The place of a row: every business row carries `place`, a GB code of 2, 4, 6, 9 or 12 digits.

A code lies under another when it starts with it, so an office's scope is one text range, which an ordinary
index serves on both databases.
"""

from django.db.models import Q

PROVINCE, CITY, COUNTY, TOWN, VILLAGE = 2, 4, 6, 9, 12
"""Lengths of the codes of 省, 市, 县, 乡镇 and 村."""
DIVISION_SHAPE = r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$"
VILLAGE_SHAPE = r"^[0-9]{12}$"
PLACE_SHAPE = r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"


def code_range(code: str) -> tuple[str, str]:
    """Return the half-open range [code, next) of every code under `code`; digits sort alike in any
    collation.
    """
    return code, str(int(code) + 1).zfill(len(code))


def under(code: str, field: str = "place") -> Q:
    """Return rows whose `field` lies under `code`."""
    low, high = code_range(code)
    return Q(**{f"{field}__gte": low, f"{field}__lt": high})


def under_or_above(code: str) -> Q:
    """Return rows of a place that lies under `code` or above it, such as rules that a higher place sets."""
    return under(code) | Q(place__in=above(code))


def lies_under(place: str, code: str) -> bool:
    return place.startswith(code)


def above(place: str) -> list[str]:
    """Return the prefixes of `place` that are codes, itself included: 省 first."""
    return [place[:n] for n in (PROVINCE, CITY, COUNTY, TOWN) if n <= len(place)]

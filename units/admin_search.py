"""Searching in the admin: what a word finds, and the field that searches as one types."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q

from core.cells import clean_searched

LONGEST_KEY = 18
"""Digits that a primary key may have in both databases."""


class SearchSelect(AutocompleteSelect):
    """The search-as-you-type field of Django; does not look up a sent value that cannot be a key."""

    def optgroups(
        self, name: str, value: Sequence[str], attr: Any = None
    ) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
        keys = [key for key in value if not key or (key.isdecimal() and len(key) <= LONGEST_KEY)]
        return super().optgroups(name, keys, attr)


def holds(fields: Sequence[str], word: str) -> Q:
    """Return rows where one of the fields holds the word. Pinyin and initials are stored in lower case."""
    found = Q(pk__in=[])
    for name in fields:
        text = word.lower() if name.endswith(("pinyin", "initials")) else word
        text = clean_searched(word) if name.endswith("name") else text
        found |= Q(**{f"{name}__contains": text})
    return found

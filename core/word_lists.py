"""Short word lists stored as one text (“五保、重病”), as in a sheet."""

from collections.abc import Iterable

SEPARATOR = "、"


def join_words(words: Iterable[str]) -> str:
    return SEPARATOR.join(words)


def split_words(text: str) -> list[str]:
    return text.split(SEPARATOR) if text else []

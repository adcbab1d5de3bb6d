"""Warn of characters that no font of the prints has."""

from core import fonts
from core.importing.table import Table


def warn_of_rare_characters(table: Table) -> None:
    for key in table.positions:
        values = table.values[key]
        if table.columns[key].secret:
            continue
        lost = {value: fonts.missing(value) for value in {v for v in values if isinstance(v, str)}}
        if any(lost.values()):
            for index, value in enumerate(values):
                if isinstance(value, str) and (chars := lost[value]):
                    table.warn(
                        index, key, f"没有字体能印出{fonts.in_words(chars)}", "核对这个字，印出来会是方框"
                    )

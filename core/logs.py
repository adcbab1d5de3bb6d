"""The log, in which no ID number stands readable, whoever wrote it into an address or an error."""

import logging

from core.identity import hide_numbers


class MaskedFormatter(logging.Formatter):
    """A line with its traceback, ID numbers masked."""

    def format(self, record: logging.LogRecord) -> str:
        return hide_numbers(super().format(record))

"""Logging with ID numbers masked, since addresses and error messages may contain them."""

import logging

from core.identity import hide_numbers


class MaskedFormatter(logging.Formatter):
    """Format a line and its traceback with ID numbers masked."""

    def format(self, record: logging.LogRecord) -> str:
        return hide_numbers(super().format(record))

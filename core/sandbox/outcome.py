"""How a task in a child process ends, as both sides know it."""

REFUSED, NO_MEMORY, FAILED = 3, 4, 5
"""Exit codes; 0 is a result."""


class Refused(Exception):
    """The file is not taken; `str()` is one Chinese sentence that says why and what to do."""

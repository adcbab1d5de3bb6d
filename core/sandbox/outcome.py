"""Exit codes and errors of a task in a child process, shared by both sides."""

REFUSED, NO_MEMORY, FAILED = 3, 4, 5
"""Exit codes; 0 is a result."""


class Refused(Exception):
    """The file is refused; `str()` is one Chinese sentence with the reason and the remedy."""

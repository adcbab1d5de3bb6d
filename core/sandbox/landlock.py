"""Deny this process files, network and other processes, by Landlock (Linux 5.13 and later).

The child runs as the site's user: without this, code injected by a file could read `.env`, the database, the
uploads, and the worker's environment in /proc.
"""

import ctypes
import os
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
ALL_OF_FILES = (1 << 13) - 1
"""Read, write, execute, create and remove, as defined by Landlock's first version."""
TCP, SCOPES = 0b11, 0b11
"""Bind and connect (version 4); signals and abstract sockets of other processes (version 6)."""
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
"""Libraries that Python modules may load late."""


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scopes")]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version() -> int:
    """Return the kernel's Landlock version; below 1 the process keeps its user's rights."""
    return _call(CREATE_RULESET, None, 0, ASK_VERSION)


def confine(readable: Iterable[str]) -> None:
    """Deny opening anything except reading in these folders and SYSTEM.

    Needs PR_SET_NO_NEW_PRIVS. Files that are already open stay usable.
    """
    offered = version()
    if offered < 1:
        return
    wanted = _Ruleset(ALL_OF_FILES, TCP, SCOPES)
    size = 8 if offered < 4 else 16 if offered < 6 else 24
    ruleset = _must(CREATE_RULESET, ctypes.byref(wanted), size, 0)
    for path in (*readable, *SYSTEM):
        if os.path.exists(path):
            _allow(ruleset, path)
    _must(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rights = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE
    rule = _Beneath(rights, folder)
    _must(ADD_RULE, ruleset, BENEATH, ctypes.byref(rule), 0)
    os.close(folder)


def _call(number: int, *arguments: object) -> int:
    whole = [ctypes.c_long(one) if isinstance(one, int) else one for one in (number, *arguments)]
    return int(ctypes.CDLL(None, use_errno=True).syscall(*whole))


def _must(number: int, *arguments: object) -> int:
    answer = _call(number, *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return answer

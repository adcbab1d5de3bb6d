"""Taking files, the network and other processes away from the own process, by Landlock (Linux 5.13 and later).

The child runs as the user of the site: without this, code that a file has smuggled in could read `.env`, the
database, the uploads, and the environment of the worker in /proc.
"""

import ctypes
import os
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
ALL_OF_FILES = (1 << 13) - 1
"""Reading, writing, running, making and removing, as the first version knows them."""
TCP, SCOPES = 0b11, 0b11
"""Bind and connect (version 4); signals and abstract sockets of processes outside (version 6)."""
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
"""Libraries that a module of Python may load late."""


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scopes")]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version() -> int:
    """Return what the kernel offers; below 1 nothing, and the process keeps what its user may do."""
    return _call(CREATE_RULESET, None, 0, ASK_VERSION)


def confine(readable: Iterable[str]) -> None:
    """From now on nothing can be opened but, for reading, what lies in these folders and SYSTEM.

    Needs PR_SET_NO_NEW_PRIVS. Files that are open already stay so.
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

"""The child process: `child.py TASK LIMITS PATH…`, with the file on stdin and the result on stdout.

Runs without site and environment, so that it loads only what the task imports.
"""

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import sys
from typing import BinaryIO

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
OPEN_FILES = 16
"""Enough for a module that a library loads late, but not for much else."""


def main(name: str, limits: str, *paths: str) -> int:
    sys.path[:0] = paths
    from core.sandbox.landlock import confine
    from core.sandbox.outcome import FAILED, NO_MEMORY, REFUSED, Refused

    module, _, function = name.partition(":")
    task = getattr(importlib.import_module(module), function)
    limit(**json.loads(limits))
    confine([*paths[1:], os.path.join(paths[0], "core"), os.path.dirname(os.__file__)])
    out = sys.stdout.buffer
    try:
        arguments = json.loads(sys.stdin.buffer.readline())
        for piece in task(sys.stdin.buffer.read(), **arguments):
            out.write(piece)
        out.flush()
    except Refused as refusal:
        replace(out, str(refusal).encode())
        return REFUSED
    except MemoryError:
        return NO_MEMORY
    except BaseException as error:  # noqa: BLE001 (also the panics of a library in Rust; the process ends here)
        tell(error)
        return FAILED
    return 0


def limit(*, memory: int, cpu: int, output: int, wall: int) -> None:
    """Drop privileges and set limits before the first input byte is read."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # The OOM killer takes this process first.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    signal.alarm(wall)


def replace(out: BinaryIO, sentence: bytes) -> None:
    """Replace a partial result with the sentence."""
    out.seek(0)
    out.truncate()
    out.write(sentence)
    out.flush()


def tell(error: BaseException) -> None:
    """Report the error's type and code location; its message might quote the file."""
    places, step = [], error.__traceback__
    while step:
        places.append(f"{os.path.basename(step.tb_frame.f_code.co_filename)}:{step.tb_lineno}")
        step = step.tb_next
    sys.stderr.write(f"{type(error).__name__} at {', '.join(places[-6:])}\n")


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # nothing to clean up, and freeing a large heap takes time

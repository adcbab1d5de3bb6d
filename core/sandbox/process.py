"""The caller's side of the sandbox: start a task with limits, wait, and classify its end."""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.sandbox.outcome import FAILED, NO_MEMORY, REFUSED, Refused

__all__ = ["MB", "Broken", "Limits", "OutOfMemory", "OutOfTime", "ProcessStopped", "Refused", "run"]

logger = logging.getLogger(__name__)

MB = 1 << 20
CHILD = Path(__file__).with_name("child.py")
LONGEST_REFUSAL = 2000
LONGEST_LOG = 4000


@dataclass(frozen=True)
class Limits:
    """Limits of one process: bytes of address space, CPU seconds, bytes of output, wall-clock seconds."""

    memory: int
    cpu: int
    output: int
    wall: int


class ProcessStopped(Exception):
    """The process ended without a result."""


class OutOfMemory(ProcessStopped):
    """The process exceeded its memory limit."""


class OutOfTime(ProcessStopped):
    """The process exceeded its CPU or wall-clock limit."""


class Broken(ProcessStopped):
    """The process failed, was killed, or gave an invalid answer."""


def run(task: str, data: bytes, limits: Limits, **arguments: Any) -> BinaryIO:
    """Call `task` ("module:function") on the data in a child process; return its output as an in-memory
    file.

    Raises Refused with the task's sentence, or ProcessStopped.
    """
    result = _memory_file("result")
    with _memory_file("data") as source:
        source.write(json.dumps(arguments).encode() + b"\n")
        source.write(data)
        source.seek(0)
        began = time.monotonic()
        code, told = _wait(_start(task, limits, source, result), began + limits.wall)
    result.seek(0)
    if code == 0:
        return result
    with result:
        raise _reason(task, code, told, result)


def _memory_file(name: str) -> BinaryIO:
    return os.fdopen(os.memfd_create(name), "w+b")


def _start(task: str, limits: Limits, source: BinaryIO, result: BinaryIO) -> subprocess.Popen[bytes]:
    paths = [str(CHILD.parents[2]), *(path for path in sys.path if path.endswith("-packages"))]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(CHILD), task, json.dumps(asdict(limits)), *_unique(paths)],
        stdin=source,
        stdout=result,
        stderr=subprocess.PIPE,
        cwd="/",
        env={"LC_ALL": "C.UTF-8", "OPENPYXL_LXML": "False"},
        start_new_session=True,
    )


def _unique(paths: list[str]) -> list[str]:
    return list(dict.fromkeys(paths))


def _wait(process: subprocess.Popen[bytes], deadline: float) -> tuple[int, bytes]:
    """Return the exit code and the start of stderr; the end of stderr signals the end of the process."""
    told = b""
    with process, selectors.DefaultSelector() as selector:
        assert process.stderr is not None
        selector.register(process.stderr, selectors.EVENT_READ)
        try:
            while selector.select(max(0.0, deadline - time.monotonic())):
                piece = os.read(process.stderr.fileno(), LONGEST_LOG)
                if not piece:
                    break
                told = (told + piece)[:LONGEST_LOG]
            return process.wait(max(0.1, deadline - time.monotonic())), told
        except subprocess.TimeoutExpired:
            return -signal.SIGXCPU, told
        finally:
            process.kill()


def _reason(task: str, code: int, told: bytes, result: BinaryIO) -> Exception:
    """Return the exception for a missing result. The child's log text names code locations, never content."""
    if code == REFUSED:
        return Refused(result.read(LONGEST_REFUSAL).decode(errors="replace"))
    log = told.decode(errors="replace").strip()
    if code == NO_MEMORY or "memory allocation of" in log:
        return OutOfMemory(task)
    if code in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM):
        return OutOfTime(task)
    logger.warning("%s ended with %s: %s", task, "an error" if code == FAILED else code, log)
    return Broken(task)

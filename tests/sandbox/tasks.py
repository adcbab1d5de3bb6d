"""Tasks as a decoder that has been led astray would carry them out."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def modules(data: bytes) -> Iterator[bytes]:
    yield "\n".join(sys.modules).encode()


def surroundings(data: bytes) -> Iterator[bytes]:
    yield repr([dict(os.environ), sys.argv[1:2], os.getcwd(), sorted(os.listdir("/proc/self/fd"))]).encode()


def echo(data: bytes, word: str) -> Iterator[bytes]:
    yield word.encode()
    yield data


def greedy(data: bytes) -> Iterator[bytes]:
    yield bytes(1 << 31)


def endless(data: bytes) -> Iterator[bytes]:
    while True:
        pass


def sleepy(data: bytes) -> Iterator[bytes]:
    os.close(2)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    time.sleep(600)
    yield b""


def chatty(data: bytes) -> Iterator[bytes]:
    while True:
        yield bytes(1 << 20)


def crashing(data: bytes) -> Iterator[bytes]:
    os.kill(os.getpid(), signal.SIGSEGV)
    yield b""


def quoting(data: bytes) -> Iterator[bytes]:
    yield b"half a result"
    raise ValueError(data.decode())


def writing(data: bytes, path: str) -> Iterator[bytes]:
    Path(path).write_bytes(bytes(2 << 20))
    yield b""


def waiting(data: bytes, path: str) -> Iterator[bytes]:
    Path(path).write_text(str(os.getpid()))
    time.sleep(600)
    yield b""

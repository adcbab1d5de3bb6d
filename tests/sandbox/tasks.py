"""Tasks as a decoder that has been led astray would carry them out."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def modules(data: bytes) -> Iterator[bytes]:
    yield "\n".join(sys.modules).encode()


def surroundings(data: bytes) -> Iterator[bytes]:
    yield repr(
        [dict(os.environ), sys.argv[1:2], os.getcwd(), [fd for fd in range(64) if is_open(fd)]]
    ).encode()


def is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


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


def hoarding(data: bytes) -> Iterator[bytes]:
    with open(os.memfd_create("large"), "wb") as file:
        file.write(bytes(2 << 20))
    yield b""


def reading(data: bytes, path: str) -> Iterator[bytes]:
    yield Path(path).read_bytes()


def writing(data: bytes, path: str) -> Iterator[bytes]:
    Path(path).write_bytes(b"x")
    yield b""


def calling(data: bytes, port: int) -> Iterator[bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        yield b""


def killing(data: bytes) -> Iterator[bytes]:
    os.kill(os.getppid(), 0)
    yield b""


def waiting(data: bytes) -> Iterator[bytes]:
    os.write(1, b"ready")
    time.sleep(600)
    yield b""

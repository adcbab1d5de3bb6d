"""The counts of an attack, and the visitor that sends its requests."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.test import Client

from tests.attack.knowledge import Knowledge
from tests.attack.markers import Marks, body_of
from tests.pages import client_of
from units.models import Cadre

NOT_READY = "/readyz"
"""Answers 503 when no worker is running."""
WRITE = re.compile(r'(INSERT|UPDATE|DELETE)\b(?: OR IGNORE)?(?: INTO| FROM)? "?(\w+)')


@dataclass
class Tally:
    """`requests` by role, refused writes, and findings in words."""

    requests: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    """Writes that nobody should be able to make."""

    @property
    def found(self) -> list[str]:
        return [*self.leaks, *self.errors, *self.writes]


@contextmanager
def written() -> Iterator[list[str]]:
    """Collect the tables that statements inside the block write to, as `ACT table`."""
    seen: list[str] = []

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if found := WRITE.match(sql):
            seen.append(f"{found[1]} {found[2]}")
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield seen


@dataclass
class Visitor:
    """One user of the site, whose requests are counted."""

    who: str
    known: Knowledge
    tally: Tally
    marks: Marks
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.log_in()

    def log_in(self) -> None:
        """Log in again before each part, because password confirmation expires after half an hour."""
        self.client = client_of(self.user)
        self.client.raise_request_exception = False

    @property
    def user(self) -> Cadre:
        return self.known.user

    def get(self, url: str, **headers: Any) -> tuple[Any, bytes]:
        """Send a GET and roll back what it logs, also after a statement that the database refused."""
        with transaction.atomic():
            answer = self.send(url, lambda: self.client.get(url, **headers))
            transaction.set_rollback(True)
        return answer

    def look(self, told: str, response: Any, body: bytes, typed: str = "") -> None:
        """Report every marker out of scope in the response as a leak, unless the visitor typed it."""
        for text in sorted(self.marks.in_answer(response, body)):
            mark = self.marks.of[text]
            revealed = told.startswith("POST /reveal/") and self.known.may_reveal(mark)
            if text not in typed and not revealed and not self.known.may_read(mark):
                self.tally.leaks.append(f"{self.who} {told}: {mark}")

    def send(self, url: str, ask: Callable[[], Any]) -> tuple[Any, bytes]:
        """Return the response and its whole content; report a 5xx for any visitor."""
        self.tally.requests[self.who] += 1
        response = ask()
        body = body_of(response)
        if response.status_code >= 500 and not url.startswith(NOT_READY):
            self.tally.errors.append(f"{response.status_code} {self.who}: {url}")
        return response, body

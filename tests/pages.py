"""Request pages as a user, and read their content."""

import html
import re

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext


def client_of(user: AbstractBaseUser) -> Client:
    """Return a client with the session of a user."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def page_of(response: HttpResponse) -> str:
    """Return the content of a page with its markup."""
    return response.content.decode()


def words_of(response: HttpResponse) -> str:
    """Return the text of a page without markup."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode().split("<main", 1)[-1])
    return re.sub(r"\s+", " ", html.unescape(body))


def part(response: HttpResponse, mark: str, end: str = "</section>") -> str:
    """Return the markup from `mark` to the next `end`."""
    return response.content.decode().split(mark, 1)[1].split(end, 1)[0]


def queries_of(client: Client, url: str) -> int:
    """Return the number of queries of a page, after per-process caches are filled."""
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)

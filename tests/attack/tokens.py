"""Every POST without a CSRF token is refused and writes nothing, logout included; no view is exempt."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.attack.addresses import addresses, undocumented
from tests.attack.posts import SESSIONS, shape
from tests.attack.tally import Tally, written
from units.models import Cadre


def exempt_views(patterns: Any = None) -> Iterator[str]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from exempt_views(pattern.url_patterns)
        elif getattr(pattern.callback, "csrf_exempt", False):
            yield str(pattern.pattern)


def one_of_each(more: Iterable[str]) -> dict[str, str]:
    """Return one address of each shape: from the document, the resolver and the targets of forms."""
    found: dict[str, str] = {}
    for url in [*(path for _, path in [*addresses(), *undocumented()]), *more]:
        found.setdefault(shape(url), url)
    return found


def post_without_token(user: Cadre, tally: Tally, more: Iterable[str] = ()) -> int:
    """Return the number of addresses tried."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    tried = one_of_each(more)
    for url in tried.values():
        with written() as writes:
            status = client.post(url, {"name": "x"}).status_code
        tally.requests["without a token"] += 1
        tally.refused["without a token"] += status == 403
        real = [write for write in writes if not SESSIONS.match(write)]
        if status not in {403, 404} or real:
            tally.writes.append(f"POST {url} without a token → {status}, wrote {real}")
    if client.get("/me/").status_code != 200:
        tally.writes.append("a POST without a token ended the session")
    return len(tried)

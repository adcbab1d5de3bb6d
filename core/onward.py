"""Carry a request through an intermediate page: its address, its fields, the way back."""

from collections.abc import Collection
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def carried(posted: QueryDict, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return the posted fields as pairs for hidden inputs, without the CSRF token and passwords."""
    return [
        (name, value)
        for name, values in posted.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name and name not in without
        for value in values
    ]


def own_address(address: str) -> str:
    """Return the address if it is on this site, else the home page."""
    fits = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if fits else "/"


def came_from(request: HttpRequest, question: str) -> str:
    """Return the page of this site that the browser came from, else the home page; never `question` itself."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host() or parts.path == question:
        return "/"
    return own_address(f"{parts.path}?{parts.query}" if parts.query else parts.path)

"""Going on with what somebody wanted after a question that stood in the way: the address, the fields, the way back."""

from collections.abc import Collection
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def carried(posted: QueryDict, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """The posted fields as pairs for hidden inputs; no token and no password among them."""
    return [
        (name, value)
        for name, values in posted.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name and name not in without
        for value in values
    ]


def own_address(address: str) -> str:
    """The address when it is one of ours, else the first page."""
    fits = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if fits else "/"


def came_from(request: HttpRequest, question: str) -> str:
    """The page of ours from which the browser came, else the first page; never the page of the `question` itself."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host() or parts.path == question:
        return "/"
    return own_address(f"{parts.path}?{parts.query}" if parts.query else parts.path)

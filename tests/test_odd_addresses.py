"""Any value in an address: no server error, and nothing of another unit or county."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
from django.test import Client

from tests.factories import make_cadre, make_unit
from tests.pages import client_of
from tests.test_access import PAGES, address, world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ODD = ["-1", "9" * 30, "²", "a\0b\\'", "9999-12-31", "0001-00", "\u202e%_" + "x" * 3000, '["\\ud800",1]']
READ = ["month", "mine", "of", "on", "owing", "last", "all", "print", "format", "for", "blank", "pk", "state"]
"""Parameters that pages read but that occur in none of their links."""
OWN, NEIGHBOUR, FAR = "武山", "甘谷", "秦州"


@pytest.fixture
def own(db) -> dict[str, Any]:
    return world(county="620524", name=OWN)


@pytest.fixture(params=["office", "cadre"])
def client(request, own) -> Client:
    unit = make_unit(name="武山县双联办", division=own["division"])
    return client_of(make_cadre(unit=unit, role="office") if request.param == "office" else own["cadre"])


def asked(client: Client, url: str) -> str:
    """Return the text of a page, or nothing for other content."""
    response = client.get(url)
    assert response.status_code < 500, url
    if response.streaming:
        b"".join(response.streaming_content)
        return ""
    return response.content.decode() if "html" in response.headers.get("Content-Type", "") else ""


def pages(client: Client, own: dict[str, Any]) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Return each page in scope: its path, its required parameters, and all that it takes."""
    for rule in PAGES:
        url = urlsplit(address(rule.path, own))
        html = asked(client, url.geturl())
        if html:
            needed = {name: values[0] for name, values in parse_qs(url.query).items()}
            yield url.path, needed, parameters(url.path, html)


def parameters(path: str, html: str) -> list[str]:
    """Return the parameters of the page's links to itself, of its fields, and of READ."""
    hrefs = re.findall(r'(?:href|action)="([^"]*\?[^"]*)"', html)
    links = [urlsplit(urljoin(path, unescape(href))) for href in hrefs]
    linked = chain.from_iterable(parse_qs(link.query) for link in links if link.path == path)
    fields = re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', html)
    found = dict.fromkeys([*linked, *fields, *READ, "sort", "after", "before"])
    return [name for name in found if name not in {"csrfmiddlewaretoken", "export"}]


def test_odd_values_are_no_error(client, own):
    """Each parameter takes each value in turn, all parameters at once; required ones are varied one by one."""
    for path, needed, names in pages(client, own):
        for turn in range(len(ODD)):
            odd = {name: ODD[(at + turn) % len(ODD)] for at, name in enumerate([*names, *needed])}
            for given in ({**odd, **needed}, *({**needed, name: odd[name]} for name in needed)):
                asked(client, f"{path}?{urlencode(given)}")
        asked(client, f"{path}?{urlencode({**dict.fromkeys(names, ODD[0]), **needed, 'export': 'xlsx'})}")


@pytest.mark.once
def test_keys_of_rows_elsewhere_name_nobody(client, own, request):
    """A page called with keys and codes of another unit's or county's rows shows none of their words."""
    neighbour, far = world(county="620524", name=NEIGHBOUR), world(county="620502", name=FAR)
    of_office = "office" in request.node.callspec.id
    shared = {"division", "survey", "draft", "run"}
    rows = [
        row for name, row in [*far.items(), *(() if of_office else neighbour.items())] if name not in shared
    ]
    keys = sorted({str(row.pk) for row in rows} | {far["village"].code, far["division"].code})
    hidden = [FAR] if of_office else [FAR, NEIGHBOUR]
    for path, needed, names in pages(client, own):
        for key in keys:
            for given in (dict.fromkeys(names, key) | needed, *({**needed, name: key} for name in needed)):
                told = asked(client, f"{path}?{urlencode(given)}")
                assert not [name for name in hidden if name in told], (path, given)

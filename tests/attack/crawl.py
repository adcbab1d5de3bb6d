"""Every role follows every link and filter, and requests every address with the keys of every owner's rows."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from html import unescape
from random import Random
from urllib.parse import urlencode, urljoin, urlsplit

from tests.attack.addresses import addresses, undocumented
from tests.attack.tally import Visitor, written

LINK = re.compile(r'(?:href|src|hx-get|formaction|data-url)="([^"#][^"]*)"')
FORM = re.compile(r'<form[^>]*method="get"[^>]*?(?:action="([^"]*)")?[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<(?:input|select)[^>]* name="([^"]+)"')
OPTION = re.compile(r'<option[^>]* value="([^"]+)"')
BACK = re.compile(r"\?_changelist_filters=[^&]*$")
"""The list that a row's link in the admin refers back to."""
SKIPPED = ("/static/", "/logout/", "/admin/jsi18n/", "mailto:", "tel:", "data:", "javascript:")
ALIKE = 4
"""How many addresses that differ only in their values are followed."""
MOST_ASKED = 40
"""How many addresses of one path with any query string are followed."""
LOGS = {
    *("INSERT core_download", "UPDATE django_session", "INSERT django_session", "DELETE django_session"),
    *("UPDATE core_importrun", "UPDATE units_cadre", "INSERT core_stamp", "UPDATE core_stamp"),
    *("INSERT units_session", "UPDATE units_session", "DELETE units_session"),
    *("INSERT core_reveal", "INSERT core_reportread", "INSERT core_look"),
}
"""What a GET may write: an export's log, the session, the read mark of an import result or a report, the last
login, the write test of /readyz, a search by a whole ID number, who viewed an account's data.
"""


class Crawl:
    """The crawl of one role. `sample` is the share of the queue to request."""

    def __init__(self, visitor: Visitor, *, sample: float = 1, seed: int = 0) -> None:
        self.visitor, self.sample, self.random = visitor, sample, Random(seed)
        self.queue: deque[str] = deque()
        self.asked: set[str] = set()
        self.shapes: Counter[str] = Counter()
        self.pages: dict[str, str] = {}
        """Pages with a POST form, for the fuzzing."""

    def run(self, progress: Callable[[str], None] = lambda words: None) -> None:
        starts = [path for _, path in [*addresses(), *undocumented()]]
        for url in ["/", "/admin/", *starts]:
            self.add(url)
        while self.queue:
            if self.visitor.tally.requests[self.visitor.who] % 500 == 499:
                progress(f"{self.visitor.who}: {len(self.queue)} addresses waiting")
            self.ask(self.queue.popleft())

    def add(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.netloc or url.startswith(SKIPPED) or url in self.asked:
            return
        names = sorted(name.partition("=")[0] for name in parts.query.split("&") if name)
        shape = f"{re.sub(r'[0-9a-f-]{36}', '#', parts.path)}?{','.join(names)}"
        asked_with = f"{parts.path}?"
        if names and (self.shapes[shape] >= ALIKE or self.shapes[asked_with] >= MOST_ASKED):
            return
        self.shapes.update([shape, asked_with] if names else [])
        self.asked.add(url)
        if self.sample == 1 or self.random.random() < self.sample:
            self.queue.append(url)

    def ask(self, url: str) -> None:
        with written() as writes:
            response, body = self.visitor.get(url)
        if extra := sorted(set(writes) - LOGS):
            self.visitor.tally.writes.append(f"GET {url} by {self.visitor.who}: {extra}")
        self.visitor.look(url, response, body, typed=url)
        kind = response.headers.get("Content-Type", "")
        if response.status_code in {301, 302}:
            self.add(urljoin(url, response["Location"]))
        elif "html" in kind:
            html = body.decode()
            if 'method="post"' in html:
                self.pages[url] = html
            for link in links_of(url, html):
                self.add(BACK.sub("", link))


def links_of(url: str, html: str) -> Iterator[str]:
    """Return links, forms submitted empty and with each of their choices, list exports and printed forms."""
    for link in LINK.findall(html):
        yield urljoin(url, unescape(link))
    for action, inner in FORM.findall(html):
        target = urljoin(url, unescape(action) or url.partition("?")[0])
        names = FIELD.findall(inner)
        yield f"{target}?{urlencode(dict.fromkeys(names, ''))}"
        for name in names:
            for value in OPTION.findall(inner)[:ALIKE]:
                yield f"{target}?{urlencode({name: unescape(value)})}"
    if "export=xlsx" in html or "<table" in html:
        plain = url.partition("?")[0]
        for more in ("export=xlsx", "print=1", "all=1"):
            yield f"{plain}?{more}"

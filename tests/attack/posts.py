"""POST to every form with foreign keys, unshown fields and tampered counts, and to every address without a form."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urljoin

from django.db import transaction

from core.models import Change
from tests.attack.addresses import addresses
from tests.attack.naive import Facts
from tests.attack.tally import Visitor, written
from tests.attack.writing import Judge
from tests.html_forms import PageForm, forms_of

MOST_ROWS = 5
"""Rows per address and role; another SEED draws others."""
MOST_BODIES = 16
"""Bodies per form, since a long form has hundreds."""
SESSIONS = re.compile(
    r"\w+ (django_session|axes_\w+|core_(session|signin|login)\w*|units_(session|signin)\w*)$"
)
"""Tables that any request may write."""
REFUSED = {400, 403, 404, 405, 409, 413, 429}
UNSHOWN: dict[str, Any] = {
    "id": "1",
    "role": "office",
    "is_active": "",
    "is_staff": "1",
    "is_superuser": "1",
    "place": "62",
    "version": "1",
    "password": "鑫坏坏坏",
    "code_hash": "鑫坏坏坏",
    "no": "鑫坏坏坏",
    "code": "鑫坏坏坏",
    "status": "accepted",
    "ended_on": "2011-01-02",
    "left_on": "2011-01-02",
    "status_on": "2011-01-02",
    "confirmed_on": "2011-01-02",
    "reviewed_on": "2011-01-02",
    "voided_on": "2011-01-02",
    "recorded_at": "2011-01-02 00:00",
    "created_at": "2011-01-02 00:00",
    "submitted_at": "2011-01-02 00:00",
    "void_reason": "鑫坏坏坏",
    "end_reason": "鑫坏坏坏",
    "review_note": "鑫坏坏坏",
    "outcome": "鑫坏坏坏",
    "id_cipher": "鑫坏坏坏",
    "id_number": "鑫坏坏坏",
    "progress": "97",
    "last_serial": "97",
    "is_late": "1",
}
"""Columns that a form may not show, with recognisable values."""
LINKS = {
    **dict.fromkeys(("cadre", "owner", "entered_by", "raised_by", "surveyor", "written_by"), "units.cadre"),
    **dict.fromkeys(("by", "voided_by", "reviewed_by", "for", "companions", "successor"), "units.cadre"),
    **dict.fromkeys(("household", "households", "beneficiaries"), "households.household"),
    "unit": "units.unit",
    "village": "villages.village",
    "villages": "villages.village",
    "merged_into": "villages.village",
    "division": "units.division",
    "visit": "visits.visit",
    "problem": "visits.problem",
    "problems": "visits.problem",
    "joined_into": "visits.problem",
    "project": "villages.project",
    "response": "surveys.response",
    "survey": "surveys.survey",
    "pk": "households.householdpairing",
    "pairing": "households.householdpairing",
    "plan": "villages.villageplan",
    "assistance": "visits.assistance",
    "member": "households.member",
}
"""The models that a key in a field of this name refers to."""
COUNTS = {"TOTAL_FORMS": ("0", "3", "-1", "x", "1001"), "INITIAL_FORMS": ("1", "0", "x")}

Body = dict[str, Any]


def shape(url: str) -> str:
    return re.sub(r"\d+", "#", url.partition("?")[0])


def collected(pages: dict[str, str]) -> list[tuple[str, str, PageForm]]:
    """Return (page, address, form) for the forms found by a crawl; of similar forms, the first two."""
    kept: dict[Any, list[tuple[str, str, PageForm]]] = defaultdict(list)
    for url, html in pages.items():
        for form in forms_of(html):
            target = urljoin(url, form.action)
            names = tuple(sorted({re.sub(r"\d+", "#", name) for name in form.values}))
            alike = kept[shape(target), names]
            if len(alike) < 2:
                alike.append((url, target, form))
    return [each for alike in kept.values() for each in alike]


class Fuzz:
    """The POSTs of one role; each is inspected and rolled back."""

    def __init__(self, visitor: Visitor, facts: Facts, *, sample: float = 1, seed: int = 0) -> None:
        self.visitor, self.facts, self.known = visitor, facts, visitor.known
        self.sample, self.random = sample, Random(seed)
        self.judge = Judge(facts, visitor.known)

    def run(
        self,
        forms: list[tuple[str, str, PageForm]],
        bodies: dict[str, Body],
        progress: Callable[[str], None] = lambda words: None,
    ) -> None:
        """Send all POSTs. `bodies` are the forms found by any role, by the shape of their address."""
        for number, (_, target, form) in enumerate(forms):
            if number % 50 == 49:
                progress(f"{self.visitor.who}: {len(forms) - number} forms waiting")
            tampered = list(self.bodies_of(form))
            for body in self.random.sample(tampered, min(len(tampered), MOST_BODIES)):
                self.post(target, body)
            self.other_methods(target)
        for url in self.some_addresses():
            for body in [{}, *self.plausible(bodies.get(shape(url), {}))]:
                self.post(url, body)

    def some_addresses(self) -> Iterator[str]:
        """Return each documented address with the keys of a few rows of any owner."""
        by_name: dict[str, list[str]] = defaultdict(list)
        for name, url in addresses():
            by_name[name].append(url)
        for urls in by_name.values():
            yield from self.random.sample(urls, min(len(urls), MOST_ROWS))

    # --- contents -----------------------------------------------------------------------------------

    def bodies_of(self, form: PageForm) -> Iterator[Body]:
        plain = dict(form.values)
        yield plain
        for name in sorted(plain):
            for key in self.foreign(name, form):
                yield {**plain, name: [key]}
            for count, values in COUNTS.items():
                if name.endswith(count):
                    yield from ({**plain, name: value} for value in values)
        yield from self.plausible(plain)

    def plausible(self, plain: Body) -> Iterator[Body]:
        """Return the form with all columns it does not show, and with keys of foreign rows in its relations."""
        unshown = {name: value for name, value in UNSHOWN.items() if name not in plain}
        yield {**plain, **unshown}
        links = {name: keys[0] for name in LINKS if name not in plain and (keys := self.hidden(LINKS[name]))}
        yield {**plain, **links}

    def foreign(self, name: str, form: PageForm) -> list[str]:
        if not form.takes_keys(name) and name not in LINKS:
            return []
        last = re.sub(r"^.*-", "", name)
        if last in LINKS:
            return self.hidden(LINKS[last])[:4]
        return [key for label in sorted(set(LINKS.values())) for key in self.hidden(label)[:1]]

    def hidden(self, label: str) -> list[str]:
        """Return the keys of rows out of scope, in an order that depends on the seed."""
        keys = [str(row.pk) for row in self.facts.all(label) if (label, row.pk) not in self.known.seen]
        self.random.shuffle(keys)
        return keys

    # --- sending ----------------------------------------------------------------------------------

    def skip(self) -> bool:
        return self.sample < 1 and self.random.random() > self.sample

    def post(self, url: str, body: Body) -> None:
        if url.startswith("/logout") or self.skip():
            return
        self.sent(url, body, lambda: self.visitor.client.post(url, body))

    def other_methods(self, url: str) -> None:
        for method in ("put", "patch", "delete", "options", "head"):
            if not self.skip():
                self.sent(url, method, partial(getattr(self.visitor.client, method), url))

    def sent(self, url: str, body: Any, ask: Callable[[], Any]) -> None:
        """Send the request, inspect what was written, and roll it back."""
        newest = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        tally = self.visitor.tally
        with transaction.atomic():
            with written() as writes:
                response, answer = self.visitor.send(url, ask)
            told = f"POST {url} by {self.visitor.who} → {response.status_code}: {body}"
            real = [write for write in writes if not SESSIONS.match(write)]
            if response.status_code in REFUSED:
                tally.refused[self.visitor.who] += 1
                if real and response.status_code != 409:
                    tally.writes.append(f"{told} wrote {sorted(set(real))}")
            elif real and response.status_code < 500:
                changes = list(Change.objects.filter(pk__gt=newest).order_by("pk"))
                tally.writes += [f"{told}: {fault}" for fault in self.judge.faults(changes, body)]
            self.visitor.look(f"POST {url}", response, answer, typed=f"{url} {body}")
            transaction.set_rollback(True)


def bodies_by_shape(walks: list[list[tuple[str, str, PageForm]]]) -> dict[str, Body]:
    """Return the first filled form of each address, whichever role it was shown to."""
    found: dict[str, Body] = {}
    for forms in walks:
        for _, target, form in forms:
            found.setdefault(shape(target), dict(form.values))
    return found

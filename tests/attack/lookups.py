"""Query the admin lists by every column and relation, and check what their autocomplete fields offer."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse

from tests.attack.naive import SEES, Facts
from tests.attack.tally import Visitor

LOOKUPS = ("exact", "startswith", "contains", "regex", "gte", "in", "isnull")
SHARP = {"exact", "startswith", "contains", "regex", "in"}
"""Lookups with which two values found in no row in scope give the same result."""
DEPTH = 2
"""Number of relations in a lookup path."""
MOST_PATHS = 40
"""Number of paths per list and role; another SEED draws others."""
ABSENT = {"int": 987654321, "text": "鑫无无无", "date": "1999-01-02"}


class LookUps:
    """One role's queries to every list; `sample` is the share of them to send."""

    def __init__(self, visitor: Visitor, facts: Facts, *, sample: float = 1, seed: int = 0) -> None:
        self.visitor, self.facts = visitor, facts
        self.sample, self.random = sample, Random(seed)

    def run(self) -> None:
        for model in sorted(admin.site._registry, key=lambda model: model._meta.label_lower):
            self.lists(model)
            for path, last in self.some_of([*paths_of(model)]):
                for lookup in self.random.sample(LOOKUPS, 2):
                    self.compare(model, path, last, lookup)
            for name in [found.name for found in model._meta.get_fields() if found.is_relation]:
                self.offers(model, name)

    def some_of(self, paths: list[Any]) -> list[Any]:
        """Return the model's own columns, and as many of the thousands of related ones as fit into one run."""
        own = [each for each in paths if "__" not in each[0]]
        others = [each for each in paths if "__" in each[0]]
        most = max(1, int(MOST_PATHS * self.sample))
        return self.random.sample(own, min(len(own), most)) + self.random.sample(
            others, min(len(others), most)
        )

    # --- lists ------------------------------------------------------------------------------------

    def lists(self, model: Any) -> None:
        """Search with words of rows out of scope, order by each column, and open the list as a pop-up."""
        words = self.words_out_of_scope(model)
        asked = [{"q": word} for word in words[:3]]
        asked += [{"o": order} for order in ("1", "-2", "3.-1", "99")]
        asked += [{"_popup": "1", "_to_field": name} for name in ("id", "phone", "id_hash", "unit__id")]
        asked += [{"q": words[0], "all": ""}] if words else []
        for query in asked:
            found = self.listed(model, query)
            if "q" in query and found:
                self.visitor.tally.leaks.append(f"{self.visitor.who} {model._meta.label_lower} finds {query}")

    def words_out_of_scope(self, model: Any) -> list[str]:
        label = model._meta.label_lower
        known, marks = self.visitor.known, self.visitor.marks.of
        words = [text for text, mark in marks.items() if mark.label == label and not known.in_scope(mark)]
        self.random.shuffle(words)
        return words

    def listed(self, model: Any, query: dict[str, Any]) -> set[int] | None:
        """Return the keys on the list after checking that all are in scope; None if the list was refused."""
        url = f"{url_of(model, 'changelist')}?{urlencode(query)}"
        response, body = self.visitor.get(url)
        self.visitor.look(url, response, body, typed=str(query))
        if response.status_code != 200 or "cl" not in (response.context or {}):
            return None
        keys = {row.pk for row in response.context["cl"].result_list}
        label = model._meta.label_lower
        if label in SEES:
            rows = [self.facts.get(label, key) for key in keys]
            if any(not self.facts.sees(self.visitor.user, row) for row in rows if row is not None):
                self.visitor.tally.leaks.append(f"{self.visitor.who} {url}: rows out of scope")
        return keys

    def compare(self, model: Any, path: str, last: Any, lookup: str) -> None:
        """Check that a value of a row out of scope gets the same answer as a value that exists nowhere."""
        label = last.model._meta.label_lower
        known = self.visitor.known
        rows = [
            row for row in self.facts.all(label) if {(label, row.pk)}.isdisjoint(known.seen | known.named)
        ]
        if not rows:
            return
        value = last.value_from_object(self.random.choice(rows))
        name = f"{path}__{lookup}"
        with_it = self.listed(model, {name: told(value)})
        if with_it is None or "__" not in path:
            return
        without = self.listed(model, {name: absent(value)})
        if lookup in SHARP and with_it != without:
            told_by = f"{url_of(model, 'changelist')}?{name}={told(value)}"
            self.visitor.tally.leaks.append(f"{self.visitor.who} {told_by}: tells a row out of scope")

    # --- autocomplete fields --------------------------------------------------------------------------

    def offers(self, model: Any, name: str) -> None:
        app, label = model._meta.label_lower.split(".")
        words = self.words_out_of_scope(model)[:1]
        for term in ["", *words]:
            query = {"app_label": app, "model_name": label, "field_name": name, "term": term}
            url = f"{reverse('admin:autocomplete')}?{urlencode(query)}"
            response, body = self.visitor.get(url)
            self.visitor.look(url, response, body, typed=term)
            if response.status_code == 200 and term and json.loads(body)["results"]:
                self.visitor.tally.leaks.append(f"{self.visitor.who} {url}: offers a row out of scope")


def url_of(model: Any, name: str) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{name}")


def paths_of(model: Any, depth: int = DEPTH, before: str = "") -> Iterator[tuple[str, Any]]:
    """Return each column of the model and of related models, in both directions, with the final column of the path."""
    for found in model._meta.get_fields():
        if found.concrete and not found.is_relation:
            yield f"{before}{found.name}", found
        elif depth and found.related_model and found.related_model._meta.label_lower in SEES:
            yield from paths_of(found.related_model, depth - 1, f"{before}{found.name}__")


def told(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)


def absent(value: Any) -> Any:
    """Return a value of the same type that exists in no row."""
    if isinstance(value, bool) or value is None:
        return "0"
    if isinstance(value, int | float):
        return ABSENT["int"]
    if isinstance(value, datetime | date):
        return ABSENT["date"]
    return ABSENT["text"]

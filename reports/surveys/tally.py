"""How often each answer to each item stands: one pass over the JSON in the database for all items."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db import connection
from django.db.models import Count

from reports.surveys.counted import NUMBER, TEXT, Counted, kind_of
from reports.surveys.hiding import hidden_counts
from reports.surveys.numbers import Numbers, numbers_of
from surveys.definition.items import Item
from surveys.definition.language import UNKNOWN

UNNESTED = {"sqlite": "json_each(d.answers)", "postgresql": "jsonb_each_text(d.answers)"}
"""The answers of a response as rows of `key` and `value`; a list is its JSON."""


@dataclass(frozen=True)
class Tally:
    """One item: how many responses were asked it, and what became of each.

    asked = answered + unknown (不详) + hidden (不用填) + blank (未填). `answers` counts answers as text.
    Where it cannot be told whether an item was asked, `hidden` is None and `blank` holds both.
    """

    item: Item
    labels: Mapping[str, str]
    asked: int
    hidden: int | None
    answers: Counter[str]

    @property
    def unknown(self) -> int:
        return self.answers[UNKNOWN]

    @cached_property
    def answered(self) -> int:
        return self.answers.total() - self.unknown

    @property
    def blank(self) -> int:
        return self.asked - self.answered - self.unknown - (self.hidden or 0)

    @cached_property
    def options(self) -> list[tuple[str, str, int]]:
        """Return (code, label, responses) of each option of a choice, in the form's order; a list counts at each."""
        found = Counter[str]()
        for text, count in self.answers.items():
            for code in codes_in(text):
                found[code] += count
        others = sorted(set(found) - set(self.labels))
        return [(code, self.labels.get(code, code), found[code]) for code in (*self.labels, *others)]

    @cached_property
    def values(self) -> dict[Decimal, int]:
        """Value → responses of a number item."""
        found: dict[Decimal, int] = defaultdict(int)
        for text, count in self.answers.items():
            if text != UNKNOWN:
                found[Decimal(text)] += count
        return dict(found)

    @cached_property
    def numbers(self) -> Numbers | None:
        """Return None for an item of another kind, and without a number."""
        return numbers_of(self.values) if kind_of(self.item) == NUMBER else None


def codes_in(text: str | None) -> list[str]:
    """Return the options that an answer as text chose; none for 不详 and no answer."""
    if text is None or text == UNKNOWN:
        return []
    return json.loads(text) if text.startswith("[") else [text]


def tally(counted: Counted, codes: Collection[str]) -> dict[str, Tally]:
    """These items, in three queries however many there are."""
    family = counted.family
    totals = dict(counted.responses.values_list("survey").annotate(n=Count("pk")))
    called = {
        code: {version: older for version in totals if (older := family.there(version, code))}
        for code in codes
    }
    there = {(version, item.code): item for items in called.values() for version, item in items.items()}
    answers, hidden = _answers(counted, there), hidden_counts(counted, there)
    found = {}
    for code, items in called.items():
        keys = [(version, item.code) for version, item in items.items()]
        missing = [hidden.get(key, 0) for key in keys]
        found[code] = Tally(
            item=family.items[code],
            labels=family.labels(code),
            asked=sum(totals[version] for version in items),
            hidden=None if None in missing else sum(count or 0 for count in missing),
            answers=sum((answers[key] for key in keys), Counter[str]()),
        )
    return found


def _answers(counted: Counted, there: Mapping[tuple[int, str], Item]) -> dict[tuple[int, str], Counter[str]]:
    """Return (version, its code) → how often each answer stands; texts are counted and not told apart."""
    wanted = sorted({item.code for item in there.values()}) or [""]
    told_apart = {item.code for item in there.values() if kind_of(item) != TEXT}
    texts = sorted(set(wanted) - told_apart) or [""]
    inner, params = counted.responses.values("survey_id", "answers").query.sql_with_params()
    sql = (
        f"SELECT d.survey_id, a.key, CASE WHEN a.key IN ({_marks(texts)}) THEN '' ELSE a.value END, COUNT(*)"  # noqa: S608 (our own words)
        f" FROM ({inner}) AS d, {UNNESTED[connection.vendor]} AS a"
        f" WHERE a.key IN ({_marks(wanted)}) GROUP BY 2, 3, 1"
    )
    found: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*texts, *params, *wanted])
        for version, code, value, count in cursor.fetchall():
            found[version, code][str(value)] += count
    return found


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))

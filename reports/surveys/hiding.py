"""不用填: which responses without an answer were not asked the item, told by their other answers."""

import json
from collections.abc import Iterator, Mapping

from django.db.models import BooleanField, Count, ExpressionWrapper, F
from django.db.models.fields.json import HasKey

from reports.surveys.counted import Counted, answer_text
from surveys.definition.document import Definition
from surveys.definition.items import Answer, Item
from surveys.definition.language import UNKNOWN, Facts, walk
from surveys.filling.facts import KEPT

BESIDE_ANSWERS = {"members", "previous", "subject", "count", "any", "all"}
"""Parts of a condition that look at something else than the stored answers."""


class Condition:
    """An item's condition in one version, asked of the texts of stored answers; the same texts once."""

    def __init__(self, form: Definition, item: Item) -> None:
        assert item.condition
        self.form = form
        self.expression = item.condition
        self.looks_at = sorted(item.condition.codes)
        self._told: dict[tuple[str | None, ...], bool] = {}

    @property
    def tells(self) -> bool:
        """Return whether the stored answers alone decide it."""
        stored = {
            item.code for item in (*self.form.asked, *self.form.header) if not item.bind or item.bind in KEPT
        }
        stored |= {item.code for item in self.form.items}
        parts = {part[0] for part in walk(self.expression.tree)}
        return not parts & BESIDE_ANSWERS and stored.issuperset(self.looks_at)

    def hides(self, texts: Mapping[str, str | None]) -> bool:
        key = tuple(texts[code] for code in self.looks_at)
        if key not in self._told:
            answers = {
                code: stored_answer(self.form.by_code[code], text)
                for code, text in zip(self.looks_at, key, strict=True)
            }
            self._told[key] = not self.expression.shows(Facts(answers))
        return self._told[key]


def stored_answer(item: Item, text: str | None) -> Answer:
    """Return the clean answer that is stored as this text."""
    if text is None or text == UNKNOWN:
        return text
    if item.type in {"number", "yesno"}:
        return float(text)
    codes: list[str] | str = json.loads(text) if item.type == "multi" and text.startswith("[") else text
    return codes


def hidden_counts(
    counted: Counted, items: Mapping[tuple[int, str], Item]
) -> dict[tuple[int, str], int | None]:
    """Return (version, its code) → responses that were not asked the item, for those with a condition; None where
    the answers do not tell. One query for all."""
    versions = counted.family.versions
    conditions = {
        key: Condition(versions[key[0]].form, item) for key, item in items.items() if item.condition
    }
    found: dict[tuple[int, str], int | None] = {
        key: 0 if condition.tells else None for key, condition in conditions.items()
    }
    told = {key: condition for key, condition in conditions.items() if condition.tells}
    hidden = dict.fromkeys(told, 0)
    for version, texts, missing, count in _combinations(counted, told) if told else ():
        for key in ((version, code) for code in missing):
            if key in told and told[key].hides(texts):
                hidden[key] += count
    return {**found, **hidden}


def _combinations(
    counted: Counted, conditions: Mapping[tuple[int, str], Condition]
) -> Iterator[tuple[int, dict[str, str | None], list[str], int]]:
    """Yield (version, texts by code, codes without an answer, responses) of each combination there is."""
    looked_at = sorted({code for condition in conditions.values() for code in condition.looks_at})
    codes = sorted({code for _, code in conditions})
    texts = {f"text_{at}": answer_text(code) for at, code in enumerate(looked_at)}
    there = {
        f"there_{at}": ExpressionWrapper(HasKey(F("answers"), code), BooleanField())
        for at, code in enumerate(codes)
    }
    rows = counted.responses.annotate(**texts, **there).values_list("survey", *texts, *there)
    for version, *found in rows.annotate(count=Count("pk")):
        *cells, count = found
        given = dict(zip(looked_at, cells, strict=False))
        missing = [
            code for code, is_there in zip(codes, cells[len(looked_at) :], strict=True) if not is_there
        ]
        yield version, given, missing, count

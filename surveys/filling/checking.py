"""Check a whole response: clean every answer, empty hidden items, compute sums, evaluate cross rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from core.cells import EXACT, CellError
from surveys.definition.document import Definition, Rule, decided
from surveys.definition.items import Answer, Item
from surveys.definition.language import Facts


@dataclass(frozen=True)
class Known:
    """The data a response is checked against beside its answers: bound facts, members, last answers, system
    facts.

    `members` hold clean answers by M code and `age`; nothing personal.
    """

    header: Mapping[str, Any]
    members: Sequence[Mapping[str, Any]] = ()
    previous: Mapping[str, Any] | None = None
    subject: Mapping[str, Any] | None = None

    def facts(self, answers: Mapping[str, Any]) -> Facts:
        return Facts({**self.header, **answers}, self.members, self.previous or {}, self.subject or {})


@dataclass(frozen=True)
class Examined:
    """Clean answers by code, one sentence per invalid item, and the violated rules."""

    answers: dict[str, Any]
    errors: dict[str, str]
    broken: Sequence[Rule]

    @property
    def stops(self) -> bool:
        return bool(self.errors) or any(rule.is_error for rule in self.broken)

    @property
    def warnings(self) -> list[Rule]:
        return [rule for rule in self.broken if not rule.is_error]


def examine(definition: Definition, raw: Mapping[str, Any], known: Known) -> Examined:
    """Check everything; `raw` holds form texts, cells or clean answers by code."""
    return judge(definition, *clean_answers(definition.asked, raw), known)


def judge(definition: Definition, answers: dict[str, Any], errors: dict[str, str], known: Known) -> Examined:
    """Check clean answers in place; `errors` holds the messages for answers that could not be cleaned."""
    given = answers.keys() | errors.keys()
    undecided = _undecided(definition, errors)
    hidden = settle(definition, answers, errors, known)
    for item in definition.asked:
        if item.code in hidden:
            if item.code in given and item.code not in undecided:
                errors[item.code] = "照前面的答案，这一题不用填。请清空它，或者改前面的答案。"
        elif item.must_be_typed and item.code not in answers and item.code not in errors:
            errors[item.code] = "这一题要填。"
    facts, within = known.facts(answers), decided(definition, len(known.members))
    broken = [r for r in definition.rules if r.expression in within and not r.expression.holds(facts)]
    return Examined(answers, errors, broken)


def _undecided(definition: Definition, refused: Mapping[str, str]) -> set[str]:
    """Return the invalid answers, and the items whose visibility depends on them and is therefore unknown."""
    found = set(refused)
    for item in definition.dependent if found else ():
        if item.looks_at & found:
            found.add(item.code)
    return found


def clean_answers(items: Sequence[Item], raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (clean answers, error messages) by code; an unanswered item is in neither."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for item in items:
        if item.calculation:
            continue
        try:
            answer = item.clean(raw.get(item.code))
        except CellError as error:
            errors[item.code] = str(error)
        else:
            if not is_absent(answer):
                answers[item.code] = answer
    return answers, errors


def is_absent(answer: Any) -> bool:
    """Return whether an answer is missing; 不详 is an answer."""
    return answer is None or answer in ("", [])


def given(answer: Answer) -> Answer:
    """Return the answer, or None for a missing one; 0 and 否 are answers."""
    return None if is_absent(answer) else answer


def hide(definition: Definition, answers: Mapping[str, Any], known: Known) -> set[str]:
    """Return the codes of hidden items; other conditions treat their answers as missing."""
    return settle(definition, dict(answers), {}, known)


def settle(definition: Definition, answers: dict[str, Any], errors: dict[str, str], known: Known) -> set[str]:
    """Remove hidden answers, compute calculated ones in dependency order, and return the hidden codes.

    A calculated answer out of range is an error of its item. An expression over the budget has no value, as
    if an answer were missing.
    """
    hidden: set[str] = set()
    within = decided(definition, len(known.members))
    for item in definition.dependent:
        facts = known.facts(answers)
        if item.condition and not (item.condition in within and item.condition.shows(facts)):
            hidden.add(item.code)
            answers.pop(item.code, None)
        elif item.calculation in within and (number := item.calculation.result(facts)) is not None:
            try:
                answers[item.code] = item.clean(rounded(number, item.places))
            except CellError as error:
                errors[item.code] = str(error)
    return hidden


def rounded(number: float, places: int) -> float:
    """Round half up with the browser's double arithmetic; leave out-of-range numbers unchanged."""
    scale: int = 10**places
    if not abs(number) < EXACT / scale:
        return number
    return floor(number * scale + 0.5) / scale

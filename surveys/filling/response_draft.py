"""A response being filled in, with the data it is pre-filled from and checked against."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from json import dumps
from typing import Any, NamedTuple

from core.cells import CellError
from surveys.definition.document import Definition, Rule
from surveys.definition.items import Answer, Item
from surveys.definition.lineage import answers_carried
from surveys.filling.checking import Examined, Known, examine
from surveys.filling.facts import known_of, lacking_of_members
from surveys.filling.steps import Step, step_of_rule, steps_of
from surveys.filling.subjects import Subject, refusal
from surveys.models import Response


@dataclass(frozen=True)
class Remarks:
    """Problems of a step: messages by code, and those that belong to no answer."""

    errors: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[Rule] = ()

    @property
    def stops(self) -> bool:
        return bool(self.errors) or any(rule.is_error for rule in self.notes)


class Fault(NamedTuple):
    """One problem to correct: where (a step and a place on it), what, why."""

    step: Step
    anchor: str
    label: str
    sentence: str


class Draft:
    """Loads everything once, on first use."""

    def __init__(self, response: Response) -> None:
        self.response = response
        self.survey = response.survey
        self.definition: Definition = self.survey.form
        self.steps: Sequence[Step] = steps_of(self.definition)

    @property
    def subject(self) -> Subject:
        return self.response.subject

    @cached_property
    def last(self) -> Response | None:
        return self.response.previous()

    @cached_property
    def before(self) -> dict[str, Any]:
        """Return the answers of last time under this version's codes."""
        return answers_carried(self.survey, self.last) if self.last else {}

    @cached_property
    def known(self) -> Known:
        return known_of(self.survey, self.subject, self.response.surveyed_on, self.before or None)

    @cached_property
    def examined(self) -> Examined:
        """Return the check of all that has been saved."""
        return examine(self.definition, self.response.answers, self.known)

    @cached_property
    def lacking(self) -> dict[int, list[str]]:
        """Return labels of the required facts that members lack, by the member's key."""
        return lacking_of_members(self.definition, self.known.members)

    @property
    def refusal(self) -> str:
        """Return why it can no longer be submitted, or ''."""
        return refusal(self.survey, self.subject)

    @property
    def stops(self) -> bool:
        return self.examined.stops or bool(self.lacking) or bool(self._day_error)

    @property
    def faults(self) -> list[Fault]:
        """Return everything that prevents submission, step by step."""
        return [fault for step in self.steps for fault in self._faults_of(step)]

    def _faults_of(self, step: Step) -> Iterator[Fault]:
        if not self.is_saved(step) and any(code in self.examined.errors for code in step.codes):
            yield Fault(step, "", "", "还没有填。")
            return
        if self.lacking and step.number == 1:
            labels = dict.fromkeys(label for labels in self.lacking.values() for label in labels)
            yield Fault(step, "members", "家庭成员", f"{len(self.lacking)} 口人缺{'、'.join(labels)}。")
        for item in step.items:
            if item.code in self._errors:
                yield Fault(step, f"id_{item.code}", item.label, self._errors[item.code])
        for rule in self.examined.broken:
            if rule.is_error and step_of_rule(self.steps, rule) is step:
                yield Fault(step, f"id_{self._bearer(rule, step) or 'notes'}", "", f"{rule.message}。")

    @property
    def reached(self) -> int:
        """Return the step to continue with."""
        return min(int(self.response.step or 1), len(self.steps))

    def is_saved(self, step: Step) -> bool:
        """Return whether the step has been saved before."""
        told = self.response.submitted_at is not None or step.number < self.reached
        return told or not step.codes.isdisjoint(self.response.answers)

    def initial(self, step: Step) -> dict[str, Any]:
        """Return the initial values of a step: what was saved, else the household's fact, else last time's
        answer.
        """
        saved = self.is_saved(step)
        return {item.code: self._initial(item, saved) for item in step.items}

    def _initial(self, item: Item, saved: bool) -> Answer:
        if item.calculation:
            return item.as_typed(self.examined.answers.get(item.code))
        return self.stored(item.code) if saved or item is self.definition.dated else self._proposed(item)

    def stored(self, code: str) -> Answer:
        """Return the saved value of an item; the date is a column unless it was invalid."""
        dated = self.definition.dated
        unsaved = self.response.surveyed_on.isoformat() if dated and code == dated.code else None
        answer: Answer = self.response.answers.get(code, unsaved)
        return answer

    def _proposed(self, item: Item) -> Answer:
        owner, _, name = item.bind.partition(".")
        fact: Answer = getattr(self.subject, name) if owner == "household" else None
        before: Answer = self.before.get(item.code)
        return before if fact in (None, "") else fact

    def remarks(self, step: Step) -> Remarks:
        """Return the problems of a saved step."""
        if not self.is_saved(step):
            return Remarks()
        errors = {code: text for code, text in self._errors.items() if code in step.codes}
        warnings: dict[str, list[str]] = {}
        notes = []
        for rule in self.examined.broken:
            bearer = self._bearer(rule, step)
            if bearer is None:
                notes += [rule] if step_of_rule(self.steps, rule) is step else []
            elif rule.is_error:
                errors.setdefault(bearer, f"{rule.message}。")
            else:
                warnings.setdefault(bearer, []).append(rule.message)
        return Remarks(errors, warnings, notes)

    @cached_property
    def _errors(self) -> dict[str, str]:
        """Return the errors by code, except for items that depend on an invalid answer."""
        found, items = self.examined.errors, self.definition.by_code
        told = {
            code: text
            for code, text in found.items()
            if not items[code].condition or items[code].looks_at.isdisjoint(found)
        }
        return {**told, **self._day_error}

    @cached_property
    def _day_error(self) -> dict[str, str]:
        """Return the error of an invalid date."""
        dated = self.definition.dated
        if dated is None or dated.code not in self.response.answers:
            return {}
        try:
            day = dated.clean(self.response.answers[dated.code])
        except CellError as error:
            return {dated.code: str(error)}
        return {dated.code: "这一年已经有一份这张表，换一个日期。" if day else "这一题要填。"}

    def _bearer(self, rule: Rule, step: Step) -> str | None:
        """Return the step's last item that a rule uses, if any."""
        codes = [item.code for item in step.items if item.code in rule.expression.codes]
        return codes[-1] if codes else None

    def mark(self, step: Step) -> str:
        """Return a version mark of the step, which changes when somebody saves other answers."""
        stored = {code: self.stored(code) for code in sorted(step.codes)}
        return "step-" + sha256(dumps(stored, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

"""Django forms built from a definition: one field per item, rendered by one loop in `surveys/_items.html`."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from json import dumps
from typing import Any, NamedTuple

from django import forms

from core.forms import rules_of_cells
from surveys.definition.items import UNKNOWN_LABEL, Answer, Item
from surveys.definition.language import UNKNOWN
from surveys.filling.steps import Step

PICKED = {"single", "multi", "yesno"}
SHORT_LABEL = 8
"""Options up to this length stand three in a row on the phone."""
SHORT_TEXT = 40
"""A longer text gets a textarea."""
YES_NO = (("1", "是"), ("0", "否"))


class ItemInput(forms.Widget):
    """Read the posted data of one item: a text, a code, a list of codes, or the checkbox 不详."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | list[str]:
        sent = data.getlist(name) if hasattr(data, "getlist") else _as_list(data.get(name))
        values = [text.replace("\0", "") for text in sent]
        if UNKNOWN in values:
            return UNKNOWN
        if self.item.type == "multi":
            return [value for value in values if value]
        return next((value for value in values if value.strip()), "")


class ItemField(forms.Field):
    """A field that uses the item's clean function; nothing is required before submission."""

    def __init__(self, item: Item) -> None:
        super().__init__(required=False, label=item.label, help_text=item.help, widget=ItemInput(item))
        self.item = item

    def clean(self, value: Any) -> Answer:
        with rules_of_cells():
            return self.item.clean(value)


class Choice(NamedTuple):
    """One option of a question."""

    value: str
    label: str
    picked: bool


class Question(NamedTuple):
    """One item for rendering.

    `value` is the input's value, `was` the answer of last time in words, also as JSON for the script;
    `asked_when` states
    the condition where no script hides the item.
    """

    item: Item
    kind: str
    value: str
    choices: Sequence[Choice]
    unknown: bool
    css: str
    error: str
    warnings: Sequence[str]
    was: str
    was_json: str
    differs: bool
    asked_when: str


class ItemsForm(forms.Form):
    """The answers of one step. `before` are clean answers of last time, `problems` messages, both by code."""

    def __init__(
        self,
        *args: Any,
        before: Mapping[str, Any] | None = None,
        problems: Mapping[str, str] | None = None,
        warnings: Mapping[str, Sequence[str]] | None = None,
        conditions: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.before = before or {}
        self.problems = problems or {}
        self.warnings = warnings or {}
        self.conditions = conditions or {}

    def sent(self) -> dict[str, Any]:
        """Return what to store, by code: clean answers, the typed text of invalid ones, "" for empty ones."""
        self.is_valid()
        typed = [item.code for item in self.items if not item.calculation]
        good = self.cleaned_data
        return {code: good[code] if code in good else self._typed(code) for code in typed}

    def questions(self) -> list[Question]:
        return [self._question(item) for item in self.items]

    @property
    def items(self) -> list[Item]:
        return [field.item for field in self.fields.values() if isinstance(field, ItemField)]

    def _typed(self, code: str) -> str | list[str]:
        typed: str | list[str] = self.fields[code].widget.value_from_datadict(self.data, self.files, code)
        return typed

    def _question(self, item: Item) -> Question:
        typed = self.is_bound and not item.calculation
        value = self._typed(item.code) if typed else self.initial.get(item.code)
        picked, before = _picked(value), self.before.get(item.code)
        return Question(
            item=item,
            kind=_kind(item),
            value="" if value is None or item.type in PICKED or value == UNKNOWN else str(value),
            choices=[Choice(code, label, code in (picked or {""})) for code, label in _options(item)],
            unknown=value == UNKNOWN,
            css="picks" if all(len(label) <= SHORT_LABEL for _, label in _options(item)) else "picks long",
            error=self._error(item.code),
            warnings=self.warnings.get(item.code, ()),
            was=item.shown(before),
            was_json="" if before is None else dumps(before, ensure_ascii=False, separators=(",", ":")),
            differs=before is not None and picked != _picked(before),
            asked_when=self.conditions.get(item.code, ""),
        )

    def _error(self, code: str) -> str:
        wrong = self.errors.get(code) if self.is_bound else None
        return str(wrong[0]) if wrong else self.problems.get(code, "")


def _as_list(value: Any) -> list[str]:
    return (
        [] if value is None else [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
    )


def _picked(value: Any) -> frozenset[str]:
    """Return the codes of a raw or clean answer, or its text as the only one; numbers lose trailing zeros."""
    values = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return frozenset(str(value) for value in values)


def _options(item: Item) -> Sequence[tuple[str, str]]:
    """Return the options, plus 不详 or 不填 where allowed and not offered otherwise."""
    if item.type not in PICKED:
        return ()
    options = [*(YES_NO if item.type == "yesno" else item.options)]
    if item.unknown_allowed:
        options.append((UNKNOWN, UNKNOWN_LABEL))
    if item.type != "multi" and not (item.required and not item.condition):
        options.append(("", "不填"))
    return options


def _kind(item: Item) -> str:
    if item.calculation:
        return "reckoned"
    if item.type in PICKED:
        return "checkbox" if item.type == "multi" else "radio"
    if item.type == "text":
        return "text" if item.max and item.max <= SHORT_TEXT else "lines"
    return "date" if item.type == "date" else "number"


@lru_cache(maxsize=512)
def form_class(step: Step) -> type[ItemsForm]:
    """Return the form class of a step, cached."""
    fields = {item.code: ItemField(item) for item in step.items}
    return type("StepForm", (ItemsForm,), fields)

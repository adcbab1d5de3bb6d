"""The form of a run's questions: one field a question, and whether the county uses the answer from now on."""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django import forms

from core.importing.heading import HEADING_WITHIN
from core.importing.questions import (
    CONFIRMED,
    DAYS,
    HEADINGS,
    HIDDEN,
    MERGES,
    MISSING,
    SKIP,
    WORDS,
)
from core.models import ImportRun
from core.sheets import column_name

CHOOSE = "请选一个"
LIKELY = "（最像）"
OF_FORM = {"form": "answers"}
"""The fields stand in several panels and belong to the form at the foot of the page."""
REMEMBERED = {HEADINGS, WORDS}


class AnswersForm(forms.Form):
    """Fields are named by the question's place in the run: q3, and r3 for 记住."""

    asked = forms.CharField(widget=forms.HiddenInput(attrs=OF_FORM))
    heading_row = forms.IntegerField(
        label="列名在第几行",
        min_value=1,
        max_value=HEADING_WITHIN,
        required=False,
        widget=forms.NumberInput(attrs={"class": "form-control short", **OF_FORM}),
    )

    def __init__(self, run: ImportRun, *args: Any, is_uploader: bool, **kwargs: Any) -> None:
        """Only the uploader, who has the numbers, can confirm them and sees which are doubted."""
        super().__init__(*args, **kwargs)
        questions = run.questions
        self.questions: list[dict[str, Any]] = [
            question for question in questions if is_uploader or question["section"] != CONFIRMED
        ]
        self.fields["asked"].initial = _digest(self.questions)
        for number, question in enumerate(self.questions):
            self.fields[f"q{number}"] = _field(question)
            if question["section"] in REMEMBERED:
                self.fields[f"r{number}"] = _tick("记住", _is_worth_remembering(question))

    def clean(self) -> dict[str, Any]:
        """Refuse answers to the questions of an earlier check, and one column for two headings.

        The fields are numbered, so the answers of a page that was read before would go to other questions.
        """
        if self.cleaned_data.get("asked") != self.fields["asked"].initial:
            raise forms.ValidationError("这张表刚又检查过一次，问题变了，请看新的再答。")
        labels = [
            self.cleaned_data.get(f"q{n}") for n, q in enumerate(self.questions) if q["section"] == HEADINGS
        ]
        for label, count in Counter(labels).items():
            if label and label != SKIP and count > 1:
                raise forms.ValidationError(f"“{label}”选了两列，只能选一列。")
        return self.cleaned_data

    def of(self, *sections: str) -> Iterator[dict[str, Any]]:
        """Yield the questions of these sections with their bound fields."""
        for number, question in enumerate(self.questions):
            if question["section"] in sections:
                remember = f"r{number}" if f"r{number}" in self.fields else ""
                yield {
                    **question,
                    "field": self[f"q{number}"],
                    "remember": self[remember] if remember else None,
                    "open": question["must"] and not question["chosen"],
                }

    def answered(self) -> Iterator[tuple[dict[str, Any], str]]:
        """Yield each question with its answer, '' if it is left open."""
        for number, question in enumerate(self.questions):
            answer = self.cleaned_data.get(f"q{number}")
            yield question, ("是" if answer else "") if isinstance(answer, bool) else answer or ""

    def remembered(self) -> Iterator[tuple[dict[str, Any], str]]:
        for number, (question, answer) in enumerate(self.answered()):
            if self.cleaned_data.get(f"r{number}"):
                yield question, answer

    @property
    def headings(self) -> list[dict[str, Any]]:
        return list(self.of(HEADINGS))

    @property
    def words(self) -> list[dict[str, Any]]:
        return list(self.of(WORDS))

    @property
    def gaps(self) -> list[dict[str, Any]]:
        return list(self.of(MISSING, DAYS, MERGES))

    @property
    def hidden(self) -> list[dict[str, Any]]:
        return list(self.of(HIDDEN))

    @property
    def confirmations(self) -> list[dict[str, Any]]:
        return list(self.of(CONFIRMED))


def _digest(questions: list[dict[str, Any]]) -> str:
    """Return a short digest of which questions are asked, in their order."""
    names = [[question["section"], question["column"], question["name"]] for question in questions]
    return sha256(json.dumps(names).encode()).hexdigest()[:16]


def _field(question: dict[str, Any]) -> forms.Field:
    chosen = question["chosen"]
    if question["section"] == CONFIRMED:
        return _tick("证件上就是这个号码", bool(chosen))
    column = question["column"] if question["column"] != question["name"] else ""
    label = f"{column} {question['name']}".strip()
    if question["typed"]:
        attrs = {
            "class": "form-control short",
            "placeholder": "如 2012年3月5日",
            "aria-label": label,
            **OF_FORM,
        }
        widget = forms.TextInput(attrs=attrs)
        return forms.CharField(label=label, required=False, max_length=40, initial=chosen, widget=widget)
    choices = [(option, option) for option in dict.fromkeys([*question["options"], *filter(None, [chosen])])]
    if question["section"] == HIDDEN:
        radio = forms.RadioSelect(attrs={"class": "btn-check", **OF_FORM})
        return forms.ChoiceField(label="隐藏的行", choices=choices, initial=chosen, widget=radio)
    if chosen and not question["answered"]:
        choices = [(value, f"{text}{LIKELY}" if value == chosen else text) for value, text in choices]
        choices.sort(key=lambda choice: choice[0] != chosen)
    if not chosen:
        choices = [("", CHOOSE), *choices]
    select = forms.Select(attrs={"class": "form-select short", "aria-label": label, **OF_FORM})
    return forms.ChoiceField(label=label, choices=choices, required=False, initial=chosen, widget=select)


def _tick(label: str, initial: bool) -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "form-check-input", **OF_FORM})
    return forms.BooleanField(label=label, required=False, initial=initial, widget=widget)


def _is_worth_remembering(question: dict[str, Any]) -> bool:
    """Return whether 记住 is ticked at first: not for what names one village or leaves a column out."""
    return not question["must"] and question["chosen"] not in ("", SKIP)


def peek_of(run: ImportRun) -> dict[str, Any]:
    """Return the rows around the heading as the page draws them: each cell with whether it was filled, and
    below them what each column means.
    """
    layout = run.layout
    if not layout:
        return {}
    first, last = layout["heading"]
    filled = {(row, at) for row, at in layout["filled"]}
    asked = {q["cell"]: q for q in run.questions if q["section"] == HEADINGS}
    return {
        "heading": f"第 {first} 行" if first == last else f"第 {first}、{last} 行",
        "is_double": first != last,
        "width": len(layout["columns"]),
        "rows": [
            {
                "number": number,
                "is_heading": first <= number <= last,
                "alone": next(filter(None, cells)) if sum(map(bool, cells)) == 1 else "",
                "cells": [(cell, (number, at) in filled) for at, cell in enumerate(cells)],
            }
            for number, cells in layout["rows"]
        ],
        "columns": [
            _meaning(label, asked.get(column_name(at))) for at, label in enumerate(layout["columns"])
        ],
    }


def _meaning(label: str, question: dict[str, Any] | None) -> tuple[str, bool]:
    """Return what a column means, and whether the clerk has to say it."""
    if question and question["must"] and not question["chosen"]:
        return "必答", True
    return label or "不导入", False

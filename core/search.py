"""The search form of a list: its fields, filters, and the active filters in words and as chips."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.choices import BaseChoiceIterator

from core.cells import CellError, clean_phone, clean_searched, one_line
from core.labels import label_of


def by_name(text: str, prefix: str = "") -> Q:
    """Match part of a Chinese name, or of its pinyin or initials."""
    if not text.isascii():
        return Q(**{f"{prefix}name__contains": clean_searched(text)})
    letters = text.lower().replace(" ", "").replace("'", "")
    return Q(**{f"{prefix}pinyin__contains": letters}) | Q(**{f"{prefix}initials__contains": letters})


class Pairs(BaseChoiceIterator):
    """A list of plain choice pairs; Django normalises any other list at every request."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = list(pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Limit the choices of a field to these."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = Pairs(choices)


def plain(text: str) -> str:
    """Narrow full-width letters and digits."""
    return unicodedata.normalize("NFKC", text)


def key_field(label: str) -> forms.IntegerField:
    """Return a filter set by links only: a row's key, limited to what both databases can hold."""
    return forms.IntegerField(label=label, required=False, max_value=10**18, widget=forms.HiddenInput)


def choice_field(model: type[models.Model], column: str) -> forms.ChoiceField:
    """Return a filter by the choices of a column, whose label stands for all rows."""
    field: Any = model._meta.get_field(column)
    label = label_of(model, column)
    return forms.ChoiceField(label=label, required=False, choices=[("", label), *field.choices])


class SearchForm(forms.Form):
    """The filters of a list.

    Field `x` filters by the method `by_x(queryset, value)`, or by column `x` without one.
    """

    placeholder = ""
    period_fields: ClassVar[tuple[str, ...]] = ("since", "until", "at", "year")
    """Fields that choose the period rather than filter."""
    q = forms.CharField(label="查找", required=False, max_length=60)

    def clean_q(self) -> str:
        """Normalise like stored names and numbers: narrow digits, no spaces, phone numbers in one piece."""
        text = "".join(one_line(plain(self.cleaned_data["q"])).split())
        try:
            return clean_phone(text) or text
        except CellError:
            return text

    def filter(self, queryset: Any) -> QuerySet[Any]:
        """Apply every valid filter; an invalid one is ignored and reported by `problem`."""
        self.is_valid()
        found: QuerySet[Any] = queryset
        for name, value in self.cleaned_data.items():
            if value not in (None, "", False):
                by = getattr(self, f"by_{name}", None)
                found = by(found, value) if by else found.filter(**{name: value})
        return found

    def by_q(self, queryset: Any, value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = queryset.filter(by_name(value))
        return found

    @property
    def problem(self) -> str:
        wrong = [str(self.fields[name].label) for name in self.errors if name in self.fields]
        said = [f"{sentence}没有按它筛选。" for sentence in self.non_field_errors()]
        if wrong and not said:
            said = [f"{'、'.join(wrong)}的条件看不懂，没有按它筛选。"]
        return "".join(said)

    def describe(self) -> str:
        """Describe the active filters in words, for the head of a print."""
        return "；".join(f"{field.label}：{self._shown(name)}" for name, field in self._set_fields())

    def describe_filters(self) -> str:
        """Describe the active filters without the period."""
        fields = ((name, field) for name, field in self._set_fields() if name not in self.period_fields)
        return "；".join(f"{field.label}：{self._shown(name)}" for name, field in fields)

    def describe_period(self) -> str:
        """Describe the chosen period in words; '' for none."""
        given = {name: self._shown(name) for name, _ in self._set_fields() if name in self.period_fields}
        since, until = given.get("since"), given.get("until")
        between = (
            f"{since}至{until}"
            if since and until
            else f"{since}起"
            if since
            else f"{until}止"
            if until
            else ""
        )
        year, at = given.get("year"), given.get("at")
        return "，".join(filter(None, [between, year and f"{year} 年", at and f"截至{at}"]))

    def _set_fields(self) -> Iterator[tuple[str, forms.Field]]:
        for name, field in self.fields.items():
            if self.cleaned_data.get(name) not in (None, "", False):
                yield name, field

    def _shown(self, name: str) -> str:
        field, value = self.fields[name], self.cleaned_data[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(_flat(field.choices)).get(value, value))
        return "是" if value is True else str(value)

    def chips(self, without: Callable[[str], str]) -> list[dict[str, Any]]:
        """Return the filters for `_filter.html`; `without(name)` is the page's address without that filter."""
        return [
            {
                "name": name,
                "label": field.label,
                "kind": _kind(field),
                "typed": "data-typed" in field.widget.attrs,
                "value": self._raw(name),
                "choices": [(v, label) for v, label in _flat(getattr(field, "choices", [])) if v != ""],
                "clear": without(name),
            }
            for name, field in self.fields.items()
            if name != "q" and not isinstance(field.widget, forms.HiddenInput)
        ]

    def hidden_pairs(self) -> list[tuple[str, Any]]:
        """Return filters set by a link, which stay active while others change."""
        return [
            (name, self._raw(name))
            for name, field in self.fields.items()
            if isinstance(field.widget, forms.HiddenInput) and self._raw(name)
        ]

    def _raw(self, name: str) -> object:
        value = self.cleaned_data.get(name)
        return value.isoformat() if isinstance(value, date) else value or ""


def _flat(choices: Any) -> list[tuple[Any, str]]:
    return [(value, str(label)) for value, label in choices]


def _kind(field: forms.Field) -> str:
    if isinstance(field, forms.BooleanField):
        return "check"
    return "date" if isinstance(field, forms.DateField) else "select"

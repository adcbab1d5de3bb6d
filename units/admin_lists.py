"""Parts of admin lists: booleans in words, filters for empty or filled columns."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter, RelatedFieldListFilter, SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest

from units.access import user_of

COMPARISONS = frozenset({"exact", "isnull", "isempty", "gte", "lt"})
"""Lookups that the links of list filters use on a column."""


def said(name: str, label: str, yes: str, no: str = "") -> Callable[[Any], str]:
    """Return a column that shows a boolean in words instead of Django's green or red icon."""

    @admin.display(description=label, ordering=name)
    def column(row: Any) -> str:
        return yes if getattr(row, name) else no

    return column


class Seen(RelatedFieldListFilter):
    """Filter by the related rows in the user's scope: cheaper than collecting those that occur in the list."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = field.related_model.objects.visible_to(user_of(request))
        return [(str(row.pk), str(row)) for row in rows]


class Filled(EmptyFieldListFilter):
    """Filter by whether a column is filled (有 or 没有), such as an end date."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice, words in zip(super().choices(changelist), ("全部", "没有", "有"), strict=True):
            yield {**choice, "display": words}


def filtered_by(item: Any) -> str:
    """Return the field or parameter of an entry of `list_filter`."""
    if isinstance(item, type) and issubclass(item, SimpleListFilter):
        return str(item.parameter_name)
    return str(item[0] if isinstance(item, tuple) else item)


def comparisons_of(model: Any, name: str) -> set[str]:
    """Return the lookups that a filter's links may use on its column, which may belong to a related row.

    A relation itself is filtered by key only.
    """
    try:
        field: Any = get_fields_from_path(model, name)[-1]
    except FieldDoesNotExist:
        return set()  # one of our own filters, by its parameter
    if field.is_relation:
        return {f"{name}__{field.target_field.name}__exact", f"{name}__exact", f"{name}__isnull"}
    return {f"{name}__{comparison}" for comparison in COMPARISONS}


def by_village(item: Any) -> object:
    """Filter by the township of a row's village, parallel to the filter by village."""
    path = filtered_by(item)
    return (path.removesuffix("__division"), Seen) if path.endswith("village__division") else item

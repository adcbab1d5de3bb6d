"""Small parts of admin lists: truths in words, filters by whether something is filled in."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter, RelatedFieldListFilter, SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest

from units.access import user_of

COMPARISONS = frozenset({"exact", "isnull", "isempty", "gte", "lt"})
"""What the links of list filters ask of a column."""


def said(name: str, label: str, yes: str, no: str = "") -> Callable[[Any], str]:
    """Return a column that says a truth in words; Django would draw a green or red mark."""

    @admin.display(description=label, ordering=name)
    def column(row: Any) -> str:
        return yes if getattr(row, name) else no

    return column


class Seen(RelatedFieldListFilter):
    """The related rows that the user sees: cheaper than looking through the list for those that occur."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = field.related_model.objects.visible_to(user_of(request))
        return [(str(row.pk), str(row)) for row in rows]


class Filled(EmptyFieldListFilter):
    """有 or 没有, as of a date on which something ended."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice, words in zip(super().choices(changelist), ("全部", "没有", "有"), strict=True):
            yield {**choice, "display": words}


def filtered_by(item: Any) -> str:
    """Return the field or parameter of one entry of `list_filter`."""
    if isinstance(item, type) and issubclass(item, SimpleListFilter):
        return str(item.parameter_name)
    return str(item[0] if isinstance(item, tuple) else item)


def comparisons_of(model: Any, name: str) -> set[str]:
    """Return what the links of a filter may ask of its column, which may be one of a related row; a related
    row itself is asked for by its key alone.
    """
    try:
        field: Any = get_fields_from_path(model, name)[-1]
    except FieldDoesNotExist:
        return set()  # a filter of our own, by its parameter
    if field.is_relation:
        return {f"{name}__{field.target_field.name}__exact", f"{name}__exact", f"{name}__isnull"}
    return {f"{name}__{comparison}" for comparison in COMPARISONS}


def by_village(item: Any) -> object:
    """Return a filter by the township of a row's village, as one by the village itself."""
    path = filtered_by(item)
    return (path.removesuffix("__division"), Seen) if path.endswith("village__division") else item

"""The label of a column, which its form field, heading and filter share."""

from typing import Any

from django.db import models


def label_of(model: type[models.Model], column: str) -> str:
    """Return the `verbose_name` of a column."""
    field: Any = model._meta.get_field(column)
    return str(field.verbose_name)

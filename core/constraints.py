"""Constraints shared by several models. Imports bypass validators, so the database must refuse too."""

from collections.abc import Callable, Sequence
from typing import Any

from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint
from django.db.migrations.operations.base import Operation
from django.db.models import CheckConstraint, F, Q

BLANK = ("", "")
"""Marker for `chosen`: a choice field that may be empty."""
SHOWN = 20
"""Rows that a migration lists per constraint."""


def ends_after_start(
    name: str,
    start: str = "started_on",
    end: str = "ended_on",
    message: str = "结束日期不能早于开始日期。",
) -> CheckConstraint:
    """Refuse an end before its start; either may be empty."""
    return CheckConstraint(
        condition=Q(**{start: None}) | Q(**{end: None}) | Q(**{f"{end}__gte": F(start)}),
        name=name,
        violation_error_message=message,
    )


def within(name: str, label: str, field: str, low: int, high: int) -> CheckConstraint:
    """Refuse a number outside a range; NULL is allowed."""
    return CheckConstraint(
        condition=Q(**{field: None}) | Q(**{f"{field}__gte": low, f"{field}__lte": high}),
        name=name,
        violation_error_message=f"{label}要在 {low} 到 {high} 之间。",
    )


def shaped(name: str, field: str, pattern: str, message: str) -> CheckConstraint:
    """Refuse text that does not match the pattern (same syntax on both databases); NULL is allowed."""
    return CheckConstraint(
        condition=Q(**{field: None}) | Q(**{f"{field}__regex": pattern}),
        name=name,
        violation_error_message=message,
    )


def chosen(name: str, **choices: Sequence[tuple[Any, Any]]) -> CheckConstraint:
    """Refuse a code that is not among the field's choices."""
    known = Q()
    for field, pairs in choices.items():
        known &= Q(**{f"{field}__in": [code for code, _ in pairs]})
    return CheckConstraint(condition=known, name=name, violation_error_message="有一格不在可选的内容里。")


def refuse_breaches(
    app: str, operations: Sequence[Operation]
) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """Return a migration step that lists the rows breaking the constraints about to be added, and stops.

    It changes nothing: the office decides how to correct such rows.
    """
    added = [operation for operation in operations if isinstance(operation, AddConstraint)]

    def step(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
        lines = [
            line
            for each in added
            for line in _breaches(apps.get_model(app, each.model_name), each.constraint)
        ]
        if lines:
            raise CommandError(
                "下面的行不合新的规则，没有改动，升级停下了。在原来的版本里改好这些行，再升级：\n"
                + "\n".join(lines)
            )

    return step


def _breaches(model: Any, check: Any) -> list[str]:
    pks = list(
        model._base_manager.exclude(check.condition).order_by("pk").values_list("pk", flat=True)[: SHOWN + 1]
    )
    if not pks:
        return []
    shown = "、".join(str(pk) for pk in pks[:SHOWN]) + ("……" if len(pks) > SHOWN else "")
    return [f"{model._meta.verbose_name}（id {shown}）：{check.violation_error_message}"]

"""Describe changes of a response, in its history and in the preview of an import."""

from collections.abc import Callable
from typing import Any

from core.display import FieldChange, Lines
from surveys.definition.document import Definition
from surveys.definition.items import Item
from surveys.filling.checking import given

Tell = Callable[[Item, Any], str]
"""Format an item's answer as the reader may see it."""


def told_fields(definition: Definition, tell: Tell) -> Lines:
    """Return formatters of long fields: one line per changed answer."""

    def answers(old: Any, new: Any) -> list[FieldChange]:
        before, after = old or {}, new or {}
        return [
            FieldChange(item.label, tell(item, before.get(code)), tell(item, after.get(code)))
            for code, item in definition.by_code.items()
            if given(before.get(code)) != given(after.get(code))
        ]

    def members(old: Any, new: Any) -> list[FieldChange]:
        return [FieldChange("家庭成员", f"{len(old or [])} 口", f"{len(new or [])} 口")]

    def confirmed(old: Any, new: Any) -> list[FieldChange]:
        return [FieldChange("核对过的提醒", "；".join((old or {}).values()), "；".join((new or {}).values()))]

    return {"answers": answers, "members": members, "confirmed": confirmed}

"""Admin base shared by 联村 and 联户: pairings begin and end through actions and are never rewritten."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from core.records import Record
from units.scoped_admin import ScopedAdmin, ScopedForm


class PairingForm(ScopedForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("end_reason") and not data.get("ended_on") and "ended_on" not in self.errors:
            self.add_error("ended_on", "要结束就填哪天结束，不结束就把原因删掉。")
        return data


class PairingAdmin(ScopedAdmin):
    """Admin of pairings: create a new one, end an open one; an ended one is read-only."""

    form = PairingForm
    end_fields = ("ended_on", "end_reason")

    def begin(self, pairing: Any) -> Record:
        """Pair as the unsaved row says and return the stored one. Raises ValidationError."""
        raise NotImplementedError

    def end(self, pairing: Any, on: date, reason: str) -> None:
        """End the pairing. Raises ValidationError or StaleRecord."""
        raise NotImplementedError

    def warnings(self, pairing: Any) -> Sequence[str]:
        raise NotImplementedError

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        later = () if obj else self.end_fields
        return [name for name in super().get_fields(request, obj) if name not in later]

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Remember whether the pairing is over before a form modifies it."""
        found = super().get_object(request, object_id, from_field)
        found.is_over = found.ended_on is not None
        return found

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not getattr(obj, "is_over", False)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            made = self.begin(obj)
            obj.pk = made.pk
            self.refuse_foreign(request, made)
            for sentence in self.warnings(made):
                messages.warning(request, sentence)
        elif obj.ended_on:
            on, reason = obj.ended_on, obj.end_reason
            obj.ended_on, obj.end_reason = None, ""
            self.end(obj, on, reason)

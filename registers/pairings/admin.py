"""联户 in the admin: problems are handed over as on the pages."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from households.admin import HouseholdPairingAdmin
from households.models import HouseholdPairing
from units.access import user_of
from visits.problems.problem_handover import handover_sentences, pass_on, take_up


@admin.register(HouseholdPairing)
class FollowedPairingAdmin(HouseholdPairingAdmin):
    def save_model(self, request: HttpRequest, obj: HouseholdPairing, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        by = user_of(request)
        if obj.ended_on:
            for sentence in handover_sentences(pass_on([obj], to=None, reason=obj.end_reason, by=by)):
                messages.warning(request, sentence)
        elif not change and (taken := take_up([obj], by=by)):
            messages.warning(request, f"{taken} 件诉求转给{obj.cadre}。")

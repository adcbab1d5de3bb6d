"""The sheets of 联户 and 花名册 with the problems that newly paired cadres take up."""

from core.chunked_queries import records_in
from core.history import current_actor
from core.importing.sheet import Created
from households.importing import HouseholdPairingSheet, RosterSheet
from households.models import HouseholdPairing
from units.models import Cadre
from visits.problems.problem_handover import take_up


class FollowedPairingSheet(HouseholdPairingSheet):
    """Hand over the problems of newly paired households as of the pairing's first day; undoing hands them back."""

    def after_insert(self, created: Created) -> None:
        super().after_insert(created)
        _hand_over(created)


class FollowedRosterSheet(RosterSheet):
    """Hand over the problems likewise."""

    def after_insert(self, created: Created) -> None:
        super().after_insert(created)
        _hand_over(created)


def _hand_over(created: Created) -> None:
    keys = [row["id"] for row in created.get(HouseholdPairing._meta.label_lower, [])]
    if begun := list(records_in(HouseholdPairing.objects.filter(ended_on=None), "pk", keys)):
        take_up(begun, by=Cadre.objects.get(pk=current_actor().by))

"""The sheet of 联户 with the problems that newly paired cadres take up."""

from core.history import current_actor
from core.importing.sheet import Created
from households.importing import HouseholdPairingSheet
from households.models import HouseholdPairing
from units.models import Cadre
from visits.problems.problem_handover import take_up


class FollowedPairingSheet(HouseholdPairingSheet):
    """Hand over the problems of newly paired households, and hand them back when the import is undone."""

    def after_insert(self, created: Created) -> None:
        super().after_insert(created)
        rows = created.get(HouseholdPairing._meta.label_lower, [])
        begun = [
            HouseholdPairing(pk=row["id"], household_id=row["household_id"])
            for row in rows
            if row["ended_on"] is None
        ]
        if begun:
            take_up(begun, by=Cadre.objects.get(pk=current_actor().by))

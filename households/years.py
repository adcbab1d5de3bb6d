"""The years for which the registers of a place offer a cut-off."""

from core.periods import years_of
from households.models import HouseholdPairing
from units.models import Cadre
from villages.models import VillagePairing


def years_at(user: Cadre) -> set[int]:
    """Return the years in which a pairing that the user sees began or ended."""
    of_households = HouseholdPairing.objects.visible_to(user)
    of_villages = VillagePairing.objects.visible_to(user)
    return years_of(
        (of_households, "started_on"),
        (of_households, "ended_on"),
        (of_villages, "started_on"),
        (of_villages, "ended_on"),
    )

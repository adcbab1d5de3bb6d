"""The years for which the registers of a place offer a cut-off."""

from core.periods import years_of
from households.models import HouseholdPairing
from units.models import Cadre
from villages.models import VillagePairing


def years_at(user: Cadre) -> set[int]:
    """Return the years in which a pairing that the user sees began."""
    return years_of(
        (HouseholdPairing.objects.visible_to(user), "started_on"),
        (VillagePairing.objects.visible_to(user), "started_on"),
    )

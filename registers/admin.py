"""Django's admin looks for the app's classes here; their models belong to the apps below."""

from registers.pairings.admin import FollowedPairingAdmin
from registers.plans.admin import (
    HouseholdAwayAdmin,
    HouseholdPlanAdmin,
    MeasureAdmin,
    VillageGoalAdmin,
    VillageNoteAdmin,
    VillagePlanAdmin,
)
from registers.projects.admin import ProjectAdmin, ProjectFundAdmin

__all__ = [
    "FollowedPairingAdmin",
    "HouseholdAwayAdmin",
    "HouseholdPlanAdmin",
    "MeasureAdmin",
    "ProjectAdmin",
    "ProjectFundAdmin",
    "VillageGoalAdmin",
    "VillageNoteAdmin",
    "VillagePlanAdmin",
]

"""Admin of visits and of what follows from them, of projects and plans: writing keeps to the rules of the pages."""

from visits.activities.admin import ActivityAdmin
from visits.admin.pairing import FollowedPairingAdmin
from visits.admin.plan import (
    HouseholdAwayAdmin,
    HouseholdPlanAdmin,
    MeasureAdmin,
    VillageGoalAdmin,
    VillageNoteAdmin,
    VillagePlanAdmin,
)
from visits.admin.project import ProjectAdmin, ProjectFundAdmin
from visits.assistance.admin import AssistanceAdmin
from visits.problems.admin import ProblemAdmin
from visits.visits.admin import VisitAdmin

__all__ = [
    "ActivityAdmin",
    "AssistanceAdmin",
    "FollowedPairingAdmin",
    "HouseholdAwayAdmin",
    "HouseholdPlanAdmin",
    "MeasureAdmin",
    "ProblemAdmin",
    "ProjectAdmin",
    "ProjectFundAdmin",
    "VillageGoalAdmin",
    "VillageNoteAdmin",
    "VillagePlanAdmin",
    "VisitAdmin",
]

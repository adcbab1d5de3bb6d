"""Admin of visits and of what follows from them: read, exported, 作废; written only where a page writes too."""

from visits.admin.activity import ActivityAdmin
from visits.admin.assistance import AssistanceAdmin
from visits.admin.pairing import FollowedPairingAdmin
from visits.admin.problem import ProblemAdmin
from visits.admin.visit import VisitAdmin

__all__ = ["ActivityAdmin", "AssistanceAdmin", "FollowedPairingAdmin", "ProblemAdmin", "VisitAdmin"]

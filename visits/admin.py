"""Django's admin finds the classes of the app here."""

from visits.activities.admin import ActivityAdmin
from visits.assistance.admin import AssistanceAdmin
from visits.problems.admin import ProblemAdmin
from visits.visits.admin import VisitAdmin

__all__ = ["ActivityAdmin", "AssistanceAdmin", "ProblemAdmin", "VisitAdmin"]

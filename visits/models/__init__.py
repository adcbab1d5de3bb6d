"""走访、诉求、帮扶、活动。"""

from visits.models.activity import Activity, ActivityPhoto
from visits.models.assistance import Assistance, AssistancePhoto, AssistanceShare
from visits.models.problem import ESCALATED, MOVES, OPEN, Problem, ProblemMove, Status
from visits.models.visit import Visit, VisitCompanion, VisitPhoto, VisitSignature, recorded_late

__all__ = [
    "ESCALATED",
    "MOVES",
    "OPEN",
    "Activity",
    "ActivityPhoto",
    "Assistance",
    "AssistancePhoto",
    "AssistanceShare",
    "Problem",
    "ProblemMove",
    "Status",
    "Visit",
    "VisitCompanion",
    "VisitPhoto",
    "VisitSignature",
    "recorded_late",
]

"""走访、诉求、帮扶、活动。"""

from visits.activities.models import Activity, ActivityPhoto
from visits.assistance.models import Assistance, AssistancePhoto, AssistanceShare
from visits.problems.models import ESCALATED, MOVES, OPEN, Problem, ProblemMove, ProblemStatus
from visits.visits.models import Visit, VisitCompanion, VisitPhoto, VisitSignature, recorded_late

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
    "ProblemStatus",
    "Visit",
    "VisitCompanion",
    "VisitPhoto",
    "VisitSignature",
    "recorded_late",
]

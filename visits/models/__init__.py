"""走访。"""

from visits.models.visit import Visit, VisitCompanion, VisitPhoto, recorded_late

__all__ = ["Visit", "VisitCompanion", "VisitPhoto", "recorded_late"]

"""Models that every app uses: history, import runs, downloads and reveals, and the installation."""

from core.models.history import ACCOUNTS, Change
from core.models.imports import ImportRow, ImportRun, ImportRunQuerySet, Spelling
from core.models.installation import Installation, demo_marks, installed
from core.models.oversight import (
    MEASURES,
    Download,
    LogQuerySet,
    Look,
    Notice,
    OverLimit,
    ReportRead,
    Reveal,
)
from core.models.stamps import Stamp

__all__ = [
    "ACCOUNTS",
    "MEASURES",
    "Change",
    "Download",
    "ImportRow",
    "ImportRun",
    "ImportRunQuerySet",
    "Installation",
    "LogQuerySet",
    "Look",
    "Notice",
    "OverLimit",
    "ReportRead",
    "Reveal",
    "Spelling",
    "Stamp",
    "demo_marks",
    "installed",
]

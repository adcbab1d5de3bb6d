"""Rows that every app stands on: history, import runs, downloads and reveals, and the installation."""

from core.models.history import Change
from core.models.imports import ImportRow, ImportRun, ImportRunQuerySet
from core.models.installation import Installation, installed
from core.models.oversight import Download, LogQuerySet, Reveal

__all__ = [
    "Change",
    "Download",
    "ImportRow",
    "ImportRun",
    "ImportRunQuerySet",
    "Installation",
    "LogQuerySet",
    "Reveal",
    "installed",
]

"""行政区划、单位、干部（也是用户）、要求（限额）、请假、工作日历，和页面上可改的词。"""

from units.models.factors import Passkey, SecondFactor, generator_of, recovery_hash
from units.models.limits import DailyLimit
from units.models.postings import FROM_THE_START, Posting
from units.models.rules import (
    NOT_NEGATIVE,
    OF_THE_CAMPAIGN,
    YEARS,
    CalendarDay,
    Leave,
    Requirement,
    Word,
    nearest_requirement,
)
from units.models.sessions import Session
from units.models.staff import LEVEL_OF_LENGTH, Cadre, CadreQuerySet, Division, Reach, Unit, today

__all__ = [
    "FROM_THE_START",
    "LEVEL_OF_LENGTH",
    "NOT_NEGATIVE",
    "OF_THE_CAMPAIGN",
    "YEARS",
    "Cadre",
    "CadreQuerySet",
    "CalendarDay",
    "DailyLimit",
    "Division",
    "Leave",
    "Passkey",
    "Posting",
    "Reach",
    "Requirement",
    "SecondFactor",
    "Session",
    "Unit",
    "Word",
    "generator_of",
    "nearest_requirement",
    "recovery_hash",
    "today",
]

"""A household in one round: the facts that determine its answers, and the answers drawn so far."""

from dataclasses import dataclass, field
from random import Random

from demo.answers import Answers
from demo.answers.fortunes import Members, Turn
from demo.answers.grounds import Ground
from demo.homes import Home
from households.choices import Health, Labour, MigrantWork, Schooling

WORKERS = {Labour.ORDINARY, Labour.SKILLED}
ILL = {Health.SERIOUS, Health.CHRONIC}
AT_WORK_AWAY = {MigrantWork.IN_COUNTY, MigrantWork.IN_PROVINCE, MigrantWork.ELSEWHERE, MigrantWork.OTHER}


@dataclass(slots=True)
class Case:
    """A household in one round.

    `before` holds the answers of the first round and `turn` what happened since; both are None in the first
    round. `means` states how well off the household is compared with others of equal land and labour.
    """

    rng: Random
    home: Home
    ground: Ground
    year: int
    members: Members
    means: float
    turn: Turn | None = None
    before: Answers | None = None
    answers: Answers = field(default_factory=dict)
    workers: int = 0
    idle: int = 0
    """Number of healthy members of working age, not at school, who are registered as having no labour."""
    away: int = 0
    pupils: int = 0
    """Number of pupils from senior school on."""
    ill: int = 0
    well: int = 0
    insured: int = 0
    pensions: int = 0
    pensioners: int = 0

    def __post_init__(self) -> None:
        for member in self.members:
            age, health, is_pupil = member["age"], member["M08"], member["M07"] != Schooling.NONE
            self.insured += member["M12"]
            self.pensions += member["M13"]
            self.pensioners += age >= 60 and member["M13"]
            self.well += health == Health.HEALTHY
            self.ill += health in ILL
            if member["M09"] in WORKERS:
                self.workers += 1
                self.away += member["M10"] in AT_WORK_AWAY
            elif is_pupil:
                self.pupils += member["M07"] >= Schooling.SENIOR_1
            elif 16 <= age < 60 and health == Health.HEALTHY:
                self.idle += 1

    @property
    def size(self) -> int:
        return len(self.members)

"""A household in one round: the facts that its answers follow from, and its answers so far."""

from dataclasses import dataclass, field
from random import Random

from households.choices import Health, Labour, MigrantWork, Schooling
from lianhu.demo.answers import Answers
from lianhu.demo.answers.fortunes import Members, Turn
from lianhu.demo.answers.grounds import Ground
from lianhu.demo.homes import Home

WORKERS = {Labour.ORDINARY, Labour.SKILLED}
AT_WORK_AWAY = {MigrantWork.IN_COUNTY, MigrantWork.IN_PROVINCE, MigrantWork.ELSEWHERE, MigrantWork.OTHER}


@dataclass(slots=True)
class Case:
    """`before` are the answers of the first round, `turn` what happened since; both None in the first.

    `means`: how well the household does beside others with as much land and labour.
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
    away: int = 0
    pupils: int = 0
    is_ill: bool = False

    def __post_init__(self) -> None:
        for member in self.members:
            self.workers += member["M09"] in WORKERS
            self.away += member["M10"] in AT_WORK_AWAY
            self.pupils += member["M07"] >= Schooling.SENIOR_1
            self.is_ill = self.is_ill or member["M08"] in ILL

    @property
    def size(self) -> int:
        return len(self.members)


ILL = {Health.SERIOUS, Health.CHRONIC}

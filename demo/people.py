"""One invented person: name, birth date and ID number.

Ages are whole years on 1 January of the demo's year, so that all demos of one year have the same people.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from core.identity import check_digit
from demo import words
from households.choices import Health, Labour, MigrantWork, Relation, Schooling, Sex

SINGLE_SHARE = {words.OLD: 0.05, words.MIDDLE: 0.12, words.YOUNG: 0.22, words.CHILD: 0.06}
SERIALS = range(900, 1000)
"""Serials of ID numbers: ones this high are hardly ever issued, so that no real person is matched."""


@dataclass(slots=True)
class Person:
    """A person. Relation to the head, sex and age are set first; families and traits fill in the rest."""

    relation: Relation
    sex: Sex
    age: int
    surname: str = ""
    name: str = ""
    born_on: date = date.min
    id_number: str = ""
    education: str = ""
    schooling: str = Schooling.NONE
    health: str = Health.HEALTHY
    labour: str = Labour.NONE
    migrant_work: str = MigrantWork.NONE
    migrant_months: int | None = None
    medical_insurance: bool = True
    pension_insurance: bool = False
    left_on: date | None = None
    left_reason: str = ""
    pk: int = 0

    @property
    def is_worker(self) -> bool:
        return self.labour in {Labour.ORDINARY, Labour.SKILLED}

    @property
    def is_away(self) -> bool:
        """Return whether the person works outside the county."""
        return self.migrant_work in {MigrantWork.IN_PROVINCE, MigrantWork.ELSEWHERE}


def given_name(rng: Random, sex: Sex, age: int, shared: str = "") -> str:
    """Return one or two characters typical of the generation; siblings may share the first."""
    key = words.generation(age), sex
    if shared:
        second = words.SECOND[key]
        return shared + rng.choice(second.replace(shared, "") or second)
    if rng.random() < SINGLE_SHARE[key[0]]:
        return rng.choice(words.SINGLE[key])
    return rng.choice(words.DOUBLE[key])


def birth_date(rng: Random, year: int, age: int) -> date:
    """Return a birth date of somebody who is `age` on 1 January of `year`."""
    return date(year - age, 1, 1) - timedelta(days=rng.randint(1, 365))


@dataclass
class Registry:
    """Issues unique ID numbers of one county."""

    area: str
    given: set[str] = field(default_factory=set)

    def number(self, rng: Random, born_on: date, sex: Sex) -> str:
        while True:
            serial = rng.choice(SERIALS)
            if serial % 2 != int(sex) % 2:
                serial ^= 1
            first = f"{self.area}{born_on:%Y%m%d}{serial}"
            if first not in self.given:
                self.given.add(first)
                if first.endswith("00") and check_digit(first) == "0":
                    # A number that ends with 000 looks cut off by Excel; nobody else has a serial below 900.
                    first = f"{first[:-3]}800"
                return first + check_digit(first)

"""How a household fared between the two rounds, and its members in each round."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from random import Random
from typing import Any

from demo.answers.grounds import Ground
from demo.homes import Home
from demo.people import Person
from households.choices import Cause, Education, Health, Labour, MigrantWork, Schooling

Members = list[dict[str, Any]]
"""Clean answers by M code with `pk` and `age`, as a response stores them."""
FALLS_ILL, LEAVES_FOR_WORK, STRUCK_SHARE, STRUCK_AGAIN, RISES = 0.3, 0.13, 0.2, 0.5, 0.62
S = Schooling
CLASS_BEFORE: dict[str, str] = {
    S.GRADE_7: S.PRIMARY,
    S.GRADE_8: S.GRADE_7,
    S.GRADE_9: S.GRADE_8,
    S.SENIOR_1: S.GRADE_9,
    S.SENIOR_2: S.SENIOR_1,
    S.SENIOR_3: S.SENIOR_2,
    S.VOCATIONAL_1: S.GRADE_9,
    S.VOCATIONAL_2: S.VOCATIONAL_1,
    S.VOCATIONAL_3: S.VOCATIONAL_2,
    S.HIGHER_1: S.SENIOR_3,
    S.HIGHER_2: S.HIGHER_1,
    S.HIGHER_3: S.HIGHER_2,
}


class Turn(Enum):
    """Most households improve or stay level; some decline by an illness or a disaster, or send a member to work
    outside the county.
    """

    UP = auto()
    LEVEL = auto()
    ILL = auto()
    STRUCK = auto()
    AWAY = auto()


@dataclass(slots=True)
class Fortune:
    """A household's turn; `who` is the member who fell ill or left for work."""

    turn: Turn
    who: Person | None = None


def draw_fortune(rng: Random, home: Home, ground: Ground) -> Fortune:
    ill = [person for person in home.family if _may_have_fallen_ill(person)]
    away = [person for person in home.family if person.is_away]
    if ill and rng.random() < FALLS_ILL:
        return Fortune(Turn.ILL, ill[0])
    if ground.was_struck and rng.random() < (STRUCK_AGAIN if home.cause == Cause.DISASTER else STRUCK_SHARE):
        return Fortune(Turn.STRUCK)
    if away and rng.random() < LEAVES_FOR_WORK:
        return Fortune(Turn.AWAY, away[-1])
    return Fortune(Turn.UP if rng.random() < RISES else Turn.LEVEL)


def _may_have_fallen_ill(person: Person) -> bool:
    return person.health == Health.SERIOUS and 17 < person.age < 58 and person.schooling == S.NONE


def members_now(home: Home, day: date) -> Members:
    """Return the members of the second round, as in the register."""
    present = [(person, _age(person, day)) for person in _present(home, day)]
    return _in_order([_facts(home, person, age) for person, age in present])


def members_before(home: Home, day: date, fortune: Fortune) -> Members:
    """Return the members of the first round: one school class lower, and before what happened in between."""
    members = []
    for person in _present(home, day):
        facts = _facts(home, person, _age(person, day))
        facts["M07"] = _class_before(person)
        facts["M06"] = _schooled(person.age - 1, facts["M07"], person.education)
        if person is fortune.who:
            facts |= _before_illness(home, person) if fortune.turn == Turn.ILL else AT_HOME
        elif facts["M08"] == Health.HEALTHY and facts["M07"] == S.NONE and 16 <= facts["age"] < 60:
            facts["M09"] = person.labour if person.is_worker else Labour.ORDINARY
        members.append(facts)
    return _in_order(members)


AT_HOME = {"M10": MigrantWork.NONE, "M11": None}


def _before_illness(home: Home, person: Person) -> dict[str, Any]:
    """Return the person's earlier health: healthy, or chronically ill if illness is the cause of poverty."""
    health = Health.CHRONIC if home.cause == Cause.ILLNESS else Health.HEALTHY
    worked = {"M10": MigrantWork.IN_PROVINCE, "M11": 7} if person.age < 48 else AT_HOME
    return {"M08": health, "M09": Labour.ORDINARY, **worked}


def _present(home: Home, day: date) -> list[Person]:
    people = [*home.family, *home.left]
    return [p for p in people if p.born_on <= day and (p.left_on is None or p.left_on > day)]


def _age(person: Person, day: date) -> int:
    born = person.born_on
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _in_order(members: Members) -> Members:
    return sorted(members, key=lambda member: (member["M04"], member["pk"]))


def _facts(home: Home, person: Person, age: int) -> dict[str, Any]:
    return {
        "pk": person.pk,
        "age": age,
        "M02": person.sex,
        "M04": person.relation,
        "M05": home.ethnicity,
        "M06": person.education,
        "M07": person.schooling,
        "M08": person.health,
        "M09": person.labour,
        "M10": person.migrant_work,
        "M11": person.migrant_months,
        "M12": int(person.medical_insurance),
        "M13": int(person.pension_insurance),
    }


def _class_before(person: Person) -> str:
    """Return the school class a year ago; those who left school at 15 were in the ninth."""
    if person.schooling == S.PRIMARY and person.age <= 6:
        return S.KINDERGARTEN
    if person.schooling == S.KINDERGARTEN and person.age <= 3:
        return S.NONE
    if person.schooling == S.NONE and person.age == 15:
        return S.GRADE_9
    if person.schooling == S.COLLEGE and person.age <= 18:
        return S.SENIOR_3
    return CLASS_BEFORE.get(person.schooling, person.schooling)


def _schooled(age: int, schooling: str, since: str) -> str:
    """Return the education of a pupil by age; for others the known one."""
    if age < 6:
        return Education.PRESCHOOL
    if schooling == S.NONE:
        return since
    if age < 12:
        return Education.PRIMARY
    if age < 15:
        return Education.JUNIOR
    return Education.SENIOR if age < 18 else Education.COLLEGE

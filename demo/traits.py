"""Traits of each person (schooling, health, labour, work away from home), and why a household is poor."""

from dataclasses import dataclass, field
from random import Random

from demo.draw import WeightedChoice
from demo.families import Family
from demo.people import Person
from households.choices import (
    Cause,
    Education,
    Health,
    Kind,
    Labour,
    MigrantWork,
    Relation,
    Schooling,
    Sex,
)
from units.presets import in_order

POVERTY_LINE = 2300
"""元 of net income per head and year, the national line of 2011."""

SCHOOLED = (Education.NONE, Education.PRIMARY, Education.JUNIOR, Education.SENIOR, Education.COLLEGE)
_EDUCATION = (
    (72, (62, 32, 6, 0, 0), (84, 15, 1, 0, 0)),
    (58, (28, 46, 21, 5, 0), (56, 34, 10, 0, 0)),
    (44, (10, 38, 42, 10, 0), (24, 46, 27, 3, 0)),
    (30, (3, 27, 54, 12, 4), (7, 37, 46, 7, 3)),
    (16, (0, 9, 54, 22, 15), (0, 12, 52, 21, 15)),
)
"""From this age on: percent of men and of women with each level of education, among those who have left school."""
EDUCATION = [
    (
        age,
        {
            Sex.MALE: WeightedChoice(dict(zip(SCHOOLED, men, strict=True))),
            Sex.FEMALE: WeightedChoice(dict(zip(SCHOOLED, women, strict=True))),
        },
    )
    for age, men, women in _EDUCATION
]

_S = Schooling
KINDERGARTEN_SHARE = 0.55
AT_SENIOR = {
    15: (_S.SENIOR_1, _S.VOCATIONAL_1),
    16: (_S.SENIOR_2, _S.VOCATIONAL_2),
    17: (_S.SENIOR_3, _S.VOCATIONAL_3),
}
SENIOR_SHARE, VOCATIONAL_SHARE = 0.60, 0.16
HIGHER = {18: _S.HIGHER_1, 19: _S.HIGHER_2, 20: _S.HIGHER_3}
COLLEGE_SHARE, HIGHER_SHARE = 0.30, 0.10

ILLNESS = [(66, 0.055, 0.26), (50, 0.035, 0.13), (35, 0.018, 0.05), (0, 0.007, 0.012)]
"""(from this age on, share seriously ill, share chronically ill)."""
DISABLED_SHARE = 0.032

MIGRANT = WeightedChoice(
    {
        MigrantWork.IN_TOWN: 11,
        MigrantWork.IN_COUNTY: 16,
        MigrantWork.IN_PROVINCE: 27,
        MigrantWork.ELSEWHERE: 45,
        MigrantWork.OTHER: 1,
    }
)

CAUSES = {
    Cause.FUNDS: 26.0,
    Cause.SKILL: 17.0,
    Cause.ILLNESS: 24.0,
    Cause.LABOUR: 36.0,
    Cause.SCHOOLING: 36.0,
    Cause.DISABILITY: 7.0,
    Cause.MOTIVATION: 5.0,
    Cause.TRANSPORT: 5.0,
    Cause.WATER: 4.0,
    Cause.DISASTER: 3.5,
    Cause.LAND: 2.5,
    Cause.OTHER: 0.5,
}
"""Weights; 缺劳力 and 因学 are only drawn where true, 因病 and 因残 are made true."""
LESS_LIKELY = 0.45
KINDS = WeightedChoice({Kind.ORDINARY: 60, Kind.ALLOWANCE: 8, Kind.ALLOWANCE_POOR: 25, Kind.LOW_INCOME: 7})
KINDS_OF_THE_WEAK = WeightedChoice(
    {Kind.ORDINARY: 32, Kind.ALLOWANCE: 10, Kind.ALLOWANCE_POOR: 57, Kind.LOW_INCOME: 1}
)


@dataclass(slots=True)
class HouseholdTraits:
    """What the register states about the household as a whole."""

    kind: Kind
    cause: Cause
    other_causes: list[Cause] = field(default_factory=list)
    tags: str = ""
    income: float = 0.0


def describe(rng: Random, family: Family) -> HouseholdTraits:
    """Set the persons' traits and return the household's."""
    for person in family:
        _educate(rng, person)
        person.health = _health(rng, person.age)
    cause = _main_cause(rng, family)
    for person in family:
        _work(rng, person)
    kind = _kind(rng, family)
    if kind == Kind.FIVE_GUARANTEES and cause in {
        Cause.SCHOOLING,
        Cause.FUNDS,
        Cause.SKILL,
        Cause.MOTIVATION,
    }:
        cause = Cause.LABOUR
    return HouseholdTraits(
        kind, cause, _other_causes(rng, family, cause), _tags(rng, family, kind), _income(rng, kind)
    )


def _educate(rng: Random, person: Person) -> None:
    person.schooling = _schooling(rng, person.age)
    if person.age < 6:
        person.education = Education.PRESCHOOL
    elif person.schooling == Schooling.NONE and person.age >= 16:
        by_sex = next(by_sex for age, by_sex in EDUCATION if person.age >= age)
        person.education = by_sex[person.sex].pick(rng)
    elif person.age < 12:
        person.education = Education.PRIMARY
    elif person.age < 15 or person.schooling == Schooling.NONE:
        person.education = Education.JUNIOR
    else:
        person.education = Education.SENIOR if person.age < 18 else Education.COLLEGE


def _schooling(rng: Random, age: int) -> Schooling:
    """Return the school class of a person of this age on 1 January."""
    if 3 <= age <= 5:
        return Schooling.KINDERGARTEN if rng.random() < KINDERGARTEN_SHARE else Schooling.NONE
    if 6 <= age <= 11:
        return Schooling.PRIMARY
    if 12 <= age <= 14:
        return (Schooling.GRADE_7, Schooling.GRADE_8, Schooling.GRADE_9)[age - 12]
    chance = rng.random()
    if age in AT_SENIOR:
        senior, vocational = AT_SENIOR[age]
        if chance < SENIOR_SHARE:
            return senior
        return vocational if chance < SENIOR_SHARE + VOCATIONAL_SHARE else Schooling.NONE
    if 18 <= age <= 21 and chance < COLLEGE_SHARE:
        return Schooling.COLLEGE
    if age in HIGHER and chance < COLLEGE_SHARE + HIGHER_SHARE:
        return HIGHER[age]
    return Schooling.NONE


def _health(rng: Random, age: int) -> Health:
    serious, chronic = next((serious, chronic) for since, serious, chronic in ILLNESS if age >= since)
    chance = rng.random()
    if chance < serious:
        return Health.SERIOUS
    if chance < serious + chronic:
        return Health.CHRONIC
    return Health.DISABLED if chance < serious + chronic + DISABLED_SHARE else Health.HEALTHY


def _main_cause(rng: Random, family: Family) -> Cause:
    weights = dict(CAUSES)
    if not any(person.schooling >= Schooling.SENIOR_1 for person in family):
        del weights[Cause.SCHOOLING]
    if sum(16 <= person.age <= 62 for person in family) > 1:
        del weights[Cause.LABOUR]
    if not any(person.health in {Health.SERIOUS, Health.CHRONIC} for person in family):
        weights[Cause.ILLNESS] *= LESS_LIKELY
    if not any(person.health == Health.DISABLED for person in family):
        weights[Cause.DISABILITY] *= LESS_LIKELY
    cause = WeightedChoice(weights).pick(rng)
    if cause == Cause.ILLNESS:
        _make_true(rng, family, {Health.SERIOUS, Health.CHRONIC}, Health.SERIOUS)
    if cause == Cause.DISABILITY:
        _make_true(rng, family, {Health.DISABLED}, Health.DISABLED)
    return cause


def _make_true(rng: Random, family: Family, enough: set[Health], health: Health) -> None:
    """Make the cause of poverty true: 因病 requires an ill member, 因残 a disabled one."""
    if not any(person.health in enough for person in family):
        adults = [person for person in family if person.age >= 30] or family
        rng.choice(adults).health = health


def _work(rng: Random, person: Person) -> None:
    """Set labour and insurance, and for able members whether they work away."""
    person.medical_insurance = rng.random() < 0.975
    at_school = person.schooling != Schooling.NONE
    person.pension_insurance = person.age >= 16 and not at_school and rng.random() < 0.88
    person.labour = _labour(rng, person, at_school)
    if person.is_worker and person.age <= 58 and rng.random() < _away_share(person):
        person.migrant_work = MIGRANT.pick(rng)
        person.migrant_months = rng.randint(6, 11) if person.is_away else rng.randint(2, 8)


def _labour(rng: Random, person: Person, at_school: bool) -> Labour:
    if person.age < 16 or at_school:
        return Labour.NONE
    if person.health == Health.SERIOUS or (person.health == Health.DISABLED and rng.random() < 0.7):
        return Labour.LOST
    if person.age >= 60 and rng.random() < min(0.3 + (person.age - 60) * 0.08, 1):
        return Labour.NONE if person.age >= 66 else Labour.LOST
    skilled = person.age <= 52 and person.education in {Education.JUNIOR, Education.SENIOR, Education.COLLEGE}
    return Labour.SKILLED if skilled and rng.random() < 0.13 else Labour.ORDINARY


def _away_share(person: Person) -> float:
    """Return the share that works away: sons and daughters-in-law leave, heads and their wives keep house and
    fields.
    """
    young = 0.75 if person.age < 35 else 0.38
    return young * (0.65 if person.sex == Sex.FEMALE else 1.0)


def _kind(rng: Random, family: Family) -> Kind:
    workers = sum(person.is_worker for person in family)
    head = family[0]
    if len(family) == 1 and head.age >= 60 and not workers and rng.random() < 0.93:
        return Kind.FIVE_GUARANTEES
    weak = workers == 0 or any(person.health in {Health.SERIOUS, Health.DISABLED} for person in family)
    return (KINDS_OF_THE_WEAK if weak else KINDS).pick(rng)


def _other_causes(rng: Random, family: Family, main: Cause) -> list[Cause]:
    """Return at most two further causes, each true of the family."""
    ill = any(person.health in {Health.SERIOUS, Health.CHRONIC} for person in family)
    student = any(person.schooling >= Schooling.SENIOR_1 for person in family)
    likely = {
        Cause.FUNDS: 0.28,
        Cause.SKILL: 0.24,
        Cause.ILLNESS: 0.3 if ill else 0,
        Cause.SCHOOLING: 0.3 if student else 0,
        Cause.TRANSPORT: 0.06,
    }
    drawn = [cause for cause, share in likely.items() if rng.random() < share and cause != main]
    return sorted(drawn[:2])


def _tags(rng: Random, family: Family, kind: Kind) -> str:
    head = family[0]
    tags = set()
    if kind == Kind.FIVE_GUARANTEES:
        tags.add("五保")
    if any(person.health == Health.SERIOUS for person in family):
        tags.add("重病")
    if _left_behind(family):
        tags.add("留守")
    if head.age >= 62 and head.sex == Sex.MALE and rng.random() < 0.07:
        tags.add("老党员")
    if rng.random() < 0.014:
        tags.add("军烈属")
    if rng.random() < 0.004:
        tags.add("信访")
    return in_order(tags)


def _left_behind(family: Family) -> bool:
    """Return whether children or old people are left at home because every able adult works elsewhere."""
    dependent = any(person.age < 16 or person.age >= 65 for person in family)
    able = [person for person in family if person.is_worker and person.age < 60]
    grandchild = any(person.relation in {Relation.GRANDSON, Relation.GRANDDAUGHTER} for person in family)
    middle = any(20 <= person.age < 50 and not person.is_away for person in family)
    return (dependent and bool(able) and all(person.is_away for person in able)) or (
        grandchild and not middle
    )


def _income(rng: Random, kind: Kind) -> float:
    """Return the 元 per head and year when identified, below the poverty line."""
    mean = {
        Kind.FIVE_GUARANTEES: 1350,
        Kind.ALLOWANCE_POOR: 1560,
        Kind.ALLOWANCE: 1500,
        Kind.LOW_INCOME: 2180,
    }
    income = rng.gauss(mean.get(kind, 1820), 60 if kind == Kind.LOW_INCOME else 260)
    return min(max(income, 620), POVERTY_LINE - 1)

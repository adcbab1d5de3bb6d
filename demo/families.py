"""The members of a household: typical village families with consistent ages, sexes and surnames."""

from collections.abc import Callable
from random import Random

from demo import words
from demo.draw import WeightedChoice
from demo.people import Person, given_name
from households.choices import Relation, Sex

Family = list[Person]
LARGEST = 9
MARRIES_AT = {Sex.MALE: 22, Sex.FEMALE: 20}

OWN_CHILDREN = Relation.SON, Relation.DAUGHTER
SONS_CHILDREN = Relation.GRANDSON, Relation.GRANDDAUGHTER
DAUGHTERS_CHILDREN = Relation.DAUGHTERS_SON, Relation.DAUGHTERS_DAUGHTER

CHILDREN = WeightedChoice({1: 10, 2: 48, 3: 32, 4: 10})
GRANDCHILDREN = WeightedChoice({1: 28, 2: 54, 3: 18})
PARENTS = WeightedChoice({"mother": 50, "father": 16, "both": 42})
BOYS = 0.54
FIRST_BIRTHS = (20, 27)
LAST_BIRTH = 38
"""Greatest age of a mother at birth; her husband is at most seven years older, so no father is over 45."""


def draw_family(rng: Random, surname: str) -> Family:
    """Return the current members, head first, at most nine. `surname` is the birth surname of the men."""
    return FAMILIES.pick(rng)(rng, surname)[:LARGEST]


def lone_elder(rng: Random, surname: str) -> Family:
    return [_head(rng, surname, rng.randint(60, 86), female=0.15)]


def bachelor(rng: Random, surname: str) -> Family:
    return [_head(rng, surname, rng.randint(36, 59), female=0.04)]


def old_couple(rng: Random, surname: str) -> Family:
    """Return an old couple whose children have households of their own; some leave a grandchild with them."""
    family = _couple(rng, surname, rng.randint(56, 80), female=0.02)
    if rng.random() < 0.28:
        ages = sorted({rng.randint(2, 15) for _ in range(rng.randint(1, 2))}, reverse=True)
        family += [_child(rng, age, SONS_CHILDREN, surname) for age in ages]
    return family


def couple_with_children(rng: Random, surname: str) -> Family:
    age = min(max(round(rng.gauss(42, 7.5)), 24), 62)
    return _with_children(rng, surname, _couple(rng, surname, age))


def with_parents(rng: Random, surname: str) -> Family:
    """Return three generations, headed by the middle one."""
    family = _with_children(rng, surname, _couple(rng, surname, rng.randint(27, 50), female=0))
    return family + _parents(rng, family[0])


def with_married_son(rng: Random, surname: str) -> Family:
    """Return three generations, headed by the oldest; sometimes a daughter's husband moved in."""
    family = _couple(rng, surname, rng.randint(46, 70), female=0)
    age = min(max(family[0].age - rng.randint(20, 26), 22), 44, min(person.age for person in family) - 19)
    if rng.random() < 0.05:
        child = Person(Relation.DAUGHTER, Sex.FEMALE, age, surname)
        partner, relations = Relation.SON_IN_LAW, DAUGHTERS_CHILDREN
    else:
        child = Person(Relation.SON, Sex.MALE, age, surname)
        partner, relations = Relation.DAUGHTER_IN_LAW, SONS_CHILDREN
    younger = _young_family(rng, child, partner, relations, surname)
    older = _parents(rng, family[0]) if family[0].age < 62 and rng.random() < 0.12 else []
    if rng.random() < 0.14:
        del family[1]
    return family + younger + older


def lone_parent(rng: Random, surname: str) -> Family:
    head = _head(rng, surname, rng.randint(33, 54), female=0.42)
    family = _with_children(rng, surname, [head])
    if rng.random() < 0.35:
        family += _in_laws(rng, head, surname) if head.sex == Sex.FEMALE else _parents(rng, head)
    return family


def son_with_parents(rng: Random, surname: str) -> Family:
    head = _head(rng, surname, rng.randint(29, 52), female=0)
    family = [head, *_parents(rng, head)]
    if rng.random() < 0.25:
        family.append(Person(Relation.OTHER, Sex.MALE, max(head.age - rng.randint(1, 6), 18), surname))
    return family


FAMILIES: WeightedChoice[Callable[[Random, str], Family]] = WeightedChoice(
    {
        lone_elder: 4.8,
        bachelor: 1.6,
        old_couple: 5.4,
        couple_with_children: 35.0,
        with_parents: 25.2,
        with_married_son: 21.0,
        lone_parent: 3.5,
        son_with_parents: 3.5,
    }
)


def name_family(rng: Random, family: Family) -> None:
    """Set given names; children of one couple often share a character."""
    shared: dict[tuple[str, Sex], str] = {}
    taken: set[str] = set()
    for person in family:
        key = words.generation(person.age), person.sex
        is_child = person.relation in CHILDREN_RELATIONS
        first = shared.get(key, "") if is_child and rng.random() < 0.6 else ""
        given = given_name(rng, person.sex, person.age, first)
        while given in taken:
            given = given_name(rng, person.sex, person.age)
        taken.add(given)
        if is_child and len(given) == 2:
            shared.setdefault(key, given[0])
        person.name = person.surname + given


CHILDREN_RELATIONS = {*OWN_CHILDREN, *SONS_CHILDREN, *DAUGHTERS_CHILDREN}


def _head(rng: Random, surname: str, age: int, female: float) -> Person:
    if rng.random() < female:
        return Person(Relation.HEAD, Sex.FEMALE, age, words.SURNAME.pick(rng))
    return Person(Relation.HEAD, Sex.MALE, age, surname)


def _couple(rng: Random, surname: str, age: int, female: float = 0.05) -> Family:
    head = _head(rng, surname, age, female)
    return [head, _spouse_of(rng, head, Relation.SPOUSE, surname)]


def _spouse_of(rng: Random, person: Person, relation: Relation, surname: str = "") -> Person:
    """Return the spouse: husbands are about two years older; a husband has `surname`, a wife her own."""
    gap = min(max(round(rng.gauss(2, 1.8)), -2), 7)
    if person.sex == Sex.MALE:
        age = max(person.age - gap, MARRIES_AT[Sex.FEMALE])
        return Person(relation, Sex.FEMALE, age, words.SURNAME.pick(rng))
    age = max(person.age + gap, MARRIES_AT[Sex.MALE])
    return Person(relation, Sex.MALE, age, surname or words.SURNAME.pick(rng))


def _young_family(
    rng: Random, child: Person, partner: Relation, relations: tuple[Relation, Relation], surname: str
) -> Family:
    """Return a grown child with spouse and children."""
    if child.age < MARRIES_AT[Sex.MALE]:
        return [child]
    couple = [child]
    if rng.random() < 0.86:
        couple.append(_spouse_of(rng, child, partner))
    elif rng.random() < 0.6:
        return couple
    youngest = min(person.age for person in couple)
    return couple + _births(rng, youngest, GRANDCHILDREN.pick(rng), relations, surname)


def _with_children(rng: Random, surname: str, couple: Family) -> Family:
    """Add the children: daughters marry out from 22 on, sons found households of their own."""
    youngest = min(person.age for person in couple)
    born = _births(rng, youngest, CHILDREN.pick(rng), OWN_CHILDREN, surname)
    return couple + [child for child in born if rng.random() < _stays(child)]


def _births(
    rng: Random, mother_age: int, count: int, relations: tuple[Relation, Relation], surname: str
) -> Family:
    """Return children in order of birth, two to four years apart."""
    at = rng.randint(*FIRST_BIRTHS)
    family: Family = []
    for _ in range(count):
        if mother_age < at or at > LAST_BIRTH:
            break
        family.append(_child(rng, mother_age - at, relations, surname))
        at += rng.randint(2, 4)
    return family


def _child(rng: Random, age: int, relations: tuple[Relation, Relation], surname: str) -> Person:
    boy = rng.random() < BOYS
    return Person(relations[0 if boy else 1], Sex.MALE if boy else Sex.FEMALE, age, surname)


def _stays(child: Person) -> float:
    if child.age < 22:
        return 1.0
    if child.age >= 34:
        return 0.0
    return 0.2 if child.sex == Sex.FEMALE else 0.75


def _parents(rng: Random, head: Person) -> Family:
    """Return the father, the mother or both; the father gives the surname."""
    alive = PARENTS.pick(rng)
    mother_age = head.age + rng.randint(20, 36)
    father_age = mother_age + rng.randint(0, 6)
    parents = []
    if alive != "mother" and father_age <= 90:
        parents.append(Person(Relation.FATHER, Sex.MALE, father_age, head.surname))
    if alive != "father" and mother_age <= 94:
        parents.append(Person(Relation.MOTHER, Sex.FEMALE, mother_age, words.SURNAME.pick(rng)))
    return parents


def _in_laws(rng: Random, head: Person, surname: str) -> Family:
    """Return the mother-in-law or father-in-law of a widow."""
    age = head.age + rng.randint(22, 32)
    if rng.random() < 0.6:
        return [Person(Relation.HUSBANDS_MOTHER, Sex.FEMALE, age, words.SURNAME.pick(rng))]
    return [Person(Relation.HUSBANDS_FATHER, Sex.MALE, age, surname)]

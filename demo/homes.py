"""The villages with their households and members."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from core import pinyin
from core.word_lists import join_words
from demo import words
from demo.draw import WeightedChoice, apportion, stream
from demo.families import CHILDREN_RELATIONS, Family, draw_family, name_family
from demo.people import Person, Registry, birth_date, given_name
from demo.scales import Scale
from demo.traits import HouseholdTraits, describe
from households.choices import Cause, Ethnicity, Health, Relation, Schooling, Sex
from households.registering import household_no
from villages.county import Settlement, village_row
from villages.models import Village

ETHNICITY = WeightedChoice({Ethnicity.HAN: 992, Ethnicity.HUI: 6, Ethnicity.OTHER: 2})
FIRST_HOUSE_PHONE = 16010000000
HAS_PHONE = 0.93
CARRIES_CARD = 0.6
"""Share of disabled people registered with their 20-digit card number instead of the ID number."""
LEFT_SHARE = 0.04
"""Share of households in which somebody may have married out or died."""
LEAST_HOUSEHOLDS = 3


@dataclass(slots=True, eq=False)
class Place:
    """A village of the demo; `homes` is filled when its households are drawn."""

    pk: int
    settlement: Settlement
    is_poor: bool = False
    households: int = 0
    groups: int = 1
    homes: list["Home"] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.settlement.code


@dataclass(slots=True, eq=False)
class Home:
    """What later steps need to know about a household."""

    pk: int
    place: Place
    family: Family
    """The current members, head first."""
    standing: HouseholdTraits
    is_ill: bool
    has_student: bool
    has_child: bool
    left: Family = field(default_factory=list)
    ethnicity: Ethnicity = Ethnicity.HAN
    identified_on: date = date.min

    @property
    def head(self) -> Person:
        return self.family[0]

    @property
    def size(self) -> int:
        return len(self.family)

    @property
    def cause(self) -> Cause:
        return self.standing.cause


def draw_places(villages: Sequence[Settlement], scale: Scale) -> list[Place]:
    """Draw which villages are poor, and how many poor households each has; the sum is exact."""
    rng = stream(scale.name, "villages")
    places = [Place(pk, settlement) for pk, settlement in enumerate(villages, start=1)]
    rural = [place for place in places if place.settlement.kind == Village.Kind.VILLAGE]
    for place in rng.sample(rural, scale.poor_villages):
        place.is_poor = True
    weights = [_weight(place) * rng.lognormvariate(0, 0.38) for place in places]
    shares = apportion(scale.households, weights, least=LEAST_HOUSEHOLDS)
    for place, households in zip(places, shares, strict=True):
        place.households = households
    return places


def _weight(place: Place) -> float:
    """Return a weight: poor villages have most poor households, former villages in town some, streets of the town
    few.
    """
    if place.settlement.kind == Village.Kind.VILLAGE:
        return 1.5 if place.is_poor else 0.85
    return 0.12 if place.settlement.name.endswith("社区") else 0.5


class Households:
    """Draws the households of one village after another; ID numbers stay unique across villages."""

    def __init__(self, scale: Scale, year: int, area: str) -> None:
        self.rng = stream(scale.name, "households")
        self.year = year
        self.registry = Registry(area)
        self.next_household = self.next_member = 1

    def of(self, place: Place) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return (household rows, member rows) of a village; members carry `id_number` in plain text."""
        surnames, groups = _local_surnames(self.rng, place), _groups(self.rng, place)
        place.groups = len(set(groups))
        households: list[dict[str, Any]] = []
        members: list[dict[str, Any]] = []
        for serial, group in enumerate(groups, start=1):
            family = draw_family(self.rng, surnames.pick(self.rng))
            name_family(self.rng, family)
            standing = describe(self.rng, family)
            home = _home(self.next_household, place, family, standing)
            place.homes.append(home)
            households.append(self._household(home, serial, group))
            members += self._members(home)
            self.next_household += 1
        return households, members

    def _household(self, home: Home, serial: int, group: str) -> dict[str, Any]:
        rng, place, standing = self.rng, home.place, home.standing
        phone = str(FIRST_HOUSE_PHONE + home.pk) if rng.random() < HAS_PHONE else ""
        home.identified_on = date(self.year - 2, 3, 1) + timedelta(days=rng.randint(0, 240))
        return {
            "id": home.pk,
            "no": household_no(place.code, serial),
            "village_id": place.pk,
            "group": group,
            "address": f"{place.settlement.name}{group}{serial}号",
            "phone": phone,
            "size": home.size,
            "kind": standing.kind,
            "main_cause": standing.cause,
            "other_causes": join_words(cause.label for cause in standing.other_causes),
            "tags": standing.tags,
            "identified_on": home.identified_on,
            "income_when_identified": Decimal(round(standing.income * 100)) / 100,
            "place": place.code,
        }

    def _members(self, home: Home) -> Iterator[dict[str, Any]]:
        home.ethnicity, home.left = ETHNICITY.pick(self.rng), self._gone(home.family)
        for person in [*home.family, *home.left]:
            self._identify(person)
            person.pk = self.next_member
            spelled, initials = pinyin.search_forms(person.name)
            yield {
                "id": person.pk,
                "household_id": home.pk,
                "name": person.name,
                "relation": person.relation,
                "id_number": person.id_number,
                "sex": person.sex,
                "born_on": person.born_on,
                "ethnicity": home.ethnicity,
                "education": person.education,
                "schooling": person.schooling,
                "health": person.health,
                "labour": person.labour,
                "migrant_work": person.migrant_work,
                "migrant_months": person.migrant_months,
                "medical_insurance": person.medical_insurance,
                "pension_insurance": person.pension_insurance,
                "left_on": person.left_on,
                "left_reason": person.left_reason,
                "place": home.place.code,
                "pinyin": spelled,
                "initials": initials,
            }
            self.next_member += 1

    def _identify(self, person: Person) -> None:
        person.born_on = birth_date(self.rng, self.year, person.age)
        if person.age < 2 and self.rng.random() < 0.3:
            return  # not yet registered
        person.id_number = self.registry.number(self.rng, person.born_on, person.sex)
        if person.health == Health.DISABLED and self.rng.random() < CARRIES_CARD:
            person.id_number += f"{self.rng.randint(1, 7)}{self.rng.randint(1, 4)}"

    def _gone(self, family: Family) -> list[Person]:
        """Return a daughter who married out or a parent who died in the last two years."""
        rng, head = self.rng, family[0]
        if rng.random() >= LEFT_SHARE or len(family) < 3 or not 40 <= head.age <= 62:
            return []
        if head.sex == Sex.MALE and rng.random() < 0.55:
            person = Person(
                Relation.DAUGHTER, Sex.FEMALE, max(head.age - rng.randint(24, 28), 19), head.surname
            )
            person.left_reason = "出嫁"
        else:
            person = Person(
                Relation.OTHER, Sex.FEMALE, head.age + rng.randint(20, 30), words.SURNAME.pick(rng)
            )
            person.left_reason = "去世"
        person.name = person.surname + given_name(rng, person.sex, person.age)
        person.left_on = date(self.year - 1, 1, 1) + timedelta(days=rng.randint(0, 364))
        describe(rng, [person])
        return [person]


def _home(pk: int, place: Place, family: Family, standing: HouseholdTraits) -> Home:
    return Home(
        pk,
        place,
        family,
        standing,
        is_ill=any(person.health in {Health.SERIOUS, Health.CHRONIC} for person in family),
        has_student=any(person.schooling >= Schooling.PRIMARY for person in family),
        has_child=any(person.relation in CHILDREN_RELATIONS and person.age < 16 for person in family),
    )


def _local_surnames(rng: Random, place: Place) -> WeightedChoice[str]:
    """Return the local surnames: half of 漆庄 are called 漆; elsewhere two surnames are common."""
    weights = dict(zip(words.SURNAME.values, _steps(words.SURNAME.bounds), strict=True))
    whole = words.SURNAME.bounds[-1]
    namesake = place.settlement.name[0]
    if namesake in words.SURNAMES:
        weights[namesake] += whole
    for _ in range(2):
        weights[words.SURNAME.pick(rng)] += whole * 0.3
    return WeightedChoice(weights)


def _steps(bounds: Sequence[float]) -> list[float]:
    return [after - before for before, after in zip([0.0, *bounds], bounds, strict=False)]


def _groups(rng: Random, place: Place) -> list[str]:
    """Return the group of each household, ascending; a group has about ten to twenty households."""
    count = min(max(round(place.households / rng.uniform(10, 18)), 1), len(words.GROUPS))
    sizes = apportion(place.households, [rng.uniform(0.6, 1.4) for _ in range(count)])
    return [group for group, size in zip(words.GROUPS, sizes, strict=False) for _ in range(size)]


def village_rows(places: Sequence[Place], divisions: dict[str, int]) -> Iterator[dict[str, Any]]:
    for place in places:
        row = village_row(place.settlement, divisions[place.settlement.town])
        yield {**row, "id": place.pk, "is_poor": place.is_poor, "last_serial": place.households}

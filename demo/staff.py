"""The cadres of the demo county, unit by unit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from core import pinyin
from demo import CADRE_PHONE, LEADER_PHONE, OFFICE_PHONE, VIEWER_PHONE, words
from demo.draw import apportion, stream
from demo.offices import Office
from demo.people import given_name
from demo.scales import Scale
from households.choices import Sex
from units.roles import Rank, Role

WOMEN = {Rank.COUNTY: 0.16, Rank.SECTION: 0.2, Rank.GENERAL: 0.36}
AGES = {Rank.COUNTY: (50, 4), Rank.SECTION: (44, 6), Rank.GENERAL: (38, 8.5)}
"""Mean and spread."""
SMALLEST_UNIT = 5
FIRST_PHONE = 16000000101


@dataclass(slots=True, eq=False)
class Worker:
    """A cadre; until the moment `moved_at` of the year in another unit, with the rank of that time."""

    pk: int
    unit: int
    name: str
    sex: Sex
    age: int
    rank: Rank
    post: str
    role: Role = Role.CADRE
    phone: str = ""
    moved_at: float = -1
    former_unit: int = 0
    former_rank: Rank = Rank.GENERAL

    @property
    def is_login(self) -> bool:
        """Return whether one of the printed logins belongs to this cadre."""
        return self.phone < str(FIRST_PHONE)

    def posting(self, moment: float) -> tuple[int, Rank]:
        """Return (unit, rank) at a moment of the year."""
        return (self.former_unit, self.former_rank) if moment < self.moved_at else (self.unit, self.rank)


@dataclass(slots=True, eq=False)
class Team:
    """A unit with its cadres; its key is its 1-based index in the list of units."""

    pk: int
    office: Office
    workers: list[Worker]


def draw_teams(offices: Sequence[Office], scale: Scale) -> list[Team]:
    """Return the units with exactly as many cadres of each rank as the scale states."""
    rng = stream(scale.name, "staff")
    sizes = apportion(scale.cadres, [office.size for office in offices], least=SMALLEST_UNIT)
    high = apportion(scale.county_rank, [office.county for office in offices])
    middle = apportion(
        scale.section_rank,
        [office.section for office in offices],
        most=[size - top - 2 for size, top in zip(sizes, high, strict=True)],
    )
    teams, first = [], 1
    for pk, (office, size, top, section) in enumerate(
        zip(offices, sizes, high, middle, strict=True), start=1
    ):
        ranks = [Rank.COUNTY] * top + [Rank.SECTION] * section + [Rank.GENERAL] * (size - top - section)
        workers = [_worker(rng, first + n, pk, rank) for n, rank in enumerate(ranks)]
        _give_posts(rng, office, workers)
        teams.append(Team(pk, office, workers))
        first += size
    _seat_logins(teams)
    return teams


def _worker(rng: Random, pk: int, unit: int, rank: Rank) -> Worker:
    sex = Sex.FEMALE if rng.random() < WOMEN[rank] else Sex.MALE
    mean, spread = AGES[rank]
    age = min(max(round(rng.gauss(mean, spread)), 23 if rank == Rank.GENERAL else 32), 59)
    name = words.SURNAME.pick(rng) + given_name(rng, sex, age)
    return Worker(pk, unit, name, sex, age, rank, post="", phone=str(FIRST_PHONE + pk))


def _give_posts(rng: Random, office: Office, workers: Sequence[Worker]) -> None:
    """Give posts: the first cadre of section rank leads the unit; county ranks get no post that could identify a
    person.
    """
    style = office.style
    leaders = [worker for worker in workers if worker.rank == Rank.SECTION]
    for worker in workers:
        if worker.rank == Rank.COUNTY:
            worker.post = rng.choice(("县级干部", "调研员", "副调研员"))
        elif worker.rank == Rank.GENERAL:
            worker.post = rng.choice(style.others)
    for number, worker in enumerate(leaders):
        worker.post = style.deputies[(number - 1) % len(style.deputies)] if number else style.head
    chief = (leaders or workers)[0]
    chief.role = Role.LEADER
    if not leaders:
        chief.post = style.head


def _seat_logins(teams: Sequence[Team]) -> None:
    """Place the four people of the sample logins."""
    by_short = {team.office.short: team.workers for team in teams}
    clerk = by_short["县双联办"][-1]
    _seat(clerk, "周敏", Sex.FEMALE, OFFICE_PHONE, Role.OFFICE, "干事")
    _seat(by_short["县委办公室"][-1], "何秀兰", Sex.FEMALE, VIEWER_PHONE, Role.VIEWER, "督查员")
    water = by_short["县水务局"]
    chief = next(worker for worker in water if worker.role == Role.LEADER)
    _seat(chief, "汪海平", Sex.MALE, LEADER_PHONE, Role.LEADER, chief.post)
    ordinary = next(worker for worker in water if worker.rank == Rank.GENERAL)
    _seat(ordinary, "李建业", Sex.MALE, CADRE_PHONE, Role.CADRE, "技术员")


def _seat(worker: Worker, name: str, sex: Sex, phone: str, role: Role, post: str) -> None:
    worker.name, worker.sex, worker.phone, worker.role, worker.post = name, sex, phone, role, post


def unit_rows(teams: Sequence[Team], divisions: dict[str, int]) -> Iterator[dict[str, Any]]:
    for team in teams:
        office = team.office
        spelled, initials = pinyin.place_forms(office.name)
        contact = next((w for w in team.workers[1:] if w.rank == Rank.GENERAL), team.workers[0])
        yield {
            "id": team.pk,
            "code": f"{team.pk:03d}",
            "name": office.name,
            "short_name": office.short,
            "level": office.level,
            "division_id": divisions[office.place],
            "contact": contact.name,
            "contact_phone": contact.phone,
            "place": office.place,
            "pinyin": spelled,
            "initials": initials,
        }


def cadre_rows(teams: Sequence[Team], password: str) -> Iterator[dict[str, Any]]:
    """Yield the rows; all demo accounts share the hash `password`.

    Hashing 5,853 passwords with Argon2 would take a quarter of an hour.
    """
    for team in teams:
        for worker in team.workers:
            spelled, initials = pinyin.search_forms(worker.name)
            yield {
                "id": worker.pk,
                "phone": worker.phone,
                "staff_no": f"WS{worker.pk:05d}",
                "name": worker.name,
                "unit_id": worker.unit,
                "rank": worker.rank,
                "post": worker.post,
                "role": worker.role,
                "password": password,
                "place": team.office.place,
                "pinyin": spelled,
                "initials": initials,
            }

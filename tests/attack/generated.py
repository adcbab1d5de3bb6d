"""Small worlds drawn by Hypothesis: two counties, few units, people, villages and families, tied at random."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from core.models import Download, ImportRun, Installation, Reveal
from households.models import (
    Household,
    HouseholdAway,
    HouseholdPairing,
    HouseholdPlan,
    Measure,
    Member,
    ProjectBeneficiary,
)
from surveys.definition.presets import preset
from surveys.models import Response, Survey
from units.models import Cadre, CalendarDay, Division, Leave, Reach, Requirement, Unit, Word
from units.roles import Role
from villages.models import (
    Project,
    ProjectFund,
    ProjectNote,
    Village,
    VillageGoal,
    VillageNote,
    VillageNoteFile,
    VillagePairing,
    VillagePlan,
)
from visits.models import (
    Activity,
    Assistance,
    AssistanceShare,
    Problem,
    ProblemMove,
    Visit,
    VisitCompanion,
)

CODES = ["62", "6205", "620524", "620524100", "620524101", "620502", "620502100"]
TOWNS = [code for code in CODES if len(code) == 9]
DAY = date(2015, 9, 16)


@dataclass
class Drawn:
    """The rows of one world, by model, and the random choices that it is made by."""

    random: Random
    rows: dict[type[models.Model], list[Any]] = field(default_factory=dict)

    def put(self, row: Any) -> Any:
        """Store it without its history; a row that a constraint refuses is left out."""
        if hasattr(row, "fill"):
            row.fill()
        try:
            with transaction.atomic():
                models.Model.save(row)
        except IntegrityError:
            return None
        self.rows.setdefault(type(row), []).append(row)
        return row

    def one(self, model: type[models.Model]) -> Any:
        return self.random.choice(self.rows[model])

    def maybe(self, model: type[models.Model]) -> Any:
        return self.one(model) if self.random.random() < 0.5 else None

    def of(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)

    def times(self, most: int, make: Callable[["Drawn", int], None]) -> None:
        for number in range(self.random.randint(1, most)):
            make(self, number)


def draw(random: Random) -> Drawn:
    world = Drawn(random)
    Installation.objects.create(pk=1, code="620524", name="武山县")
    for code in CODES:
        world.put(Division(code=code, name=f"区划{code}"))
    for most, make in PARTS:
        world.times(most, make)
    keep_reach(world)
    return world


def keep_reach(world: Drawn) -> None:
    """Where each unit and cadre has been paired, which the product notes with the pairing."""
    for pairing in world.rows.get(VillagePairing, []):
        Reach.objects.get_or_create(unit=pairing.unit, cadre=None, place=pairing.place)
    for pairing in world.rows.get(HouseholdPairing, []):
        Reach.objects.get_or_create(unit=pairing.unit, cadre=pairing.cadre, place=pairing.place)


def unit(world: Drawn, number: int) -> None:
    world.put(Unit(name=f"单位{number}", code=str(number), division=world.one(Division)))


def cadre(world: Drawn, number: int) -> None:
    role = world.of(Role.values)
    world.put(Cadre(name=f"干部{number}", staff_no=f"G{number}", unit=world.one(Unit), role=role))


def village(world: Drawn, number: int) -> None:
    town = world.of([row for row in world.rows[Division] if row.code in TOWNS])
    world.put(Village(code=f"{town.code}{200 + number}", name=f"村{number}", division=town))


def ended(world: Drawn) -> dict[str, Any]:
    return world.of([{}, {"ended_on": DAY, "end_reason": "调离"}])


def village_pairing(world: Drawn, number: int) -> None:
    units, villages = world.one(Unit), world.one(Village)
    world.put(VillagePairing(unit=units, village=villages, started_on=date(2015, 1, 1), **ended(world)))


def household(world: Drawn, number: int) -> None:
    where = world.one(Village)
    row = world.put(Household(village=where, no=f"{where.code}-{number:03}", size=2))
    world.put(Member(household=row, name=f"户主{number}", relation="01", sex="1"))


def pairing(world: Drawn, number: int) -> None:
    """Of the cadre's unit, or of the one that the cadre came from."""
    who = world.one(Cadre)
    posting = {"cadre": who, "unit": world.of([who.unit, who.unit, world.one(Unit)]), "rank": who.rank}
    kind = world.of(["help", "contact"])
    row = HouseholdPairing(household=world.one(Household), kind=kind, started_on=date(2015, 1, 1), **posting)
    for name, value in ended(world).items():
        setattr(row, name, value)
    world.put(row)


def staff_rules(world: Drawn, number: int) -> None:
    at = world.one(Division).code
    world.put(Leave(cadre=world.one(Cadre), started_on=DAY, ended_on=DAY, reason="病假"))
    world.put(Requirement(year=2015 + number, place=at, indicator="visit_days", minimum=number))
    world.put(CalendarDay(on=DAY + timedelta(days=number), works=True, place=at))
    world.put(Word(group="visit_reason", text=f"缘由{number}"))


def logs(world: Drawn, number: int) -> None:
    by = {"by": world.one(Cadre), "place": world.one(Division).code}
    world.put(Download(what="贫困户", row_count=1, **by))
    world.put(Reveal(table="households.member", row=1, whose="户主", **by))
    world.put(ImportRun(kind="households", filename="名单.xlsx", digest=str(number), **by))


def project(world: Drawn, number: int) -> None:
    row = world.put(
        Project(name=f"项目{number}", village=world.one(Village), unit=world.one(Unit), kind="road")
    )
    world.put(ProjectFund(project=row, source="unit"))
    world.put(ProjectNote(project=row, text="开工", by=world.one(Cadre)))
    world.put(ProjectBeneficiary(project=row, household=world.one(Household)))


def village_plan(world: Drawn, number: int) -> None:
    where = world.one(Village)
    plan = world.put(VillagePlan(village=where, unit=world.one(Unit)))
    if plan:
        world.put(VillageGoal(plan=plan, year=2015, text="果园"))
    note = world.put(VillageNote(village=where, kind="soil", text="土样", by=world.one(Cadre)))
    world.put(VillageNoteFile(owner=note, file="x.pdf", name="合同.pdf", size=1))


def household_plan(world: Drawn, number: int) -> None:
    home = world.one(Household)
    plan = world.put(HouseholdPlan(household=home, written_by=world.one(Cadre), goal="脱贫"))
    if plan:
        world.put(Measure(plan=plan, year=2015, text="养牛"))
    world.put(HouseholdAway(household=home, started_on=DAY, reason="打工"))


def survey(world: Drawn, number: int) -> None:
    document, status = preset("household"), world.of(["draft", "open", "closed"])
    place = world.of([code for code in CODES if len(code) <= 6])
    dated = {} if status == "draft" else {"published_on": DAY}
    form = {"code": f"F{number}", "edition": "1", "title": "表", "subject": "household"}
    world.put(Survey(place=place, status=status, definition=document, **form, **dated))


def response(world: Drawn, number: int) -> None:
    home, who = world.maybe(Household), world.one(Cadre)
    status = world.of(["draft", "submitted", "accepted"])
    posting = {"unit": world.of([who.unit, world.one(Unit)]), "rank": who.rank}
    row = Response(survey=world.one(Survey), household=home, surveyed_on=DAY, status=status, **posting)
    row.surveyor, row.entered_by = who, world.of([who, world.one(Cadre)])
    row.village = home.village if home else world.one(Village)
    world.put(row)


def recorded(world: Drawn) -> dict[str, Any]:
    return {"recorded_at": timezone.now() - timedelta(days=world.of([0, 9]))}


def posting(world: Drawn, who: Cadre) -> dict[str, Any]:
    return {"unit": world.of([who.unit, who.unit, world.one(Unit)]), "rank": who.rank}


def visit(world: Drawn, number: int) -> None:
    home, who = world.maybe(Household), world.one(Cadre)
    where = home.village if home else world.maybe(Village)
    by = world.of([who, world.one(Cadre)])
    row = Visit(cadre=who, household=home, village=where, visited_on=DAY, content="看了水窖", entered_by=by)
    for name, value in {**posting(world, who), **recorded(world)}.items():
        setattr(row, name, value)
    world.put(row)
    if world.of([True, False]):
        along = world.one(Cadre)
        world.put(VisitCompanion(visit=row, cadre=along, **posting(world, along)))


def problem(world: Drawn, number: int) -> None:
    home, who = world.maybe(Household), world.one(Cadre)
    people = {"raised_by": who, "owner": world.one(Cadre), "entered_by": world.of([who, world.one(Cadre)])}
    days = {"raised_on": DAY, "due_on": DAY, "status_on": DAY}
    row = Problem(category="01", description="缺水", household=home, **people, **days)
    row.village = home.village if home else world.one(Village)
    row.joined_into = world.of([None, *world.rows.get(Problem, [])])
    for name, value in {**posting(world, who), **recorded(world)}.items():
        setattr(row, name, value)
    world.put(row)
    world.put(ProblemMove(problem=row, status="registered", by=who))


def assistance(world: Drawn, number: int) -> None:
    who = world.one(Cadre)
    row = Assistance(village=world.one(Village), cadre=who, entered_by=world.of([who, world.one(Cadre)]))
    row.kind, row.given_on, row.content = "comfort", DAY, "面粉"
    for name, value in {**posting(world, who), **recorded(world)}.items():
        setattr(row, name, value)
    world.put(row)
    there = [home for home in world.rows[Household] if home.village_id == row.village_id]
    for home in world.random.sample(there, world.random.randint(0, len(there))):
        world.put(AssistanceShare(assistance=row, household=home))


def activity(world: Drawn, number: int) -> None:
    who = world.one(Cadre)
    what = {"kind": "study", "title": "学习", "held_on": DAY, "unit": posting(world, who)["unit"]}
    world.put(Activity(village=world.maybe(Village), entered_by=who, **what, **recorded(world)))


PARTS: list[tuple[int, Callable[[Drawn, int], None]]] = [
    (5, unit),
    (8, cadre),
    (4, village),
    (5, village_pairing),
    (6, household),
    (8, pairing),
    (3, staff_rules),
    (2, logs),
    (3, project),
    (3, village_plan),
    (3, household_plan),
    (3, survey),
    (4, response),
    (6, visit),
    (5, problem),
    (4, assistance),
    (3, activity),
]

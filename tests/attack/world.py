"""Two counties, two townships, units of every level, and for each of them one row of every kind, full of markers."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models

from core.attachments import Attachment, as_stored
from core.models import Download, Installation, Reveal, installed
from core.records import Record
from households.models import Household, HouseholdAway, Member, ProjectBeneficiary
from surveys.models import ResponseSignature, Survey
from tests.attack.markers import Marks
from tests.attack.rows import APPS
from tests.factories import (
    make_activity,
    make_assistance,
    make_cadre,
    make_division,
    make_goal,
    make_household,
    make_id_number,
    make_measure,
    make_member,
    make_note,
    make_pairing,
    make_problem,
    make_project,
    make_response,
    make_survey,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.importing import check
from units.models import Cadre, CalendarDay, DailyLimit, Leave, Requirement, Unit, Word, today
from units.roles import Role
from villages.models import ProjectFund, ProjectPhoto, Village, VillageNoteFile
from visits.models import (
    ActivityPhoto,
    AssistancePhoto,
    ProblemMove,
    VisitCompanion,
    VisitPhoto,
    VisitSignature,
)

OWN, FAR = "620524", "620502"
TOWNS = ("620524100", "620524101", "620502100")
DAY = date(2015, 9, 16)


@dataclass
class World:
    """`people` by role and place, the markers, and the label of each owner's rows."""

    people: dict[str, Cadre] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)


def build() -> World:
    world = World()
    for code in ("62", "6205", OWN, FAR, *TOWNS):
        make_division(code=code, name=f"区划{code}")
    for role in Role.values:
        DailyLimit.objects.update_or_create(role=role, defaults={"persons": 10**6, "exports": 10**6})
    Installation.objects.create(pk=1, code=OWN, name="武山县")
    installed.cache_clear()
    surveys = {place: county_rows(place) for place in (OWN, FAR)}
    offices(world)
    work = [
        ("county", OWN, TOWNS[0]),
        ("neighbour", OWN, TOWNS[1]),
        ("town", TOWNS[0], TOWNS[0]),
        ("far", FAR, TOWNS[2]),
    ]
    for name, seat, town in work:
        unit = make_unit(name=f"单位{name}", division=make_division(code=seat), contact_phone="139")
        unit_rows(world, name, unit, make_village(town=make_division(code=town)), surveys[town[:6]])
    city_unit(world, surveys)
    imports(world)
    mark_all(world.marks)
    return world


def offices(world: World) -> None:
    """Create the offices (双联办) and viewers (查阅) of both counties, of a township and of the city."""
    for name, code in (("county", OWN), ("town", TOWNS[0]), ("far", FAR), ("city", "6205")):
        unit = make_unit(name=f"{name}双联办", division=make_division(code=code))
        world.people[f"{name} office"] = make_cadre(unit=unit, role=Role.OFFICE)
        world.people[f"{name} viewer"] = make_cadre(unit=unit, role=Role.VIEWER)


def county_rows(place: str) -> Survey:
    """Create the rows that belong to a county; its household form is published."""
    CalendarDay.objects.create(place=place, on=DAY, works=False)
    Requirement.objects.create(year=2015, place=place, indicator="visit_days", minimum=2)
    Word.objects.create(group="visit_reason", text=f"红白事{place}")
    make_survey(place=place, status="draft", edition="2016.1")
    return make_survey(place=place)


def unit_rows(world: World, name: str, unit: Unit, village: Village, survey: Survey) -> None:
    """Create a unit with a leader, a cadre and a colleague, each with a family, and one family of a former cadre."""
    people = world.people
    people[f"{name} leader"] = people.get(f"{name} leader") or make_cadre(unit=unit, role=Role.LEADER)
    people[f"{name} cadre"] = cadre = people.get(f"{name} cadre") or make_cadre(unit=unit)
    people[f"{name} colleague"] = mate = people.get(f"{name} colleague") or make_cadre(unit=unit)
    people[f"{name} former"] = former = people.get(f"{name} former") or make_cadre(unit=unit)
    make_village_pairing(unit=unit, village=village, started_on=date(2015, 1, 1))
    homes = [family(village) for _ in range(4)]
    for who, home in zip((cadre, mate, former), homes, strict=False):
        ended = {"ended_on": date(2015, 10, 1), "end_reason": "调离"} if who == former else {}
        make_pairing(cadre=who, household=home, started_on=date(2015, 1, 1), **ended)
        household_rows(who, home, survey)
    recorded_for(cadre, mate, homes[1])
    shared_rows(cadre, homes)
    village_rows(people[f"{name} leader"], village, homes)
    logs(cadre, village)


def family(village: Village) -> Household:
    home = make_household(head="", village=village, phone="139")
    make_member(household=home, name="户主", id_number=make_id_number())
    make_member(household=home, name="妻子", relation="02", sex="2", id_number=make_id_number(sex="2"))
    make_member(household=home, name="旧人", relation="07", left_on=DAY, left_reason="外嫁")
    return home


def household_rows(cadre: Cadre, home: Household, survey: Survey) -> None:
    """Create what a cadre records of a paired family, including a voided visit."""
    visit = make_visit(cadre=cadre, household=home, visited_on=today() - timedelta(days=1), promise="送药")
    make_visit(cadre=cadre, household=home).take_back(by=cadre, reason="记错了")
    attach(VisitPhoto, visit)
    attach(VisitSignature, visit)
    problem = make_problem(cadre=cadre, household=home, visit=visit)
    ProblemMove.objects.create(problem=problem, status="registered", by=cadre, word="先问一问")
    given = make_assistance(cadre=cadre, household=home, problem=problem, visit=visit, goods="面粉")
    attach(AssistancePhoto, given)
    make_measure(household=home, cadre=cadre)
    HouseholdAway.objects.create(household=home, started_on=date(2015, 3, 1), reason="去新疆摘棉花")
    Leave.objects.create(cadre=cadre, started_on=DAY, ended_on=DAY, reason="病假")
    answered = make_response(survey=survey, cadre=cadre, household=home, answers={"D03": ["01"]})
    attach(ResponseSignature, answered)
    make_response(survey=survey, cadre=cadre, household=home, status="draft", surveyed_on=today())


def recorded_for(author: Cadre, mate: Cadre, home: Household) -> None:
    """Create a visit to the colleague's family typed by the author, and one that the author joined."""
    make_visit(cadre=mate, household=home, visited_on=DAY + timedelta(days=1), entered_by=author)
    along = make_visit(cadre=mate, household=home, visited_on=DAY + timedelta(days=2))
    VisitCompanion.objects.create(visit=along, cadre=author, unit=author.unit, rank=author.rank)


def shared_rows(cadre: Cadre, homes: list[Household]) -> None:
    """Create help to all families of the village, and one shared problem that each household joined."""
    item = make_assistance(cadre=cadre, household=homes[0], content="化肥")
    for home in homes[1:]:
        item.shares.create(household=home, cash=10)
    common = make_problem(cadre=cadre, household=homes[0])
    for home in homes[1:]:
        make_problem(cadre=cadre, household=home, joined_into=common)


def village_rows(leader: Cadre, village: Village, homes: list[Household]) -> None:
    project = make_project(unit=leader.unit, village=village, content="埋管")
    ProjectFund.objects.create(project=project, source="unit", planned=30000)
    ProjectBeneficiary.objects.create(project=project, household=homes[0])
    attach(ProjectPhoto, project.notes.create(text="管沟挖好了", progress=30, by=leader))
    make_goal(village=village, unit=leader.unit)
    note = make_note(village=village, by=leader)
    for name in ("合同.pdf", "图片.jpg"):
        attach(VillageNoteFile, note, name)
    attach(ActivityPhoto, make_activity(cadre=leader, village=village))


def logs(cadre: Cadre, village: Village) -> None:
    Download.objects.create(by=cadre, place=cadre.place, what="贫困户", filters="全部", row_count=3)
    Reveal.objects.create(by=cadre, place=village.place, table="households.member", row=1, whose="某人")


def city_unit(world: World, surveys: dict[str, Survey]) -> None:
    """Create a unit of the city whose people work in both counties."""
    unit = make_unit(name="市水务局", division=make_division(code="6205"), contact_phone="139")
    for town in (TOWNS[0], TOWNS[2]):
        village = make_village(town=make_division(code=town))
        unit_rows(world, "city unit", unit, village, surveys[town[:6]])


def imports(world: World) -> None:
    """Create a workbook with wrong rows, checked by each office."""
    for name in ("county", "town", "far"):
        office = world.people[f"{name} office"]
        typed = [world.marks.fresh() for _ in range(2)]
        run = check("households", office, [{"村": "没有的村", "户主姓名": word} for word in typed])
        for word in typed:
            world.marks.note(word, run, "rows")


def attach(model: type[models.Model], owner: Any, name: str = "图片.jpg") -> None:
    """Attach a file whose content will hold a marker; `mark_all` writes it when it sets the row's key."""
    named = {"name": name} if model is VillageNoteFile else {}
    model.objects.create(owner=owner, file=ContentFile(b"", name=name), size=2, **named)


# --- markers --------------------------------------------------------------------------------------

PHONES = {("units.cadre", "phone"), ("units.unit", "contact_phone"), ("households.household", "phone")}
CODES = {("units.cadre", "staff_no"), ("units.unit", "code")}
KEPT = {"code", "no", "edition", "place", "password", "code_hash", "pinyin", "initials", "topics", "step"} | {
    *("id_cipher", "id_hash", "other_causes", "status", "kind", "digest", "table", "goods_unit", "group"),
}
"""Texts that encode other values."""
UNMARKED = {
    "core.installation",
    "core.change",
    "core.importrow",
    "units.paired_places",
    "villages.villagealias",
}


def mark_all(marks: Marks) -> None:
    """Give each text of each row a marker, then another one, so that only the history holds the first."""
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            for row in model._base_manager.all():
                if row._meta.label_lower not in UNMARKED:
                    mark(marks, row)


def mark(marks: Marks, row: Any) -> None:
    label = row._meta.label_lower
    if isinstance(row, Attachment):
        mark_file(marks, row)
    if isinstance(row, Household):
        marks.note(row.no, row, "no")
    if isinstance(row, Member) and row.id_number:
        marks.note(row.id_number, row, "id_number")
    texts = [found for found in row._meta.concrete_fields if is_marked(label, found)]
    for _ in range(2 if isinstance(row, Record) else 1):
        for text in texts:
            setattr(row, text.name, given(marks, row, text.name))
        row.save()


def is_marked(label: str, found: Any) -> bool:
    if not isinstance(found, models.CharField | models.TextField) or found.choices:
        return False
    return (label, found.name) in PHONES | CODES or found.name not in KEPT


def given(marks: Marks, row: Any, name: str) -> str:
    place = (row._meta.label_lower, name)
    if place in PHONES:
        return marks.phone(row, name)
    if place in CODES:
        return marks.code(row, name)
    ending = row.ending if isinstance(row, VillageNoteFile) else ""
    return f"{marks.word(row, name)}{ending}"


def mark_file(marks: Marks, row: Any) -> None:
    """Make the content of a file a marker too; prints omit pictures that cannot be opened."""
    content = ContentFile(marks.word(row, "file").encode(), name=f"x{row.ending}")
    row.file.storage.delete(str(row.file))
    row.file.save(content.name, as_stored(content), save=False)
    models.Model.save(row)

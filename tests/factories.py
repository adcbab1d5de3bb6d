"""Factories for test rows: keyword-only functions that create whatever is not passed in."""

import itertools
from datetime import date
from typing import Any

from core import identity
from households.choices import Relation
from households.models import Household, HouseholdPairing, HouseholdPlan, Measure, Member
from surveys.definition.presets import preset
from surveys.models import Response, Survey
from units.models import Cadre, Division, Reach, Unit
from units.roles import Rank, Role
from villages.models import Project, Village, VillageGoal, VillageNote, VillagePairing, VillagePlan
from visits.models import Activity, Assistance, Problem, Visit

COUNTY = "620524"
TOWN = "620524100"
_serial = itertools.count(1)
_villages = itertools.count(1)
"""A separate counter: only three digits of it go into a village's code, and a long test run creates many other
rows.
"""


def make_division(*, code: str = COUNTY, name: str = "武山县") -> Division:
    found = Division.objects.filter(code=code).first()
    return found or Division.objects.create(code=code, name=name)


def make_unit(*, name: str = "", division: Division | None = None, **fields: Any) -> Unit:
    number = next(_serial)
    return Unit.objects.create(
        name=name or f"县第{number}局",
        division=division or make_division(),
        **{"code": f"{number:04}", **fields},
    )


def make_cadre(
    *,
    name: str = "李建业",
    unit: Unit | None = None,
    role: str = Role.CADRE,
    password: str = "",
    **fields: Any,
) -> Cadre:
    """Create a cadre with a usable password, so that the first page is not 选密码."""
    number = next(_serial)
    cadre = Cadre(
        name=name,
        unit=unit or make_unit(),
        role=role,
        **{"phone": f"138{number:08}", "staff_no": f"G{number:05}", **fields},
    )
    cadre.set_password(password or "石峰村九月")
    cadre.save()
    return cadre


def make_village(*, name: str = "石峰村", town: Division | None = None, **fields: Any) -> Village:
    division = town or make_division(code=TOWN, name="城关镇")
    # A code has exactly 12 digits at any counter value; codes chosen by tests end below 500.
    code = fields.pop("code", "") or f"{division.code}{500 + next(_serial) % 500}"
    return Village.objects.create(code=code, name=name, division=division, **fields)


def make_village_pairing(*, unit: Unit, village: Village | None = None, **fields: Any) -> VillagePairing:
    pairing = VillagePairing.objects.create(unit=unit, village=village or make_village(), **fields)
    Reach.objects.get_or_create(unit=unit, cadre=None, place=pairing.place)
    return pairing


def make_household(*, head: str = "王有福", village: Village | None = None, **fields: Any) -> Household:
    """Create a household of two with its head."""
    place = village or make_village()
    household = Household.objects.create(
        village=place, **{"no": f"{place.code}-{next(_serial):03}", "group": "三组", "size": 2, **fields}
    )
    if head:
        make_member(household=household, name=head)
    return household


def make_member(
    *, household: Household | None = None, name: str = "王有福", id_number: str = "", **fields: Any
) -> Member:
    member = Member(
        household=household or make_household(head=""),
        name=name,
        **{"relation": Relation.HEAD, "sex": "1", "born_on": date(1960, 5, 1), **fields},
    )
    member.id_number = id_number
    member.save()
    return member


def make_id_number(*, born_on: date = date(1960, 5, 1), sex: str = "1", area: str = "620524") -> str:
    """Return a valid number for this birth date and sex, with its check digit."""
    order = 100
    while order % 100 == 0:  # a 0 at the end looks like a digit lost in Excel
        order = next(_serial) % 400 * 2 + (1 if sex == "1" else 0)
    first = f"{area}{born_on:%Y%m%d}{order:03}"
    return first + identity.check_digit(first)


def make_pairing(
    *, cadre: Cadre | None = None, household: Household | None = None, **fields: Any
) -> HouseholdPairing:
    who = cadre or make_cadre()
    pairing = HouseholdPairing.objects.create(
        cadre=who, household=household or make_household(), **{"unit": who.unit, "rank": who.rank, **fields}
    )
    Reach.objects.get_or_create(unit=pairing.unit, cadre=who, place=pairing.place)
    return pairing


def make_visit(*, cadre: Cadre | None = None, household: Household | None = None, **fields: Any) -> Visit:
    who = cadre or make_cadre()
    return Visit.objects.create(
        cadre=who,
        household=household,
        **{
            "unit": who.unit,
            "rank": who.rank or Rank.GENERAL,
            "village": household.village if household else None,
            "visited_on": date(2015, 9, 16),
            "content": "看了水窖，问了药费。",
            "entered_by": who,
            **fields,
        },
    )


def make_survey(
    *, place: str = COUNTY, subject: str = "household", status: str = "open", **fields: Any
) -> Survey:
    """Create a preset form, published by default."""
    document = preset(subject)
    return Survey.objects.create(
        **{
            "code": document["code"],
            "edition": document["version"],
            "title": document["title"],
            "subject": subject,
            "definition": document,
            "status": status,
            "published_on": None if status == "draft" else date(2015, 1, 1),
            "place": place,
            **fields,
        }
    )


def make_response(
    *,
    survey: Survey,
    cadre: Cadre,
    household: Household | None = None,
    village: Village | None = None,
    **fields: Any,
) -> Response:
    """Create a submitted response with the given answers."""
    return Response.objects.create(
        survey=survey,
        surveyor=cadre,
        household=household,
        village=household.village if household else village,
        **{
            "unit": cadre.unit,
            "rank": cadre.rank,
            "entered_by": cadre,
            "surveyed_on": date(2015, 9, 16),
            "status": Response.Status.SUBMITTED,
            **fields,
        },
    )


def make_problem(*, cadre: Cadre | None = None, household: Household | None = None, **fields: Any) -> Problem:
    """Create a problem registered and owned by the cadre."""
    who = cadre or make_cadre()
    where = household or make_household()
    return Problem.objects.create(
        household=where,
        village=where.village,
        raised_by=who,
        owner=who,
        entered_by=who,
        **{
            "category": "01",
            "description": "水窖漏水，冬天没水吃",
            "unit": who.unit,
            "rank": who.rank,
            "raised_on": date(2015, 9, 16),
            "status_on": date(2015, 9, 16),
            "due_on": date(2015, 10, 14),
            **fields,
        },
    )


def make_project(*, unit: Unit, village: Village, **fields: Any) -> Project:
    return Project.objects.create(
        unit=unit, village=village, **{"name": "三组人饮管道", "kind": Project.Kind.WATER, **fields}
    )


def make_goal(*, village: Village, unit: Unit, **fields: Any) -> VillageGoal:
    """Create a yearly goal of the village's plan."""
    plan, _ = VillagePlan.objects.get_or_create(village=village, defaults={"unit": unit})
    return VillageGoal.objects.create(plan=plan, **{"year": 2015, "text": "建果园 100 亩", **fields})


def make_note(*, village: Village, by: Cadre, **fields: Any) -> VillageNote:
    given = {"kind": "soil", "on": date(2015, 4, 2), "text": "有机质 1.2%", **fields}
    return VillageNote.objects.create(village=village, by=by, **given)


def make_measure(*, household: Household, cadre: Cadre, **fields: Any) -> Measure:
    """Create a measure of the household's plan."""
    plan, _ = HouseholdPlan.objects.get_or_create(
        household=household, defaults={"written_by": cadre, "goal": "两年内人均过三千元"}
    )
    return Measure.objects.create(plan=plan, **{"year": 2015, "text": "栽苹果树 3 亩", **fields})


def make_assistance(
    *, cadre: Cadre | None = None, household: Household | None = None, **fields: Any
) -> Assistance:
    """Create help by the cadre, all of it to one household."""
    who = cadre or make_cadre()
    where = household or make_household()
    item = Assistance.objects.create(
        village=where.village,
        cadre=who,
        entered_by=who,
        **{
            "kind": "comfort",
            "given_on": date(2015, 9, 16),
            "content": "送了面粉和油",
            "cash": 200,
            "unit": who.unit,
            "rank": who.rank,
            **fields,
        },
    )
    item.shares.create(household=where, cash=item.cash)
    return item


def make_activity(*, cadre: Cadre | None = None, village: Village | None = None, **fields: Any) -> Activity:
    """Create an activity of the cadre's unit."""
    who = cadre or make_cadre()
    return Activity.objects.create(
        village=village,
        unit=who.unit,
        entered_by=who,
        **{"kind": "committees", "title": "商量修水窖", "held_on": date(2015, 9, 16), "people": 12, **fields},
    )

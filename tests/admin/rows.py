"""Rows and addresses shared by the tests of the admin site."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from core.models import Download, ImportRun, Reveal
from households.models import Household, HouseholdAway, ProjectBeneficiary
from surveys.models import Survey
from tests.factories import (
    make_activity,
    make_assistance,
    make_division,
    make_goal,
    make_household,
    make_id_number,
    make_measure,
    make_member,
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
from units.models import Cadre, CalendarDay, DailyLimit, Leave, Requirement, Word
from villages.models import ProjectFund, ProjectNote, VillageNote

Rows = dict[str, Any]


def rows_of(cadre: Cadre, head: str, village: str, county: str = "620524") -> Rows:
    """Create one row in every table that belongs to a cadre's unit; return them by model label."""
    town = make_division(code=f"{county}100", name="城关镇")
    place = make_village(name=village, town=town)
    village_pairing = make_village_pairing(unit=cadre.unit, village=place)
    household = make_household(head="", village=place)
    member = make_member(household=household, name=head, id_number=make_id_number())
    pairing = make_pairing(cadre=cadre, household=household)
    visit = make_visit(cadre=cadre, household=household)
    survey = Survey.objects.filter(place=county).first() or make_survey(place=county)
    response = make_response(survey=survey, cadre=cadre, household=household)
    problem = make_problem(cadre=cadre, household=household, visit=visit)
    problem.moves.create(status=problem.status, by=cadre)
    leave = Leave.objects.create(
        cadre=cadre, started_on=date(2015, 3, 1), ended_on=date(2015, 3, 9), reason="病假"
    )
    registers = [cadre, cadre.unit, place, village_pairing, household, member, pairing]
    help_given = make_assistance(cadre=cadre, household=household, problem=problem, visit=visit)
    activity = make_activity(cadre=cadre, village=place)
    found = [*registers, *plans_of(cadre, household), leave, visit, problem, help_given, activity, response]
    return {row._meta.label_lower: row for row in found}


def plans_of(cadre: Cadre, household: Household) -> list[Any]:
    """Create the plans of the household and its village."""
    village = household.village
    project = make_project(unit=cadre.unit, village=village, name=f"{village}人饮管道")
    ProjectBeneficiary.objects.create(project=project, household=household)
    ProjectNote.objects.create(project=project, on=date(2015, 9, 20), text="管沟挖好了", by=cadre)
    goal = make_goal(village=village, unit=cadre.unit)
    measure = make_measure(household=household, cadre=cadre)
    return [
        project,
        ProjectFund.objects.create(project=project, source="unit", planned=30000, arranged=20000),
        goal,
        goal.plan,
        VillageNote.objects.create(village=village, kind="soil", text="土样送检", by=cadre),
        measure,
        measure.plan,
        HouseholdAway.objects.create(household=household, started_on=date(2015, 3, 1), reason="去新疆摘棉花"),
    ]


def rows_of_the_office(cadre: Cadre, county: str = "620524") -> Rows:
    """Create one row in each table that only the office manages or that everyone may read."""
    found = [
        make_division(code=county),
        DailyLimit.objects.get_or_create(role="cadre", defaults={"persons": 100, "exports": 30})[0],
        Word.objects.create(group="visit_reason", text=f"红白事{cadre.pk}"),
        CalendarDay.objects.create(place=county, on=date(2015, 1, 1) + timedelta(days=cadre.pk), works=False),
        Requirement.objects.create(year=2015, place=county, unit=make_unit(), indicator="visit_days"),
        ImportRun.objects.create(kind="villages", place=county, by=cadre, filename="村.xlsx", digest=""),
        Download.objects.create(by=cadre, place=county, what="村", row_count=1),
        Reveal.objects.create(by=cadre, place=county, table="households.member", row=1, whose="王有福"),
    ]
    return {row._meta.label_lower: row for row in found}


def page(table: str, name: str, row: Any = None) -> str:
    label = table.replace(".", "_")
    return reverse(f"admin:{label}_{name}", args=[row.pk] if row is not None else None)


def listed(client: Client, table: str, query: str = "") -> set[int]:
    """Return the keys of the rows on the first page of a list."""
    answer = client.get(page(table, "changelist") + query)
    assert answer.status_code == 200
    return {row.pk for row in answer.context["cl"].result_list}

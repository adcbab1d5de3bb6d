"""Projects and plans of the demo: every row keeps the promises that the application makes of it."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import pytest

from households.models import Household, ProjectBeneficiary
from tests.demo_sample import DAYS, Sample, sample_of
from villages.models import Project, ProjectFund, ProjectNote
from visits.choices import AssistanceKind
from visits.models import Assistance

Status = Project.Status


@pytest.fixture(scope="module", params=DAYS, ids=str)
def sample(request: pytest.FixtureRequest) -> Sample:
    return sample_of(request.param)


# --- projects -----------------------------------------------------------------------------------


@pytest.mark.once
def test_projects_are_as_far_as_their_days_say(sample):
    today = sample.now.date()
    names = [(row["village_id"], row["name"]) for row in sample.rows[Project]]
    assert len(set(names)) == len(names) > 20
    for project in sample.rows[Project]:
        status, finished = project["status"], project["finished_on"]
        assert (finished is not None) == (status == Status.FINISHED) == (project["progress"] == 100)
        assert (project["starts_on"] is None) == (status in {Status.PLANNED, Status.DROPPED})
        if project["starts_on"]:
            assert project["starts_on"] <= (finished or today) <= today
        elif status == Status.PLANNED:
            assert project["due_on"] > today
        assert project["benefit_people"] >= project["benefit_households"] > 0


@pytest.mark.once
def test_no_source_has_spent_more_than_is_there_nor_there_more_than_planned(sample):
    funds = defaultdict(list)
    for fund in sample.rows[ProjectFund]:
        assert fund["planned"] >= fund["arranged"] >= fund["spent"] >= 0
        funds[fund["project_id"]].append(fund)
    for project in sample.rows[Project]:
        own = funds[project["id"]]
        assert len({fund["source"] for fund in own}) == len(own) > 0
        spent = sum(fund["spent"] for fund in own)
        assert (spent > 0) == (project["progress"] > 0)


@pytest.mark.once
def test_notes_go_on_from_day_to_day_to_where_the_project_is(sample):
    notes = defaultdict(list)
    for note in sample.rows[ProjectNote]:
        notes[note["project_id"]].append(note)
    for project in sample.rows[Project]:
        own = notes[project["id"]]
        assert all(before["on"] <= after["on"] for before, after in pairwise(own))
        assert all(before["progress"] < after["progress"] for before, after in pairwise(own))
        assert (own[-1]["progress"] if own else 0) == project["progress"]
        assert all(project["starts_on"] <= note["on"] <= sample.now.date() for note in own)


@pytest.mark.once
def test_a_project_serves_households_of_its_village_and_no_more_than_it_says(sample):
    places = {row["id"]: row["village_id"] for row in sample.rows[Household]}
    projects = {row["id"]: row for row in sample.rows[Project]}
    served = defaultdict(set)
    for row in sample.rows[ProjectBeneficiary]:
        project = projects[row["project_id"]]
        assert places[row["household_id"]] == project["village_id"]
        assert row["household_id"] not in served[project["id"]]
        served[project["id"]].add(row["household_id"])
    assert served
    assert all(len(own) <= projects[key]["benefit_households"] for key, own in served.items())


@pytest.mark.once
def test_goods_of_a_project_are_paid_from_its_money(sample):
    projects = {row["id"]: row for row in sample.rows[Project]}
    spent: dict[int, Decimal] = defaultdict(Decimal)
    for fund in sample.rows[ProjectFund]:
        spent[fund["project_id"]] += fund["spent"]
    items = [row for row in sample.rows[Assistance] if row["project_id"]]
    assert {row["kind"] for row in items} <= {AssistanceKind.SEND_PROJECT, AssistanceKind.PROJECT}
    for item in items:
        project = projects[item["project_id"]]
        assert item["village_id"] == project["village_id"]
        assert item["unit_id"] == project["unit_id"]
        assert item["goods_value"] <= spent[project["id"]]

"""Projects and plans of the demo: every row keeps the invariants of the application."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from core.word_lists import split_words
from demo.answers.remarks import PLANS_OF_INDUSTRY, PLANS_OF_WORKS
from demo.field import leaves, measures, meetings, village_words, works
from demo.phrases import CHILD_LINES, KIND_LINES, NEEDS, REASONS, VILLAGE_LINES
from demo.topics import topics
from households.choices import Cause, Labour, MigrantWork
from households.models import Household, HouseholdAway, HouseholdPlan, Measure, Member, ProjectBeneficiary
from surveys.models import Response
from tests.demo_sample import DAYS, Sample, sample_of
from units.models import Leave
from villages.models import (
    Project,
    ProjectFund,
    ProjectNote,
    VillageGoal,
    VillageNote,
    VillagePairing,
    VillagePlan,
)
from visits.activities.rules import MATERIALS
from visits.choices import AssistanceKind, Service
from visits.models import Activity, Assistance, Visit, VisitCompanion

pytestmark = pytest.mark.slow

Status = Project.Status
WORKERS = {Labour.ORDINARY, Labour.SKILLED}
AWAY = {MigrantWork.IN_PROVINCE, MigrantWork.ELSEWHERE}
KINDS_OF_LEAVE = {
    kind.reason
    for kind in (leaves.MATERNITY, leaves.WEDDING, *leaves.ORDINARY.values, *leaves.OF_HEADS.values)
}
BY_SHEET = {measures.HOUSE.text, measures.TAP.text}


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


# --- plans --------------------------------------------------------------------------------------


@pytest.mark.once
def test_a_plan_is_written_by_who_has_the_household_and_is_the_only_one(sample):
    plans = sample.rows[HouseholdPlan]
    identified = {row["id"]: row["identified_on"] for row in sample.rows[Household]}
    assert len({row["household_id"] for row in plans}) == len(plans) > 300
    for plan in plans:
        day = plan["written_on"]
        assert identified[plan["household_id"]] < day <= sample.now.date()
        who = {row["cadre_id"] for row in sample.paired(plan["household_id"], day)}
        assert plan["written_by_id"] in who


@pytest.mark.once
def test_measures_fit_their_plan_and_are_done_after_it(sample):
    today = sample.now.date()
    plans = {row["id"]: row for row in sample.rows[HouseholdPlan]}
    texts = set()
    for measure in sample.rows[Measure]:
        done = measure["done_on"]
        assert done is None or plans[measure["plan_id"]]["written_on"] < done <= today
        assert done is None or done.year >= measure["year"] or measure["text"] in BY_SHEET
        assert measure["expected_gain"] is None or measure["expected_gain"] > 0
        assert bool(measure["result"]) or done is None
        texts.add((measure["plan_id"], measure["text"]))
    assert len(texts) == len(sample.rows[Measure])
    assert {plan for plan, _ in texts} == plans.keys()


@pytest.mark.once
def test_who_cannot_work_is_not_told_to(sample):
    working = {row["household_id"] for row in sample.rows[Member] if row["labour"] in WORKERS}
    plans = {row["id"]: row["household_id"] for row in sample.rows[HouseholdPlan]}
    asking = {means.text for some in measures.FOR_WISH.values() for means in some}
    for measure in sample.rows[Measure]:
        assert measure["text"] not in asking or plans[measure["plan_id"]] in working


@pytest.mark.once
def test_goals_and_notes_of_a_village_have_come_to_pass_by_today(sample):
    today = sample.now.date()
    plans = sample.rows[VillagePlan]
    assert len({row["village_id"] for row in plans}) == len(plans) > 15
    assert all(row["problems"] and row["approach"] and row["industry"] for row in plans)
    for goal in sample.rows[VillageGoal]:
        assert goal["done_on"] is None or goal["done_on"] <= today
    assert {row["kind"] for row in sample.rows[VillageNote]} == set(VillageNote.Kind)
    assert all(row["on"] <= today and "{" not in row["text"] for row in sample.rows[VillageNote])


# --- activities ---------------------------------------------------------------------------------


@pytest.mark.once
def test_activities_are_of_the_unit_that_had_the_village_that_day(sample):
    paired = defaultdict(list)
    for row in sample.rows[VillagePairing]:
        paired[row["village_id"]].append(row)
    for row in sample.rows[Activity]:
        day, own = row["held_on"], paired[row["village_id"]]
        assert day <= row["recorded_at"].date()
        assert row["recorded_at"] <= sample.now
        if row["village_id"]:
            units = {
                one["unit_id"] for one in own if one["started_on"] <= day <= (one["ended_on"] or date.max)
            }
            assert row["unit_id"] in units
    assert {row["kind"] for row in sample.rows[Activity]} == set(Activity.Kind)


@pytest.mark.once
def test_material_is_spread_at_publicity_alone_and_lessons_have_as_many_as_the_help(sample):
    lessons = {(row["village_id"], row["given_on"], row["people"]) for row in sample.rows[Assistance]}
    for row in sample.rows[Activity]:
        spread = sum(row[name] for name in MATERIALS)
        assert (spread > 0) == (row["kind"] == Activity.Kind.PUBLICITY)
        if row["kind"] == Activity.Kind.TRAINING:
            assert (row["village_id"], row["held_on"], row["people"]) in lessons


# --- leaves and families away -------------------------------------------------------------------


@pytest.mark.once
def test_who_is_on_leave_does_nothing_else_and_no_illness_is_told(sample):
    done = defaultdict(set)
    visits = {row["id"]: row["visited_on"] for row in sample.rows[Visit]}
    for row in sample.rows[Visit]:
        done[row["cadre_id"]].add(row["visited_on"])
    for row in sample.rows[VisitCompanion]:
        done[row["cadre_id"]].add(visits[row["visit_id"]])
    for row in sample.rows[Response]:
        done[row["surveyor_id"]].add(row["surveyed_on"])
    for row in sample.rows[Assistance]:
        done[row["cadre_id"]].add(row["given_on"])
    for leave in sample.rows[Leave]:
        first, last = leave["started_on"], leave["ended_on"]
        assert first <= min(last, sample.now.date())
        assert not any(first <= day <= last for day in done[leave["cadre_id"]])
        assert leave["reason"] in KINDS_OF_LEAVE
    assert sample.rows[Leave]


@pytest.mark.once
def test_a_family_away_is_seen_by_nobody_and_called_by_who_has_it(sample):
    visits = defaultdict(list)
    for row in sample.rows[Visit]:
        visits[row["household_id"]].append(row)
    working_away = {row["household_id"] for row in sample.rows[Member] if row["migrant_work"] in AWAY}
    called = 0
    for away in sample.rows[HouseholdAway]:
        first, last = away["started_on"], away["ended_on"] or sample.now.date()
        assert first <= last <= sample.now.date()
        assert away["household_id"] in working_away
        meanwhile = [row for row in visits[away["household_id"]] if first <= row["visited_on"] <= last]
        assert all(row["kind"] == Visit.Kind.PHONE for row in meanwhile)
        for row in meanwhile:
            assert row["cadre_id"] in {
                one["cadre_id"] for one in sample.paired(row["household_id"], row["visited_on"])
            }
        called += bool(meanwhile)
    assert called >= 3


def test_each_of_the_eight_is_talked_about_somewhere():
    needs = [line for pairs in NEEDS.values() for pair in pairs for line in pair]
    lines = [
        *needs,
        *CHILD_LINES,
        *(line for some in (*KIND_LINES.values(), *REASONS.values()) for line in some),
    ]
    assert {topic for line in lines for topic in split_words(topics(line))} == set(Service.labels)
    assert topics("在地里拔草。") == ""


def test_every_cause_and_limit_has_its_words():
    assert measures.FOR_CAUSE.keys() == measures.SITUATIONS.keys() == measures.ENDS.keys() == set(Cause)
    of_villages = [line for some in VILLAGE_LINES.values() for line in some]
    assert all(any(told in line for line in of_villages) for told in meetings.TOLD)
    assert village_words.PROBLEMS.keys() == PLANS_OF_WORKS.keys()
    assert village_words.INDUSTRIES.keys() == PLANS_OF_INDUSTRY.keys() >= works.INDUSTRIES.keys()

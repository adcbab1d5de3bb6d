"""Projects and plans in the admin: a leader edits those of the unit and its villages, under the rules of the pages."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.models import Change
from households.models import HouseholdAway, HouseholdPlan, Measure
from tests.admin.rows import Rows, listed, page
from tests.factories import make_household, make_project, make_village, make_village_pairing
from tests.pages import client_of
from units.models import Cadre, today
from villages.models import Project, ProjectFund, VillageGoal, VillageNote, VillagePlan

PROJECT, FUND = "villages.project", "villages.projectfund"
PLAN, GOAL, NOTE = "villages.villageplan", "villages.villagegoal", "villages.villagenote"
HOUSEHOLD_PLAN, MEASURE, AWAY = "households.householdplan", "households.measure", "households.householdaway"


def rows_of(prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """Return new rows of an inline as a browser sends them."""
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for at, row in enumerate(rows):
        data |= {f"{prefix}-{at}-{name}": value for name, value in row.items()}
    return data


def project_form(village: Any, *funds: dict[str, Any], **changed: Any) -> dict[str, Any]:
    data = {"name": "三组桥", "village": village.pk, "kind": "road", "status": "planned", "progress": 0}
    counts = {"benefit_households": 0, "benefit_people": 0}
    read = {**rows_of("notes"), **rows_of("beneficiaries")}
    return {**data, **counts, **rows_of("funds", *funds), **read, **changed}


def test_a_leader_adds_a_project_of_the_own_unit_with_its_money(
    leader: Cadre, own: Rows, stranger: Cadre
) -> None:
    unit, treasury = (
        {"source": name, "planned": 30000, "arranged": 0, "spent": 0} for name in ("unit", "treasury")
    )
    data = project_form(own["villages.village"], unit, treasury, unit=stranger.unit_id)
    client_of(leader).post(page(PROJECT, "add"), data)
    made = Project.objects.with_money().get(name="三组桥")
    assert (made.unit, made.planned, made.funds.count()) == (leader.unit, Decimal(60000), 2)


def test_one_source_twice_is_told(leader: Cadre, own: Rows) -> None:
    fund = {"source": "unit", "planned": 1, "arranged": 0, "spent": 0}
    answer = client_of(leader).post(page(PROJECT, "add"), project_form(own["villages.village"], fund, fund))
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not Project.objects.filter(name="三组桥").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": "finished"}, "完工的项目要填完工日期"),
        ({"finished_on": today() + timedelta(days=3)}, "不能晚于今天"),
        ({"progress": 120}, "100"),
        ({"name": "石峰村人饮管道"}, "同名的项目"),
    ],
)
def test_what_the_page_refuses_is_refused(
    leader: Cadre, own: Rows, changed: dict[str, Any], said: str
) -> None:
    data = project_form(own["villages.village"], **changed)
    assert said in client_of(leader).post(page(PROJECT, "add"), data).content.decode()
    assert Project.objects.filter(unit=leader.unit).count() == 1


def test_a_project_in_a_foreign_village_is_refused(leader: Cadre, own: Rows, foreign: Rows) -> None:
    data = project_form(foreign["villages.village"])
    answer = client_of(leader).post(page(PROJECT, "add"), data)
    assert "village" in answer.context["adminform"].form.errors


def test_a_project_of_another_unit_in_the_own_village_is_read(
    leader: Cadre, own: Rows, stranger: Cadre
) -> None:
    project = make_project(unit=stranger.unit, village=own["villages.village"])
    client, url = client_of(leader), page(PROJECT, "change", project)
    assert project.pk in listed(client, PROJECT)
    assert client.get(url).status_code == 200
    assert client.post(url, project_form(project.village, version=1)).status_code == 403
    fund = {"project": project.pk, "source": "society", "planned": 1, "arranged": 0, "spent": 0}
    answer = client.post(page(FUND, "add"), fund)
    assert "project" in answer.context["adminform"].form.errors


def test_money_is_put_right_on_its_own_form(leader: Cadre, own: Rows) -> None:
    fund = own[FUND]
    data = {"version": fund.version, "planned": 30000, "arranged": 30000, "spent": "-1", "source": "person"}
    client, url = client_of(leader), page(FUND, "change", fund)
    assert "不能是负数" in client.post(url, data).content.decode()
    client.post(url, {**data, "spent": "12000.50"})
    stored = ProjectFund.objects.get(pk=fund.pk)
    assert (stored.spent, stored.source) == (Decimal("12000.50"), "unit")
    assert Change.objects.filter(table=FUND, row=fund.pk, act="changed").count() == 1


# --- villages ---


def test_a_leader_writes_the_plan_of_an_own_village(leader: Cadre, own: Rows) -> None:
    village = make_village(name="何沟村")
    make_village_pairing(unit=leader.unit, village=village)
    goals = rows_of("goals", {"year": 2015, "text": "修水塔", "done_on": ""})
    data = {"village": village.pk, "written_on": "2015-03-01", "industry": "苹果", **goals}
    client_of(leader).post(page(PLAN, "add"), data)
    plan = VillagePlan.objects.get(village=village)
    assert (plan.unit, plan.goals.get().text) == (leader.unit, "修水塔")


def test_a_village_has_one_plan(leader: Cadre, own: Rows, foreign: Rows) -> None:
    for village in (own["villages.village"], foreign["villages.village"]):
        data = {"village": village.pk, "written_on": "2015-03-01", **rows_of("goals")}
        answer = client_of(leader).post(page(PLAN, "add"), data)
        assert "village" in answer.context["adminform"].form.errors


def test_a_day_to_come_is_not_done(leader: Cadre, own: Rows) -> None:
    goal, tomorrow = own[GOAL], today() + timedelta(days=1)
    data = {"version": goal.version, "year": goal.year, "text": goal.text, "done_on": tomorrow}
    answer = client_of(leader).post(page(GOAL, "change", goal), data)
    assert "done_on" in answer.context["adminform"].form.errors
    assert VillageGoal.objects.get(pk=goal.pk).done_on is None


def test_words_of_a_note_are_put_right(leader: Cadre, own: Rows) -> None:
    note, more = own[NOTE], {"by": leader.pk, **rows_of("files")}
    data = {"version": note.version, "kind": "land", "on": "2015-09-16", "text": "流转 40 亩", **more}
    client_of(leader).post(page(NOTE, "change", note), data)
    stored = VillageNote.objects.get(pk=note.pk)
    assert (stored.kind, stored.text, stored.by) == ("land", "流转 40 亩", note.by)


# --- households ---


def test_a_leader_writes_a_plan_with_measures(leader: Cadre, own: Rows) -> None:
    household = make_household(village=own["villages.village"], head="令守田")
    measures = rows_of("measures", {"year": 2015, "text": "养牛 2 头", "expected_gain": "3000"})
    data = {"household": household.pk, "written_on": "2015-03-01", "goal": "两年脱贫", **measures}
    client_of(leader).post(page(HOUSEHOLD_PLAN, "add"), data)
    plan = HouseholdPlan.objects.get(household=household)
    assert (plan.written_by, plan.measures.get().expected_gain) == (leader, Decimal(3000))


def test_a_new_plan_begins_with_today(leader: Cadre) -> None:
    context = client_of(leader).get(page(HOUSEHOLD_PLAN, "add")).context
    assert context["adminform"].form["written_on"].value() == today()
    assert context["inline_admin_formsets"][0].formset.empty_form["year"].value() == today().year


def test_a_row_that_was_added_and_left_empty_is_none(leader: Cadre, own: Rows) -> None:
    household = make_household(village=own["villages.village"], head="令守田")
    empty = rows_of("measures", {"year": today().year, "text": "", "expected_gain": ""})
    data = {"household": household.pk, "written_on": "2015-03-01", "goal": "两年脱贫", **empty}
    client_of(leader).post(page(HOUSEHOLD_PLAN, "add"), data)
    assert not HouseholdPlan.objects.get(household=household).measures.exists()


def test_a_wrong_form_comes_back_with_the_chosen_family(leader: Cadre, own: Rows, office: Cadre) -> None:
    household = make_household(village=own["villages.village"], head="令守田")
    data = {"household": household.pk, "written_on": "2015-03-01", "goal": "", **rows_of("measures")}
    text = client_of(leader).post(page(HOUSEHOLD_PLAN, "add"), data).content.decode()
    assert f"令守田 石峰村 {household.no}" in text
    chosen = {"plan": own[HOUSEHOLD_PLAN].pk, "year": 2015, "text": ""}
    assert "王有福 石峰村" in client_of(leader).post(page(MEASURE, "add"), chosen).content.decode()
    member = {"household": household.pk, "name": "", "relation": "02", "sex": "2", "ethnicity": "01"}
    assert (
        "令守田 石峰村" in client_of(office).post(page("households.member", "add"), member).content.decode()
    )


def test_a_measure_of_a_foreign_family_is_refused(leader: Cadre, own: Rows, foreign: Rows) -> None:
    data = {"plan": foreign[HOUSEHOLD_PLAN].pk, "year": 2015, "text": "养牛 2 头"}
    answer = client_of(leader).post(page(MEASURE, "add"), data)
    assert "plan" in answer.context["adminform"].form.errors
    assert Measure.objects.count() == 2


def test_measures_still_owed_are_filtered(leader: Cadre, own: Rows) -> None:
    owed = own[MEASURE]
    Measure.objects.create(plan=owed.plan, year=2015, text="修羊圈", done_on=date(2015, 5, 1))
    assert listed(client_of(leader), MEASURE, "?done_on__isempty=1") == {owed.pk}


def test_a_family_that_is_back(leader: Cadre, own: Rows) -> None:
    away, client = own[AWAY], client_of(leader)
    again = {"household": away.household_id, "started_on": "2015-08-01", "reason": "去兰州打工"}
    assert "先填回来日期" in client.post(page(AWAY, "add"), again).content.decode()
    back = {
        "version": away.version,
        "started_on": "2015-03-01",
        "ended_on": "2015-07-01",
        "reason": away.reason,
    }
    client.post(page(AWAY, "change", away), back)
    client.post(page(AWAY, "add"), again)
    assert HouseholdAway.objects.filter(household=away.household_id).count() == 2


def test_second_editor_of_a_plan_sees_both(leader: Cadre, own: Rows) -> None:
    plan, client = own[HOUSEHOLD_PLAN], client_of(leader)
    url, rows = page(HOUSEHOLD_PLAN, "change", plan), rows_of("measures")
    opened = {"version": plan.version, "written_on": plan.written_on, **rows}
    client.post(url, {**opened, "goal": "先来的"})
    answer = client.post(url, {**opened, "goal": "后来的"})
    assert answer.status_code == 409
    assert HouseholdPlan.objects.get(pk=plan.pk).goal == "先来的"

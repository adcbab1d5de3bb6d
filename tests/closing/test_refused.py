"""Nothing may be recorded of a household after its closing day; earlier events still may."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from households.models import HouseholdAway, HouseholdPlan
from registers.plans.forms import AwayForm, BeneficiariesForm, HouseholdPlanForm, MeasureForm
from tests.factories import make_measure, make_project
from tests.importing import check, load, outcomes, whys
from tests.visits.outings import record, refusals
from units.models import today
from visits.assistance.rules import GivenHelp, Worth, record_assistance
from visits.models import Visit
from visits.problems.rules import RaisedProblem, raise_problem

BEFORE, AFTER = date(2015, 4, 20), date(2015, 5, 2)


def test_a_visit(moved, cadre) -> None:
    [why] = refusals(cadre, households=[moved], days=[AFTER])["households"]
    assert why == "王守田（2015-05-01 已迁出）：那天以后的不能再记，以前的可以补记。"
    record(cadre, households=[moved], days=[BEFORE])
    assert Visit.objects.get().household == moved


def test_the_closing_day_itself_is_not_refused(moved, cadre) -> None:
    record(cadre, households=[moved], days=[date(2015, 5, 1)])
    assert Visit.objects.count() == 1


def test_a_visit_of_several_days(moved, cadre) -> None:
    assert "households" in refusals(cadre, households=[moved], days=[date(2015, 5, 1), AFTER])


def test_the_form_offers_what_was_closed_lately(client, moved, cadre) -> None:
    client.force_login(cadre)
    assert "王守田" not in client.get("/visits/new/").text
    household = type(moved).objects.get(pk=moved.pk)
    household.status_on = today()
    household.save()
    pairing = moved.pairings.get()
    pairing.ended_on = today()
    pairing.save()
    assert "已迁出" in client.get("/visits/new/").text


def give(cadre, household, day: date) -> None:
    record_assistance(
        GivenHelp(
            ref=uuid.uuid4(),
            author=cadre,
            kind="comfort",
            given_on=day,
            content="面粉",
            whole=Worth(cash=100),
            households=[household],
        )
    )


def test_help(moved, cadre) -> None:
    with pytest.raises(ValidationError) as refused:
        give(cadre, moved, AFTER)
    assert "已迁出" in refused.value.message_dict["given_on"][0]
    give(cadre, moved, BEFORE)


def raise_one(cadre, household, day: date) -> None:
    raise_problem(
        RaisedProblem(
            ref=uuid.uuid4(),
            author=cadre,
            category="01",
            description="水窖漏水",
            raised_on=day,
            household=household,
        )
    )


def test_a_problem(moved, cadre) -> None:
    with pytest.raises(ValidationError) as refused:
        raise_one(cadre, moved, AFTER)
    assert "已迁出" in refused.value.message_dict["raised_on"][0]
    raise_one(cadre, moved, BEFORE)


def row(cadre, household, day: date) -> dict[str, object]:
    return {
        "手机号": cadre.phone,
        "走访日期": day.isoformat(),
        "户编号": household.no,
        "谈了什么、办了什么": f"{day} 看了水窖",
    }


def test_a_sheet_of_visits(office, moved, cadre) -> None:
    run = load("visits", office, [row(cadre, moved, BEFORE)])
    assert outcomes(run) == ["created"]
    assert whys(check("visits", office, [row(cadre, moved, AFTER)])) == ["B2 这户 2015-05-01 已迁出"]


@pytest.mark.parametrize(("ended", "found"), [("2015-04-30", []), ("2015-06-01", ["这户 2015-05-01 已迁出"])])
def test_a_sheet_of_pairings(office, moved, stranger, ended: str, found: list[str]) -> None:
    given = {"手机号": stranger.phone, "户编号": moved.no, "开始日期": "2014-04-01", "结束日期": ended}
    run = check("household_pairings", office, [{**given, "结束原因": "换人"}])
    assert [why.partition(" ")[2] for why in whys(run)] == found


def test_a_sheet_begins_no_pairing(office, moved, stranger) -> None:
    given = {"手机号": stranger.phone, "户编号": moved.no, "开始日期": "2015-03-01"}
    assert any("已迁出" in why for why in whys(check("household_pairings", office, [given])))


def test_plans(moved, cadre) -> None:
    plan = HouseholdPlan(household=moved, written_by=cadre)
    form = HouseholdPlanForm({"written_on": AFTER.isoformat(), "goal": "栽树"}, instance=plan)
    assert "已迁出" in form.errors["written_on"][0]
    assert HouseholdPlanForm({"written_on": BEFORE.isoformat(), "goal": "栽树"}, instance=plan).is_valid()


def test_measures(moved, cadre) -> None:
    measure = make_measure(household=moved, cadre=cadre, year=2015)
    late = MeasureForm({"year": 2016, "text": "栽树"}, instance=measure)
    assert "已迁出" in late.errors["year"][0]
    assert MeasureForm({"year": 2014, "text": "栽树"}, instance=measure).is_valid()


def test_a_family_away(moved) -> None:
    away = HouseholdAway(household=moved)
    form = AwayForm({"started_on": AFTER.isoformat(), "reason": "务工"}, instance=away)
    assert "已迁出" in form.errors["started_on"][0]


@pytest.mark.parametrize(("starts", "served"), [(date(2015, 6, 1), False), (date(2015, 1, 1), True)])
def test_a_project_serves_whom_it_met(moved, office, starts: date, served: bool) -> None:
    project = make_project(unit=office.unit, village=moved.village, starts_on=starts)
    form = BeneficiariesForm({"households": [str(moved.pk)], "seen": ""}, project=project, user=office)
    assert form.is_valid() == served

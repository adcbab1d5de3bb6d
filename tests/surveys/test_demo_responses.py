"""The demo's responses: without errors, consistent with the households, in every state."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from demo import SAMPLE_LOGINS
from demo.county import build
from demo.loading import load
from demo.scales import SAMPLE
from households.choices import Health, Kind
from households.models import Household, HouseholdPairing, Member
from surveys.filling.checking import Examined, Known, clean_answers, examine
from surveys.filling.facts import known_of_households
from surveys.models import COUNTED, Response, Survey
from tests.demo_figures import end_of
from tests.demo_survey_figures import preset_forms
from units.models import Cadre
from villages.models import Village

pytestmark = pytest.mark.slow

Status = Response.Status
Rows = dict[type, list[dict[str, Any]]]
TODAY = date(2026, 11, 24)


def rows_on(day: date) -> Rows:
    """Return the rows of the sample on a day, by model."""
    rows = defaultdict(list)
    for batch in build(SAMPLE, now=end_of(day.year, day.month, day.day), password=""):
        rows[batch.model] += batch.rows
    return rows


@pytest.fixture(scope="module")
def rows() -> Rows:
    return rows_on(TODAY)


def counted(rows: Rows) -> list[dict[str, Any]]:
    return sorted((r for r in rows[Response] if r["status"] in COUNTED), key=lambda r: r["surveyed_on"])


def by_subject(responses: list[dict[str, Any]]) -> dict[Any, list[dict[str, Any]]]:
    """Return the responses of each household or village, oldest first."""
    found = defaultdict(list)
    for row in responses:
        found[row["survey_id"], row["household_id"] or row["village_id"]].append(row)
    return found


def examined(row: dict[str, Any], before: dict[str, Any] | None, households: int) -> Examined:
    """Check a stored response again as if it were submitted."""
    form = preset_forms()[row["survey_id"] - 1]
    header = {"H08": row["answers"]["H08"]} if row["household_id"] else {}
    subject = {"household_count": households, "identity_conflicts": 0}
    return examine(form, row["answers"], Known(header, row["members"], before and before["answers"], subject))


def income(row: dict[str, Any]) -> float:
    return row["answers"].get("B16", 0)


# --- without a database -------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize("day", [TODAY, date(2026, 1, 1), date(2024, 2, 29)])
def test_no_answer_is_wrong_and_every_warning_has_its_word(day):
    rows = rows_on(day)
    in_village = Counter(row["village_id"] for row in rows[Household])
    for responses in by_subject(counted(rows)).values():
        for before, row in zip([None, *responses], responses, strict=False):
            found = examined(row, before, in_village[row["village_id"]])
            assert (found.errors, [rule for rule in found.broken if rule.is_error]) == ({}, [])
            assert {rule.code for rule in found.warnings} == row["confirmed"].keys()
            assert found.answers == {code: row["answers"][code] for code in row["answers"] if code != "H08"}


@pytest.mark.once
def test_warnings_are_rare_and_few_answers_are_unknown(rows):
    responses = counted(rows)
    warned = [row for row in responses if row["confirmed"]]
    unknown = [row for row in responses if "unknown" in row["answers"].values()]
    assert 0 < len(warned) < 0.05 * len(responses)
    assert 0.02 * len(responses) < len(unknown) < 0.12 * len(responses)


@pytest.mark.once
def test_a_draft_holds_the_clean_answers_of_its_first_steps(rows):
    drafts = [row for row in rows[Response] if row["status"] == Status.DRAFT]
    assert drafts
    for row in drafts:
        form = preset_forms()[row["survey_id"] - 1]
        assert clean_answers(form.asked, row["answers"]) == (row["answers"], {})
        assert 3 <= int(row["step"]) <= len(form.sections) + 1
        assert row["answers"].keys() & {item.code for item in form.sections[0].items}
        assert not row["answers"].keys() & {item.code for item in form.sections[-1].items}


@pytest.mark.once
def test_each_is_asked_once_a_year_by_who_was_paired_with_it(rows):
    keys = [(row["survey_id"], row["household_id"], row["village_id"], row["year"]) for row in rows[Response]]
    assert len(set(keys)) == len(keys)
    spans = defaultdict(list)
    for row in rows[HouseholdPairing]:
        spans[row["household_id"], row["cadre_id"]].append((row["started_on"], row["ended_on"] or date.max))
    identified = {row["id"]: row["identified_on"] for row in rows[Household]}
    for row in rows[Response]:
        day, household = row["surveyed_on"], row["household_id"]
        assert day <= timezone.localdate(row["recorded_at"]) <= TODAY
        assert day <= row.get("reviewed_on", TODAY) <= TODAY
        if household:
            stay = timedelta(days=3)
            assert any(
                since <= day and day - stay <= until for since, until in spans[household, row["surveyor_id"]]
            )
            assert identified[household] <= day


@pytest.mark.once
def test_most_households_are_done_and_the_rest_is_in_every_state(rows):
    of_households = [row for row in rows[Response] if row["household_id"]]
    first, second = (
        Counter(r["status"] for r in of_households if r["year"] == year) for year in (2025, 2026)
    )
    assert sum(first[status] for status in COUNTED) > 0.96 * SAMPLE.households
    assert 0.88 < sum(second[status] for status in COUNTED) / SAMPLE.households < 0.97
    assert set(second) == set(Status)
    assert second.total() < SAMPLE.households


@pytest.mark.once
def test_facts_of_the_household_stand_in_its_answers(rows):
    households = {row["id"]: row for row in rows[Household]}
    for row in counted(rows):
        if not row["household_id"]:
            continue
        household, answers, members = households[row["household_id"]], row["answers"], row["members"]
        assert (answers["C01"], answers["D01"]) == (household["kind"], household["main_cause"])
        assert answers["H08"] == len(members)
        assert answers["B12"] == sum(member["M09"] in {"01", "02"} for member in members)
        assert answers["C03"] == sum(member["M12"] for member in members)
        assert (answers["C02"] > 0) == (household["kind"] in {Kind.ALLOWANCE, Kind.ALLOWANCE_POOR})
        assert answers.get("A04", 0) == ("A05" in answers)


@pytest.mark.once
def test_more_are_better_off_and_the_ill_and_the_struck_are_not(rows):
    better, ill = [], []
    for responses in by_subject(counted(rows)).values():
        if len(responses) < 2 or not all(map(income, responses)):
            continue
        before, after = responses
        was_ill, is_ill = (
            {m["pk"] for m in row["members"] if m["M08"] == Health.SERIOUS} for row in responses
        )
        change = income(after) / income(before)
        (ill if is_ill - was_ill else better).append(change)
    assert 0.7 < sum(change > 1 for change in better) / len(better) < 0.9
    assert sum(change < 1 for change in ill) > 0.8 * len(ill) > 5


@pytest.mark.once
def test_a_village_counts_its_poor_households_as_the_register_does(rows):
    households = Counter(row["village_id"] for row in rows[Household])
    of_villages = [row for row in counted(rows) if not row["household_id"]]
    differing = [row for row in of_villages if row["answers"]["V107"] != households[row["village_id"]]]
    assert len(of_villages) >= 2 * len(rows[Village]) - 4
    assert len(differing) < 0.15 * len(of_villages)
    assert all(row["answers"]["V108"] < row["answers"]["V104"] for row in of_villages)


@pytest.mark.once
def test_difficulties_are_spread_over_the_categories_and_follow_the_other_answers(rows):
    sheets = [row["answers"] for row in counted(rows) if row["household_id"]]
    told = Counter(code for answers in sheets for code in answers["D03"])
    assert len(told) >= 13
    assert max(told.values()) < 0.5 * len(sheets)
    thirsty = [answers for answers in sheets if answers["A07"]]
    assert sum("01" in answers["D03"] for answers in thirsty) > 0.5 * len(thirsty)


# --- in the database ----------------------------------------------------------------------------


@pytest.fixture
def sample(db) -> None:
    load(SAMPLE, now=end_of(TODAY.year, TODAY.month, TODAY.day), silent=True)


def test_the_second_round_agrees_with_the_register(sample):
    form = Survey.objects.get(code="HH-SURVEY").form
    responses = Response.objects.counted().filter(year=2026, household__isnull=False)
    surveyed = [
        (response.household, response.surveyed_on) for response in responses.select_related("household")
    ]
    known = known_of_households(form, surveyed, {})
    for response in responses:
        now = known[response.household_id, response.surveyed_on]
        assert [ageless(member) for member in response.members] == [ageless(m) for m in now.members]
        assert response.answers["H08"] == now.header["H08"]


def ageless(member: dict[str, Any]) -> dict[str, Any]:
    return {code: answer for code, answer in member.items() if code != "age"}


def test_nearly_every_second_response_has_one_to_be_compared_with(sample):
    second = list(Response.objects.counted().filter(year=2026).select_related("survey"))
    assert sum(response.previous() is not None for response in second[:60]) > 55


def test_each_login_finds_responses_to_go_on_with(sample):
    office, leader, cadre, viewer = (Cadre.objects.get(phone=login.phone) for login in SAMPLE_LOGINS)
    this_year = Response.objects.filter(year=2026, household__isnull=False)
    own = this_year.filter(surveyor=cadre).order_by("pk")
    assert set(own.values_list("status", flat=True)) >= {Status.SUBMITTED, Status.RETURNED, Status.DRAFT}
    assert own.count() < Household.objects.visible_to(cadre).count()
    assert this_year.visible_to(leader).filter(status=Status.SUBMITTED, unit=leader.unit_id).count() > 1
    assert this_year.visible_to(office).count() == this_year.visible_to(viewer).count() > 350


def test_answers_hold_nothing_personal(sample):
    head = Member.objects.filter(relation="01").first()
    response = Response.objects.filter(household=head.household_id).first()
    assert head.name not in str(response.answers) + str(response.members)

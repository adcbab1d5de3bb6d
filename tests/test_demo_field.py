"""Fieldwork of the demo: every row keeps the invariants of the application."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import timezone

from demo import CADRE_PHONE
from demo.field import gifts, solutions
from demo.loading import load
from demo.phrases import CHILD_LINES, KIND_LINES, NEEDS, REASONS, VILLAGE_LINES
from demo.scales import SAMPLE
from tests.demo_sample import DAYS, Sample, sample_of
from units.models import Cadre
from units.presets import PROBLEM_DAYS
from units.workdays import works_by_calendar
from visits.choices import Category
from visits.duty.rules import cadre_duties
from visits.models import (
    MOVES,
    OPEN,
    Assistance,
    AssistanceShare,
    Problem,
    ProblemStatus,
    Visit,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=DAYS, ids=str)
def sample(request: pytest.FixtureRequest) -> Sample:
    return sample_of(request.param)


# --- problems -----------------------------------------------------------------------------------


@pytest.mark.once
def test_every_problem_goes_an_allowed_way_in_order(sample):
    for problem, moves in sample.problems():
        way = [move["status"] for move in moves]
        assert (way[0], way[-1]) == (ProblemStatus.REGISTERED, problem["status"])
        assert all(after in MOVES[before] for before, after in pairwise(way)), way
        times = [move["at"] for move in moves]
        assert times == sorted(set(times))
        assert problem["raised_on"] <= times[0].date()
        assert times[-1] <= sample.now
        assert problem["status_on"] == (times[-1].date() if len(moves) > 1 else problem["raised_on"])


@pytest.mark.once
def test_every_state_keeps_what_it_promises(sample):
    for problem, moves in sample.problems():
        status = problem["status"]
        said = {move["status"]: move["word"] for move in moves}
        if status in OPEN:
            assert (problem["outcome"], problem["confirmed_on"]) == ("", None)
        else:
            assert problem["outcome"] in {said.get(ProblemStatus.SOLVED), said.get(ProblemStatus.SHELVED)} - {
                None,
                "",
            }
        assert (problem["confirmed_on"] is not None) == (
            status in {ProblemStatus.CONFIRMED, ProblemStatus.CLOSED}
        )


@pytest.mark.once
def test_problems_are_raised_and_followed_by_who_has_the_household(sample):
    for problem, moves in sample.problems():
        if problem["household_id"] is None:
            continue
        first = sample.paired(problem["household_id"], problem["raised_on"])
        who = {(row["cadre_id"], row["unit_id"], row["rank"]) for row in first}
        assert (problem["raised_by_id"], problem["unit_id"], problem["rank"]) in who
        followers = {row["cadre_id"] for row in sample.pairings[problem["household_id"]]}
        assert problem["owner_id"] in followers
        assert {move["owner_id"] for move in moves} - {None} <= followers


@pytest.mark.once
def test_problems_are_due_in_working_days_and_few_are_late(sample):
    overdue = 0
    for problem, moves in sample.problems():
        again = [
            after["at"].date()
            for before, after in pairwise(moves)
            if (before["status"], after["status"]) == (ProblemStatus.SOLVED, ProblemStatus.HANDLING)
        ]
        start = again[-1] if again else problem["raised_on"]
        days = [start + timedelta(days=n + 1) for n in range((problem["due_on"] - start).days)]
        assert sum(map(works_by_calendar, days)) == PROBLEM_DAYS
        is_counted = problem["status"] in OPEN and problem["joined_into_id"] is None
        overdue += is_counted and problem["due_on"] < sample.now.date()
    assert overdue <= 0.03 * len(sample.rows[Problem])


@pytest.mark.once
def test_a_problem_comes_from_a_sheet_or_a_visit_of_that_day(sample):
    visits = {row["id"]: row for row in sample.rows[Visit]}
    once = set()
    for problem, moves in sample.problems():
        if problem["visit_id"]:
            visit = visits[problem["visit_id"]]
            assert problem["description"] in visit["content"]
            assert (visit["visited_on"], visit["household_id"], visit["cadre_id"]) == (
                problem["raised_on"],
                problem["household_id"],
                problem["raised_by_id"],
            )
        if problem["response_id"]:
            assert (problem["response_id"], problem["category"]) not in once
            once.add((problem["response_id"], problem["category"]))
        for move in moves:
            if move["visit_id"]:
                assert move["status"] == ProblemStatus.CONFIRMED
                assert visits[move["visit_id"]]["household_id"] == problem["household_id"]


@pytest.mark.once
def test_what_was_joined_is_of_the_same_village_and_category(sample):
    rows = {row["id"]: row for row in sample.rows[Problem]}
    joined = [row for row in rows.values() if row["joined_into_id"]]
    for row in joined:
        whole = rows[row["joined_into_id"]]
        assert whole["joined_into_id"] is None
        assert (row["village_id"], row["category"]) == (whole["village_id"], whole["category"])


# --- help ---------------------------------------------------------------------------------------


@pytest.mark.once
def test_shares_sum_to_the_whole(sample):
    shares = defaultdict(list)
    for row in sample.rows[AssistanceShare]:
        shares[row["assistance_id"]].append(row)
    for item in sample.rows[Assistance]:
        own = shares[item["id"]]
        for name in ("cash", "quantity", "goods_value", "loan") if own else ():
            assert item[name] == sum((row[name] for row in own), Decimal(0)) >= 0
        assert len({row["household_id"] for row in own}) == len(own)
        assert bool(item["goods"]) == (item["quantity"] > 0)


@pytest.mark.once
def test_help_reaches_households_paired_that_day_with_who_gives(sample):
    items = {row["id"]: row for row in sample.rows[Assistance]}
    for share in sample.rows[AssistanceShare]:
        item = items[share["assistance_id"]]
        paired = sample.paired(share["household_id"], item["given_on"])
        assert item["unit_id"] in {row["unit_id"] for row in paired}
        if item["visit_id"] or item["problem_id"]:
            assert item["cadre_id"] in {row["cadre_id"] for row in paired}
        assert item["given_on"] <= item["recorded_at"].date()
        assert item["recorded_at"] <= sample.now


@pytest.mark.once
def test_help_answers_solved_problems_and_visits_of_that_day(sample):
    problems = {row["id"]: (row, moves) for row, moves in sample.problems()}
    visits = {row["id"]: row for row in sample.rows[Visit]}
    answered = [row for row in sample.rows[Assistance] if row["problem_id"]]
    for item in answered:
        problem, moves = problems[item["problem_id"]]
        assert problem["status"] not in OPEN
        solved = [move["at"].date() for move in moves if move["status"] == ProblemStatus.SOLVED]
        assert item["given_on"] == solved[-1]
    assert len(answered) > 40
    for item in sample.rows[Assistance]:
        if item["visit_id"]:
            assert item["given_on"] == visits[item["visit_id"]]["visited_on"]


# --- words --------------------------------------------------------------------------------------


def test_what_is_told_and_brought_stands_in_the_diary():
    needs = {need for pairs in NEEDS.values() for need, _ in pairs}
    lines = [line for some in (*KIND_LINES.values(), *REASONS.values()) for line in some]
    lines += CHILD_LINES
    of_villages = [line for some in VILLAGE_LINES.values() for line in some]
    assert all(told in needs or any(told in line for line in lines) for told in solutions.TOLD)
    assert all(any(seen in line for line in of_villages) for seen in [*solutions.SEEN, *gifts.LESSONS])
    assert all(any(brought in line for line in lines) for brought in gifts.BROUGHT)


def test_every_category_has_its_words():
    assert solutions.SOLUTIONS.keys() == solutions.HANDLED.keys() == set(Category)
    given = {one.gift.kind for some in solutions.SOLUTIONS.values() for one in some if one.gift}
    given |= {gift.kind for gift in (*gifts.COMFORTS, *gifts.FOR_SPRING, *gifts.BROUGHT.values())}
    assert given <= gifts.THANKS.keys()


# --- in the database ----------------------------------------------------------------------------


def test_the_cadres_first_page_has_something_of_everything(db):
    load(SAMPLE, silent=True)
    cadre, day = Cadre.objects.get(phone=CADRE_PHONE), timezone.localdate()
    promises = Visit.objects.filter(cadre=cadre).open_promises()
    assert promises.filter(promised_on__range=(day, day + timedelta(days=7))).exists()
    waiting = Problem.objects.open().filter(owner=cadre)
    assert waiting.exists()
    assert not waiting.overdue(day).exists()
    assert AssistanceShare.objects.visible_to(cadre).exists()
    duties = cadre_duties(Cadre.objects.filter(pk=cadre.pk), year=day.year, on=day)
    assert any(duty.owed for duty in duties[cadre.pk])

"""Each move of a problem has its own day; the state on a past day is computed from the moves."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.admin.rows import page
from tests.factories import make_cadre, make_pairing, make_visit
from tests.pages import client_of, words_of
from tests.problems.rows import raised
from units.models import today
from visits.models import Problem, ProblemStatus
from visits.problems.problem_handover import end_and_pass_on
from visits.problems.rules import move

pytestmark = pytest.mark.django_db

RAISED = date(2015, 9, 16)
SOLVED, CONFIRMED, REOPENED = date(2015, 11, 2), date(2015, 12, 3), date(2016, 3, 1)


@pytest.fixture
def problem(cadre, own) -> Problem:
    return raised(cadre, own, due_on=date(2015, 10, 14))


def solved(problem: Problem, cadre) -> Problem:
    move(problem, to=ProblemStatus.SOLVED, by=cadre, word="修好了", on=SOLVED)
    move(problem, to=ProblemStatus.CONFIRMED, by=cadre, on=CONFIRMED)
    return problem


# --- moving ---------------------------------------------------------------------------------------


def test_it_is_registered_on_the_day_it_was_raised(problem):
    assert [step.on for step in problem.moves.all()] == [RAISED]


def test_a_move_takes_a_day_and_the_problem_has_it_too(problem, cadre):
    solved(problem, cadre)
    assert (problem.status_on, problem.confirmed_on) == (CONFIRMED, CONFIRMED)
    assert [step.on for step in problem.moves.all()] == [RAISED, SOLVED, CONFIRMED]


def test_without_a_day_it_is_today(problem, cadre):
    assert move(problem, to=ProblemStatus.HANDLING, by=cadre).on == today()


def test_a_move_is_neither_before_the_one_before_nor_ahead(problem, cadre):
    move(problem, to=ProblemStatus.TO_UNIT, by=cadre, on=SOLVED)
    with pytest.raises(ValidationError, match="不能早于上一步（2015-11-02 上报单位）"):
        move(problem, to=ProblemStatus.HANDLING, by=cadre, on=SOLVED - timedelta(days=1))
    with pytest.raises(ValidationError, match="不能晚于今天"):
        move(problem, to=ProblemStatus.HANDLING, by=cadre, on=today() + timedelta(days=1))
    assert Problem.objects.get().status == ProblemStatus.TO_UNIT
    assert move(problem, to=ProblemStatus.HANDLING, by=cadre, on=SOLVED).on == SOLVED


def test_the_family_confirms_no_earlier_than_the_visit_that_asked(problem, cadre, own):
    move(problem, to=ProblemStatus.SOLVED, by=cadre, word="修好了", on=SOLVED)
    visit = make_visit(cadre=cadre, household=own, visited_on=CONFIRMED)
    with pytest.raises(ValidationError, match="不能早于那次走访"):
        move(problem, to=ProblemStatus.CONFIRMED, by=cadre, on=SOLVED, visit=visit)


def test_a_reopened_one_is_due_after_the_day_it_was_reopened(problem, cadre):
    move(solved(problem, cadre), to=ProblemStatus.HANDLING, by=cadre, on=REOPENED)
    assert REOPENED < problem.due_on < REOPENED + timedelta(days=60)


def test_the_page_asks_for_the_day_and_tells_it(problem, cadre):
    client, url = client_of(cadre), f"/problems/{problem.pk}/"
    sent = {"version": problem.version, "to": "to_unit", "word": "报给单位"}
    assert "不能早于上一步" in words_of(client.post(url, {**sent, "on": "2015-09-15"}))
    client.post(url, {**sent, "on": "2015年10月8日"})
    words = words_of(client.get(url))
    assert f"上报单位 2015年10月8日，{cadre}（{today().year}年" in words
    assert "哪天" in words


def test_the_admin_hands_it_over_on_a_day(problem, leader, own):
    heir, client = make_cadre(name="康小梅", unit=leader.unit), client_of(leader)
    url = page("visits.problem", "change", problem)
    sent = {
        **{name: getattr(problem, name) for name in ("description", "due_on", "version")},
        "owner": heir.pk,
        "moves-TOTAL_FORMS": 0,
        "moves-INITIAL_FORMS": 0,
    }
    assert "不能早于上一步" in client.post(url, {**sent, "handed_on": "2015-09-01"}).content.decode()
    client.post(url, {**sent, "handed_on": "2015-10-01"})
    assert problem.moves.get(owner=heir).on == date(2015, 10, 1)


def test_it_is_handed_over_on_the_day_the_pairing_ends_but_not_before_its_last_move(problem, leader, cadre):
    pairing = problem.household.pairings.get()
    pairing.started_on = date(2015, 3, 5)
    pairing.save()
    other = raised(cadre, problem.household, category="02")
    move(other, to=ProblemStatus.TO_UNIT, by=cadre, on=CONFIRMED)
    heir = make_cadre(name="张卫东", unit=cadre.unit)
    end_and_pass_on([pairing], to=heir, on=SOLVED, reason="调离", by=leader)
    assert (problem.moves.last().on, other.moves.last().on) == (SOLVED, CONFIRMED)


# --- state on a past day --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "open_then", "late_then"),
    [
        (RAISED - timedelta(days=1), False, False),
        (RAISED, True, False),
        (date(2015, 10, 14), True, False),
        (date(2015, 10, 15), True, True),
        (SOLVED, False, False),
        (REOPENED - timedelta(days=1), False, False),
        (REOPENED, True, False),
        (date(2016, 12, 31), True, True),
    ],
)
def test_what_was_open_and_late_on_a_day(problem, cadre, on, open_then, late_then):
    move(solved(problem, cadre), to=ProblemStatus.HANDLING, by=cadre, on=REOPENED)
    make_pairing(cadre=make_cadre(), kind="contact")
    assert Problem.objects.open(on).exists() == open_then
    assert Problem.objects.overdue(on).exists() == late_then


def test_one_closed_today_was_open_before(problem, cadre):
    move(solved(problem, cadre), to=ProblemStatus.CLOSED, by=cadre)
    assert not Problem.objects.open().exists()
    assert Problem.objects.open(SOLVED - timedelta(days=1)).get() == problem


def test_a_void_one_was_never_open(problem, cadre):
    problem.take_back(by=cadre, reason="记错了")
    assert not Problem.objects.open(RAISED).exists()

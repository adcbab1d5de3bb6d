"""Moves of a problem: steps, joining, voiding."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import include, path
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.records import StaleRecord
from tests.factories import make_cadre, make_household, make_problem
from tests.pages import client_of, words_of
from tests.problems.rows import raised
from units.models import today
from visits.models import MOVES, OPEN, Problem, ProblemStatus
from visits.problems.rules import join, leave, move, take_back

pytestmark = pytest.mark.django_db


# --- moving ---------------------------------------------------------------------------------------


def test_what_is_solved_says_how(cadre, own):
    with pytest.raises(ValidationError, match="怎么解决的"):
        move(raised(cadre, own), to=ProblemStatus.SOLVED, by=cadre)


def test_it_closes_only_after_the_household_confirmed(cadre, own):
    problem = raised(cadre, own)
    move(problem, to=ProblemStatus.SOLVED, by=cadre, word="修好了水窖")
    with pytest.raises(ValidationError, match="不能直接到“销号”"):
        move(problem, to=ProblemStatus.CLOSED, by=cadre)
    move(problem, to=ProblemStatus.CONFIRMED, by=cadre)
    move(problem, to=ProblemStatus.CLOSED, by=cadre)
    assert problem.confirmed_on == today()


def test_the_second_who_moves_it_is_told(cadre, own):
    problem = raised(cadre, own)
    seen_before = Problem.objects.get(pk=problem.pk)
    move(problem, to=ProblemStatus.TO_UNIT, by=cadre)
    with pytest.raises(StaleRecord):
        move(seen_before, to=ProblemStatus.SHELVED, by=cadre, word="没有钱")


class AProblemsWay(RuleBasedStateMachine):
    """Applies any order of steps, allowed or not, and checks the transition table and each state's invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.cadre = make_cadre()
        self.problem = make_problem(cadre=self.cadre)
        self.steps = 0

    @rule(to=st.sampled_from(list(ProblemStatus)), word=st.sampled_from(["", "修好了"]))
    def step(self, to, word):
        before = self.problem.status
        said = bool(word) or to not in {ProblemStatus.SOLVED, ProblemStatus.SHELVED}
        if to in MOVES[before] and said:
            move(self.problem, to=to, by=self.cadre, word=word)
            self.steps += 1
        else:
            with pytest.raises(ValidationError):
                move(self.problem, to=to, by=self.cadre, word=word)
            assert self.problem.status == before

    @precondition(lambda self: self.problem.status == ProblemStatus.CLOSED)
    @rule()
    def reopen(self):
        move(self.problem, to=ProblemStatus.HANDLING, by=self.cadre)
        self.steps += 1
        assert self.problem.due_on >= today()

    @invariant()
    def the_row_is_as_it_says(self):
        stored = Problem.objects.get(pk=self.problem.pk)
        assert stored.status == self.problem.status
        assert stored.moves.count() == self.steps
        if stored.status == ProblemStatus.CLOSED:
            assert stored.confirmed_on
        if stored.status in OPEN:
            assert stored.confirmed_on is None
        if stored.status in {ProblemStatus.SOLVED, ProblemStatus.SHELVED}:
            assert stored.outcome


class TheWayOfAProblem(AProblemsWay.TestCase, TestCase):
    settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


# --- joining and voiding --------------------------------------------------------------------------


def test_joined_ones_count_once_and_may_leave_again(cadre, own):
    problem = raised(cadre, own)
    other = make_problem(cadre=cadre, household=make_household(village=own.village))
    join(problem, [other])
    assert Problem.objects.counted().count() == 1
    leave(other)
    assert Problem.objects.counted().count() == 2


def test_a_joined_one_is_followed_in_the_ledger_and_the_file_as_far_as_the_other_got(cadre, leader, own):
    main = make_problem(cadre=leader, household=make_household(village=own.village), description="全组缺水")
    problem = raised(cadre, own)
    join(main, [problem])
    move(main, to=ProblemStatus.SOLVED, by=leader, word="管道接通了")
    client = client_of(cadre)
    assert "解决" in words_of(client.get("/problems/")).split("水窖漏水")[1]
    assert "诉求 饮水 解决" in words_of(client.get(f"/households/{own.pk}/"))
    assert "那一件现在是“解决”，管道接通了" in words_of(client.get(f"/problems/{problem.pk}/"))


def test_taken_back_it_counts_nowhere_and_lets_go_of_the_others(cadre, own):
    problem = raised(cadre, own)
    other = make_problem(cadre=cadre, household=make_household(village=own.village))
    join(problem, [other])
    take_back(problem, by=cadre, reason="重复登记")
    assert list(Problem.objects.counted()) == [other]


def test_two_who_take_one_back_at_the_same_moment(settings, cadre, own):
    """Voiding a problem twice at the same moment keeps one reason and causes no server error."""
    problem = raised(cadre, own)
    seen_before = Problem.objects.get(pk=problem.pk)
    take_back(problem, by=cadre, reason="重复登记")

    def late(request):
        take_back(seen_before, by=cadre, reason="记错了")

    class Urls:
        urlpatterns = [path("late/", late), path("", include("lianhu.urls"))]

    settings.ROOT_URLCONF = Urls
    page = client_of(cadre).post("/late/")
    assert page.status_code == 409
    assert "刚刚有人改过这一条" in page.content.decode()
    assert Problem.objects.get(pk=problem.pk).void_reason == "重复登记"

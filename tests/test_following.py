"""When the pairing of a problem's owner ends, the problem passes to the cadre paired next."""

from datetime import date

import pytest

from core.importing import runs
from core.models import Change
from households.choices import PairingKind
from households.models import HouseholdPairing
from tests.factories import make_cadre, make_household, make_pairing, make_problem, make_village_pairing
from tests.importing import load, whys
from tests.pages import client_of, words_of
from units.models import today
from units.roles import Role
from visits.models import Problem, ProblemMove, ProblemStatus
from visits.problems.problem_handover import pass_on
from visits.problems.rules import move

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cadre):
    household = make_household(head="苟进才")
    make_village_pairing(unit=cadre.unit, village=household.village)
    return household


@pytest.fixture
def pairing(cadre, home):
    return make_pairing(cadre=cadre, household=home, started_on=date(2015, 3, 5))


@pytest.fixture
def colleague(cadre):
    return make_cadre(name="张卫东", unit=cadre.unit)


def end(user, *pairings, **fields):
    data = {"pk": [p.pk for p in pairings], "on": today().isoformat(), "reason": "调离", **fields}
    keys = "&".join(f"pk={p.pk}" for p in pairings)
    return client_of(user).post(f"/pairings/end/?{keys}", data, follow=True)


def owner(problem: Problem):
    return Problem.objects.get(pk=problem.pk).owner


def test_the_successor_takes_what_the_leaving_cadre_followed(leader, cadre, colleague, home, pairing):
    problem = make_problem(cadre=cadre, household=home, status=ProblemStatus.TO_UNIT)
    newest = Change.objects.latest("pk").pk
    page = end(leader, pairing, to=colleague.pk)
    move = ProblemMove.objects.get()
    assert "1 件诉求转给张卫东" in words_of(page)
    assert owner(problem) == colleague
    assert (move.status, move.owner, move.by) == (ProblemStatus.TO_UNIT, colleague, leader)
    assert move.word == f"{cadre}不再联这户：调离"
    changes = Change.objects.filter(pk__gt=newest, table__startswith="visits.").order_by("pk")
    assert [(c.table, c.row, c.act, c.changes) for c in changes] == [
        ("visits.problem", problem.pk, "changed", {"owner": [cadre.pk, colleague.pk]}),
        ("visits.problemmove", move.pk, "created", None),
    ]


def test_the_page_says_before_what_will_become_of_them(leader, cadre, home, pairing):
    make_problem(cadre=cadre, household=home, description="水窖漏水")
    page = words_of(client_of(leader).get(f"/pairings/{pairing.pk}/end/"))
    assert f"还有 1 件诉求没有销号，交给谁就转给谁。先不交的话：1 件诉求转给{leader}" in page
    assert "水窖漏水 登记" in page


def test_without_a_successor_the_other_cadre_of_the_household_takes_them(
    leader, cadre, colleague, home, pairing
):
    make_pairing(cadre=colleague, household=home, kind=PairingKind.CONTACT)
    problem = make_problem(cadre=cadre, household=home)
    end(leader, pairing)
    assert owner(problem) == colleague


def test_without_anybody_the_leader_takes_them(office, leader, cadre, home, pairing):
    problem = make_problem(cadre=cadre, household=home)
    assert f"1 件诉求转给{leader}" in words_of(end(office, pairing))
    assert owner(problem) == leader


def test_where_nobody_is_there_they_stay_and_that_is_told(office, home):
    alone = make_cadre(name="赵孤身")
    pairing = make_pairing(cadre=alone, household=home)
    problem = make_problem(cadre=alone, household=home)
    assert "1 件诉求没有人接，还在赵孤身名下" in words_of(end(office, pairing))
    assert owner(problem) == alone
    assert not ProblemMove.objects.exists()


def test_what_is_solved_but_not_confirmed_goes_along_and_what_is_closed_or_void_stays(
    leader, cadre, colleague, home, pairing
):
    solved = make_problem(cadre=cadre, household=home, status=ProblemStatus.SOLVED, outcome="修好了")
    closed = make_problem(
        cadre=cadre, household=home, status=ProblemStatus.CLOSED, confirmed_on=today(), outcome="修好了"
    )
    void = make_problem(cadre=cadre, household=home, voided_on=today(), voided_by=cadre, void_reason="记错了")
    end(leader, pairing, to=colleague.pk)
    assert [owner(one) for one in (solved, closed, void)] == [colleague, cadre, cadre]


def test_others_problems_and_other_households_are_left_alone(leader, cadre, colleague, home, pairing):
    of_leader = make_problem(cadre=leader, household=home)
    elsewhere = make_problem(cadre=cadre, household=make_household(village=home.village))
    end(leader, pairing, to=colleague.pk)
    assert [owner(one) for one in (of_leader, elsewhere)] == [leader, cadre]


def test_a_joined_problem_follows_its_own_household(leader, cadre, colleague, home, pairing):
    neighbour = make_cadre(name="钱邻人", unit=cadre.unit)
    other = make_household(village=home.village)
    make_pairing(cadre=neighbour, household=other)
    main = make_problem(cadre=neighbour, household=other)
    joined = make_problem(cadre=cadre, household=home, joined_into=main)
    led = make_problem(cadre=cadre, household=home)
    into = make_problem(cadre=neighbour, household=other, joined_into=led)
    end(leader, pairing, to=colleague.pk)
    assert [owner(one) for one in (main, joined, led, into)] == [neighbour, colleague, colleague, neighbour]
    client_of(colleague).post(f"/problems/{joined.pk}/leave/")
    assert joined in Problem.objects.open().filter(owner=colleague)


def test_an_overdue_one_is_overdue_with_its_new_owner(leader, cadre, colleague, home, pairing):
    problem = make_problem(cadre=cadre, household=home, due_on=date(2015, 10, 14))
    end(leader, pairing, to=colleague.pk)
    assert list(Problem.objects.overdue(today()).filter(owner=colleague)) == [problem]
    assert "水窖漏水" in words_of(client_of(colleague).get("/"))
    assert "水窖漏水" not in words_of(client_of(cadre).get("/"))


def test_many_at_once_take_as_many_queries_as_one(
    leader, cadre, colleague, home, pairing, django_assert_max_num_queries
):
    pairings = [pairing]
    for _ in range(5):
        household = make_household(village=home.village)
        pairings.append(make_pairing(cadre=cadre, household=household, started_on=date(2015, 3, 5)))
        make_problem(cadre=cadre, household=household)
    make_problem(cadre=cadre, household=home)
    with django_assert_max_num_queries(16):
        passing = pass_on(pairings, to=colleague, reason="调离", by=leader)
    assert {one.heir for one in passing} == {colleague}
    assert Problem.objects.filter(owner=colleague).count() == 6


def test_a_household_paired_again_brings_its_waiting_problems(leader, cadre, colleague, home, pairing):
    waiting = make_problem(cadre=cadre, household=home)
    escalated = make_problem(
        cadre=make_cadre(role=Role.OFFICE), household=home, status=ProblemStatus.TO_OFFICE
    )
    end(leader, pairing)
    page = client_of(leader).post(
        f"/pairings/board/?village={home.village_id}",
        {"households": [home.pk], "cadre": colleague.pk, "kind": "help", "started_on": today().isoformat()},
        follow=True,
    )
    assert "1 件诉求转给张卫东" in words_of(page)
    assert owner(waiting) == colleague
    assert owner(escalated).role == Role.OFFICE


def test_a_second_cadre_takes_nothing_from_the_first(leader, cadre, colleague, home, pairing):
    problem = make_problem(cadre=leader, household=home)
    client_of(leader).post(
        f"/pairings/board/?village={home.village_id}",
        {"households": [home.pk], "cadre": colleague.pk, "kind": "contact", "started_on": "2015-09-16"},
    )
    assert HouseholdPairing.objects.filter(cadre=colleague).exists()
    assert owner(problem) == leader


def test_taking_back_an_end_brings_them_back(leader, cadre, home, pairing):
    problem = make_problem(cadre=cadre, household=home)
    end(leader, pairing)
    assert owner(problem) == leader
    page = client_of(leader).post(f"/pairings/{pairing.pk}/reopen/", follow=True)
    assert f"1 件诉求回到{cadre}名下" in words_of(page)
    assert owner(problem) == cadre


def test_the_admin_passes_them_on_too(office, leader, cadre, home, pairing):
    problem = make_problem(cadre=cadre, household=home)
    page = client_of(office).post(
        f"/admin/households/householdpairing/{pairing.pk}/change/",
        {"ended_on": today().isoformat(), "end_reason": "调离", "version": pairing.version},
        follow=True,
    )
    assert f"1 件诉求转给{leader}" in page.content.decode()
    assert owner(problem) == leader


def test_of_one_who_leaves_the_page_tells_what_does_not_go_along(leader, cadre, home, pairing):
    make_problem(cadre=cadre, household=home)
    make_problem(cadre=cadre, household=make_household(village=home.village))
    page = client_of(leader).get(f"/cadres/{cadre.pk}/hand-over/")
    assert f"{cadre}还负责另外 1 件" in words_of(page)
    assert f"/problems/?owner={cadre.pk}" in page.content.decode()


def test_the_sheet_of_a_hand_over_names_them(leader, cadre, colleague, home, pairing):
    make_problem(cadre=cadre, household=home)
    end(leader, pairing, to=colleague.pk)
    page = client_of(leader).get(f"/cadres/{cadre.pk}/hand-over/sheet/?on={today().isoformat()}")
    assert "水窖漏水，冬天没水吃（登记，期限 2015年10月14日）" in words_of(page)


def by_workbook(office, home, cadre, colleague):
    """End the pairing of one cadre and begin that of the other."""
    ends = {"手机号": cadre.phone, "户编号": home.no, "结束日期": "2015-10-01", "结束原因": "调离"}
    begins = {"手机号": colleague.phone, "户编号": home.no, "开始日期": "2015-10-01"}
    return load("household_pairings", office, [ends, begins])


def test_a_workbook_that_pairs_a_household_anew_brings_them_and_its_undo_takes_them_back(
    office, cadre, colleague, home, pairing
):
    problem = make_problem(cadre=cadre, household=home)
    run = by_workbook(office, home, cadre, colleague)
    assert run.status == "done", whys(run)
    assert owner(problem) == colleague
    assert ProblemMove.objects.get().by == office
    assert ProblemMove.objects.get().on == date(2015, 10, 1)
    runs.undo(run, office)
    run.refresh_from_db()
    assert run.message == ""
    assert owner(problem) == cadre
    assert not ProblemMove.objects.exists()


def test_a_roster_brings_them_too(office, cadre, colleague, home, pairing):
    problem = make_problem(cadre=cadre, household=home)
    stays = {"户编号": home.no, "户主姓名": "苟进才", "家庭人口": 2}
    ends = {**stays, "联户干部手机号": cadre.phone, "结束日期": "2015-10-01", "结束原因": "调离"}
    begins = {**stays, "联户干部手机号": colleague.phone, "开始日期": "2015-10-01"}
    run = load("households", office, [ends, begins])
    assert (run.kind, run.status, whys(run)) == ("roster", "done", [])
    assert owner(problem) == colleague
    runs.undo(run, office)
    run.refresh_from_db()
    assert (run.message, owner(problem)) == ("", cadre)
    assert not ProblemMove.objects.exists()


def test_a_problem_that_went_on_since_stands_against_the_undo(office, cadre, colleague, home, pairing):
    problem = make_problem(cadre=cadre, household=home)
    run = by_workbook(office, home, cadre, colleague)
    move(Problem.objects.get(), to=ProblemStatus.HANDLING, by=colleague)
    runs.undo(run, office)
    run.refresh_from_db()
    assert "随这次导入改动的困难诉求，后来又改过" in run.message
    assert owner(problem) == colleague

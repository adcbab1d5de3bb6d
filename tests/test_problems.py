"""困难诉求: raised once, moved on, joined, taken back; its way as a machine of states."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import include, path
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.records import StaleRecord
from tests.factories import (
    COUNTY,
    make_cadre,
    make_household,
    make_pairing,
    make_problem,
    make_response,
    make_survey,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, words_of
from units.models import CalendarDay, Requirement, today
from units.workdays import due_after, is_provisional
from visits.choices import Category, Service
from visits.models import MOVES, OPEN, Problem, ProblemMove, Status
from visits.problems import join, leave, move, of_answer, raise_problem, take_back
from visits.refs import RefTaken, SameRef

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(cadre):
    household = make_household(head="王有福")
    make_pairing(cadre=cadre, household=household)
    return household


def raised(cadre, household, **given):
    return raise_problem(
        **{
            "ref": uuid4(),
            "author": cadre,
            "category": Category.WATER,
            "description": "水窖漏水",
            "raised_on": date(2015, 9, 16),
            "household": household,
            **given,
        }
    )


# --- days -----------------------------------------------------------------------------------------


def test_days_are_counted_over_the_national_holiday():
    assert due_after(date(2015, 9, 30), 3, COUNTY) == date(2015, 10, 10)  # 10月10日 is worked that year


def test_the_office_corrects_a_day():
    CalendarDay.objects.create(place=COUNTY, on=date(2015, 9, 17), works=False, note="全县停电")
    assert due_after(date(2015, 9, 16), 1, COUNTY) == date(2015, 9, 18)


def test_a_year_that_is_not_published_goes_by_weekdays():
    assert is_provisional(date(2099, 1, 5))
    assert due_after(date(2099, 1, 2), 1, COUNTY) == date(2099, 1, 5)


def test_how_many_days_is_the_offices_to_say(cadre, own):
    Requirement.objects.create(year=2015, place=COUNTY, indicator="problem_days", maximum=1)
    assert raised(cadre, own).due_on == date(2015, 9, 17)


# --- raising --------------------------------------------------------------------------------------


def test_the_owner_is_who_is_paired_with_the_household(cadre, leader, own):
    assert raised(leader, own).owner == cadre


def test_a_double_tap_registers_once(cadre, own):
    ref = uuid4()
    first, second = raised(cadre, own, ref=ref), raised(cadre, own, ref=ref)
    assert first == second
    assert ProblemMove.objects.count() == 1


def test_the_same_form_with_other_words_shows_what_was_registered(cadre, own):
    ref = uuid4()
    raised(cadre, own, ref=ref)
    with pytest.raises(SameRef):
        raised(cadre, own, ref=ref, description="路不通")


def test_anothers_form_is_refused(cadre, leader, own):
    ref = uuid4()
    raised(cadre, own, ref=ref)
    with pytest.raises(RefTaken):
        raised(leader, own, ref=ref)


def test_a_day_that_has_not_come_is_refused(cadre, own):
    with pytest.raises(ValidationError, match="不能晚于今天"):
        raised(cadre, own, raised_on=date(2099, 1, 1))


def test_one_tap_makes_a_problem_of_an_answer_and_the_second_finds_it(cadre, own):
    response = make_response(survey=make_survey(), cadre=cadre, household=own, answers={"D03": ["01", "06"]})
    assert of_answer(response, "01", cadre) == of_answer(response, "01", cadre)
    assert of_answer(response, "06", cadre).get_category_display() == "住房"


def test_the_response_offers_each_difficulty_that_was_named(cadre, own):
    response = make_response(survey=make_survey(), cadre=cadre, household=own, answers={"D03": ["01", "06"]})
    client = client_of(cadre)
    page = client.get(f"/responses/{response.pk}/")
    assert "登记诉求：饮水" in words_of(page)
    client.post(f"/responses/{response.pk}/problem/06/")
    assert Problem.objects.get().response == response


def test_an_answer_that_was_not_given_makes_none(cadre, own):
    response = make_response(survey=make_survey(), cadre=cadre, household=own, answers={"D03": ["01"]})
    assert client_of(cadre).post(f"/responses/{response.pk}/problem/06/").status_code == 404


def test_categories_and_services_are_those_of_the_form():
    form = make_survey().form
    assert dict(form.by_code["D03"].labels) == dict(Category.choices)
    assert dict(form.by_code["D04"].labels) == dict(Service.choices)


# --- moving ---------------------------------------------------------------------------------------


def test_what_is_solved_says_how(cadre, own):
    with pytest.raises(ValidationError, match="怎么解决的"):
        move(raised(cadre, own), to=Status.SOLVED, by=cadre)


def test_it_closes_only_after_the_household_confirmed(cadre, own):
    problem = raised(cadre, own)
    move(problem, to=Status.SOLVED, by=cadre, word="修好了水窖")
    with pytest.raises(ValidationError, match="不能直接到“销号”"):
        move(problem, to=Status.CLOSED, by=cadre)
    move(problem, to=Status.CONFIRMED, by=cadre)
    move(problem, to=Status.CLOSED, by=cadre)
    assert problem.confirmed_on == today()


def test_the_second_who_moves_it_is_told(cadre, own):
    problem = raised(cadre, own)
    seen_before = Problem.objects.get(pk=problem.pk)
    move(problem, to=Status.TO_UNIT, by=cadre)
    with pytest.raises(StaleRecord):
        move(seen_before, to=Status.SHELVED, by=cadre, word="没有钱")


class AProblemsWay(RuleBasedStateMachine):
    """Any order of steps, allowed or not: the table is kept, and so is what each state promises."""

    def __init__(self) -> None:
        super().__init__()
        self.cadre = make_cadre()
        self.problem = make_problem(cadre=self.cadre)
        self.steps = 0

    @rule(to=st.sampled_from(list(Status)), word=st.sampled_from(["", "修好了"]))
    def step(self, to, word):
        before = self.problem.status
        said = bool(word) or to not in {Status.SOLVED, Status.SHELVED}
        if to in MOVES[before] and said:
            move(self.problem, to=to, by=self.cadre, word=word)
            self.steps += 1
        else:
            with pytest.raises(ValidationError):
                move(self.problem, to=to, by=self.cadre, word=word)
            assert self.problem.status == before

    @precondition(lambda self: self.problem.status == Status.CLOSED)
    @rule()
    def reopen(self):
        move(self.problem, to=Status.HANDLING, by=self.cadre)
        self.steps += 1
        assert self.problem.due_on >= today()

    @invariant()
    def the_row_is_as_it_says(self):
        stored = Problem.objects.get(pk=self.problem.pk)
        assert stored.status == self.problem.status
        assert stored.moves.count() == self.steps
        if stored.status == Status.CLOSED:
            assert stored.confirmed_on
        if stored.status in OPEN:
            assert stored.confirmed_on is None
        if stored.status in {Status.SOLVED, Status.SHELVED}:
            assert stored.outcome


class TheWayOfAProblem(AProblemsWay.TestCase, TestCase):
    settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


# --- joining and taking back ----------------------------------------------------------------------


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
    move(main, to=Status.SOLVED, by=leader, word="管道接通了")
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


# --- pages ----------------------------------------------------------------------------------------


def test_a_cadre_registers_and_moves_it_on_the_phone(cadre, own):
    client = client_of(cadre)
    client.post(
        f"/problems/new/?household={own.pk}",
        {"ref": uuid4(), "category": "06", "description": "房子裂了", "raised_on": "2015年9月16日"},
    )
    problem = Problem.objects.get()
    page = client.post(
        f"/problems/{problem.pk}/",
        {"version": problem.version, "to": "to_unit", "word": "要危房鉴定"},
        follow=True,
    )
    assert "上报单位" in words_of(page)


def test_other_words_under_the_same_ref_can_be_another_problem(cadre, own):
    client, url = client_of(cadre), f"/problems/new/?household={own.pk}"
    sent = {"ref": uuid4(), "category": "06", "description": "房子裂了", "raised_on": "2015-09-16"}
    client.post(url, sent)
    page = client.post(url, {**sent, "description": "房子塌了"})
    assert page.status_code == 409
    assert "那时存的是“住房：房子裂了”" in words_of(page)
    assert "房子塌了" in page.content.decode()
    client.post(url, {**sent, "description": "房子塌了", "fresh": page.context["fresh"]})
    assert Problem.objects.count() == 2


def test_a_stale_page_says_what_it_is_now_and_keeps_the_word(cadre, own):
    problem = raised(cadre, own)
    version = problem.version
    move(problem, to=Status.TO_TOWN, by=cadre)
    page = client_of(cadre).post(
        f"/problems/{problem.pk}/", {"version": version, "to": "shelved", "word": "没有钱修"}
    )
    assert page.status_code == 409
    assert "别人已经把它改成“上报乡镇”" in words_of(page)
    assert "没有钱修" in page.content.decode()


def test_after_a_stale_page_the_next_step_is_taken_from_what_it_is_now(cadre, own):
    problem = raised(cadre, own)
    seen = problem.version
    move(problem, to=Status.TO_UNIT, by=cadre)
    client = client_of(cadre)
    late = client.post(f"/problems/{problem.pk}/", {"version": seen, "to": "shelved", "word": "没有钱修"})
    fresh = late.context["form"]
    assert "上报单位" in words_of(late).split("提出")[0]
    client.post(
        f"/problems/{problem.pk}/",
        {"version": fresh["version"].value(), "to": fresh["to"].value(), "word": fresh["word"].value()},
    )
    problem.refresh_from_db()
    assert (problem.status, problem.outcome) == (Status.SHELVED, "没有钱修")


def test_a_step_tapped_twice_is_made_once(cadre, own):
    problem = raised(cadre, own)
    sent = {"version": problem.version, "to": "solved", "word": "水窖修好了"}
    for _ in range(2):
        page = client_of(cadre).post(f"/problems/{problem.pk}/", sent, follow=True)
        assert "已记下：解决。" in page.content.decode()
    assert problem.moves.count() == 2


def test_what_was_written_about_a_problem_taken_back_meanwhile_is_not_lost(cadre, leader, own):
    problem = raised(cadre, own)
    seen = problem.version
    take_back(problem, by=leader, reason="重复登记")
    late = client_of(cadre).post(
        f"/problems/{problem.pk}/", {"version": seen, "to": "solved", "word": "修好了"}
    )
    assert late.status_code == 409
    assert "您写的是：“修好了”" in words_of(late)


def test_of_joined_ones_a_cadre_reads_the_own_families(cadre, leader, own):
    problem = raised(cadre, own)
    make_village_pairing(unit=leader.unit, village=own.village)
    other = make_problem(cadre=make_cadre(), household=make_household(head="赵满仓", village=own.village))
    join(problem, [other])
    words = words_of(client_of(cadre).get(f"/problems/{problem.pk}/"))
    assert "赵满仓" not in words
    assert "1 件是别人联系的户" in words
    assert "赵满仓" in words_of(client_of(leader).get(f"/problems/{problem.pk}/"))


def test_who_took_a_household_over_is_led_to_no_visit_of_the_one_before(cadre, leader, own):
    visit = make_visit(cadre=leader, household=own)
    problem = raised(leader, own, visit=visit)
    assert "那次走访" in words_of(client_of(leader).get(f"/problems/{problem.pk}/"))
    assert "那次走访" not in words_of(client_of(cadre).get(f"/problems/{problem.pk}/"))


def test_the_familys_word_names_the_visit_on_which_it_was_asked(cadre, own):
    problem = raised(cadre, own)
    move(problem, to=Status.SOLVED, by=cadre, word="水窖修好了")
    visit = make_visit(cadre=cadre, household=own, kind="return", visited_on=date(2015, 10, 20))
    before = make_visit(cadre=cadre, household=own, visited_on=date(2015, 9, 1))
    client, url = client_of(cadre), f"/problems/{problem.pk}/"
    assert before not in client.get(url).context["form"].fields["visit"].queryset
    sent = {"version": problem.version, "to": "confirmed", "visit": visit.pk}
    assert "只有回访确认才选走访" in words_of(client.post(url, {**sent, "to": "handling"}))
    page = client.post(url, sent, follow=True)
    assert "2015年10月20日回访 时问的" in words_of(page)


def test_a_visits_problem_belongs_to_its_household(cadre, own):
    visit = make_visit(cadre=cadre, household=own)
    client_of(cadre).post(
        f"/problems/new/?visit={visit.pk}",
        {"ref": uuid4(), "category": "05", "description": "药费贵", "raised_on": "2015-09-16"},
    )
    assert Problem.objects.get().visit == visit


def test_a_household_that_is_not_seen_gets_none(cadre):
    other = make_household()
    assert client_of(cadre).get(f"/problems/new/?household={other.pk}").status_code == 404


def test_the_ledger_shows_what_is_overdue(office, cadre, own):
    make_problem(cadre=cadre, household=own, description="路不通", due_on=date(2015, 9, 30))
    make_problem(cadre=cadre, household=own, description="已解决", status="solved", outcome="修了")
    words = words_of(client_of(office).get("/problems/?status=overdue"))
    assert "路不通" in words
    assert "已解决" not in words


def test_what_is_overdue_stands_on_the_homes_of_owner_leader_and_office(cadre, leader, office, own):
    make_problem(cadre=cadre, household=own, due_on=date(2015, 9, 30))
    assert "已逾期" in words_of(client_of(cadre).get("/"))
    assert "本单位逾期的诉求 1 件" in words_of(client_of(leader).get("/"))
    assert "逾期 1 件" in words_of(client_of(office).get("/"))


def test_from_the_file_and_from_the_list_one_is_led_to_a_households_problem(office, cadre, own):
    link, file = f"?household={own.pk}", f"/households/{own.pk}/"
    assert link in client_of(cadre).get("/problems/new/").content.decode()
    for user in (cadre, office):
        assert f"/problems/new/{link}" in client_of(user).get(file).content.decode()
    assert "贫困户名册" in words_of(client_of(office).get("/problems/new/"))


def test_a_villages_problem_is_registered_at_the_desk(leader, own):
    make_village_pairing(unit=leader.unit, village=own.village)
    client_of(leader).post(
        "/problems/new/",
        {
            "ref": uuid4(),
            "category": "02",
            "description": "进村的路断了",
            "raised_on": "2015-09-16",
            "village": own.village_id,
        },
    )
    assert Problem.objects.get().household is None


def test_on_the_phone_only_the_filters_in_force_stand_above_the_rows(cadre, office):
    folded = client_of(cadre).get("/problems/?status=open").context
    assert [chip["name"] for chip in folded["filters"]] == ["status"]
    assert "town" in {chip["name"] for chip in folded["more_filters"]}
    assert not client_of(office).get("/problems/?status=open").context["more_filters"]


def test_two_who_take_one_back_at_the_same_moment(settings, cadre, own):
    """The second has read the row before the first one's write: no error of the server, and one reason stands."""
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

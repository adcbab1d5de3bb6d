"""The pages of problems, and the links to them from other pages."""

from datetime import date
from uuid import uuid4

import pytest

from tests.factories import make_cadre, make_household, make_problem, make_village_pairing, make_visit
from tests.pages import client_of, words_of
from tests.problems.rows import raised
from visits.models import Problem, ProblemStatus, Visit
from visits.problems.rules import join, move, take_back

pytestmark = pytest.mark.django_db


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
    assert "困难和诉求 房子塌了 房子裂了" in words_of(page)
    assert "房子塌了" in page.content.decode()
    client.post(url, {**sent, "description": "房子塌了", "fresh": page.context["fresh"]})
    assert Problem.objects.count() == 2


def test_a_stale_page_says_what_it_is_now_and_keeps_the_word(cadre, own):
    problem = raised(cadre, own)
    version = problem.version
    move(problem, to=ProblemStatus.TO_TOWN, by=cadre)
    page = client_of(cadre).post(
        f"/problems/{problem.pk}/", {"version": version, "to": "shelved", "word": "没有钱修"}
    )
    assert page.status_code == 409
    assert "别人已经把它改成“上报乡镇”" in words_of(page)
    assert "没有钱修" in page.content.decode()


def test_after_a_stale_page_the_next_step_is_taken_from_what_it_is_now(cadre, own):
    problem = raised(cadre, own)
    seen = problem.version
    move(problem, to=ProblemStatus.TO_UNIT, by=cadre)
    client = client_of(cadre)
    late = client.post(f"/problems/{problem.pk}/", {"version": seen, "to": "shelved", "word": "没有钱修"})
    fresh = late.context["form"]
    assert "上报单位" in words_of(late).split("提出")[0]
    client.post(
        f"/problems/{problem.pk}/",
        {"version": fresh["version"].value(), "to": fresh["to"].value(), "word": fresh["word"].value()},
    )
    problem.refresh_from_db()
    assert (problem.status, problem.outcome) == (ProblemStatus.SHELVED, "没有钱修")


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
    move(problem, to=ProblemStatus.SOLVED, by=cadre, word="水窖修好了")
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
    client, url = client_of(cadre), f"/problems/new/?visit={visit.pk}"
    assert Visit.objects.with_head().get().head_name in words_of(client.get(url))
    client.post(
        url,
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

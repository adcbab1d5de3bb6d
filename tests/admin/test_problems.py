"""Problems in the admin: correct and hand over open ones; their state changes only on their own page."""

from datetime import date, timedelta
from typing import Any

import pytest

from core.models import Change
from tests.admin.rows import Rows, listed, page
from tests.factories import make_cadre, make_problem, make_village, make_village_pairing
from tests.pages import client_of
from units.models import Cadre, today
from visits.models import Problem

LIST = "visits.problem"


def form(problem: Problem, **changed: Any) -> dict[str, Any]:
    names = ("description", "due_on", "version")
    data = {name: getattr(problem, name) for name in names}
    none = {"moves-TOTAL_FORMS": 0, "moves-INITIAL_FORMS": 0}
    return {**data, "owner": problem.owner_id, **none, **changed}


def test_a_leader_puts_right_and_hands_on(leader: Cadre, own: Rows) -> None:
    problem, heir = own[LIST], make_cadre(name="康小梅", unit=leader.unit)
    data = form(problem, owner=heir.pk, due_on="2015年11月2日", description="水窖漏水，两户共用")
    client_of(leader).post(page(LIST, "change", problem), {**data, "status": "closed", "category": "02"})
    stored = Problem.objects.get(pk=problem.pk)
    assert (stored.owner, stored.due_on, stored.description) == (
        heir,
        date(2015, 11, 2),
        "水窖漏水，两户共用",
    )
    assert (stored.status, stored.category) == (problem.status, problem.category)
    change = Change.objects.get(table=LIST, row=problem.pk, act="changed")
    assert (change.source, change.by) == ("admin", leader)
    handed = problem.moves.get(owner=heir)
    assert (handed.status, handed.by, handed.word) == (problem.status, leader, f"从{problem.owner}转来")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("due_on", "2015-09-15", "不能早于提出日期"),
        ("description", "", "必填"),
        ("description", "身份证 620524196005011015", "身份证号"),
    ],
)
def test_what_a_page_refuses_is_refused(leader: Cadre, own: Rows, field: str, value: str, said: str) -> None:
    problem = own[LIST]
    answer = client_of(leader).post(page(LIST, "change", problem), form(problem, **{field: value}))
    assert said in answer.content.decode()
    assert Problem.objects.get(pk=problem.pk).version == problem.version


def test_it_stays_with_the_cadres_of_its_unit(
    leader: Cadre, office: Cadre, own: Rows, stranger: Cadre
) -> None:
    problem, gone = own[LIST], make_cadre(unit=leader.unit, left_on=date(2015, 1, 1))
    for user in (leader, office):
        for other in (stranger, gone):
            url, data = page(LIST, "change", problem), form(problem, owner=other.pk)
            answer = client_of(user).post(url, data)
            assert "owner" in answer.context["adminform"].form.errors
    assert Problem.objects.get(pk=problem.pk).owner == problem.owner


def test_second_editor_sees_both(leader: Cadre, own: Rows) -> None:
    problem, client = own[LIST], client_of(leader)
    url = page(LIST, "change", problem)
    client.post(url, form(problem, description="先来的"))
    answer = client.post(url, form(problem, description="后来的"))
    assert answer.status_code == 409
    assert "先来的" in answer.content.decode()
    assert Problem.objects.get(pk=problem.pk).description == "先来的"


@pytest.mark.parametrize("state", [{"status": "shelved", "outcome": "没有水源"}, {"status": "confirmed"}])
def test_what_is_settled_stays_as_it_is(leader: Cadre, own: Rows, state: dict[str, str]) -> None:
    problem, client = own[LIST], client_of(leader)
    for name, value in state.items():
        setattr(problem, name, value)
    problem.save()
    url = page(LIST, "change", problem)
    assert client.post(url, form(problem, description="改一改")).status_code == 403
    text = client.get(url).content.decode()
    assert "在台账中办理" in text
    assert 'name="_save"' not in text


def test_a_problem_of_another_unit_in_the_own_village_is_read(
    leader: Cadre, own: Rows, foreign: Rows
) -> None:
    make_village_pairing(unit=leader.unit, village=foreign["villages.village"])
    problem, client = foreign[LIST], client_of(leader)
    assert problem.pk in listed(client, LIST)
    assert client.post(page(LIST, "change", problem), form(problem)).status_code == 403


def test_void_lets_joined_ones_go_also_when_both_are_ticked(leader: Cadre, own: Rows, foreign: Rows) -> None:
    whole = own[LIST]
    part = make_problem(cadre=whole.owner, household=whole.household, joined_into=whole)
    data = {"action": "void_selected", "_selected_action": [whole.pk, part.pk, foreign[LIST].pk]}
    client, url = client_of(leader), page(LIST, "changelist")
    assert "作废 2 条困难诉求" in client.post(url, data).content.decode()
    client.post(url, {**data, "reason": "记重了"})
    assert set(Problem.objects.exclude(voided_on=None)) == {whole, part}
    assert Problem.objects.get(pk=part.pk).joined_into is None


# --- filters ---


def test_filter_by_how_far_it_is(leader: Cadre, own: Rows) -> None:
    late, client = own[LIST], client_of(leader)
    household, tomorrow = late.household, today() + timedelta(days=1)
    fresh = make_problem(cadre=late.owner, household=household, due_on=tomorrow)
    done = make_problem(cadre=late.owner, household=household, status="solved", outcome="修好了")
    make_problem(cadre=late.owner, household=household, voided_on=today(), void_reason="记重了")
    found = {
        due: listed(client, LIST, f"?due={due}&voided_on__isempty=1")
        for due in ("open", "overdue", "settled")
    }
    assert found == {"open": {late.pk, fresh.pk}, "overdue": {late.pk}, "settled": {done.pk}}
    days = (today() - late.due_on).days
    assert f"{days} 天" in client.get(page(LIST, "changelist")).content.decode()


def test_a_leader_filters_by_village_an_office_by_township(
    leader: Cadre, office: Cadre, own: Rows, foreign: Rows
) -> None:
    make_village_pairing(unit=leader.unit, village=make_village(name="何沟村"))
    village = own["villages.village"]
    assert listed(client_of(leader), LIST, f"?village__id__exact={village.pk}") == {own[LIST].pk}
    text = client_of(leader).get(page(LIST, "changelist")).content.decode()
    assert "何沟村" in text
    assert "黎堡村" not in text
    division = village.division_id
    both = {own[LIST].pk, foreign[LIST].pk}
    assert listed(client_of(office), LIST, f"?village__division__id__exact={division}") == both

"""Concurrent fieldwork: nothing is lost, and nobody sees a server error."""

import pytest

from core.models import Change
from surveys.models import Survey
from tests.factories import (
    make_cadre,
    make_household,
    make_note,
    make_problem,
    make_response,
    make_survey,
    make_unit,
    make_village,
)
from tests.pages import client_of
from tests.test_pairing_races import ROUNDS, run_at_once
from units.models import Cadre
from units.roles import Role
from villages.models import VillageNoteFile
from visits.models import Problem
from visits.problems.rules import join, of_answer, take_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_two_problems_joined_into_each_other_do_not_both_vanish():
    village = make_village()
    for _ in range(ROUNDS):
        keys = [make_problem(household=make_household(village=village)).pk for _ in range(2)]
        one, other = (list(Problem.objects.filter(pk__in=keys).order_by("pk")) for _ in range(2))
        told = run_at_once(
            lambda pair=one: join(pair[0], [pair[1]]), lambda pair=other: join(pair[1], [pair[0]])
        )
        assert told.count("done") == 1, told
        assert Problem.objects.filter(pk__in=keys).counted().count() == 1


def test_what_others_follow_is_joined_into_nothing():
    village = make_village()
    first, second, third = (make_problem(household=make_household(village=village)) for _ in range(3))
    join(first, [second])
    told = run_at_once(lambda: join(third, [first]))
    assert told != ["done"]
    assert Problem.objects.counted().count() == 2


def test_nothing_is_joined_into_what_is_taken_back():
    who, village = make_cadre(), make_village()
    for _ in range(ROUNDS):
        keys = [make_problem(household=make_household(village=village)).pk for _ in range(2)]
        one, other = (list(Problem.objects.filter(pk__in=keys).order_by("pk")) for _ in range(2))
        run_at_once(
            lambda pair=one: join(pair[0], [pair[1]]),
            lambda pair=other: take_back(pair[0], by=who, reason="记错了"),
        )
        assert not Problem.objects.filter(joined_into__voided_on__isnull=False).exists()


def test_two_who_tap_the_same_answer_find_one_problem():
    survey, unit = make_survey(), make_unit()
    cadre, leader = make_cadre(unit=unit), make_cadre(unit=unit, role=Role.LEADER)
    for _ in range(ROUNDS):
        response = make_response(
            survey=survey, cadre=cadre, household=make_household(), answers={"D03": ["01"]}
        )

        def tap(who: Cadre, row: object = response) -> None:
            of_answer(row, "01", who)

        assert run_at_once(lambda: tap(cadre), lambda: tap(leader)) == ["done", "done"]
        assert response.problems.count() == 1


def test_of_two_versions_published_at_once_one_is_open():
    office = make_cadre(role=Role.OFFICE)
    drafts = [make_survey(status="draft", edition=f"2013.{n}") for n in (1, 2)]
    clients = [client_of(office) for _ in drafts]

    def publish(at: int) -> None:
        assert clients[at].post(f"/surveys/{drafts[at].pk}/publish/").status_code == 302

    assert run_at_once(lambda: publish(0), lambda: publish(1)) == ["done", "done"]
    assert Survey.objects.open().count() == 1


def test_a_draft_is_published_as_it_was_shown():
    """A draft is published only as it was shown: another workbook was imported after the page was opened."""
    client, draft = client_of(make_cadre(role=Role.OFFICE)), make_survey(status="draft")
    url = f"/surveys/{draft.pk}/publish/"
    shown = client.get(url).context["version"]
    draft.title = "另一个名称"
    draft.save()
    assert "刚刚被别人换过" in client.post(url, {"version": shown}, follow=True).content.decode()
    assert not Survey.objects.open().exists()


def test_a_file_taken_away_twice_is_told_once_in_the_history():
    cadre = make_cadre()
    note = make_note(village=make_village(), by=cadre)
    file = VillageNoteFile.objects.create(owner=note, name="合同.pdf", size=3, file="attachments/none.pdf")
    one, other = (VillageNoteFile.objects.get(pk=file.pk) for _ in range(2))
    run_at_once(one.delete, other.delete)
    assert Change.objects.filter(table="villages.villagenotefile", act="deleted").count() == 1


def test_a_household_closed_meanwhile_is_not_closed_otherwise():
    client, household = client_of(make_cadre(role=Role.OFFICE)), make_household()
    url = f"/households/{household.pk}/close/"
    shown = client.get(url).context["version"]
    client.post(url, {"status": "moved", "on": "2015-09-16", "version": shown})
    late = client.post(url, {"status": "closed", "on": "2015-09-17", "version": shown})
    assert "现在是“迁出”，没有办理" in late.content.decode()
    household.refresh_from_db()
    assert household.status == "moved"


@pytest.mark.parametrize("day", ["2015-09-16", "0205-09-16", "2011-09-16"])
def test_a_household_is_closed_on_a_day_before_a_member_came(day):
    """A household closed before a member joined: that member leaves on the day of joining.

    The campaign's first day is the earliest.
    """
    client, household = client_of(make_cadre(role=Role.OFFICE)), make_household()
    household.members.update(joined_on="2015-10-01")
    page = client.post(f"/households/{household.pk}/close/", {"status": "moved", "on": day})
    assert page.status_code == (302 if day.startswith("2015") else 200)

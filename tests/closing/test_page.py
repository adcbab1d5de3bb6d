"""Closing with an earlier date lists later records, and voids them when confirmed."""

from datetime import date

import pytest

from households.models import Household
from tests.factories import (
    make_assistance,
    make_household,
    make_pairing,
    make_problem,
    make_response,
    make_survey,
    make_visit,
)
from visits.household_closing import later_records
from visits.models import Assistance, Problem, Visit


@pytest.fixture
def home(cadre):
    household = make_household(head="刘满仓")
    make_pairing(cadre=cadre, household=household, started_on=date(2014, 3, 1))
    make_visit(cadre=cadre, household=household, visited_on=date(2015, 4, 1))
    make_visit(cadre=cadre, household=household, visited_on=date(2015, 6, 3))
    return household


def close(client, home, **more: str):
    version = Household.objects.get(pk=home.pk).version
    data = {"status": "moved", "on": "2015-05-01", "successor": "", "version": version, **more}
    return client.post(f"/households/{home.pk}/close/", data)


def test_later_records_are_named_first(client, office, home, cadre) -> None:
    make_assistance(cadre=cadre, household=home)
    make_problem(cadre=cadre, household=home)
    make_response(survey=make_survey(), cadre=cadre, household=home)
    client.force_login(office)
    page = close(client, home).text
    for said in ("走访：2015-06-03", "帮扶：2015-09-16", "诉求：2015-09-16", "调查：2015-09-16", "4 条"):
        assert said in page
    assert "改成 2015-09-16 或更晚" in page
    assert "2015-04-01" not in page
    assert Household.objects.get(pk=home.pk).status == "open"


def test_a_later_day_closes_it(client, office, home) -> None:
    client.force_login(office)
    assert close(client, home, on="2015-06-03").status_code == 302
    assert Visit.objects.counted().count() == 2


def test_they_are_taken_back_together(client, office, home, cadre) -> None:
    make_assistance(cadre=cadre, household=home)
    make_problem(cadre=cadre, household=home)
    response = make_response(survey=make_survey(), cadre=cadre, household=home)
    client.force_login(office)
    seen = later_records(home, date(2015, 5, 1)).mark
    assert "请写为什么作废" in close(client, home, take_back="on", seen=seen).text
    answer = close(client, home, take_back="on", seen=seen, reason="记错了户")
    assert answer.status_code == 302
    assert [visit.visited_on for visit in Visit.objects.counted()] == [date(2015, 4, 1)]
    assert not Assistance.objects.counted().exists()
    assert Problem.objects.get().void_reason == "记错了户"
    response.refresh_from_db()
    assert response.status == "returned"
    assert Household.objects.get(pk=home.pk).status == "moved"


def test_what_was_recorded_meanwhile_is_shown_again(client, office, home, cadre) -> None:
    seen = later_records(home, date(2015, 5, 1)).mark
    make_visit(cadre=cadre, household=home, visited_on=date(2015, 6, 9))
    client.force_login(office)
    page = close(client, home, take_back="on", seen=seen, reason="记错了户").text
    assert "刚刚又有人记了这户的" in page
    assert Visit.objects.counted().count() == 3


def test_of_shared_help_only_its_part_goes(client, office, home, cadre) -> None:
    other = make_household(village=home.village)
    item = make_assistance(cadre=cadre, household=home)
    item.shares.create(household=other, cash=300)
    item.cash = 500
    item.save()
    client.force_login(office)
    seen = later_records(home, date(2015, 5, 1)).mark
    assert close(client, home, take_back="on", seen=seen, reason="记错了户").status_code == 302
    item.refresh_from_db()
    assert (item.voided_on, item.cash, item.shares.get().household) == (None, 300, other)

"""The pages of duties: by unit, by cadre, visit by visit; and a year's requirements."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households.models import HouseholdAway
from tests.exports import table_of
from tests.factories import COUNTY, make_cadre, make_household, make_pairing, make_visit
from tests.pages import client_of, words_of
from units.models import Requirement, today
from units.presets import letter_requirements

pytestmark = pytest.mark.django_db
YEAR = 2015


@pytest.fixture
def letter(office):
    letter_requirements(place=COUNTY, year=YEAR)


@pytest.fixture
def busy(cadre):
    """Create a cadre with one visit that counts and one that does not."""
    household = make_household(head="王有福")
    make_pairing(cadre=cadre, household=household, started_on=date(2014, 1, 1))
    make_visit(cadre=cadre, household=household, visited_on=date(2015, 5, 4))
    make_visit(cadre=cadre, household=household, visited_on=date(2015, 5, 5), kind="phone")
    return cadre


def test_the_office_sees_which_units_have_cadres_who_owe(letter, office, busy):
    page = client_of(office).get(f"/duties/?year={YEAR}")
    assert f"{busy.unit} " in words_of(page)


def test_of_a_year_that_is_over_its_last_day_says_who_held_what(letter, busy):
    pairing = busy.pairings.get()
    pairing.ended_on, pairing.end_reason = date(2016, 3, 1), "调走"
    pairing.save()
    words = words_of(client_of(busy).get(f"/duties/cadres/{busy.pk}/?year={YEAR}"))
    assert "帮扶户数 1 / 2 户" in words


def test_a_unit_lists_its_cadres_by_name(letter, leader, busy):
    words = words_of(client_of(leader).get(f"/duties/units/{leader.unit_id}/?year={YEAR}"))
    assert f"{busy.name} 一般 1 / 4 3" in words


def test_a_cadre_reads_why_a_visit_does_not_count(letter, busy):
    words = words_of(client_of(busy).get(f"/duties/cadres/{busy.pk}/?year={YEAR}"))
    assert "还欠 3 户次" in words
    assert "2015-05-05 王有福 电话 不算 电话联系，不算入户" in words


def test_a_call_that_counts_says_that_the_family_was_away(letter, busy):
    HouseholdAway.objects.create(
        household=busy.pairings.get().household, started_on=date(2015, 5, 5), reason="全家去新疆"
    )
    words = words_of(client_of(busy).get(f"/duties/cadres/{busy.pk}/?year={YEAR}"))
    assert "2015-05-05 王有福 电话 算 举家外出期间的电话" in words


def test_home_and_file_say_why_a_call_counts_for_the_duty_alone(busy):
    day, household = today(), busy.pairings.get().household
    Requirement.objects.create(
        year=day.year, place=COUNTY, rank="general", indicator=Requirement.Indicator.VISIT_TIMES, minimum=4
    )
    HouseholdAway.objects.create(household=household, started_on=date(2015, 5, 5), reason="全家去新疆")
    make_visit(cadre=busy, household=household, visited_on=day, kind="phone")
    client = client_of(busy)
    home, file = (words_of(client.get(url)) for url in ("/", f"/households/{household.pk}/"))
    assert "入户户次 0 户次" in home
    assert "入户户次 1 / 4 户次" in home
    assert "举家外出期间的电话也算" in home
    assert "入户 0 次" in file
    assert "打电话不加进这个次数，但在联户干部的要求里算一次入户" in file


def test_the_phones_own_page_leads_to_duties_villages_projects_and_surveys(cadre):
    page = client_of(cadre).get("/me/").content.decode()
    for url in (f"/duties/cadres/{cadre.pk}/", "/villages/", "/projects/", "/responses/"):
        assert f'href="{url}"' in page


def test_a_day_that_is_over_and_what_is_held_today_are_told_as_such(letter, busy):
    words = words_of(client_of(busy).get(f"/duties/cadres/{busy.pk}/?year={YEAR}"))
    assert "，已经过了" in words
    assert "帮扶户数 1 / 2 户 还欠 1 户 照现在结对的户数" in words


def test_a_cadre_reads_nobody_elses(letter, busy):
    assert client_of(busy).get(f"/duties/cadres/{make_cadre().pk}/").status_code == 404


def test_the_list_for_a_reminder_goes_out_as_a_workbook(letter, leader, busy):
    answer = client_of(leader).get(f"/duties/units/{leader.unit_id}/?year={YEAR}&owing=1&export=xlsx")
    assert table_of(answer)[1][:3] == (busy.name, "一般", "1 / 4")


def test_no_page_asks_more_of_the_database_for_more_cadres(letter, leader, busy, django_assert_num_queries):
    client, url = client_of(leader), f"/duties/units/{leader.unit_id}/?year={YEAR}"
    with CaptureQueriesContext(connection) as before:
        client.get(url)
    for _ in range(5):
        make_pairing(cadre=make_cadre(unit=leader.unit), started_on=date(2014, 1, 1))
    with django_assert_num_queries(len(before)):
        client.get(url)


def test_a_preset_adds_what_is_missing_and_leaves_what_is_set(office):
    own = Requirement.objects.create(year=YEAR, place=COUNTY, indicator="visit_times", minimum=12)
    client_of(office).post("/requirements/add/letter/", {"year": YEAR})
    own.refresh_from_db()
    assert own.minimum == 12
    assert Requirement.objects.get(year=YEAR, rank="county", indicator="visited_households").minimum == 100


def test_last_years_requirements_are_copied(office, letter):
    client_of(office).post("/requirements/add/last/", {"year": YEAR + 1})
    assert Requirement.objects.filter(year=YEAR + 1).count() == Requirement.objects.filter(year=YEAR).count()


def test_a_year_without_minima_says_so(office):
    assert "没有设下限" in words_of(client_of(office).get("/duties/?year=2013"))

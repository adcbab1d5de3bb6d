"""Figures of a past period show the state at its end, and the lists behind them show the rows counted."""

from datetime import date

import pytest

from core.periods import Period, year_period
from households import registering
from households.choices import Status as HouseholdStatus
from reports import overview
from tests.factories import (
    make_assistance,
    make_cadre,
    make_household,
    make_pairing,
    make_problem,
    make_response,
    make_survey,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, words_of
from tests.test_overview import figures_of, rows_behind
from units.models import today
from units.presets import letter_requirements, preset_requirements
from visits.models import ProblemStatus
from visits.problems.rules import move

pytestmark = pytest.mark.django_db

START, CHANGED = date(2014, 1, 1), date(2016, 5, 1)
Y2015, Y2016 = year_period(2015), year_period(2016)


@pytest.fixture
def county(cadre, office):
    """Create three households; in 2016 one moves away, one is handed to another unit and its problem is solved."""
    village = make_village(name="榜沙村")
    homes = [make_household(head=head, village=village) for head in ("苟进才", "裴秋霞", "焦来喜")]
    for home in homes[:2]:
        make_pairing(cadre=cadre, household=home, started_on=START)
    make_village_pairing(unit=cadre.unit, village=village, started_on=START, ended_on=CHANGED)
    heir = make_cadre(name="张卫东")
    registering.close(homes[0], status=HouseholdStatus.MOVED, on=CHANGED, successor=None)
    pairing = homes[1].pairings.get()
    pairing.ended_on, pairing.end_reason = CHANGED, "调离"
    pairing.save()
    make_pairing(cadre=heir, household=homes[1], started_on=CHANGED)
    make_household(village=village, identified_on=CHANGED)
    problem = make_problem(cadre=cadre, household=homes[1], raised_on=date(2015, 9, 16))
    move(problem, to=ProblemStatus.SOLVED, by=cadre, word="修好了", on=CHANGED)
    make_visit(cadre=cadre, household=homes[0], visited_on=date(2015, 3, 5))
    return {"homes": homes, "heir": heir}


def test_registered_paired_entered_and_problems_are_as_at_the_end(office, county):
    was, then = overview.figures(office, Y2015), overview.figures(office, Y2016)
    assert (was.registered, was.paired, was.entered, was.open_problems, was.overdue_problems) == (
        3,
        2,
        1,
        1,
        1,
    )
    assert (then.registered, then.paired, then.entered, then.open_problems) == (3, 1, 0, 0)


def test_a_running_period_is_as_at_today(office, county):
    ahead = Period(today(), date(today().year + 1, 12, 31))
    assert overview.figures(office, ahead).registered == 3
    assert overview.figures(office, ahead).paired == 1


def test_places_and_units_are_as_at_the_end(office, county, cadre):
    [place] = overview.places(office, Y2015)
    assert (place.registered, place.paired, place.entered) == (3, 2, 1)
    was = {row.pk: row for row in overview.units(office, Y2015)}[cadre.unit_id]
    now = {row.pk: row for row in overview.units(office, Y2016)}[cadre.unit_id]
    assert (was.villages, was.cadres, was.households, was.entered) == ("榜沙村", 1, 2, 1)
    assert (now.villages, now.cadres, now.households) == ("", 0, 0)


@pytest.mark.parametrize("page", ["/", "/reports/places/", "/reports/units/"])
@pytest.mark.parametrize("year", [2015, 2016])
def test_lists_behind_a_past_figure_show_the_rows_counted(office, county, page, year):
    client = client_of(office)
    found = figures_of(client.get(f"{page}?span={year}").content.decode())
    states = [(url, figure) for url, figure in found if "/households/" in url or "/problems/" in url]
    assert states
    for url, figure in states:
        if figure.isdigit() and "visited=yes" not in url:
            assert rows_behind(client, url) == int(figure), url


def test_the_list_of_households_tells_who_was_paired_then(office, county):
    client = client_of(office)
    words = words_of(client.get("/households/?span=2015"))
    assert "2015 年入户" in words
    assert "苟进才" in words
    assert "张卫东" not in words
    assert "张卫东" in words_of(client.get("/households/?span=2016"))


def test_the_household_page_keeps_to_the_period(office, county, cadre):
    home = county["homes"][1]
    make_visit(cadre=cadre, household=home, visited_on=date(2015, 4, 1), content="那年谈的")
    make_visit(cadre=cadre, household=home, visited_on=date(2016, 4, 1), content="后来谈的")
    make_assistance(cadre=cadre, household=home, given_on=date(2016, 4, 2), content="送了米面")
    client = client_of(office)
    list_page = client.get("/households/?span=2015").content.decode()
    assert f'/households/{home.pk}/?{Y2015.query.replace("&", "&amp;")}"' in list_page
    words = words_of(client.get(f"/households/{home.pk}/?{Y2015.query}"))
    assert "2015 年入户 1 次" in words
    assert "那年谈的" in words
    assert "后来谈的" not in words
    assert "送了米面" not in words
    assert "后来谈的" in words_of(client.get(f"/households/{home.pk}/"))


TAPS = ["本月", "本季", "今年", "去年", "2015 年"]


@pytest.mark.parametrize(
    "url", ["/", "/reports/places/", "/reports/units/", "/households/", "/visits/", "/problems/"]
)
def test_one_tap_chooses_the_year(office, county, url):
    words = words_of(client_of(office).get(url))
    for tap in TAPS:
        assert tap in words, tap
    assert "2013 年" not in words


@pytest.mark.parametrize("url", ["/", "/reports/places/", "/reports/units/", "/households/", "/visits/"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=2015-05-01&until=2015-03-01", "开始日期 2015-05-01 比结束日期 2015-03-01 晚"),
        ("since=2015-02-30&until=2015-03-01", "2 月没有 30 日"),
        ("span=nonsense", "时段看不懂"),
    ],
)
def test_a_reversed_or_wrong_date_is_said(office, county, url, query, said):
    assert said in words_of(client_of(office).get(f"{url}?{query}"))


@pytest.mark.parametrize("url", ["/", "/reports/places/", "/households/"])
def test_a_missing_date_is_said(office, county, url):
    assert "时段的“到”没有填日期" in words_of(client_of(office).get(f"{url}?since=2015-05-01"))


def test_a_month_that_is_none_is_said(cadre):
    assert "“2015-13”不是月份" in words_of(client_of(cadre).get("/visits/?month=2015-13"))


def test_only_a_page_of_all_time_can_do_without_a_period(office, county):
    client, home = client_of(office), county["homes"][1]
    assert "不选时段" in words_of(client.get("/households/?span=2015"))
    assert "不选时段" in words_of(client.get(f"/households/{home.pk}/?span=2015"))
    assert "不选时段" not in words_of(client.get(f"/households/{home.pk}/"))
    assert "不选时段" not in words_of(client.get("/?span=2015"))


# --- pages with a year ----------------------------------------------------------------------------


def test_the_register_pages_are_as_at_the_end_of_the_year(office, county, cadre):
    client, village = client_of(office), county["homes"][0].village
    row = client.get("/villages/?span=2015").context["rows"][0]
    assert row.cells[-3:] == [1, 3, 2]
    assert client.get("/villages/").context["rows"][0].cells[-3:] == [0, 3, 1]
    words = words_of(client.get(f"/villages/{village.pk}/?span=2015"))
    assert "2015年12月31日在册户 3 户" in words
    assert "2015年12月31日已结对 2 户" in words
    unit = words_of(client.get(f"/units/{cadre.unit_id}/?span=2015"))
    assert "2015年12月31日联户 2 户" in unit
    assert client.get("/units/?span=2015&paired=yes").context["count"] == 1
    assert client.get("/units/?paired=yes").context["count"] == 0


def test_the_list_of_cadres_is_as_at_the_end_of_the_period(office, county, cadre):
    client = client_of(office)
    assert [row.key for row in client.get("/cadres/?span=2015&paired=yes").context["rows"]] == [cadre.pk]
    assert [row.key for row in client.get("/cadres/?paired=yes").context["rows"]] == [county["heir"].pk]


def test_the_cadre_page_counts_the_days_of_the_period(office, county, cadre):
    client = client_of(office)
    assert "2015 年走访 1 天" in words_of(client.get(f"/cadres/{cadre.pk}/?span=2015"))
    assert "今年走访 0 天" in words_of(client.get(f"/cadres/{cadre.pk}/"))


def test_the_completion_of_a_survey_is_of_the_register_at_the_end_of_the_year(office, county, cadre):
    survey = make_survey()
    make_response(survey=survey, cadre=cadre, household=county["homes"][0], surveyed_on=date(2015, 9, 16))
    client = client_of(office)
    url = f"/reports/surveys/{survey.pk}/completion/"
    assert "在册 3 户，完成 33.3%" in words_of(client.get(f"{url}?year=2015"))
    assert "在册 3 户，完成 0%" in words_of(client.get(f"{url}?year={today().year - 1}"))
    rows = client.get(f"/reports/surveys/{survey.pk}/rows/?year=2015&unit={cadre.unit_id}")
    assert rows.context["count"] == 2


@pytest.mark.parametrize("page", ["duties", "requirements", "responses"])
def test_one_tap_chooses_the_year_of_a_page_of_years(office, county, cadre, page):
    make_response(survey=make_survey(), cadre=cadre, household=county["homes"][0])
    preset_requirements(place="620524", year=2015)
    letter_requirements(place="620524", year=2015)
    url = {"duties": "/duties/", "requirements": "/requirements/", "responses": "/responses/"}[page]
    words = words_of(client_of(office).get(url))
    for tap in ("今年", "去年", "2015 年"):
        assert tap in words
    assert "2014 年" not in words


@pytest.mark.parametrize("url", ["/duties/", "/requirements/"])
@pytest.mark.parametrize("year", ["2011", "abcd", "21000"])
def test_a_year_that_is_none_is_said(office, url, year):
    assert f"没有“{year}”这一年" in words_of(client_of(office).get(f"{url}?year={year}"))


def test_a_year_without_the_survey_is_said(office, county, cadre):
    survey = make_survey()
    make_response(survey=survey, cadre=cadre, household=county["homes"][0])
    for page in ("completion", "items"):
        words = words_of(client_of(office).get(f"/reports/surveys/{survey.pk}/{page}/?year=2013"))
        assert "没有“2013”这一年，下面是 2015 年的" in words
    paper = client_of(office).get(
        f"/surveys/{survey.pk}/village.pdf?village={county['homes'][0].village.pk}&year=x", follow=True
    )
    assert "没有“x”这一年" in words_of(paper)

"""Number of queries of the admin lists, and the contents of the index page."""

import pytest
from django.urls import reverse

from households.models import Household
from lianhu.admin_site import SECTIONS
from tests.admin.rows import Rows, page, rows_of, rows_of_the_office
from tests.factories import (
    COUNTY,
    make_cadre,
    make_division,
    make_member,
    make_unit,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, queries_of
from units.models import Cadre, Reach, Unit, today

pytestmark = pytest.mark.slow


def one_more_of_each(unit: Unit) -> None:
    cadre = make_cadre(unit=unit)
    rows_of(cadre, "王有福", "石峰村")
    make_member(household=Household.objects.order_by("-pk")[0], relation="02", name="李秋菊")
    rows_of_the_office(cadre)


@pytest.mark.parametrize("table", [label for labels in SECTIONS.values() for label in labels])
def test_a_list_makes_the_same_queries_however_long(office: Cadre, leader: Cadre, table: str) -> None:
    client, url = client_of(office), page(table, "changelist")
    for _ in range(2):
        one_more_of_each(leader.unit)
    few = queries_of(client, url)
    for _ in range(28):
        one_more_of_each(leader.unit)
    assert queries_of(client, url) == few


@pytest.mark.parametrize("person", ["office", "leader"])
def test_first_page_makes_the_same_queries_however_much_there_is(
    person: str, office: Cadre, leader: Cadre
) -> None:
    client, url = client_of({"office": office, "leader": leader}[person]), reverse("admin:index")
    one_more_of_each(leader.unit)
    few = queries_of(client, url)
    for _ in range(9):
        one_more_of_each(leader.unit)
    assert queries_of(client, url) == few


# --- the index page ---


def test_leaders_first_page(leader: Cadre, own: Rows, foreign: Rows) -> None:
    cadre, household = own["units.cadre"], own["households.household"]
    make_visit(cadre=cadre, household=household, visited_on=today())
    make_visit(cadre=cadre, household=household, visited_on=today(), kind="phone")
    context = client_of(leader).get(reverse("admin:index")).context
    assert context["home_facts"].startswith("2 名干部，联系石峰村，1 户。")
    assert [figure["value"] for figure in context["figures"]] == [1, 0, 2, 1, 1, 0, 0]
    rows = {row.cells[0]: row.cells[3:] for row in context["tables"][0]["rows"]}
    assert rows == {"康建平": [0, 0, 0, None], "李建业": [1, 1, 1, today()]}


def test_figures_open_to_their_rows(leader: Cadre, own: Rows, foreign: Rows) -> None:
    client = client_of(leader)
    for figure in client.get(reverse("admin:index")).context["figures"]:
        assert client.get(figure["url"]).context["count"] == figure["value"]


def test_offices_first_page(office: Cadre, own: Rows, foreign: Rows) -> None:
    client = client_of(office)
    context = client.get(reverse("admin:index")).context
    assert "3 个单位，4 名干部，2 个村，2 户" in context["home_facts"]
    for figure in context["figures"]:
        assert client.get(figure["url"]).context["count"] == figure["value"]


def test_the_first_page_counts_units_and_cadres_from_above_as_the_lists_do(office: Cadre) -> None:
    """A unit of the city that pairs in the county appears in the county's lists."""
    city = make_unit(name="市水务局", division=make_division(code="6205", name="天水市"))
    make_village_pairing(unit=city)
    paired = make_cadre(unit=city)
    Reach.objects.create(unit=city, cadre=paired, place=COUNTY)
    facts = client_of(office).get(reverse("admin:index")).context["home_facts"]
    units = client_of(office).get("/units/").context["count"]
    cadres = client_of(office).get("/cadres/").context["count"]
    assert (units, cadres) == (2, 2)
    assert f"{units} 个单位，{cadres} 名干部" in facts


# --- a list without rows ---


def test_an_empty_list_says_why_and_where_on(leader: Cadre, own: Rows) -> None:
    client, url = client_of(leader), page("visits.problem", "changelist")
    assert "没有符合条件的困难诉求" in client.get(f"{url}?q=没有这个人").content.decode()
    own["visits.problem"].moves.all().delete()
    own["visits.assistance"].problem = None
    own["visits.assistance"].save()
    own["visits.problem"].delete()
    text = client.get(url).content.decode()
    assert "还没有困难诉求" in text
    assert reverse("problem-new") in text


@pytest.mark.parametrize(
    "asked",
    [
        "visited_on__gte=0",
        "visited_on__gte=99999-01-01",
        "voided_on__isempty=x",
        "unit__id__exact=" + "9" * 30,
        "p=-1",
        "o=x.y",
    ],
)
def test_a_filter_that_cannot_be_understood_is_told(office, own, asked):
    page_of_all = client_of(office).get(f"{page('visits.visit', 'changelist')}?{asked}", follow=True)
    assert page_of_all.status_code == 200


@pytest.mark.parametrize("asked", ["voided_on__year=0", "kind__regex=(a%2B)%2B$"])
def test_a_filter_that_no_page_offers_is_none(office, own, asked):
    assert client_of(office).get(f"{page('visits.visit', 'changelist')}?{asked}").status_code == 400


@pytest.mark.sqlite  # PostgreSQL uses that day in its calculation
def test_a_time_beyond_all_calendars_is_told(office):
    answer = client_of(office).get(
        f"{page('core.reveal', 'changelist')}?at__gte=0001-01-01T00:00:00%2B14:00", follow=True
    )
    assert "筛选的条件看不懂" in answer.content.decode()

"""The overview: every figure follows the counting rules and opens to the rows it counted."""

import html
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import Download
from core.periods import Period
from households import registering
from households.choices import Status
from reports import overview
from tests.exports import table_of
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, words_of
from units.models import Cadre, Unit
from visits.models import VisitCompanion

pytestmark = pytest.mark.django_db

YEAR = Period(date(2015, 1, 1), date(2015, 12, 31), "自选")
DAYS = YEAR.query
MARCH, APRIL = date(2015, 3, 5), date(2015, 4, 1)


@pytest.fixture
def bureau(leader: Cadre) -> Unit:
    return leader.unit


@pytest.fixture
def county(bureau: Unit, leader: Cadre, cadre: Cadre, stranger: Cadre):
    """Create two towns; the bureau has a village of the first, with three households and one that moved away."""
    town = make_division(code="620524105", name="马力镇")
    make_division(code="620524100", name="城关镇")
    village = make_village(name="榜沙村", town=town, code="620524105217")
    other = make_village(name="石峰村", code="620524100201")
    make_village_pairing(unit=bureau, village=village, started_on=date(2014, 1, 1))
    heads = ("苟进才", "裴秋霞", "焦来喜", "漆改香")
    homes = [make_household(head=head, village=village) for head in heads]
    away = make_household(head="年进福", village=other)
    for home in homes[:3]:
        make_pairing(cadre=cadre, household=home, started_on=date(2014, 1, 1))
    make_pairing(cadre=stranger, household=away, started_on=date(2014, 1, 1))
    _visit_all(homes, away, leader, cadre, stranger)
    registering.close(homes[3], status=Status.MOVED, on=date(2015, 12, 1), successor=None)
    return {"village": village, "homes": homes, "away": away}


def _visit_all(homes, away, leader, cadre, stranger) -> None:
    # Two visits to one household on one day, or two cadres of a unit in a village on one day, count once.
    make_visit(cadre=cadre, household=homes[0], visited_on=MARCH)
    make_visit(cadre=leader, household=homes[0], visited_on=MARCH)
    # Phone calls and void visits are no 入户 (home visits).
    make_visit(cadre=cadre, household=homes[1], visited_on=MARCH, kind="phone")
    make_visit(cadre=cadre, household=homes[1], visited_on=MARCH, voided_on=MARCH, void_reason="记错了")
    # A cadre of another unit visits a household of the bureau: the household was visited, but not by the
    # bureau.
    make_visit(cadre=stranger, household=homes[1], visited_on=APRIL)
    # A night spent with a colleague; a household that has moved away since; a meeting in the village; last
    # year's visit.
    stay = make_visit(cadre=cadre, household=homes[3], visited_on=APRIL, kind="stay", nights=1)
    VisitCompanion.objects.create(visit=stay, cadre=leader, unit=leader.unit, rank=leader.rank)
    make_visit(cadre=cadre, village=homes[0].village, visited_on=date(2015, 5, 4), kind="committees")
    make_visit(cadre=cadre, household=homes[0], visited_on=date(2014, 3, 5))
    make_visit(cadre=stranger, household=away, visited_on=MARCH)


def test_key_figures(office, county) -> None:
    found = overview.figures(office, YEAR)
    assert (found.registered, found.paired, found.entered, found.coverage) == (4, 4, 3, 75)
    assert (found.times, found.times_last_year, found.entering) == (4, 1, 5)
    assert (found.records, found.phone, found.late) == (7, 1, 7)
    assert (found.village_times, found.nights, found.cadres) == (5, 2, 3)


def test_places(office, county) -> None:
    first, second = overview.places(office, YEAR)
    assert (first.name, first.registered, first.entered, first.times) == ("城关镇", 1, 1, 1)
    assert (second.name, second.registered, second.paired, second.entered) == ("马力镇", 3, 3, 2)
    assert (second.times, second.coverage, second.by_month) == (3, Decimal("66.7"), {3: 1, 4: 1})
    whole = overview.total_of_places([first, second])
    assert (whole.registered, whole.entered, whole.times, whole.coverage) == (4, 3, 4, 75)


def test_units(office, county, bureau) -> None:
    row = next(row for row in overview.units(office, YEAR) if row.pk == bureau.pk)
    assert (row.villages, row.cadres, row.households) == ("榜沙村", 1, 3)
    assert (row.entered, row.coverage, row.times) == (1, Decimal("33.3"), 2)
    assert (row.village_times, row.village_days, row.nights) == (3, 3, 2)


def test_months_are_those_of_one_year(office, county) -> None:
    two_years = Period(date(2014, 1, 1), date(2015, 12, 31), "自选")
    rows = overview.places(office, two_years)
    assert rows[1].by_month == {3: 1, 4: 1}
    assert rows[1].times == 4


def figures_of(page: str) -> list[tuple[str, str]]:
    """Return (address, figure) of every linked figure, in page order."""
    inside = page.split("<main", 1)[1]
    found = re.findall(r'<(?:td|span)[^>]*><a href="([^"]+)">([^<]+)</a>', inside)
    return [(html.unescape(url), figure.replace(",", "")) for url, figure in found]


def rows_behind(client: Client, url: str) -> int:
    """Return the number of rows of the list at an address, after checking that it accepts every filter."""
    response = client.get(url)
    assert response.status_code == 200
    assert not response.context["search"]["error"], url
    return int(response.context["count"])


AS_MANY = re.compile(r"^/households/|late=1|^/pairings/villages/")
"""Lists with as many rows as the figure states; the other lists show the records it is computed from."""


@pytest.mark.parametrize("page", ["/", "/reports/places/", "/reports/units/"])
def test_each_figure_opens_to_its_rows(office, county, page) -> None:
    client = client_of(office)
    figures = figures_of(client.get(f"{page}?{DAYS}").content.decode())
    assert len(figures) >= 10
    for url, figure in figures:
        count = rows_behind(client, url)
        if figure.isdigit() and AS_MANY.search(url) and not _is_month(url):
            assert count == int(figure), url
        else:
            assert count > 0, url


def _is_month(url: str) -> bool:
    """Return whether the cell is a month's share; its list shows the households visited in that month."""
    return "visited=yes" in url and DAYS not in url


def test_a_months_share_opens_to_the_households_of_that_month(office, county) -> None:
    client = client_of(office)
    page = client.get(f"/reports/places/?{DAYS}").content.decode()
    march = [url for url, _ in figures_of(page) if "town=620524105" in url and "since=2015-03-01" in url]
    assert [url.split("&", 1)[1] for url in march] == [
        "visited=yes&since=2015-03-01&until=2015-03-31&at=2015-12-31"
    ]
    assert rows_behind(client, march[0]) == 1


@pytest.mark.parametrize("name", ["places", "units"])
def test_the_workbook_holds_the_cells_of_the_page(office, county, name) -> None:
    client = client_of(office)
    page = client.get(f"/reports/{name}/?{DAYS}")
    assert f'"?{DAYS}&export=xlsx"' in html.unescape(page.content.decode())
    answer = client.get(f"/reports/{name}/?{DAYS}&export=xlsx")
    lines = table_of(answer)
    table = page.content.decode().split("<table", 1)[1]
    shown = [
        [
            re.sub(r"<[^>]+>", "", cell).replace(",", "")
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)
        ]
        for line in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
    ]
    assert [[_number(cell) for cell in line] for line in lines] == [
        [_number(cell) for cell in line] for line in shown
    ]
    assert Download.objects.get().row_count == len(lines) - 2


def _number(cell: object) -> object:
    text = "" if cell is None else str(cell)
    return float(text) if re.fullmatch(r"[0-9.]+", text) else text


@pytest.mark.parametrize("name", ["places", "units"])
def test_the_sheet_to_hand_in_says_whose_of_when_and_how(office, county, name) -> None:
    words = words_of(client_of(office).get(f"/reports/{name}/?{DAYS}"))
    for part in (
        "填报单位：县双联办",
        "时段：2015年1月1日至2015年12月31日",
        "制表人：汪玉琪",
        "合计",
        "说明：",
    ):
        assert part in words
    assert "入户户次：" in words


def test_an_office_above_opens_its_counties(county) -> None:
    clerk = make_cadre(unit=make_unit(division=make_division(code="6205", name="天水市")), role="office")
    client = client_of(clerk)
    figures = figures_of(client.get(f"/?{DAYS}").content.decode())
    assert (f"/households/?place=620524&{DAYS}", "4") in figures
    assert rows_behind(client, f"/households/?place=620524&{DAYS}") == 4
    assert rows_behind(client, f"/visits/?place=620524&entering=1&{DAYS}") == 5
    assert rows_behind(client, "/households/?place=6205") == 4
    assert client.get("/households/?place=62x").context["search"]["error"]


@pytest.mark.parametrize("url", ["/", "/reports/places/", "/reports/units/"])
def test_queries_do_not_grow_with_the_county(office, county, django_assert_num_queries, url) -> None:
    client = client_of(office)
    client.get(f"{url}?{DAYS}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{url}?{DAYS}")
    for number in range(4):
        who = make_cadre()
        town = make_division(code=f"62052411{number}", name=f"第{number}镇")
        home = make_household(village=make_village(town=town))
        make_village_pairing(unit=who.unit, village=home.village)
        make_pairing(cadre=who, household=home)
        make_visit(cadre=who, household=home, visited_on=MARCH + timedelta(days=number))
    with django_assert_num_queries(len(few)):
        client.get(f"{url}?{DAYS}")

"""A report needs its module and a line in the catalogue; list, page, print and workbook follow."""

from dataclasses import dataclass
from html import unescape

import pytest

from core.figures import Figure, cards
from core.models import Download
from core.periods import year_period
from reports import catalogue
from reports.report import Report
from tests.exports import table_of
from tests.pages import client_of, words_of
from units.models import today

pytestmark = pytest.mark.django_db


@dataclass
class Wells:
    name: str
    dug: int


def columns(user, period):
    return [
        Figure("村", lambda row: row.name, css=""),
        Figure("水窖", lambda row: row.dug, f"{period.as_at}修好的", lambda row: "/villages/", unit="口"),
    ]


WELLS = Report(
    key="wells",
    title=lambda user: f"{user.unit.division}水窖统计",
    tells="各村修好的水窖",
    columns=columns,
    rows=lambda user, period: [Wells("榜沙村", 3), Wells("石峰村", 0)],
    total=lambda rows: Wells("合计", sum(row.dug for row in rows)),
    notes=["旱井不算"],
)


@pytest.fixture(autouse=True)
def line_of_the_catalogue(monkeypatch):
    monkeypatch.setattr(catalogue, "REPORTS", [*catalogue.REPORTS, WELLS])


def test_it_is_listed_with_what_it_tells(office):
    words = words_of(client_of(office).get("/reports/"))
    assert "武山县水窖统计表" in words
    assert "各村修好的水窖" in words


def test_page_and_print_are_derived(office):
    client = client_of(office)
    page = client.get("/reports/wells/?span=2015")
    words = words_of(page)
    for part in (
        "武山县水窖统计表",
        "填报单位：县双联办",
        "时段：2015年1月1日至2015年12月31日",
        "水窖：2015年12月31日修好的",
        "旱井不算",
        "今年",
    ):
        assert part in words
    assert '<a href="/villages/">3</a>' in page.content.decode()
    assert unescape(page.content.decode()).count('href="?since=2015-01-01&until=2015-12-31&export=xlsx"') == 2


def test_the_workbook_is_derived_and_logged(office):
    answer = client_of(office).get("/reports/wells/?span=2015&export=xlsx")
    assert table_of(answer) == [("村", "水窖"), ("榜沙村", 3), ("石峰村", 0), ("合计", 3)]
    assert (Download.objects.get().what, Download.objects.get().row_count) == ("武山县水窖统计", 2)


def test_who_may_not_read_reports_reads_no_new_one(cadre, leader, viewer):
    assert [client_of(user).get("/reports/wells/").status_code for user in (cadre, leader, viewer)] == [
        403,
        403,
        200,
    ]


def test_one_that_is_not_in_the_catalogue_is_404(office):
    assert client_of(office).get("/reports/nothing/").status_code == 404


def test_the_same_declaration_is_a_card():
    [_, card] = cards(columns(None, year_period(today().year)), Wells("", 3))
    assert (card["value"], card["url"], card["unit"], card["how"]) == (3, "/villages/", "口", "今天修好的。")


@pytest.mark.parametrize("report", catalogue.REPORTS, ids=lambda report: report.key)
def test_every_counted_column_says_its_unit_and_how_it_is_counted(office, report):
    for column in report.columns(office, year_period(today().year)):
        counts = column.css == "num" and not column.label.endswith("月")
        assert not counts or (column.unit and column.how), column.label

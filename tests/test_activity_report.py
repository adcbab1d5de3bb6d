"""Activities by town add up to the total: county units that name no village have a line of their own."""

from datetime import date

import pytest

from core.periods import year_period
from reports import activities, overview
from tests.factories import make_unit, make_village
from tests.pages import client_of, words_of
from units.models import today
from visits.models import Activity

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(office):
    """Create one activity in a village, two of a county unit without a village, and one that is void."""
    unit, day = make_unit(), date(today().year, 1, 5)
    for village, void in ((make_village(), None), (None, None), (None, None), (None, day)):
        Activity.objects.create(
            unit=unit, village=village, kind="study", title="学习", held_on=day, people=10,
            entered_by=office, voided_on=void, void_reason="记错" if void else "", voided_by=office if void else None,
        )  # fmt: skip
    return year_period(day.year)


def test_the_rows_add_up_to_the_overview(office, held):
    found = activities.rows(office, held)
    assert [(row.held, row.people) for row in found] == [(1, 10), (2, 20)]
    whole = overview.figures(office, held)
    assert (activities.total(found).held, activities.total(found).people) == (whole.activities, whole.people)


def test_each_line_opens_the_activities_it_counted(office, held):
    client = client_of(office)
    _, counted, _ = activities.columns(office, held)
    for row in activities.rows(office, held):
        assert f"{row.held} 次" in words_of(client.get(counted.url(row)))


def test_the_filter_by_town_offers_the_rest(office, held):
    page = client_of(office).get(f"/activities/?town={office.place}")
    assert "不在乡镇（没有写村）" in words_of(page)
    assert "合计 2 次" in words_of(page)

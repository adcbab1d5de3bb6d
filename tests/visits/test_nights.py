"""A night counts once per cadre and date."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.periods import Period
from reports.overview import figures, units
from tests.factories import make_cadre, make_household, make_pairing, make_visit
from tests.pages import client_of, words_of
from tests.visits.outings import days, record, refusals
from units.models import today
from visits.models import Visit
from visits.voiding.rules import void

pytestmark = pytest.mark.django_db


def test_a_stay_of_three_days_is_two_nights_on_the_first_household(cadre, home, next_door):
    first = today() - timedelta(days=2)
    visits = record(cadre, households=[home, next_door], days=days(first, 3), kind=Visit.Kind.STAY)
    carrying = [(visit.visited_on, visit.household) for visit in visits if visit.nights]
    assert carrying == [(first, home), (first + timedelta(days=1), home)]


@pytest.mark.parametrize(("kind", "nights"), [(Visit.Kind.STAY, 1), (Visit.Kind.HOME, 0)])
def test_one_day_is_a_night_only_when_stayed(cadre, home, kind, nights):
    [visit] = record(cadre, households=[home], kind=kind)
    assert visit.nights == nights


def test_a_phone_call_has_no_nights(cadre, home):
    assert refusals(cadre, households=[home], kind=Visit.Kind.PHONE, nights=1) == {
        "nights": ["打电话没有住村，住村夜数空着。"]
    }
    calls = record(cadre, households=[home], kind=Visit.Kind.PHONE, days=days(today() - timedelta(days=2), 3))
    assert not any(call.nights for call in calls)


def test_a_night_stored_with_a_phone_call_counts_nowhere(office, cadre, home):
    """A night stored with a phone call counts nowhere; a county may have such rows from before they were refused."""
    make_visit(cadre=cadre, household=home, kind=Visit.Kind.PHONE, nights=1, visited_on=today())
    today_only = Period(today(), today(), "今天")
    assert figures(office, today_only).nights == 0
    assert sum(row.nights for row in units(office, today_only)) == 0
    assert not re.search(r"住村 \d+ 夜", words_of(client_of(cadre).get("/")))
    assert "没有符合条件的走访" in words_of(client_of(office).get("/visits/?nights=1"))


def test_nights_said_count_as_said(cadre, home):
    visits = record(cadre, households=[home], days=days(today() - timedelta(days=2), 3), nights=3)
    assert [visit.nights for visit in visits] == [1, 1, 1]


def test_a_second_outing_of_the_day_gets_no_second_night(cadre, home, next_door):
    record(cadre, households=[home], kind=Visit.Kind.STAY)
    [second] = record(cadre, households=[next_door], kind=Visit.Kind.STAY)
    assert second.nights == 0


@hypothesis_settings(max_examples=25)
@given(
    outings=st.lists(
        st.tuples(
            st.integers(0, 9), st.integers(1, 4), st.integers(0, 4), st.sampled_from([1, 2, 3]), st.booleans()
        ),
        max_size=5,
    )
)
def test_nights_count_once_a_cadre_and_date(outings):
    cadre = make_cadre()
    homes = [make_pairing(cadre=cadre, household=make_household(head="")).household for _ in range(2)]
    for ago, length, nights, which, taken_back in outings:
        first = today() - timedelta(days=ago)
        visits = record(
            cadre,
            households=[home for number, home in enumerate(homes, 1) if number & which],
            days=[day for day in days(first, length) if day <= today()],
            nights=min(nights, (today() - first).days + 1, length),
        )
        if taken_back:
            void(visits[0], by=cadre, reason="记错了")
    nights_on = list(
        Visit.objects.counted().filter(cadre=cadre, nights=1).values_list("visited_on", flat=True)
    )
    assert len(nights_on) == len(set(nights_on))

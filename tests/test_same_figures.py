"""The figures of a household and of a leader's unit agree on all pages, whoever joined a visit."""

from datetime import date

import pytest

from tests.factories import make_cadre, make_household, make_pairing, make_unit, make_visit
from tests.pages import client_of
from units.models import today
from units.roles import Role
from visits.models import VisitCompanion

pytestmark = pytest.mark.django_db

FIRST = date(today().year, 1, 1)


@pytest.fixture
def shared():
    """Create a household paired with cadres of two units, and the leader of the first unit."""
    unit, home = make_unit(), make_household()
    own, other = make_cadre(unit=unit), make_cadre(name="裴秋霞")
    for cadre, kind in ((own, "help"), (other, "contact")):
        make_pairing(cadre=cadre, household=home, kind=kind, started_on=FIRST)
    leader = make_cadre(unit=unit, role=Role.LEADER, name="张卫东")
    return {"own": own, "other": other, "leader": leader, "home": home}


def together(shared, companion):
    """Record a visit of the other unit's cadre with a companion."""
    visit = make_visit(cadre=shared["other"], household=shared["home"], visited_on=today())
    VisitCompanion.objects.create(visit=visit, cadre=companion, unit=companion.unit, rank=companion.rank)


def figure(client, label):
    return next(one for one in client.get("/admin/").context["figures"] if one["label"] == label)


@pytest.mark.parametrize("who", ["own", "leader"])
def test_the_household_page_counts_what_the_list_counts(shared, who):
    make_visit(cadre=shared["other"], household=shared["home"], visited_on=today())
    client = client_of(shared[who])
    [listed] = client.get("/households/").context["rows"]
    assert listed.cells[-2] == client.get(f"/households/{shared['home'].pk}/").context["times"] == 1


def test_the_card_of_the_home_says_that_it_counts_the_own_visits(shared):
    make_visit(cadre=shared["other"], household=shared["home"], visited_on=today(), entered_by=shared["own"])
    [card] = client_of(shared["own"]).get("/").context["cards"]
    assert "我今年 0 次" in card.facts


def test_a_companion_enters_for_the_unit_of_the_leader(shared):
    client = client_of(shared["leader"])
    assert figure(client, "本月未入户")["value"] == 1
    together(shared, shared["own"])
    counted = figure(client, "本月未入户")
    assert counted["value"] == client.get(counted["url"]).context["count"] == 0


def test_the_visits_of_the_month_are_those_of_the_list_behind_them(shared):
    together(shared, shared["leader"])
    client = client_of(shared["leader"])
    counted = figure(client, "本月走访")
    assert counted["value"] == client.get(counted["url"]).context["count"] == 1

"""The transfer page shows the consequences and applies them when confirmed."""

from datetime import date

import pytest

from tests.factories import make_household, make_pairing, make_unit, make_visit
from units.models import Posting


@pytest.fixture
def new_unit(db):
    return make_unit(name="县审计局")


@pytest.fixture
def home(cadre):
    household = make_household(head="刘满仓")
    make_pairing(cadre=cadre, household=household, started_on=date(2015, 1, 10))
    make_visit(cadre=cadre, household=household, visited_on=date(2015, 7, 1))
    return household


def send(client, cadre, unit, **more: object):
    data = {"unit": unit.pk, "rank": cadre.rank, "on": "2015-06-01", "version": cadre.version, **more}
    return client.post(f"/cadres/{cadre.pk}/transfer/", data)


def test_a_look_changes_nothing(client, office, cadre, home, new_unit) -> None:
    client.force_login(office)
    page = send(client, cadre, new_unit, look="1").text
    assert "走访 1 条" in page
    assert "1 条联户随他转" in page
    assert "照这样办调动" in page
    assert not Posting.objects.exists()


def test_it_is_carried_out(client, office, cadre, home, new_unit) -> None:
    client.force_login(office)
    assert send(client, cadre, new_unit, do="1").status_code == 302
    cadre.refresh_from_db()
    assert cadre.unit == new_unit
    assert "县审计局" in client.get(f"/cadres/{cadre.pk}/").text


def test_the_form_of_the_cadre_leads_on(client, office, cadre, new_unit) -> None:
    client.force_login(office)
    data = {"name": "李建业", "phone": cadre.phone, "staff_no": cadre.staff_no, "unit": new_unit.pk}
    data |= {"rank": cadre.rank, "post": "主任", "role": cadre.role, "version": cadre.version}
    answer = client.post(f"/cadres/{cadre.pk}/edit/", data)
    assert answer.url.startswith(f"/cadres/{cadre.pk}/transfer/?unit={new_unit.pk}")
    cadre.refresh_from_db()
    assert (cadre.unit == new_unit, cadre.post) == (False, "主任")
    assert f'value="{new_unit.pk}" selected' in client.get(answer.url).text


def test_a_leader_records_a_promotion(client, leader, cadre, home) -> None:
    client.force_login(leader)
    answer = send(client, cadre, leader.unit, rank="section", do="1")
    assert answer.status_code == 302
    cadre.refresh_from_db()
    assert cadre.rank == "section"
    assert Posting.objects.filter(cadre=cadre).count() == 2

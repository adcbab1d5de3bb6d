"""A sheet of cadres that changes unit or rank makes a dated transfer, and its undo takes all of it back."""

from datetime import date

import pytest

from core.importing import runs
from households.models import HouseholdPairing
from tests.factories import make_household, make_pairing, make_unit, make_visit
from tests.importing import check, load, outcomes, warnings, whys
from units.models import Posting, today
from visits.models import Visit


@pytest.fixture
def new_unit(db):
    return make_unit(name="县审计局")


@pytest.fixture
def home(cadre):
    household = make_household(head="刘满仓")
    make_pairing(cadre=cadre, household=household, started_on=date(2015, 1, 10))
    for day in (date(2015, 3, 1), date(2015, 7, 1)):
        make_visit(cadre=cadre, household=household, visited_on=day)
    return household


def row(cadre, unit, **more: object) -> dict[str, object]:
    return {"姓名": cadre.name, "单位": unit.name, "手机号": cadre.phone, **more}


def test_a_transfer_has_its_day(office, cadre, leader, home, new_unit) -> None:
    run = load("cadres", office, [row(cadre, new_unit, 调动日期="2015-06-01")])
    assert outcomes(run) == ["changed"]
    assert warnings(run) == ["从 2015-06-01 起算调动，那天以后的走访和联户随他转"]
    units = dict(Visit.objects.values_list("visited_on", "unit"))
    assert units == {date(2015, 3, 1): leader.unit_id, date(2015, 7, 1): new_unit.pk}
    assert HouseholdPairing.objects.current().get().unit == new_unit


def test_without_a_day_it_is_today(office, cadre, home, new_unit) -> None:
    load("cadres", office, [row(cadre, new_unit)])
    assert Posting.objects.order_by("-started_on").first().started_on == today()
    assert not Visit.objects.filter(unit=new_unit).exists()


def test_a_wrong_day_is_refused(office, cadre, new_unit) -> None:
    [why] = whys(check("cadres", office, [row(cadre, new_unit, 调动日期="2011-06-01")]))
    assert "日期不能早于 2012-01-01" in why


def test_undone_it_is_as_before(office, cadre, leader, home, new_unit) -> None:
    run = load("cadres", office, [row(cadre, new_unit, 调动日期="2015-06-01")])
    runs.undo(run, office)
    cadre.refresh_from_db()
    assert cadre.unit == leader.unit
    assert not Posting.objects.exists()
    assert not Visit.objects.filter(unit=new_unit).exists()
    pairing = HouseholdPairing.objects.get()
    assert (pairing.unit, pairing.ended_on) == (leader.unit, None)

"""What a list gives as a workbook comes in again as it went out: nothing changes."""

from datetime import date
from typing import Any

import pytest

from core.models import ImportRun
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
from tests.importing import check, load, outcomes, warnings, whys
from tests.pages import client_of
from units.models import Cadre, Unit
from units.roles import Role

pytestmark = pytest.mark.django_db

LISTS = {
    "divisions": "/divisions/",
    "units": "/units/",
    "cadres": "/cadres/",
    "villages": "/villages/",
    "village_pairings": "/pairings/villages/?state=all",
    "households": "/households/",
    "household_pairings": "/pairings/?state=all",
    "visits": "/visits/",
}


@pytest.fixture
def county(office: Cadre, cadre: Cadre, viewer: Cadre) -> None:
    """Two villages of one name, a pairing that has ended, and a visit told in two lines."""
    for code, name in (("620524101", "洛门镇"), ("620524102", "鸳鸯镇")):
        village = make_village(name="青崖村", town=make_division(code=code, name=name), code=f"{code}201")
        home = make_household(village=village, group="2组")
        make_village_pairing(unit=cadre.unit, village=village)
        make_visit(cadre=cadre, household=home, kind="comfort", content="送了炭\n  又谈了套袋")
        make_visit(cadre=cadre, household=home, visited_on=date(2015, 6, 5), content="１号棚 看了")
        ended = {"started_on": date(2014, 1, 1), "ended_on": date(2014, 12, 31), "end_reason": "调走"}
        make_pairing(cadre=make_cadre(name=f"甲{name}", unit=cadre.unit), household=home, **ended)
        make_pairing(cadre=cadre, household=home, started_on=date(2015, 1, 1))
        same_name = make_cadre(name="王伟", unit=cadre.unit)
        theirs = make_household(village=village)
        make_pairing(cadre=same_name, household=theirs)
        make_visit(cadre=same_name, household=theirs)
    make_visit(cadre=cadre, household=home, kind="comfort", content="送了炭 又谈了套袋")
    make_cadre(name="已走的", unit=cadre.unit, left_on=date(2015, 1, 1))
    city = make_unit(name="天水市农业局", division=make_division(code="6205", name="天水市"))
    make_village_pairing(unit=city, village=village)
    make_pairing(cadre=make_cadre(name="市里的", unit=city), household=make_household(village=village))


@pytest.fixture
def moved(cadre: Cadre, county: None) -> Cadre:
    """Somebody whose past pairings and visits name the unit of their day."""
    moved = make_cadre(name="调走的", unit=cadre.unit)
    pairing = make_pairing(cadre=moved, started_on=date(2014, 1, 1), ended_on=date(2015, 10, 1))
    make_visit(cadre=moved, household=pairing.household)
    moved.unit = make_unit(name="县审计局")
    moved.save()
    return moved


def exported(office: Cadre, address: str) -> bytes:
    answer: Any = client_of(office).get(f"{address}{'&' if '?' in address else '?'}export=xlsx")
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", LISTS)
def test_an_exported_list_changes_nothing(office, county, kind) -> None:
    run = check(kind, office, exported(office, LISTS[kind]))
    assert (run.status, whys(run), warnings(run)) == (ImportRun.Status.CHECKED, [], [])
    assert (run.created_count, run.changed_count) == (0, 0)
    assert run.same_count


@pytest.mark.parametrize("kind", ["household_pairings", "visits"])
def test_who_has_moved_is_known_by_the_unit_of_the_day(office, moved, kind) -> None:
    run = check(kind, office, exported(office, LISTS[kind]))
    assert (run.created_count, run.changed_count, run.wrong_count) == (0, 0, 0)
    assert warnings(run) == ["这名干部在系统里是县审计局的"]


def test_a_county_called_like_its_city(county) -> None:
    """嘉峪关市 lies in 嘉峪关市."""
    city, district = (make_division(code=code, name="嘉峪关市") for code in ("6202", "620201"))
    office = make_cadre(unit=make_unit(division=district), role=Role.OFFICE)
    above = make_unit(name="嘉峪关市农林局", division=city)
    make_village_pairing(
        unit=above, village=make_village(town=make_division(code="620201100", name="峪泉镇"))
    )
    run = check("units", office, exported(office, "/units/"))
    assert (whys(run), run.changed_count, run.same_count) == ([], 0, 2)
    load("units", office, [{"单位全称": "嘉峪关市水务局", "所属区划": "嘉峪关市"}])
    assert Unit.objects.get(name="嘉峪关市水务局").division == district


def test_units_and_cadres_above_are_seen_and_not_written(office, county) -> None:
    city = Unit.objects.get(name="天水市农业局")
    row = {"单位全称": city.name, "所属区划": "天水市"}
    assert whys(check("units", office, [{**row, "联络员": "别人"}])) == ["A2 不在您管的区划里"]
    assert whys(check("units", office, [{"单位全称": "天水市林业局", "所属区划": "天水市"}])) == [
        "B2 不在您管的区划里"
    ]
    theirs = Cadre.objects.get(name="市里的")
    row = {"姓名": theirs.name, "单位": city.name, "手机号": theirs.phone}
    assert outcomes(check("cadres", office, [row])) == ["same"]
    assert whys(check("cadres", office, [{**row, "职务": "局长"}])) == ["A2 不在您管的区划里"]


def test_a_wrong_role_of_an_account_is_still_refused(office, viewer) -> None:
    row = {"姓名": viewer.name, "单位": viewer.unit.name, "手机号": viewer.phone, "角色": Role.OFFICE.label}
    assert whys(check("cadres", office, [row])) == ["D2 这是查阅账号"]

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
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.importing import check, warnings, whys
from tests.pages import client_of
from units.models import Cadre
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
    make_cadre(name="已走的", unit=cadre.unit, left_on=date(2015, 1, 1))


def exported(office: Cadre, address: str) -> bytes:
    answer: Any = client_of(office).get(f"{address}{'&' if '?' in address else '?'}export=xlsx")
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", LISTS)
def test_an_exported_list_changes_nothing(office, county, kind) -> None:
    run = check(kind, office, exported(office, LISTS[kind]))
    assert (run.status, whys(run), warnings(run)) == (ImportRun.Status.CHECKED, [], [])
    assert (run.created_count, run.changed_count) == (0, 0)
    assert run.same_count


def test_a_wrong_role_of_an_account_is_still_refused(office, viewer) -> None:
    row = {"姓名": viewer.name, "单位": viewer.unit.name, "手机号": viewer.phone, "角色": Role.OFFICE.label}
    assert whys(check("cadres", office, [row])) == ["D2 这是查阅账号"]

"""走访: one row a visit, a night once, unit and rank of that day."""

from core.models import Change
from tests.factories import make_household, make_unit, make_village
from tests.importing import check, load, outcomes, warnings, whys
from units.models import Cadre
from visits.models import Visit


def visit(cadre: Cadre, no: str | None, **more: object) -> dict[str, object]:
    return {
        "干部姓名": cadre.name,
        "手机号": cadre.phone,
        "走访日期": "2015-09-16",
        "户编号": no,
        "谈了什么、办了什么": "看了水窖",
        **more,
    }


def test_visits(office, cadre) -> None:
    household = make_household()
    rows = [
        visit(cadre, household.no, 为什么去="病、灾"),
        visit(cadre, None, 村级代码=household.village.code, 做什么="两委座谈"),
    ]
    assert outcomes(load("visits", office, rows)) == ["created", "created"]
    found = Visit.objects.get(household=household)
    assert (found.village, found.place, found.month, found.is_late) == (
        household.village,
        household.place,
        201509,
        True,
    )
    assert (found.entered_by, found.unit, found.kind, found.reasons) == (office, cadre.unit, "home", "病、灾")
    assert outcomes(load("visits", office, rows)) == ["same", "same"]
    assert Visit.objects.count() == 2


def test_a_head_that_nobody_is_names_no_household(office, cadre) -> None:
    """Else a help to a household would become one to its whole village."""
    village = make_village(name="大庄村")
    row = visit(cadre, None, 村="大庄村", 户主="王有福", 做什么="慰问")
    assert whys(check("visits", office, [row])) == ["G2 大庄村没有户主叫王有福的户"]
    load("visits", office, [{**row, "户主": ""}])
    assert Visit.objects.get().village == village


def test_a_night_counts_once(office, cadre) -> None:
    one, two = make_household(), make_household()
    rows = [visit(cadre, one.no, 住村夜数=1), visit(cadre, two.no, 住村夜数=1)]
    run = load("visits", office, rows)
    assert warnings(run) == ["这一夜已经记在另一条上，这条记 0 夜"]
    assert sum(Visit.objects.values_list("nights", flat=True)) == 1
    assert outcomes(load("visits", office, rows)) == ["same", "same"]


def test_a_phone_call_has_no_nights(office, cadre) -> None:
    row = visit(cadre, make_household().no, 做什么="电话", 住村夜数=1)
    [why] = whys(check("visits", office, [row]))
    assert "打电话没有住村" in why


def test_visits_that_cannot_be(office, cadre) -> None:
    household = make_household()
    rows = [
        visit(cadre, None, 村级代码=household.village.code),
        visit(cadre, household.no, 走访日期="2011-01-01"),
        visit(cadre, household.no, 约下次="2015-09-16"),
        visit(cadre, household.no, 村级代码=make_village().code),
    ]
    found = whys(check("visits", office, rows))
    assert found[0] == "D2 “入户”要写是哪一户"
    assert found[1].startswith("C3 日期不能早于 2012-01-01")
    assert found[2:] == ["G4 要晚于这次走访", f"F5 这户在{household.village.name}"]


def test_unit_and_rank_are_those_of_the_day(office, cadre) -> None:
    household, old_unit = make_household(), cadre.unit
    Change.objects.all().delete()
    cadre.unit = make_unit(name="县审计局")
    cadre.save()
    load("visits", office, [visit(cadre, household.no)])
    assert Visit.objects.get().unit == old_unit

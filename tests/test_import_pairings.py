"""联户: whom a row means, what it may not do, what it only warns of."""

from datetime import date

from core.models import ImportRun
from households.models import HouseholdPairing
from tests.factories import make_cadre, make_household, make_pairing, make_village_pairing
from tests.importing import check, load, outcomes, warnings, whys
from units.models import Cadre, Reach, Requirement


def pairing(cadre: Cadre, no: str, **more: object) -> dict[str, object]:
    return {"干部姓名": cadre.name, "手机号": cadre.phone, "户编号": no, **more}


def test_household_pairings(office, cadre) -> None:
    household = make_household()
    make_village_pairing(unit=cadre.unit, village=household.village)
    row = pairing(cadre, household.no, 开始日期="2015-03-01")
    run = load("household_pairings", office, [row])
    assert (outcomes(run), warnings(run)) == (["created"], [])
    found = HouseholdPairing.objects.get()
    assert (found.cadre, found.unit, found.rank, found.kind) == (cadre, cadre.unit, cadre.rank, "help")
    assert Reach.objects.filter(cadre=cadre, place=household.place).count() == 1
    assert outcomes(load("household_pairings", office, [row])) == ["same"]


def test_a_household_changes_hands_in_one_sheet(office, cadre, stranger) -> None:
    household = make_household()
    make_pairing(cadre=cadre, household=household, started_on=date(2014, 1, 1))
    rows = [
        pairing(stranger, household.no, 开始日期="2015-03-01", 结束日期=None, 结束原因=None),
        pairing(cadre, household.no, 开始日期="2014-01-01", 结束日期="2015-03-01", 结束原因="调整"),
    ]
    assert outcomes(load("household_pairings", office, rows)) == ["created", "changed"]
    assert HouseholdPairing.objects.current().get().cadre == stranger
    assert outcomes(load("household_pairings", office, rows)) == ["same", "same"]


def test_pairings_that_clash(office, cadre, stranger) -> None:
    taken, free = make_household(), make_household()
    make_pairing(cadre=stranger, household=taken)
    gone = make_cadre(name="走了", left_on=date(2015, 1, 1))
    rows = [
        pairing(cadre, taken.no),
        pairing(cadre, free.no),
        pairing(stranger, free.no),
        pairing(cadre, free.no, 结对方式="联系"),
        pairing(gone, make_household().no),
    ]
    found = whys(check("household_pairings", office, rows))
    assert found == [
        f"C2 这户已有帮扶干部：{stranger.unit}{stranger}",
        "C4 这户已有帮扶干部：第 3 行",
        "C5 这名干部已经联着这户",
        "A6 走了已离岗",
    ]


def test_a_cadre_of_two_asks(office, cadre) -> None:
    make_cadre(name=cadre.name, unit=cadre.unit)
    household = make_household()
    rows = [
        {"单位": cadre.unit.name, "干部姓名": cadre.name, "户编号": household.no},
        {"单位": None, "干部姓名": cadre.name, "户编号": household.no},
        {"单位": cadre.unit.name, "干部姓名": "没有的人", "户编号": household.no},
    ]
    first, second, third = whys(check("household_pairings", office, rows))
    assert first.startswith(f"B2 对得上两个干部：{cadre.name}（")
    assert (second, third) == ("B3 不知道是哪名干部", f"B4 {cadre.unit}没有这名干部")


def test_over_the_ceiling_and_another_units_village_only_warn(office, cadre) -> None:
    Requirement.objects.create(
        year=2015,
        place="620524",
        rank=cadre.rank,
        indicator=Requirement.Indicator.PAIRED_HOUSEHOLDS,
        maximum=1,
    )
    first, second = make_household(), make_household()
    make_village_pairing(unit=cadre.unit, village=first.village)
    run = check("household_pairings", office, [pairing(cadre, first.no), pairing(cadre, second.no)])
    assert (run.status, outcomes(run)) == (ImportRun.Status.CHECKED, ["created", "created"])
    assert set(warnings(run)) == {
        f"{cadre.name}联了 2 户，超过一般干部的上限 1 户",
        f"{cadre.unit}没有联{second.village.name}",
    }

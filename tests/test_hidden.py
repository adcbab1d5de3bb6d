"""Rows out of scope are not revealed by searches, filters, choices or errors."""

from datetime import date

import pytest

from tests.factories import (
    make_assistance,
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_problem,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.importing import check, whys
from tests.pages import client_of, page_of
from units.models import Cadre, Requirement
from visits.problems.rules import join

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(db):
    """Create a village of another county."""
    make_division(code="620502", name="秦州区")
    return make_village(name="关子村", town=make_division(code="620502100", name="关子镇"))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/households/?q={}", "王有福"),
        ("/cadres/?q={}", "何秀兰"),
        ("/units/?q={}", "县畜牧局"),
        ("/search/?q={}", "王有福"),
        ("/search/?q={}", "何秀兰"),
        ("/search/?q={}", "县畜牧局"),
    ],
)
def test_a_viewer_guesses_no_masked_number(viewer, office, url, name):
    """A viewer cannot guess a masked number: searching digit by digit would reveal a phone, and age and mask an ID
    number.
    """
    number = make_id_number()
    household = make_household(head="", phone="13909380001")
    make_member(household=household, id_number=number)
    make_cadre(name="何秀兰", phone="13909380002")
    make_unit(name="县畜牧局", contact_phone="13909380003")

    def found_by(who: Cadre, text: str) -> bool:
        return f">{name}<" in page_of(client_of(who).get(url.format(text)))

    assert found_by(office, "139093")
    assert found_by(office, number) == (name == "王有福")
    assert not found_by(viewer, "139093")
    assert not found_by(viewer, number)


def test_a_familys_part_of_a_common_item_is_its_own(cadre, stranger):
    """A cadre finds another family's share of a common item of help neither by key nor by name."""
    village = make_village()
    own, other = (make_household(head=head, village=village) for head in ("王有福", "刘满仓"))
    make_pairing(cadre=cadre, household=own)
    item = make_assistance(cadre=stranger, household=own, cash=300)
    item.shares.create(household=other, cash=187)
    for asked in (f"household={other.pk}", "q=刘满仓"):
        page = client_of(cadre).get(f"/assistance/?{asked}")
        assert "没有符合条件的帮扶" in page_of(page)
    assert "300" in page_of(client_of(cadre).get(f"/assistance/?household={own.pk}"))


def test_a_foreign_village_offers_no_names_of_its_cadres(office, elsewhere):
    unit = make_unit(name="秦州水务局", division=elsewhere.division)
    make_cadre(name="何秀兰", unit=unit)
    make_village_pairing(unit=unit, village=elsewhere)
    page = client_of(office).post("/assistance/new/", {"village": elsewhere.pk, "turn": "1"})
    assert page.status_code == 200
    assert "何秀兰" not in page_of(page)


def test_the_history_of_a_joined_problem_keeps_the_words_of_the_other(cadre, stranger):
    village = make_village()
    own, other = (
        make_problem(cadre=who, household=make_household(village=village)) for who in (cadre, stranger)
    )
    other.description = "老人住院欠了药费"
    other.save()
    join(other, [own])
    page = page_of(client_of(cadre).get(f"/problems/{own.pk}/"))
    assert "老人住院" not in page


def test_a_hand_over_sheet_keeps_to_its_day(cadre, stranger):
    """What the family says after a hand-over is no longer readable for the previous cadre."""
    household = make_household()
    make_pairing(
        cadre=cadre,
        household=household,
        started_on=date(2015, 1, 5),
        ended_on=date(2015, 9, 16),
        end_reason="调离",
    )
    make_problem(cadre=cadre, household=household, description="水窖漏水", raised_on=date(2015, 9, 16))
    make_problem(cadre=stranger, household=household, description="儿子退学", raised_on=date(2015, 9, 17))
    page = page_of(client_of(cadre).get(f"/cadres/{cadre.pk}/hand-over/sheet/?on=2015-09-16"))
    assert ("水窖漏水" in page, "儿子退学" in page) == (True, False)


@pytest.mark.parametrize("of", ["unit", "cadre"])
def test_what_is_explained_to_a_county_names_no_family_of_another(office, elsewhere, of):
    """The explanation of a count names only families of the reader's county, also for a city unit that works in two
    counties.
    """
    city = make_unit(name="市水务局", division=make_division(code="6205", name="天水市"))
    who, own_village = make_cadre(name="赵明", unit=city), make_village()
    for village, head in ((own_village, "王有福"), (elsewhere, "周满囤")):
        make_village_pairing(unit=city, village=village, started_on=date(2015, 1, 1))
        household = make_household(head=head, village=village)
        make_pairing(cadre=who, household=household, started_on=date(2015, 1, 1))
        make_visit(cadre=who, household=household, visited_on=date(2015, 9, 16))
    for indicator in ("village_days", "visit_days"):
        for place in ("620502", "620524"):
            Requirement.objects.create(year=2015, place=place, indicator=indicator, minimum=2)
    url, what = (f"units/{city.pk}", "village_days") if of == "unit" else (f"cadres/{who.pk}", "visit_days")
    page = page_of(client_of(office).get(f"/duties/{url}/?year=2015&of={what}"))
    assert ("王有福" in page, "周满囤" in page) == (True, False)
    assert "不归您看的走访" in page


def test_an_import_names_nobody_of_another_county_by_phone(office, elsewhere):
    """An import does not reveal who in another county has a phone number, although phone numbers are unique across
    counties.
    """
    unit = make_unit(name="秦州水务局", division=elsewhere.division)
    make_cadre(name="何秀兰", phone="13909380001", staff_no="Q001", unit=unit)
    make_cadre(name="李建业", phone="13909380002", staff_no="G777", unit=office.unit)
    own = office.unit.name
    rows = [
        {"姓名": "张三", "单位": own, "手机号": "13909380001"},
        {"姓名": "李建业", "单位": own, "手机号": "13909380002", "工号": "Q001"},
    ]
    told = whys(check("cadres", office, rows))
    assert len(told) == 2
    assert "何秀兰" not in str(told)

"""Saving in the admin: history, concurrent editors, places, and the rules of households and members."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from core.models import Change, Installation
from households.models import Household, Member
from tests.admin.rows import Rows, listed, page
from tests.factories import make_cadre, make_division, make_id_number, make_unit, make_village
from tests.pages import client_of
from units.models import Cadre, Division, Requirement, Unit, Word
from units.roles import Role
from villages.models import Village, VillagePairing


def unit_form(unit: Unit, **changed: Any) -> dict[str, Any]:
    names = ("name", "short_name", "code", "level", "contact", "contact_phone", "version")
    return {**{name: getattr(unit, name) for name in names}, **changed}


def test_one_change_a_save_from_the_admin(office: Cadre, leader: Cadre) -> None:
    Change.objects.all().delete()
    client_of(office).post(page("units.unit", "change", leader.unit), unit_form(leader.unit, contact="汪办"))
    change = Change.objects.get()
    assert (change.source, change.by, change.changes) == ("admin", office, {"contact": ["", "汪办"]})


def test_second_editor_sees_both_and_overwrites_nothing(office: Cadre, leader: Cadre) -> None:
    unit, client = leader.unit, client_of(office)
    url, opened = page("units.unit", "change", unit), unit_form(unit)
    client.post(url, {**opened, "contact": "先来的"})
    answer = client.post(url, {**opened, "contact": "后来的"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "先来的" in text
    assert "后来的" in text
    assert Unit.objects.get(pk=unit.pk).contact == "先来的"
    client.post(url, {**opened, "contact": "后来的", "overwrite": answer.context["conflict"]["version"]})
    assert Unit.objects.get(pk=unit.pk).contact == "后来的"


def test_history_page_shows_our_changes(office: Cadre, leader: Cadre) -> None:
    leader.unit.contact = "汪办"
    leader.unit.save()
    text = client_of(office).get(page("units.unit", "history", leader.unit)).content.decode()
    assert "汪办" in text
    assert "联络员" in text


def test_office_stays_within_its_place(office: Cadre) -> None:
    client, other = client_of(office), make_division(code="620523", name="甘谷县")
    client.post(page("units.division", "add"), {"code": "620523100", "name": "大像山镇"})
    client.post(page("units.unit", "add"), {"name": "甘谷县水务局", "level": "county", "division": other.pk})
    client.post(page("units.requirement", "add"), {"year": 2015, "place": "6205", "indicator": "visit_days"})
    assert not Division.objects.filter(code="620523100").exists()
    assert not Unit.objects.filter(name="甘谷县水务局").exists()
    assert not Requirement.objects.exists()


def test_village_lies_in_its_township(office: Cadre) -> None:
    town = make_division(code="620524100", name="城关镇")
    data = {"code": "620524101001", "name": "错村", "division": town.pk, "kind": "village"}
    answer = client_of(office).post(page("villages.village", "add"), data)
    assert "应以城关镇的代码 620524100 开头" in answer.content.decode()
    assert not Village.objects.exists()


def test_office_pairs_a_unit_with_a_village(office: Cadre, leader: Cadre) -> None:
    village = make_village()
    data = {"unit": leader.unit_id, "village": village.pk, "started_on": "2012年3月5日"}
    client_of(office).post(page("villages.villagepairing", "add"), data)
    assert VillagePairing.objects.get().started_on == date(2012, 3, 5)


def test_office_keeps_the_own_role(office: Cadre) -> None:
    data = {"version": 1, "name": office.name, "phone": office.phone, "rank": "general", "role": "cadre"}
    client_of(office).post(page("units.cadre", "change", office), {**data, "post": "主任"})
    office.refresh_from_db()
    assert (office.post, office.role, office.is_active) == ("主任", Role.OFFICE, True)


def test_only_what_nothing_refers_to_is_deleted(office: Cadre, leader: Cadre) -> None:
    word = Word.objects.create(group="household_tag", text="留守")
    client = client_of(office)
    client.post(
        page("units.word", "changelist"),
        {"action": "delete_selected", "_selected_action": word.pk, "post": "yes"},
    )
    assert not Word.objects.exists()
    assert Change.objects.filter(table="units.word", act="deleted", source="admin").count() == 1
    assert client.post(page("units.unit", "delete", leader.unit), {"post": "yes"}).status_code == 403


# --- households and members ---


def new_household(village: Village, *members: dict[str, Any]) -> dict[str, Any]:
    data = {
        "village": village.pk,
        "size": 3,
        "kind": "01",
        "members-TOTAL_FORMS": len(members),
        "members-INITIAL_FORMS": 0,
    }
    for at, member in enumerate(members):
        data |= {f"members-{at}-{name}": value for name, value in member.items()}
    return data


def test_office_registers_a_household_with_its_head(office: Cadre) -> None:
    village, number = make_village(), make_id_number()
    head = {"name": "王有福", "relation": "01", "sex": "1", "id_number": number, "ethnicity": "01"}
    wife = {"name": "李秋菊", "relation": "02", "sex": "2", "ethnicity": "01"}
    client_of(office).post(page("households.household", "add"), new_household(village, head, wife))
    household = Household.objects.get()
    assert household.no == f"{village.code}-001"
    assert household.members.get(relation="01").id_number == number
    assert household.members.count() == 2


@pytest.mark.parametrize("heads", [0, 2])
def test_a_new_household_has_one_head(office: Cadre, heads: int) -> None:
    head = {"name": "王有福", "relation": "01", "sex": "1", "ethnicity": "01"}
    data = new_household(make_village(), *([head] * heads))
    answer = client_of(office).post(page("households.household", "add"), data)
    assert "户主" in str(answer.context["errors"])
    assert not Household.objects.exists()


def member_form(member: Member, **changed: Any) -> dict[str, Any]:
    names = ("name", "relation", "sex", "born_on", "ethnicity", "version")
    data = {name: getattr(member, name) for name in names}
    return {**data, "id_number": member.id_masked, **changed}


def test_masked_number_that_comes_back_is_unchanged(office: Cadre, own: Rows) -> None:
    member = own["households.member"]
    client_of(office).post(page("households.member", "change", member), member_form(member, education="02"))
    stored = Member.objects.get(pk=member.pk)
    assert (stored.education, stored.id_number) == ("02", member.id_number)


def test_another_mask_is_refused(office: Cadre, own: Rows) -> None:
    member = own["households.member"]
    data = member_form(member, id_number="620524********0000")
    answer = client_of(office).post(page("households.member", "change", member), data)
    assert "id_number" in answer.context["adminform"].form.errors


def test_number_of_another_member_is_refused(office: Cadre, own: Rows, foreign: Rows) -> None:
    member, other = own["households.member"], foreign["households.member"]
    data = member_form(member, id_number=other.id_number)
    answer = client_of(office).post(page("households.member", "change", member), data)
    assert "已经是本县另一名家庭成员的" in answer.content.decode()


@pytest.mark.parametrize("person", ["office", "leader"])
def test_no_page_shows_a_whole_number(person: str, office: Cadre, leader: Cadre, own: Rows) -> None:
    member, household = own["households.member"], own["households.household"]
    number = member.id_number
    member.id_number = make_id_number()
    member.save()
    client = client_of({"office": office, "leader": leader}[person])
    urls = [
        page("households.member", "changelist"),
        page("households.member", "change", member),
        page("households.member", "history", member),
        page("households.household", "change", household),
    ]
    texts = [client.get(url).content.decode() for url in urls]
    assert not any(number in text or member.id_number in text for text in texts)
    assert all(member.id_masked in text for text in texts)


def test_export_masks_the_number(office: Cadre, own: Rows) -> None:
    member = own["households.member"]
    answer = client_of(office).post(
        page("households.member", "changelist"), {"action": "export_rows", "_selected_action": member.pk}
    )
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert member.id_masked in cells
    assert member.id_number not in cells


@pytest.mark.parametrize(
    "table", ["households.household", "households.member", "households.householdpairing"]
)
def test_a_whole_number_finds_its_rows(office: Cadre, own: Rows, foreign: Rows, table: str) -> None:
    number = own["households.member"].id_number
    assert listed(client_of(office), table, f"?q={number}") == {own[table].pk}


def test_a_township_changes_no_words_of_the_county(office: Cadre) -> None:
    """The words are one list shared by the whole county."""
    Installation.objects.create(pk=1, code=office.place, name="武山县")
    town = make_cadre(role="office", unit=make_unit(division=make_division(code="620524100", name="城关镇")))
    form = {"group": "visit_reason", "text": "看电视", "order": "9", "active": "on"}
    assert client_of(town).post(page("units.word", "add"), form).status_code == 403
    assert not Word.objects.filter(text="看电视").exists()
    assert client_of(office).post(page("units.word", "add"), form).status_code == 302

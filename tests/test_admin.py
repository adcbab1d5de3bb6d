"""The admin site: who finds which rows there, what may be changed, and what is told to the second editor."""

import io
import json
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.models import Change, Download, ImportRun, Reveal
from households.models import Household, HouseholdPairing, Member
from lianhu.admin_site import SECTIONS
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from units.models import Cadre, Division, Requirement, Unit, Word, today
from units.roles import Role
from units.scoped_admin import ScopedAdmin
from villages.models import Village, VillagePairing
from visits.models import Visit

Rows = dict[str, Any]


def signed_in(user: Cadre) -> Client:
    client = Client()
    client.force_login(user, backend="units.accounts.PhoneOrStaffNumberBackend")
    return client


def rows_of(cadre: Cadre, head: str, village: str) -> Rows:
    """One row of every table that belongs to the unit of a cadre, by the model's label."""
    place = make_village(name=village)
    village_pairing = make_village_pairing(unit=cadre.unit, village=place)
    household = make_household(head="", village=place)
    member = make_member(household=household, name=head, id_number=make_id_number())
    pairing = make_pairing(cadre=cadre, household=household)
    visit = make_visit(cadre=cadre, household=household)
    found = [cadre, cadre.unit, place, village_pairing, household, member, pairing, visit]
    return {row._meta.label_lower: row for row in found}


@pytest.fixture
def own(cadre: Cadre) -> Rows:
    return rows_of(cadre, "王有福", "石峰村")


@pytest.fixture
def foreign(stranger: Cadre) -> Rows:
    return rows_of(stranger, "魏来福", "黎堡村")


TABLES = [
    "units.cadre",
    "units.unit",
    "villages.village",
    "villages.villagepairing",
    "households.household",
    "households.member",
    "households.householdpairing",
    "visits.visit",
]
WORDS = {
    "units.cadre": "何秀兰",
    "units.unit": "林业",
    "villages.village": "libao",
    "villages.villagepairing": "libao",
    "households.household": "魏来福",
    "households.member": "wlf",
    "households.householdpairing": "魏来福",
    "visits.visit": "何秀兰",
}
every_table = pytest.mark.parametrize("table", TABLES)


def page(table: str, name: str, row: Any = None) -> str:
    label = table.replace(".", "_")
    return reverse(f"admin:{label}_{name}", args=[row.pk] if row is not None else None)


def listed(client: Client, table: str, query: str = "") -> set[int]:
    answer = client.get(page(table, "changelist") + query)
    assert answer.status_code == 200
    return {row.pk for row in answer.context["cl"].result_list}


# --- a leader and another unit's rows ----------------------------------------------------------------


@every_table
def test_list_holds_the_own_rows(leader: Cadre, own: Rows, foreign: Rows, table: str) -> None:
    found = listed(signed_in(leader), table)
    assert own[table].pk in found
    assert foreign[table].pk not in found


@every_table
def test_search_finds_no_foreign_row(
    leader: Cadre, office: Cadre, own: Rows, foreign: Rows, table: str
) -> None:
    assert listed(signed_in(leader), table, f"?q={WORDS[table]}") == set()
    assert listed(signed_in(office), table, f"?q={WORDS[table]}") == {foreign[table].pk}


@every_table
@pytest.mark.parametrize("name", ["change", "history", "delete"])
def test_foreign_address_is_not_there(leader: Cadre, own: Rows, foreign: Rows, table: str, name: str) -> None:
    client = signed_in(leader)
    assert client.get(page(table, name, foreign[table])).status_code == 404
    assert client.post(page(table, name, foreign[table]), {"name": "x"}).status_code in {404, 405}
    own_status = client.get(page(table, name, own[table])).status_code
    assert own_status == (403 if name == "delete" else 200)


@every_table
def test_filter_names_no_foreign_value(leader: Cadre, own: Rows, foreign: Rows, table: str) -> None:
    text = signed_in(leader).get(page(table, "changelist")).content.decode()
    assert "县林业局" not in text
    assert "黎堡村" not in text


@every_table
def test_action_and_export_reach_no_foreign_row(leader: Cadre, own: Rows, foreign: Rows, table: str) -> None:
    answer = signed_in(leader).post(
        page(table, "changelist"),
        {"action": "export_rows", "_selected_action": [own[table].pk, foreign[table].pk]},
    )
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 2
    assert Download.objects.get().row_count == 1


def test_void_reaches_no_foreign_visit(leader: Cadre, own: Rows, foreign: Rows) -> None:
    ticked = [own["visits.visit"].pk, foreign["visits.visit"].pk]
    client, url = signed_in(leader), page("visits.visit", "changelist")
    asked = client.post(url, {"action": "void_selected", "_selected_action": ticked})
    assert "作废 1 条走访" in asked.content.decode()
    client.post(url, {"action": "void_selected", "_selected_action": ticked, "reason": "日期记错了"})
    assert list(Visit.objects.exclude(voided_on=None)) == [own["visits.visit"]]


@pytest.mark.parametrize(
    ("asking", "field", "table"),
    [
        ("households.householdpairing", "cadre", "units.cadre"),
        ("households.householdpairing", "household", "households.household"),
    ],
)
def test_autocomplete_offers_own_rows(
    leader: Cadre, own: Rows, foreign: Rows, asking: str, field: str, table: str
) -> None:
    app, model = asking.split(".")
    query = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    answer = signed_in(leader).get(reverse("admin:autocomplete"), query)
    offered = {int(result["id"]) for result in json.loads(answer.content)["results"]}
    assert own[table].pk in offered
    assert foreign[table].pk not in offered


def test_autocomplete_keeps_to_what_the_form_accepts(office: Cadre) -> None:
    elsewhere = make_unit(name="市农业局", division=make_division(code="6205", name="天水市"))
    make_village_pairing(unit=elsewhere, village=make_village())
    query = {"app_label": "units", "model_name": "cadre", "field_name": "unit", "term": "市农业局"}
    answer = signed_in(office).get(reverse("admin:autocomplete"), query)
    assert json.loads(answer.content)["results"] == []


@pytest.mark.parametrize("field", ["cadre", "household"])
def test_tampered_pairing_is_refused(leader: Cadre, own: Rows, foreign: Rows, field: str) -> None:
    before = HouseholdPairing.objects.count()
    data = {
        "cadre": leader.pk,
        "household": make_household(village=own["villages.village"]).pk,
        "kind": "help",
        "started_on": "2015-03-01",
    }
    data[field] = foreign["units.cadre" if field == "cadre" else "households.household"].pk
    answer = signed_in(leader).post(page("households.householdpairing", "add"), data)
    assert field in answer.context["adminform"].form.errors
    assert HouseholdPairing.objects.count() == before


def test_leader_pairs_and_ends(leader: Cadre, own: Rows) -> None:
    client, household = signed_in(leader), make_household(village=own["villages.village"])
    data = {"cadre": leader.pk, "household": household.pk, "kind": "help", "started_on": "2015.3.1"}
    client.post(page("households.householdpairing", "add"), data)
    made = HouseholdPairing.objects.get(household=household)
    assert (made.unit, made.rank, made.started_on) == (leader.unit, leader.rank, date(2015, 3, 1))
    url = page("households.householdpairing", "change", made)
    no_reason = client.post(url, {"version": 1, "ended_on": "2015-09-01"})
    assert "写明为什么结束" in no_reason.content.decode()
    client.post(url, {"version": 1, "ended_on": "2015-09-01", "end_reason": "调离"})
    made.refresh_from_db()
    assert (made.ended_on, made.end_reason) == (date(2015, 9, 1), "调离")
    assert client.post(url, {"version": 2, "ended_on": ""}).status_code == 403


def test_leader_changes_neither_role_unit_nor_flags(leader: Cadre, cadre: Cadre, stranger: Cadre) -> None:
    data = {
        "version": 1,
        "name": "李建业",
        "phone": cadre.phone,
        "staff_no": cadre.staff_no,
        "rank": "section",
        "post": "副局长",
        "role": Role.OFFICE,
        "unit": stranger.unit_id,
        "is_active": "",
        "password": "x",
        "place": "62",
    }
    signed_in(leader).post(page("units.cadre", "change", cadre), data)
    stored = Cadre.objects.get(pk=cadre.pk)
    assert (stored.post, stored.rank) == ("副局长", "section")
    assert (stored.role, stored.unit, stored.is_active) == (Role.CADRE, leader.unit, True)
    assert (stored.password, stored.place) == (cadre.password, cadre.place)


def test_leader_adds_a_cadre_of_the_own_unit(leader: Cadre, stranger: Cadre) -> None:
    data = {"name": "康小梅", "phone": "13911112222", "rank": "general", "role": "office"}
    signed_in(leader).post(page("units.cadre", "add"), {**data, "unit": stranger.unit_id})
    new = Cadre.objects.get(name="康小梅")
    assert (new.unit, new.role, new.must_choose_password) == (leader.unit, Role.CADRE, True)


@pytest.mark.parametrize("table", ["units.unit", "villages.village", "households.household", "visits.visit"])
def test_leader_reads_what_is_not_the_leaders_to_change(leader: Cadre, own: Rows, table: str) -> None:
    client = signed_in(leader)
    assert client.get(page(table, "add")).status_code == 403
    assert client.post(page(table, "change", own[table]), {"version": 1}).status_code == 403
    assert 'name="_save"' not in client.get(page(table, "change", own[table])).content.decode()


@pytest.mark.parametrize("lookup", ["password__startswith=a", "unit__cadres__password__startswith=a"])
def test_filters_that_no_page_offers_answer_nothing(leader: Cadre, lookup: str) -> None:
    assert signed_in(leader).get(f"{page('units.cadre', 'changelist')}?{lookup}").status_code == 400


def test_ticks_that_are_no_keys_are_refused(leader: Cadre) -> None:
    data = {"action": "export_rows", "_selected_action": "1 OR 1=1"}
    assert signed_in(leader).post(page("units.cadre", "changelist"), data).status_code == 400


# --- who comes in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["cadre", "viewer"])
def test_others_are_told_that_this_is_not_for_them(role: str, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(role))
    urls = [reverse("admin:index"), *(page(table, "changelist") for table in TABLES)]
    assert {client.get(url).status_code for url in urls} == {403}


def test_stranger_without_login_logs_in_first(db: None) -> None:
    url = page("units.cadre", "changelist")
    answer = Client().get(url, follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('login')}?next={url}"


@pytest.mark.parametrize("table", ["units.division", "units.word", "core.download", "core.importrun"])
def test_leader_has_no_business_with_the_offices_lists(leader: Cadre, table: str) -> None:
    assert signed_in(leader).get(page(table, "changelist")).status_code == 403


def test_every_admin_is_scoped_and_has_its_place_in_the_navigation() -> None:
    labels = {model._meta.label_lower for model in admin.site._registry}
    assert labels == {label for labels in SECTIONS.values() for label in labels}
    assert all(isinstance(found, ScopedAdmin) for found in admin.site._registry.values())


def test_unknown_address_is_not_found(leader: Cadre) -> None:
    client = signed_in(leader)
    found = [client.get(f"/admin/{path}").status_code for path in ("none/", "units/cadre/x/change/")]
    assert found == [404, 404]


# --- saving ------------------------------------------------------------------------------------------


def unit_form(unit: Unit, **changed: Any) -> dict[str, Any]:
    names = ("name", "short_name", "code", "level", "contact", "contact_phone", "version")
    return {**{name: getattr(unit, name) for name in names}, **changed}


def test_one_change_a_save_from_the_admin(office: Cadre, leader: Cadre) -> None:
    Change.objects.all().delete()
    signed_in(office).post(page("units.unit", "change", leader.unit), unit_form(leader.unit, contact="汪办"))
    change = Change.objects.get()
    assert (change.source, change.by, change.changes) == ("admin", office, {"contact": ["", "汪办"]})


def test_second_editor_sees_both_and_overwrites_nothing(office: Cadre, leader: Cadre) -> None:
    unit, client = leader.unit, signed_in(office)
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
    text = signed_in(office).get(page("units.unit", "history", leader.unit)).content.decode()
    assert "汪办" in text
    assert "联络员" in text


def test_office_stays_within_its_place(office: Cadre) -> None:
    client, other = signed_in(office), make_division(code="620523", name="甘谷县")
    client.post(page("units.division", "add"), {"code": "620523100", "name": "大像山镇"})
    client.post(page("units.unit", "add"), {"name": "甘谷县水务局", "level": "county", "division": other.pk})
    client.post(page("units.requirement", "add"), {"year": 2015, "place": "6205", "indicator": "visit_days"})
    assert not Division.objects.filter(code="620523100").exists()
    assert not Unit.objects.filter(name="甘谷县水务局").exists()
    assert not Requirement.objects.exists()


def test_village_lies_in_its_township(office: Cadre) -> None:
    town = make_division(code="620524100", name="城关镇")
    data = {"code": "620524101001", "name": "错村", "division": town.pk, "kind": "village"}
    answer = signed_in(office).post(page("villages.village", "add"), data)
    assert "应以城关镇的代码 620524100 开头" in answer.content.decode()
    assert not Village.objects.exists()


def test_office_pairs_a_unit_with_a_village(office: Cadre, leader: Cadre) -> None:
    village = make_village()
    data = {"unit": leader.unit_id, "village": village.pk, "started_on": "2012年3月5日"}
    signed_in(office).post(page("villages.villagepairing", "add"), data)
    assert VillagePairing.objects.get().started_on == date(2012, 3, 5)


def test_office_keeps_the_own_role(office: Cadre) -> None:
    data = {"version": 1, "name": office.name, "phone": office.phone, "rank": "general", "role": "cadre"}
    signed_in(office).post(page("units.cadre", "change", office), {**data, "post": "主任"})
    office.refresh_from_db()
    assert (office.post, office.role, office.is_active) == ("主任", Role.OFFICE, True)


def test_only_what_nothing_refers_to_is_deleted(office: Cadre, leader: Cadre) -> None:
    word = Word.objects.create(group="household_tag", text="留守")
    client = signed_in(office)
    client.post(
        page("units.word", "changelist"),
        {"action": "delete_selected", "_selected_action": word.pk, "post": "yes"},
    )
    assert not Word.objects.exists()
    assert Change.objects.filter(table="units.word", act="deleted", source="admin").count() == 1
    assert client.post(page("units.unit", "delete", leader.unit), {"post": "yes"}).status_code == 403


# --- households and members --------------------------------------------------------------------------


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
    signed_in(office).post(page("households.household", "add"), new_household(village, head, wife))
    household = Household.objects.get()
    assert household.no == f"{village.code}-001"
    assert household.members.get(relation="01").id_number == number
    assert household.members.count() == 2


@pytest.mark.parametrize("heads", [0, 2])
def test_a_new_household_has_one_head(office: Cadre, heads: int) -> None:
    head = {"name": "王有福", "relation": "01", "sex": "1", "ethnicity": "01"}
    data = new_household(make_village(), *([head] * heads))
    answer = signed_in(office).post(page("households.household", "add"), data)
    assert "户主" in str(answer.context["errors"])
    assert not Household.objects.exists()


def member_form(member: Member, **changed: Any) -> dict[str, Any]:
    names = ("name", "relation", "sex", "born_on", "ethnicity", "version")
    data = {name: getattr(member, name) for name in names}
    return {**data, "id_number": member.id_masked, **changed}


def test_masked_number_that_comes_back_is_unchanged(office: Cadre, own: Rows) -> None:
    member = own["households.member"]
    signed_in(office).post(page("households.member", "change", member), member_form(member, education="02"))
    stored = Member.objects.get(pk=member.pk)
    assert (stored.education, stored.id_number) == ("02", member.id_number)


def test_another_mask_is_refused(office: Cadre, own: Rows) -> None:
    member = own["households.member"]
    data = member_form(member, id_number="620524********0000")
    answer = signed_in(office).post(page("households.member", "change", member), data)
    assert "id_number" in answer.context["adminform"].form.errors


def test_number_of_another_member_is_refused(office: Cadre, own: Rows, foreign: Rows) -> None:
    member, other = own["households.member"], foreign["households.member"]
    data = member_form(member, id_number=other.id_number)
    answer = signed_in(office).post(page("households.member", "change", member), data)
    assert "已经是本县另一名家庭成员的" in answer.content.decode()


@pytest.mark.parametrize("person", ["office", "leader"])
def test_no_page_shows_a_whole_number(person: str, office: Cadre, leader: Cadre, own: Rows) -> None:
    member, household = own["households.member"], own["households.household"]
    number = member.id_number
    member.id_number = make_id_number()
    member.save()
    client = signed_in({"office": office, "leader": leader}[person])
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
    answer = signed_in(office).post(
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
    assert listed(signed_in(office), table, f"?q={number}") == {own[table].pk}


# --- speed -------------------------------------------------------------------------------------------


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def one_more_of_each(unit: Unit) -> None:
    cadre = make_cadre(unit=unit)
    rows_of(cadre, "王有福", "石峰村")
    make_member(household=Household.objects.order_by("-pk")[0], relation="02", name="李秋菊")
    Word.objects.create(group="visit_reason", text=f"红白事{cadre.pk}")
    Requirement.objects.create(year=2015, place="620524", unit=make_unit(), indicator="visit_days")
    ImportRun.objects.create(kind="villages", place="620524", by=cadre, filename="村.xlsx", digest="")
    Download.objects.create(by=cadre, place="620524", what="村", row_count=1)
    Reveal.objects.create(by=cadre, place="620524", table="households.member", row=1, whose="王有福")


@pytest.mark.parametrize("table", [label for labels in SECTIONS.values() for label in labels])
def test_a_list_makes_the_same_queries_however_long(office: Cadre, leader: Cadre, table: str) -> None:
    client, url = signed_in(office), page(table, "changelist")
    for _ in range(2):
        one_more_of_each(leader.unit)
    few = queries_of(client, url)
    for _ in range(28):
        one_more_of_each(leader.unit)
    assert queries_of(client, url) == few


@pytest.mark.parametrize("person", ["office", "leader"])
def test_first_page_makes_the_same_queries_however_much_there_is(
    person: str, office: Cadre, leader: Cadre
) -> None:
    client, url = signed_in({"office": office, "leader": leader}[person]), reverse("admin:index")
    one_more_of_each(leader.unit)
    few = queries_of(client, url)
    for _ in range(9):
        one_more_of_each(leader.unit)
    assert queries_of(client, url) == few


# --- the first page ----------------------------------------------------------------------------------


def test_leaders_first_page(leader: Cadre, own: Rows, foreign: Rows) -> None:
    cadre, household = own["units.cadre"], own["households.household"]
    make_visit(cadre=cadre, household=household, visited_on=today())
    make_visit(cadre=cadre, household=household, visited_on=today(), kind="phone")
    context = signed_in(leader).get(reverse("admin:index")).context
    assert context["home_facts"].startswith("2 名干部，联系石峰村，1 户。")
    assert [figure["value"] for figure in context["figures"]] == [1, 0, 2, 0]
    rows = {row.cells[0]: row.cells[3:] for row in context["tables"][0]["rows"]}
    assert rows == {"康建平": [0, 0, 0, None], "李建业": [1, 1, 1, today()]}


def test_figures_open_to_their_rows(leader: Cadre, own: Rows, foreign: Rows) -> None:
    client = signed_in(leader)
    for figure in client.get(reverse("admin:index")).context["figures"]:
        assert client.get(figure["url"]).context["count"] == figure["value"]


def test_offices_first_page(office: Cadre, own: Rows, foreign: Rows) -> None:
    client = signed_in(office)
    context = client.get(reverse("admin:index")).context
    assert "3 个单位，4 名干部，2 个村，2 户" in context["home_facts"]
    for figure in context["figures"]:
        assert client.get(figure["url"]).context["count"] == figure["value"]

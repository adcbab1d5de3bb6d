"""A leader cannot reach another unit's rows by list, search, filter, autocomplete, address, action, export or form."""

import json
from datetime import date

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from core.models import Download
from households.models import HouseholdPairing
from lianhu.admin_site import SECTIONS
from tests.admin.rows import Rows, listed, page
from tests.exports import table_of
from tests.factories import make_division, make_household, make_unit, make_village, make_village_pairing
from tests.pages import client_of
from units.models import Cadre
from units.roles import Role
from units.scoped_admin import ScopedAdmin
from visits.models import Visit

pytestmark = pytest.mark.slow

TABLES = [
    "units.cadre",
    "units.unit",
    "villages.village",
    "villages.villagepairing",
    "households.household",
    "households.member",
    "households.householdpairing",
    "visits.visit",
    "visits.problem",
    "visits.assistance",
    "visits.activity",
    "villages.project",
    "villages.projectfund",
    "villages.villageplan",
    "villages.villagegoal",
    "villages.villagenote",
    "households.householdplan",
    "households.measure",
    "households.householdaway",
    "surveys.response",
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
    "visits.problem": "魏来福",
    "visits.assistance": "魏来福",
    "visits.activity": "林业",
    "villages.project": "黎堡",
    "villages.projectfund": "黎堡",
    "villages.villageplan": "libao",
    "villages.villagegoal": "libao",
    "villages.villagenote": "libao",
    "households.householdplan": "魏来福",
    "households.measure": "魏来福",
    "households.householdaway": "魏来福",
    "surveys.response": "魏来福",
}
every_table = pytest.mark.parametrize("table", TABLES)


@every_table
def test_list_holds_the_own_rows(leader: Cadre, own: Rows, foreign: Rows, table: str) -> None:
    found = listed(client_of(leader), table)
    assert own[table].pk in found
    assert foreign[table].pk not in found


@every_table
def test_search_finds_no_foreign_row(
    leader: Cadre, office: Cadre, own: Rows, foreign: Rows, table: str
) -> None:
    assert listed(client_of(leader), table, f"?q={WORDS[table]}") == set()
    assert listed(client_of(office), table, f"?q={WORDS[table]}") == {foreign[table].pk}


@every_table
@pytest.mark.parametrize("name", ["change", "history", "delete"])
def test_foreign_address_is_not_there(leader: Cadre, own: Rows, foreign: Rows, table: str, name: str) -> None:
    client = client_of(leader)
    assert client.get(page(table, name, foreign[table])).status_code == 404
    assert client.post(page(table, name, foreign[table]), {"name": "x"}).status_code in {404, 405}
    own_status = client.get(page(table, name, own[table])).status_code
    assert own_status == (403 if name == "delete" else 200)


@every_table
def test_filter_names_no_foreign_value(leader: Cadre, own: Rows, foreign: Rows, table: str) -> None:
    text = client_of(leader).get(page(table, "changelist")).content.decode()
    assert "县林业局" not in text
    assert "黎堡村" not in text


@every_table
def test_action_and_export_reach_no_foreign_row(leader: Cadre, own: Rows, foreign: Rows, table: str) -> None:
    answer = client_of(leader).post(
        page(table, "changelist"),
        {"action": "export_rows", "_selected_action": [own[table].pk, foreign[table].pk]},
    )
    assert len(table_of(answer)) == 2
    assert Download.objects.get().row_count == 1


def test_void_reaches_no_foreign_visit(leader: Cadre, own: Rows, foreign: Rows) -> None:
    ticked = [own["visits.visit"].pk, foreign["visits.visit"].pk]
    client, url = client_of(leader), page("visits.visit", "changelist")
    asked = client.post(url, {"action": "void_selected", "_selected_action": ticked})
    assert "作废 1 条走访" in asked.content.decode()
    client.post(url, {"action": "void_selected", "_selected_action": ticked, "reason": "日期记错了"})
    assert list(Visit.objects.exclude(voided_on=None)) == [own["visits.visit"]]


@pytest.mark.parametrize(
    ("asking", "field", "table"),
    [
        ("households.householdpairing", "cadre", "units.cadre"),
        ("households.householdpairing", "household", "households.household"),
        ("households.householdaway", "household", "households.household"),
        ("households.measure", "plan", "households.householdplan"),
        ("villages.project", "village", "villages.village"),
        ("villages.projectfund", "project", "villages.project"),
        ("villages.villagegoal", "plan", "villages.villageplan"),
        ("units.leave", "cadre", "units.cadre"),
    ],
)
def test_autocomplete_offers_own_rows(
    leader: Cadre, own: Rows, foreign: Rows, asking: str, field: str, table: str
) -> None:
    app, model = asking.split(".")
    query = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    answer = client_of(leader).get(reverse("admin:autocomplete"), query)
    offered = {int(result["id"]) for result in json.loads(answer.content)["results"]}
    assert own[table].pk in offered
    assert foreign[table].pk not in offered


def test_autocomplete_keeps_to_what_the_form_accepts(office: Cadre) -> None:
    elsewhere = make_unit(name="市农业局", division=make_division(code="6205", name="天水市"))
    make_village_pairing(unit=elsewhere, village=make_village())
    query = {"app_label": "units", "model_name": "cadre", "field_name": "unit", "term": "市农业局"}
    answer = client_of(office).get(reverse("admin:autocomplete"), query)
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
    answer = client_of(leader).post(page("households.householdpairing", "add"), data)
    assert field in answer.context["adminform"].form.errors
    assert HouseholdPairing.objects.count() == before


def test_leader_pairs_and_ends(leader: Cadre, own: Rows) -> None:
    client, household = client_of(leader), make_household(village=own["villages.village"])
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
    client_of(leader).post(page("units.cadre", "change", cadre), data)
    stored = Cadre.objects.get(pk=cadre.pk)
    assert (stored.post, stored.rank) == ("副局长", "general")  # rank changes by a transfer
    assert (stored.role, stored.unit, stored.is_active) == (Role.CADRE, leader.unit, True)
    assert (stored.password, stored.place) == (cadre.password, cadre.place)


def test_leader_adds_a_cadre_of_the_own_unit(leader: Cadre, stranger: Cadre) -> None:
    data = {"name": "康小梅", "phone": "13911112222", "rank": "general", "role": "office"}
    client_of(leader).post(page("units.cadre", "add"), {**data, "unit": stranger.unit_id})
    new = Cadre.objects.get(name="康小梅")
    assert (new.unit, new.role, new.must_choose_password) == (leader.unit, Role.CADRE, True)


@pytest.mark.parametrize("table", ["units.unit", "villages.village", "households.household", "visits.visit"])
def test_leader_reads_what_is_not_the_leaders_to_change(leader: Cadre, own: Rows, table: str) -> None:
    client = client_of(leader)
    assert client.get(page(table, "add")).status_code == 403
    assert client.post(page(table, "change", own[table]), {"version": 1}).status_code == 403
    assert 'name="_save"' not in client.get(page(table, "change", own[table])).content.decode()


@pytest.mark.parametrize("lookup", ["password__startswith=a", "unit__cadres__password__startswith=a"])
def test_filters_that_no_page_offers_answer_nothing(leader: Cadre, lookup: str) -> None:
    assert client_of(leader).get(f"{page('units.cadre', 'changelist')}?{lookup}").status_code == 400


def test_ticks_that_are_no_keys_are_refused(leader: Cadre) -> None:
    data = {"action": "export_rows", "_selected_action": "1 OR 1=1"}
    assert client_of(leader).post(page("units.cadre", "changelist"), data).status_code == 400


# --- who may enter the admin ---


@pytest.mark.parametrize("role", ["cadre", "viewer"])
def test_others_are_told_that_this_is_not_for_them(role: str, request: pytest.FixtureRequest) -> None:
    client = client_of(request.getfixturevalue(role))
    urls = [reverse("admin:index"), *(page(table, "changelist") for table in TABLES)]
    assert {client.get(url).status_code for url in urls} == {403}


def test_stranger_without_login_logs_in_first(db: None) -> None:
    url = page("units.cadre", "changelist")
    answer = Client().get(url, follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('login')}?next={url}"


@pytest.mark.parametrize("table", ["units.calendarday", "units.word", "core.download", "core.importrun"])
def test_leader_has_no_business_with_the_offices_lists(leader: Cadre, table: str) -> None:
    assert client_of(leader).get(page(table, "changelist")).status_code == 403


def test_every_admin_is_scoped_and_has_its_place_in_the_navigation() -> None:
    labels = {model._meta.label_lower for model in admin.site._registry}
    assert labels == {label for labels in SECTIONS.values() for label in labels}
    assert all(isinstance(found, ScopedAdmin) for found in admin.site._registry.values())


def test_unknown_address_is_not_found(leader: Cadre) -> None:
    client = client_of(leader)
    found = [client.get(f"/admin/{path}").status_code for path in ("none/", "units/cadre/x/change/")]
    assert found == [404, 404]


def test_counts_of_rows_that_are_no_numbers_are_told(office: Cadre, own: Rows, foreign: Rows) -> None:
    """Non-numeric form counts cause no server error; Django then draws the listed rows as editable."""
    client, tried = client_of(office), 0
    for table, row in own.items():
        url = page(table, "change", row)
        prefixes = [each.formset.prefix for each in client.get(url).context["inline_admin_formsets"]]
        for prefix in prefixes:
            tried += 1
            wrong = {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "x"}
            assert client.post(url, {"version": "1", **wrong}).status_code < 500, (table, prefix)
    assert tried > 5

"""Daily limits on persons and files: what counts, what happens above them, and who is notified of the reason."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.utils import timezone

from core.models import Change, Download, Installation, Notice, OverLimit, Reveal
from core.oversight import day_began
from households.models import Household, Member
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_unit,
)
from tests.importing import load
from tests.pages import client_of, page_of, queries_of, words_of
from units.models import DailyLimit
from units.models.limits import PRESET
from units.oversight.telling import give_reason, level_above
from units.presets import preset_limits
from units.roles import Role

pytestmark = pytest.mark.django_db


def limit(role: str, **limits: int) -> None:
    DailyLimit.objects.update_or_create(role=role, defaults={"persons": 100, "exports": 30, **limits})


@pytest.fixture
def home(cadre) -> Household:
    return make_pairing(cadre=cadre, household=make_household(head="王守田")).household


@pytest.fixture
def family(home) -> list[Member]:
    """Create a household of three, each with an ID number."""
    names = ["李秋菊", "王小满", "王小雪"]
    return [make_member(household=home, name=n, relation="99", id_number=make_id_number()) for n in names]


def look_at(user, member, **headers):
    return client_of(user).post(f"/reveal/member/{member.pk}/", **headers)


def member_form(member, **changed):
    return {"name": member.name, "relation": member.relation, "sex": "1", "ethnicity": "01", **changed}


# The presets


def test_a_county_begins_with_the_presets():
    DailyLimit.objects.filter(role="leader").delete()
    limit("cadre", persons=7)
    preset_limits()
    assert dict(DailyLimit.objects.values_list("role", "persons"))["cadre"] == 7
    assert DailyLimit.objects.get(role="leader").persons == 300


def test_a_database_that_is_migrated_gets_the_same():
    migration = import_module("units.migrations.0005_daily_limits")
    assert {Role(role): limits for role, limits in migration.PRESET.items()} == PRESET
    assert [PRESET[role]["persons"] for role in ("cadre", "leader", "office")] == [100, 300, 1000]
    assert {limits["exports"] for limits in PRESET.values()} == {30}


@pytest.mark.parametrize("role", ["office", "leader", "cadre"])
def test_where_a_row_is_missing_the_preset_holds(role):
    DailyLimit.objects.all().delete()
    assert make_cadre(role=role).daily_limit("persons") == PRESET[role]["persons"]


def test_the_countys_office_changes_a_limit_and_a_towns_reads_it(office):
    Installation.objects.create(pk=1, code="620524", name="武山县")
    limit("cadre")
    row = DailyLimit.objects.get(role="cadre")
    town = make_cadre(role="office", unit=make_unit(division=make_division(code="620524100", name="城关镇")))
    url, data = f"/admin/units/dailylimit/{row.pk}/change/", {"persons": 20, "exports": 5}
    assert client_of(town).get(url).status_code == 200
    assert client_of(town).post(url, data).status_code == 403
    assert client_of(office).post(url, {**data, "version": row.version}).status_code == 302
    assert make_cadre().daily_limit("persons") == 20


# What counts


def test_one_person_counts_once_a_day_however_often(cadre, family):
    limit("cadre", persons=1)
    assert [look_at(cadre, family[0]).status_code for _ in range(3)] == [200, 200, 200]
    assert Reveal.objects.filter(act="view").count() == 3


def test_a_search_a_check_and_a_reveal_of_one_number_are_one_person(office, family):
    limit("office", persons=1)
    number = family[0].id_number
    client = client_of(office)
    assert "王守田" in page_of(client.get(f"/households/?q={number}"))
    assert page_of(look_at(office, family[0])) == number
    client.post(f"/members/{family[1].pk}/edit/", member_form(family[1], id_number=number))
    assert list(Reveal.objects.order_by("pk").values_list("act", flat=True)) == ["search", "view", "check"]


def test_a_search_that_finds_nobody_counts(cadre, family):
    limit("cadre", persons=1)
    assert client_of(cadre).get(f"/households/?q={make_id_number()}").status_code == 200
    assert look_at(cadre, family[0]).status_code == 429


@pytest.mark.parametrize("url", ["/households/?q={}", "/search/?q={}"])
def test_the_search_of_a_number_is_logged_once_for_all_its_pages(cadre, family, url):
    number = family[0].id_number
    for more in ("", "&sort=no", "&export=xlsx"):
        client_of(cadre).get(url.format(number) + more)
    seen = Reveal.objects.get()
    assert (seen.act, seen.by, seen.row, seen.whose) == ("search", cadre, None, "")
    assert number not in seen.id_hash


@pytest.mark.parametrize("table", ["member", "household", "householdpairing"])
def test_a_number_typed_into_a_search_of_the_admin_counts(leader, family, table):
    client_of(leader).get(f"/admin/households/{table}/", {"q": family[0].id_number})
    assert Reveal.objects.get().act == "search"


def test_the_unchanged_mask_of_a_form_is_no_use_of_the_number(office, family):
    member = family[0]
    data = member_form(member, id_number=member.id_masked, sex=member.sex, version=member.version)
    assert client_of(office).post(f"/members/{member.pk}/edit/", data).status_code == 302
    assert not Reveal.objects.exists()


def test_a_number_of_a_new_household_counts(office, home):
    data = {"village": home.village_id, "kind": "01", "size": 3, "group": "一组", "head_name": "王新户"}
    client_of(office).post("/households/new/", {**data, "id_number": make_id_number()})
    assert Reveal.objects.get().act == "check"


def test_of_an_import_the_rows_that_another_person_has_count(office, home, family):
    other = make_household(head="刘满仓", village=home.village)
    taken, fresh = family[0].id_number, make_id_number()
    rows = [
        {"户编号": other.no, "姓名": name, "与户主关系": "配偶", "性别": "女", "身份证号": number}
        for name, number in (("李秋菊", taken), ("刘新来", fresh))
    ]
    load("members", office, rows, partial=True)
    assert Reveal.objects.get().act == "check"


# Above the limit


def test_the_reveal_says_why_and_where_to_write_a_reason(cadre, family):
    limit("cadre", persons=2)
    first, second, third = family
    assert [look_at(cadre, member).status_code for member in (first, second, third)] == [200, 200, 429]
    asked = look_at(cadre, third, headers={"X-Requested-With": "XMLHttpRequest"}).json()
    assert "今天看和查的身份证号已到 2 人" in asked["error"]
    home = f"/households/{third.household_id}/"
    page = client_of(cadre).get(asked["page"], {"next": home, "kind": "persons"})
    assert "康建平（县水务局）" in words_of(page)
    assert not Reveal.objects.filter(row=third.pk).exists()


def test_with_a_reason_all_of_the_kind_goes_on_that_day(cadre, family):
    limit("cadre", persons=1)
    look_at(cadre, family[0])
    sent = {"limit_kind": "persons", "limit_next": "/households/", "limit_reason": "核对新农合名单"}
    response = client_of(cadre).post("/security/reason/", sent)
    assert (response.status_code, response["Location"]) == (302, "/households/")
    assert [look_at(cadre, member).status_code for member in family] == [200, 200, 200]
    over = OverLimit.objects.get()
    assert (over.by, over.on, over.kind, over.limit, over.text) == (
        cadre,
        timezone.localdate(),
        "persons",
        1,
        "核对新农合名单",
    )


def test_the_reason_for_numbers_is_none_for_files(cadre, family):
    limit("cadre", persons=1, exports=0)
    give_reason(cadre, "persons", "核对新农合名单")
    assert client_of(cadre).get("/households/?export=xlsx").status_code == 302


def test_the_day_begins_anew_at_midnight(cadre, family):
    limit("cadre", persons=1)
    look_at(cadre, family[0])
    give_reason(cadre, "persons", "核对新农合名单")
    yesterday = day_began() - timedelta(seconds=1)
    Reveal.objects.update(at=yesterday)
    OverLimit.objects.update(on=timezone.localdate(yesterday))
    assert [look_at(cadre, member).status_code for member in family[:2]] == [200, 429]


def test_an_empty_reason_comes_back_with_everything_posted(cadre):
    sent = {
        "limit_kind": "persons",
        "limit_next": "/x/",
        "limit_again": "1",
        "name": "王小满",
        "limit_reason": "",
    }
    html = page_of(client_of(cadre).post("/security/reason/", sent))
    assert "请写一句原因" in html
    assert 'name="name" value="王小满"' in html


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_page_leads_nowhere_else(cadre, onward):
    sent = {"limit_kind": "persons", "limit_next": onward, "limit_reason": "核对"}
    assert client_of(cadre).post("/security/reason/", sent)["Location"] == "/"


def test_a_form_is_sent_again_as_it_was(office, family):
    limit("office", persons=0)
    member, number = family[0], make_id_number(sex="2")
    url = f"/members/{member.pk}/edit/"
    data = member_form(member, id_number=number, sex="2", version=member.version, left_reason="")
    client = client_of(office)
    asked = client.post(url, data)
    assert asked.status_code == 429
    html = page_of(asked)
    assert f'name="id_number" value="{number}"' in html
    assert f'name="limit_next" value="{url}"' in html
    sent = {
        **data,
        "limit_kind": "persons",
        "limit_next": url,
        "limit_again": "1",
        "limit_reason": "补录证件",
    }
    response = client.post("/security/reason/", sent, follow=True)
    assert response.redirect_chain[0] == (url, 307)
    member.refresh_from_db()
    assert member.id_number == number


def test_a_form_of_the_admin_too(leader, office, family):
    limit("office", persons=0)
    member, number = family[0], make_id_number(sex="2")
    url = f"/admin/households/member/{member.pk}/change/"
    data = member_form(member, id_number=number, sex="2", version=member.version)
    client = client_of(office)
    assert client.post(url, data).status_code == 429
    sent = {
        **data,
        "limit_kind": "persons",
        "limit_next": url,
        "limit_again": "1",
        "limit_reason": "补录证件",
    }
    client.post("/security/reason/", sent, follow=True)
    member.refresh_from_db()
    assert member.id_number == number


def test_a_search_above_the_limit_goes_on_after_the_reason(cadre, family):
    limit("cadre", persons=0)
    client, url = client_of(cadre), f"/households/?q={family[0].id_number}"
    asked = client.get(url, follow=True)
    assert "已到 0 人" in words_of(asked)
    sent = {"limit_kind": "persons", "limit_next": url, "limit_reason": "老乡来问"}
    assert "王守田" in page_of(client.post("/security/reason/", sent, follow=True))


def test_choices_of_the_admin_say_that_the_limit_is_reached(office, family):
    limit("office", persons=0)
    asked = {"app_label": "households", "model_name": "householdpairing", "field_name": "household"}
    answer = client_of(office).get("/admin/autocomplete/", {**asked, "term": family[0].id_number}).json()
    assert "已到 0 人" in answer["results"][0]["text"]
    assert answer["results"][0]["disabled"]


# Files


FILES = ["/households/?export=xlsx", "/households/?print=1", "/visits/?export=xlsx", "/pairings/?export=xlsx"]


@pytest.mark.parametrize("url", FILES)
def test_a_file_above_the_limit_is_not_made(cadre, home, url):
    limit("cadre", exports=1)
    client = client_of(cadre)
    assert client.get(FILES[0]).status_code == 200
    asked = client.get(url, follow=True)
    assert "今天导出的文件已到 1 个" in words_of(asked)
    assert Download.objects.count() == 1


def test_after_the_reason_the_page_leads_to_the_file(cadre, home):
    limit("cadre", exports=0)
    client, url = client_of(cadre), "/households/?kind=&export=xlsx"
    sent = {"limit_kind": "exports", "limit_next": url, "limit_reason": "上报镇上"}
    page = page_of(client.post("/security/reason/", sent))
    assert 'href="/households/?kind=&amp;export=xlsx"' in page
    assert 'href="/households/?kind="' in page
    assert client.get(url)["Content-Type"].endswith("sheet")


def test_an_export_of_ticked_rows_is_asked_for_again(leader, home):
    limit("leader", exports=0)
    client, url = client_of(leader), "/admin/households/household/"
    ticked = {"action": "export_rows", "_selected_action": [home.pk], "index": "0"}
    asked = client.post(url, ticked)
    assert asked.status_code == 429
    sent = {**ticked, "limit_kind": "exports", "limit_next": url, "limit_again": "1", "limit_reason": "上报"}
    page = page_of(client.post("/security/reason/", sent))
    assert f'action="{url}"' in page
    assert f'name="_selected_action" value="{home.pk}"' in page
    assert client.post(url, ticked)["Content-Type"].endswith("sheet")


# Who is notified


def told(by) -> set[str]:
    give_reason(by, "persons", "核对名单")
    return set(Notice.objects.values_list("to__name", flat=True))


def test_a_cadres_reason_is_told_to_the_leaders_of_the_unit(cadre, leader, office):
    make_cadre(name="副站长", unit=leader.unit, role="leader")
    make_cadre(name="调走的", unit=leader.unit, role="leader", left_on=timezone.localdate())
    make_cadre(name="停用的", unit=leader.unit, role="leader", is_active=False)
    assert told(cadre) == {"康建平", "副站长"}


def test_where_a_unit_has_no_leader_to_its_office(stranger, office):
    assert told(stranger) == {"汪玉琪"}


def test_a_leaders_to_the_office_of_the_units_place(leader, office):
    make_cadre(
        name="别县的", role="office", unit=make_unit(division=make_division(code="620523", name="甘谷县"))
    )
    assert told(leader) == {"汪玉琪"}


@pytest.fixture
def town(db):
    return make_unit(name="城关镇双联办", division=make_division(code="620524100", name="城关镇"))


def test_a_leader_of_a_township_to_its_office_or_to_the_countys(town, office):
    leader = make_cadre(role="leader", unit=town)
    assert [cadre.name for cadre in level_above(leader)] == ["汪玉琪"]
    make_cadre(name="镇双联办", role="office", unit=town)
    assert [cadre.name for cadre in level_above(leader)] == ["镇双联办"]


def test_a_townships_office_to_the_countys(town, office):
    mine = make_cadre(role="office", unit=town)
    make_cadre(name="同镇的", role="office", unit=town)
    assert told(mine) == {"汪玉琪"}


def test_a_countys_office_to_the_citys(office):
    city = make_unit(name="市双联办", division=make_division(code="6205", name="天水市"))
    make_cadre(name="市双联办", role="office", unit=city)
    make_cadre(name="同县的", role="office", unit=office.unit)
    assert told(office) == {"市双联办"}


def test_with_none_above_to_all_other_offices_of_the_county(office, town):
    make_cadre(name="同县的", role="office", unit=office.unit)
    make_cadre(name="镇上的", role="office", unit=town)
    assert told(office) == {"同县的", "镇上的"}


def test_the_only_office_is_told_itself(office):
    assert told(office) == {"汪玉琪"}


def test_a_second_reason_of_the_day_adds_nothing(cadre, leader):
    for text in ("核对名单", "又一次"):
        give_reason(cadre, "persons", text)
    assert (OverLimit.objects.get().text, Notice.objects.count()) == ("核对名单", 1)


def test_nothing_of_it_is_a_change_of_a_row(cadre, family):
    newest = Change.objects.latest("pk").pk
    look_at(cadre, family[0])
    give_reason(cadre, "persons", "核对名单")
    assert not Change.objects.filter(pk__gt=newest).exists()


def test_looking_costs_the_same_however_many_were_seen(cadre, family):
    client, url = client_of(cadre), f"/households/?q={family[0].id_number}"
    client.get(url)
    few = queries_of(client, url)
    rows = [Reveal(by=cadre, place=cadre.place, act="view", id_hash=f"x{n}") for n in range(90)]
    Reveal.objects.bulk_create(rows)
    assert queries_of(client, url) == few

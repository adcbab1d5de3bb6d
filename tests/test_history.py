"""The audit trail, and two people editing the same row."""

import io
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import bulk
from core.display import history_of
from core.history import acting
from core.importing import runs
from core.models import Change
from core.records import Record, StaleRecord
from households.models import Household
from households.pairing import end_pairing
from tests.factories import (
    make_cadre,
    make_household,
    make_member,
    make_pairing,
    make_response,
    make_survey,
    make_unit,
    make_village,
)
from tests.importing import load, workbook
from tests.pages import client_of, words_of
from units.models import Unit, today

pytestmark = pytest.mark.django_db


def changes_of(record):
    return list(Change.objects.filter(table=record._meta.label_lower, row=record.pk).order_by("pk"))


def test_a_creation_repeats_nothing(office):
    with acting(office.pk, Change.Source.PAGE):
        unit = make_unit()
    (change,) = changes_of(unit)
    assert (change.act, change.by, change.source, change.changes) == ("created", office, "page", None)


def test_a_save_writes_what_changed_from_and_to():
    unit = make_unit(contact="王守田")
    unit.contact = "刘满仓"
    unit.save()
    assert changes_of(unit)[-1].changes == {"contact": ["王守田", "刘满仓"]}


def test_a_save_that_changes_nothing_writes_nothing():
    unit = make_unit()
    unit.save()
    assert len(changes_of(unit)) == 1
    assert unit.version == 1


def by_page(office, household, tmp_path):
    data = {"group": "三组", "size": 2, "kind": "01", "note": "改了", "version": household.version}
    client_of(office).post(f"/households/{household.pk}/edit/", data)


def by_admin(office, household, tmp_path):
    data = {
        "group": "三组",
        "size": 2,
        "kind": "01",
        "note": "改了",
        "version": household.version,
        **NO_MEMBERS,
    }
    client_of(office).post(f"/admin/households/household/{household.pk}/change/", data)


def by_import(office, household, tmp_path):
    load("households", office, [{"户编号": household.no, "备注": "改了"}])


def by_command(office, household, tmp_path):
    path = tmp_path / "贫困户.xlsx"
    path.write_bytes(workbook([{"户编号": household.no, "备注": "改了"}]))
    call_command("import_sheet", "households", str(path), "--as", office.phone)


NO_MEMBERS = {"members-TOTAL_FORMS": 0, "members-INITIAL_FORMS": 0}
WAYS = {"page": by_page, "admin": by_admin, "import": by_import, "command": by_command}


@pytest.mark.parametrize("way", WAYS)
def test_one_change_a_row_whichever_way(office, tmp_path, way):
    household = make_household(village=make_village(name="榜沙村"))
    newest = Change.objects.latest("pk").pk
    WAYS[way](office, household, tmp_path)
    (change,) = Change.objects.filter(pk__gt=newest)
    assert (change.table, change.row, change.act) == ("households.household", household.pk, "changed")
    assert (change.by, change.changes) == (office, {"note": ["", "改了"]})
    assert change.source == ("import" if way == "command" else way)


def test_an_undo_writes_one_change_a_row(office):
    household = make_household(village=make_village(name="榜沙村"))
    run = load("households", office, [{"户编号": household.no, "备注": "改了"}])
    newest = Change.objects.latest("pk").pk
    runs.undo(run, office)
    (change,) = Change.objects.filter(pk__gt=newest)
    assert (change.table, change.row, change.act) == ("households.household", household.pk, "changed")
    assert (change.by, change.source, change.changes) == (office, "undo", {"note": ["改了", ""]})


def test_the_start_of_a_county_writes_one_change_a_row():
    call_command("start", "620524", "--office-phone", "13800001234", stdout=io.StringIO())
    tracked = [model for model in apps.get_models() if issubclass(model, Record)]
    rows = {
        (model._meta.label_lower, pk)
        for model in tracked
        for pk in model.objects.values_list("pk", flat=True)
    }
    created = Change.objects.filter(act="created").values_list("table", "row")
    assert len(created) == len(rows) > 300
    assert set(created) == rows
    assert set(Change.objects.values_list("source", flat=True)) == {"command"}
    (code,) = Change.objects.exclude(act="created")
    assert (code.table, set(code.changes)) == ("units.cadre", {"password", "code_hash"})


def test_the_second_of_two_editors_overwrites_nothing():
    unit = make_unit()
    first, second = Unit.objects.get(pk=unit.pk), Unit.objects.get(pk=unit.pk)
    first.contact = "王守田"
    first.save()
    second.contact = "刘满仓"
    with pytest.raises(StaleRecord) as told:
        second.save()
    assert told.value.stored.contact == "王守田"
    unit.refresh_from_db()
    assert unit.contact == "王守田"


def test_a_deletion_keeps_what_the_row_held():
    unit = make_unit(contact="王守田")
    key = unit.pk
    unit.delete()
    change = Change.objects.get(table="units.unit", row=key, act="deleted")
    assert change.changes["contact"] == ["王守田", None]


def test_a_password_stands_in_no_history(cadre):
    cadre.set_password("一座新的桥九月")
    cadre.save()
    assert changes_of(cadre)[-1].changes == {"password": ["***", "***"]}


def test_history_shows_labels_names_and_masks():
    member = make_member(id_number="620524196005010010")
    other = make_village(name="黎堡村")
    household = member.household
    household.village = other
    household.kind = "02"
    household.save()
    lines = {line.label: (line.old, line.new) for line in history_of(household)[0].lines}
    assert lines["贫困户属性"] == ("一般贫困户", "低保户")
    assert lines["村"] == ("石峰村", "黎堡村")
    member.id_number = "620524196005010109"
    member.save()
    assert history_of(member)[0].lines == [("身份证号", "620524************", "换成了另一个号码")]
    member.id_number = ""
    member.save()
    lines = {line.label: (line.old, line.new) for line in history_of(member)[0].lines}
    assert lines["身份证号"] == ("620524************", "")


def test_a_time_is_told_as_on_the_wall_here(cadre):
    response = make_response(survey=make_survey(), cadre=cadre, household=make_household(), status="draft")
    response.submitted_at = datetime(2026, 11, 25, 2, 3, tzinfo=UTC)
    response.save()
    [line] = [line for line in history_of(response)[0].lines if line.label == "提交时间"]
    assert line.new == "2026年11月25日 10:03"


def test_a_households_page_tells_what_happened_to_members_and_pairings(office, cadre):
    household = make_household(head="王有福", phone="13993850001")
    member = make_member(household=household, name="李秋菊", relation="02", id_number="620524196005010010")
    pairing = make_pairing(cadre=cadre, household=household)
    with acting(office.pk, Change.Source.PAGE):
        household.phone = "13993850002"
        household.save()
        member.health = "02"
        member.save()
        end_pairing(pairing, on=today(), reason="调离")
    history = words_of(client_of(office).get(f"/households/{household.pk}/")).split("变动记录")[1]
    told = [
        "修改 李建业的联户 汪玉琪",
        "结束原因： 空 → 调离",
        "修改 家庭成员李秋菊 汪玉琪",
        "健康状况",
        "修改 汪玉琪",
        "联系电话： 13993850001 → 13993850002",
        "新增 李建业的联户 系统",
        "新增 家庭成员李秋菊",
    ]
    places = [history.index(words) for words in told]
    assert places == sorted(places)


def test_its_queries_do_not_grow_with_the_changes(office, cadre, django_assert_num_queries):
    household = make_household()
    client = client_of(office)

    def change() -> None:
        member = make_member(household=household, name="李秋菊", relation="02")
        member.health = "02"
        member.save()
        end_pairing(make_pairing(cadre=make_cadre(), household=household), on=today(), reason="换人")
        household.note += "改"
        household.save()

    change()
    client.get(f"/households/{household.pk}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/households/{household.pk}/")
    for _ in range(5):
        change()
    with django_assert_num_queries(len(few)):
        client.get(f"/households/{household.pk}/")


def test_bulk_insert_writes_one_change_a_row():
    village = make_village()
    rows = [
        {"no": f"{village.code}-{n:03}", "village_id": village.pk, "size": 3, "place": village.code}
        for n in range(1, 31)
    ]
    keys = bulk.insert(Household, rows)
    assert Household.objects.filter(pk__in=keys).count() == 30
    assert Change.objects.filter(table="households.household", row__in=keys, act="created").count() == 30
    saved = Household.objects.get(pk=keys[0])
    assert (saved.no, saved.status, saved.version) == (f"{village.code}-001", "open", 1)


def test_rows_saved_after_a_bulk_insert_get_fresh_keys():
    village = make_village()
    (key,) = bulk.insert(
        Household, [{"no": "a-001", "village_id": village.pk, "size": 1, "place": village.code}]
    )
    assert make_household(village=village).pk > key


def test_bulk_update_leaves_rows_of_another_version():
    one, two = make_unit(contact="王守田"), make_unit(contact="刘满仓")
    rows = [{"id": one.pk, "version": 1, "contact": "甲"}, {"id": two.pk, "version": 7, "contact": "乙"}]
    changed = bulk.update(
        Unit, ["contact"], rows, [{"contact": ["王守田", "甲"]}, {"contact": ["刘满仓", "乙"]}]
    )
    one.refresh_from_db()
    two.refresh_from_db()
    assert changed == 1
    assert (one.contact, one.version, two.contact) == ("甲", 2, "刘满仓")


def test_bulk_text_keeps_tabs_backslashes_and_line_breaks():
    unit = make_unit()
    odd = "一\\n二\t三\n四\r五"
    bulk.update(Unit, ["contact"], [{"id": unit.pk, "version": 1, "contact": odd}], [{"contact": ["", odd]}])
    unit.refresh_from_db()
    assert unit.contact == odd


def test_bulk_delete_keeps_what_the_rows_held():
    units = [make_unit(contact=f"联络员{n}") for n in range(3)]
    assert bulk.delete(Unit, [unit.pk for unit in units]) == 3
    gone = Change.objects.filter(table="units.unit", act="deleted").order_by("row")
    assert [change.changes["contact"][0] for change in gone] == ["联络员0", "联络员1", "联络员2"]

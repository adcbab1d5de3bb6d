"""A plan that went stale is not applied; an undo puts everything back or is refused."""

import json
import zlib
from datetime import date

import pytest

from core import identity
from core.importing import files, runs
from core.importing.planning import unpack
from core.models import Change, ImportRun
from households.models import Household, HouseholdPairing, Member
from tests.factories import (
    make_cadre,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_village,
    make_visit,
)
from tests.importing import check, family, load, outcomes, whys
from units.models import Cadre, Reach, Unit
from villages.models import Village

Status = ImportRun.Status


@pytest.fixture
def village(db) -> Village:
    return make_village(name="大庄村")


# --- stale plans ---


def test_a_row_changed_since_the_check_refuses_the_plan(office, village) -> None:
    stored = make_household(village=village, head="李建国")
    run = check("households", office, [family("王有福"), family("李建国", 备注="新")])
    stored.note = "别人写的"
    stored.save()
    runs.apply(run)
    assert (run.status, run.message) == (
        Status.BROKEN,
        "检查以后，第 3 行对应的资料被别人改过，请重新检查一次再导入。",
    )
    assert (Household.objects.count(), Change.objects.filter(source="import").count()) == (1, 0)
    runs.check(run)
    runs.apply(run)
    assert run.status == Status.DONE


def test_a_row_entered_since_the_check_refuses_the_plan(office, village) -> None:
    run = check("households", office, [family("王有福")])
    make_household(village=village, head="王有福", group="三组")
    runs.apply(run)
    assert run.message == "检查以后，别人录入了其中 1 条家庭成员，请重新检查一次再导入。"


def test_a_rule_of_the_database_is_named(office, village) -> None:
    """As if the check had let a household of nobody pass."""
    run = check("households", office, [family("王有福")])
    plan = unpack(files.read(run, files.PLAN))
    [creation] = [each for each in plan["creations"] if each["model"] == "households.household"]
    creation["columns"]["size"] = [0]
    files.keep(run, files.PLAN, zlib.compress(json.dumps(plan).encode()))
    runs.apply(run)
    assert run.message == "有一行不合规则，没有导入：家庭人口要在 1 到 20 之间。请改好表格再传。"
    assert not Household.objects.exists()


def test_an_id_number_entered_since_the_check_refuses_the_plan(office, village) -> None:
    number = make_id_number()
    run = check("households", office, [family("王有福", number)])
    head = make_household(village=make_village(), head="李建国").members.get()
    head.id_number = number
    head.save()
    runs.apply(run)
    assert run.message == "检查以后别人录入了同样的资料，请重新检查一次再导入。"
    assert Household.objects.count() == 1


def test_a_village_changed_since_the_check_refuses_the_plan(office, village) -> None:
    run = check("households", office, [family("王有福")])
    village.name = "新庄村"
    village.save()
    runs.apply(run)
    assert run.message == "检查以后，用到的村有 1 条被别人改过，请重新检查一次再导入。"


def test_an_import_that_was_applied_is_not_applied_again(office, village) -> None:
    run = load("households", office, [family("王有福")])
    with pytest.raises(runs.NotNow, match="已导入"):
        runs.apply(run)


# --- undo ---


def test_undo_puts_everything_back(office, village) -> None:
    stored = make_household(village=village, head="", group="三组")
    old, new = make_id_number(), make_id_number(born_on=date(1961, 1, 1))
    head = make_member(household=stored, name="李建国", id_number=old)
    rows = [
        family("王有福"),
        {"村": "大庄村", "户编号": stored.no, "户主姓名": "李建国", "身份证号": new, "备注": "新"},
    ]
    run = load("households", office, rows)
    assert outcomes(run) == ["created", "changed"]
    runs.undo(run, office)
    assert run.status == Status.UNDONE
    assert Household.objects.get().note == ""
    head.refresh_from_db()
    assert (head.id_number, head.born_on) == (old, date(1960, 5, 1))
    assert Member.objects.filter(id_hash=head.id_hash).get() == head
    undone = Change.objects.filter(run=run, source="undo")
    assert sorted(undone.values_list("table", "act")) == [
        ("households.household", "changed"),
        ("households.household", "deleted"),
        ("households.member", "changed"),
        ("households.member", "deleted"),
    ]
    assert set(undone.values_list("by_id", flat=True)) == {office.pk}


def test_an_undone_file_can_be_imported_again(office, village) -> None:
    run = load("households", office, [family("王有福")])
    runs.undo(run, office)
    again = load("households", office, [family("王有福")])
    assert outcomes(again) == ["created"]
    assert Household.objects.get().no == f"{village.code}-002"


def test_undo_is_refused_when_a_row_was_changed_since(office, village) -> None:
    run = load("households", office, [family("王有福"), family("李建国")])
    household = Household.objects.with_head().get(head_name="李建国")
    household.note = "改"
    household.save()
    assert runs.why_not_undo(run) == "不能撤销：第 3 行导入后又被改过。"
    runs.undo(run, office)
    assert (run.status, run.message) == (Status.DONE, "不能撤销：第 3 行导入后又被改过。")
    assert Household.objects.count() == 2


def test_undo_is_refused_when_something_refers_to_a_new_row(office, village, cadre) -> None:
    run = load("households", office, [family("王有福"), family("李建国")])
    assert runs.why_not_undo(run) == ""
    make_visit(cadre=cadre, household=Household.objects.with_head().get(head_name="王有福"))
    assert runs.why_not_undo(run) == "不能撤销：第 2 行新增的资料上已经有了走访。"


def test_undo_of_pairings_forgets_where_they_reached(office, cadre) -> None:
    kept = make_pairing(cadre=cadre)
    household = make_household()
    run = load("household_pairings", office, [{"手机号": cadre.phone, "户编号": household.no}])
    assert Reach.objects.filter(place=household.place).exists()
    runs.undo(run, office)
    assert HouseholdPairing.objects.get() == kept
    assert list(Reach.objects.values_list("place", flat=True)) == [kept.place]


def test_a_workbook_that_ends_one_pairing_and_begins_the_next_can_be_undone(office, cadre) -> None:
    old = make_pairing(cadre=cadre, started_on=date(2015, 3, 5))
    heir = make_cadre(unit=cadre.unit)
    no = old.household.no
    ends = {"手机号": cadre.phone, "户编号": no, "结束日期": "2015-10-01", "结束原因": "调离"}
    run = load(
        "household_pairings",
        office,
        [ends, {"手机号": heir.phone, "户编号": no, "开始日期": "2015-10-01"}],
    )
    runs.undo(run, office)
    assert [pairing.cadre for pairing in HouseholdPairing.objects.current()] == [cadre]


def test_undo_of_cadres_and_units(office) -> None:
    units = load("units", office, [{"单位全称": "武山县审计局"}])
    cadres = load("cadres", office, [{"姓名": "曾明", "单位": "武山县审计局", "手机号": "13900000001"}])
    assert runs.why_not_undo(units) == "不能撤销：第 2 行新增的资料上已经有了干部。"
    runs.undo(cadres, office)
    runs.undo(units, office)
    assert (units.status, Unit.objects.filter(name="武山县审计局").exists()) == (Status.UNDONE, False)
    assert not Cadre.objects.filter(name="曾明").exists()


def test_undo_that_would_clash_is_refused(office, cadre, stranger) -> None:
    pairing = make_pairing(cadre=cadre, started_on=date(2014, 1, 1))
    no = pairing.household.no
    run = load(
        "household_pairings", office, [{"手机号": cadre.phone, "户编号": no, "结束日期": "2015-01-01"}]
    )
    make_pairing(cadre=stranger, household=pairing.household)
    runs.undo(run, office)
    assert run.message == "不能撤销：恢复原来的资料会和后来录入的冲突。"
    pairing.refresh_from_db()
    assert pairing.ended_on == date(2015, 1, 1)


def test_an_undo_takes_back_by_what_a_number_is_found(office) -> None:
    one, other = make_household(head="王有福"), make_household(head="赵田")
    numbers = [make_id_number(), make_id_number()]
    head = Member.objects.get(household=one)
    for before in ("", numbers[0]):
        head.id_number = before
        head.save()
        run = load("households", office, [{"户编号": one.no, "户主姓名": "王有福", "身份证号": numbers[1]}])
        assert whys(run) == []
        runs.undo(run, office)
        head.refresh_from_db()
        assert (head.id_number, head.id_hash) == (before, identity.id_hash(before))
    load("households", office, [{"户编号": other.no, "户主姓名": "赵田", "身份证号": numbers[1]}])
    assert Member.objects.get(household=other).id_number == numbers[1]

"""A list exported as a workbook can be imported unchanged without changing anything."""

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from core.importing import runs
from core.importing.sheet import all_kinds, kind_of
from core.models import ImportRun
from tests.exports import lines_of, name_of
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_pairing,
    make_survey,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.importing import check, load, outcomes, warnings, whys
from tests.pages import client_of
from tests.surveys.filled import make_surveyed
from tests.surveys.sheets import row_of
from units.models import Cadre, Unit
from units.roles import Role
from visits.models import Visit, VisitCompanion

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
"""Where the list of each kind is exported. Members have no list; answers are exported by survey."""


@pytest.fixture
def county(office: Cadre, cadre: Cadre, viewer: Cadre) -> None:
    """Create two villages of one name, a pairing that has ended, and a visit spread over two lines."""
    for code, name in (("620524101", "洛门镇"), ("620524102", "鸳鸯镇")):
        village = make_village(name="青崖村", town=make_division(code=code, name=name), code=f"{code}201")
        home = make_household(village=village, group="2组")
        make_village_pairing(unit=cadre.unit, village=village)
        make_visit(cadre=cadre, household=home, kind="comfort", content="送了炭\n  又谈了套袋")
        make_visit(cadre=cadre, household=home, visited_on=date(2015, 6, 5), content="１号棚 看了")
        ended = {"started_on": date(2014, 1, 1), "ended_on": date(2014, 12, 31), "end_reason": "调走"}
        make_pairing(cadre=make_cadre(name=f"甲{name}", unit=cadre.unit), household=home, **ended)
        make_pairing(cadre=cadre, household=home, started_on=date(2015, 1, 1))
        same_name = make_cadre(name="王伟", unit=cadre.unit)
        theirs = make_household(village=village)
        make_pairing(cadre=same_name, household=theirs)
        make_visit(cadre=same_name, household=theirs)
    together = make_visit(cadre=cadre, household=home, kind="comfort", content="送了炭 又谈了套袋")
    for name in ("裴秋霞", "苟进才"):
        colleague = make_cadre(name=name, unit=cadre.unit)
        together.companions.create(cadre=colleague, unit=colleague.unit, rank=colleague.rank)
    make_cadre(name="已走的", unit=cadre.unit, left_on=date(2015, 1, 1))
    city = make_unit(name="天水市农业局", division=make_division(code="6205", name="天水市"))
    make_village_pairing(unit=city, village=village)
    make_pairing(cadre=make_cadre(name="市里的", unit=city), household=make_household(village=village))


@pytest.fixture
def moved(cadre: Cadre, county: None) -> Cadre:
    """Create a cadre who changed units; earlier pairings and visits name the former unit."""
    moved = make_cadre(name="调走的", unit=cadre.unit)
    pairing = make_pairing(cadre=moved, started_on=date(2014, 1, 1), ended_on=date(2015, 10, 1))
    make_visit(cadre=moved, household=pairing.household)
    moved.unit = make_unit(name="县审计局")
    moved.save()
    return moved


def exported(office: Cadre, address: str) -> bytes:
    answer: Any = client_of(office).get(f"{address}{'&' if '?' in address else '?'}export=xlsx")
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", LISTS)
def test_an_exported_list_changes_nothing(office, county, kind) -> None:
    run = check(kind, office, exported(office, LISTS[kind]))
    assert (run.status, whys(run), warnings(run)) == (ImportRun.Status.CHECKED, [], [])
    assert (run.created_count, run.changed_count) == (0, 0)
    assert (run.same_count, run.unknown_headings, run.questions) == (run.total_rows, [], [])
    assert run.same_count


def test_every_kind_with_a_list_is_tried() -> None:
    assert {sheet.key for sheet in all_kinds()} - LISTS.keys() == {
        "members",
        "roster",
        "household_surveys",
        "village_surveys",
    }


@pytest.mark.parametrize("kind", LISTS)
def test_an_exported_list_says_what_it_is(office, county, kind) -> None:
    answer: Any = client_of(office).get(f"{LISTS[kind].split('?')[0]}?export=xlsx&state=all")
    title, when, who, empty, *_ = (next(filter(None, line), "") for line in lines_of(answer))
    assert title
    assert when.startswith("时段：不限；筛选：")
    assert who.startswith("单位：县双联办；导出：汪玉琪；时间：20")
    assert empty == ""
    assert re.fullmatch(rf"{title}_县双联办_\d{{8}}\.xlsx", name_of(answer))


def test_period_and_filters_stand_in_the_workbook_and_its_name(office, county) -> None:
    unit = Unit.objects.get(name="县水务局")
    answer: Any = client_of(office).get(
        f"/visits/?since=2015-01-01&until=2015-12-31&unit={unit.pk}&export=xlsx"
    )
    assert lines_of(answer)[1][0] == "时段：2015-01-01至2015-12-31；筛选：单位：县水务局"
    assert name_of(answer).startswith("走访_2015-01-01至2015-12-31_县双联办_")


def test_visits_come_into_an_empty_ledger_with_who_went_along(office, cadre) -> None:
    visit = make_visit(cadre=cadre, household=make_household(), card_given=True, promise="送化肥")
    for name in ("裴秋霞", "苟进才"):
        colleague = make_cadre(name=name, unit=cadre.unit)
        visit.companions.create(cadre=colleague, unit=colleague.unit, rank=colleague.rank)
    make_visit(cadre=cadre, household=visit.household, visited_on=date(2015, 9, 18))
    workbook = exported(office, LISTS["visits"])
    facts = ("visited_on", "content", "card_given", "promise", "companions__cadre__name")
    before = set(Visit.objects.values_list(*facts))
    VisitCompanion.objects.all().delete()
    Visit.objects.all().delete()
    run = check("visits", office, workbook)
    assert whys(run) == []
    runs.apply(run)
    assert set(Visit.objects.values_list(*facts)) == before
    assert len(before) == 3
    companion = VisitCompanion.objects.first()
    assert (companion.unit, companion.rank) == (companion.cadre.unit, companion.cadre.rank)
    runs.undo(run, office)
    assert not Visit.objects.exists()
    assert not VisitCompanion.objects.exists()


def test_other_companions_of_a_stored_visit_are_told_and_not_changed(office, county) -> None:
    stored = Visit.objects.get(companions__cadre__name="苟进才")
    row = {
        "手机号": stored.cadre.phone,
        "走访日期": str(stored.visited_on),
        "户编号": stored.household.no,
        "做什么": "慰问",
        "谈了什么、办了什么": stored.content,
        "同去的人": "苟进才",
    }
    run = load("visits", office, [row])
    assert outcomes(run) == ["same"]
    assert warnings(run) == ["和系统里这条的同去的人不同，没有改"]
    assert stored.companions.count() == 2


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("李建业", "F2 “李建业”是走访干部自己"),
        ("何秀兰", "F2 走访干部的单位那天没有“何秀兰”"),
        ("王伟", "F2 对得上两个干部：王伟"),
    ],
)
def test_who_cannot_have_gone_along_is_asked(office, county, cadre, stranger, named, why) -> None:
    home = Visit.objects.filter(cadre=cadre).first().household
    row = {
        "手机号": cadre.phone,
        "走访日期": "2015-03-05",
        "户编号": home.no,
        "做什么": "入户",
        "谈了什么、办了什么": "看了水窖",
        "同去的人": named,
    }
    [said] = whys(check("visits", office, [row]))
    assert said.startswith(why)


def test_a_roster_comes_in_again(office, county, cadre) -> None:
    answer: Any = client_of(office).get(f"/pairings/roster/?unit={cadre.unit_id}&export=xlsx")
    run = check("household_pairings", office, b"".join(answer.streaming_content))
    assert (whys(run), run.created_count, run.changed_count) == ([], 0, 0)
    assert run.same_count
    assert re.fullmatch(r"县水务局联户花名册_县双联办_\d{8}\.xlsx", name_of(answer))


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("units", "units_unit"),
        ("cadres", "units_cadre"),
        ("villages", "villages_village"),
        ("households", "households_household"),
    ],
)
def test_rows_chosen_in_the_admin_site_come_in_again(office, county, kind, table) -> None:
    model = kind_of(kind).main
    chosen = {
        "action": "export_rows",
        "_selected_action": list(model._base_manager.values_list("pk", flat=True)),
    }
    answer: Any = client_of(office).post(reverse(f"admin:{table}_changelist"), chosen)
    run = check(kind, office, b"".join(answer.streaming_content))
    assert (run.message, whys(run), run.created_count, run.changed_count) == ("", [], 0, 0)


def test_answers_of_a_data_set_come_in_again(office, cadre) -> None:
    survey, household = make_survey(), make_surveyed(cadre=cadre)
    load("household_surveys", office, [row_of(survey, household)])
    answer: Any = client_of(office).get(f"/surveys/{survey.pk}/data/?format=xlsx")
    data = b"".join(answer.streaming_content)
    run = check("household_surveys", office, data)
    assert (run.status, whys(run), outcomes(run)) == (ImportRun.Status.CHECKED, [], ["same"])
    said = dict(openpyxl.load_workbook(io.BytesIO(data))["说明"].values)
    assert (said["单位"], said["导出"], said["共"]) == ("县双联办", "汪玉琪", "1 份")
    assert name_of(answer).startswith("贫困户调查表2012.1答卷_各年_县双联办_")


@pytest.mark.parametrize("kind", ["household_pairings", "visits"])
def test_who_has_moved_is_known_by_the_unit_of_the_day(office, moved, kind) -> None:
    run = check(kind, office, exported(office, LISTS[kind]))
    assert (run.created_count, run.changed_count, run.wrong_count) == (0, 0, 0)
    assert warnings(run) == ["这名干部在系统里是县审计局的"]


def test_a_county_called_like_its_city(county) -> None:
    """A county may have the name of its city: 嘉峪关市 lies in 嘉峪关市."""
    city, district = (make_division(code=code, name="嘉峪关市") for code in ("6202", "620201"))
    office = make_cadre(unit=make_unit(division=district), role=Role.OFFICE)
    above = make_unit(name="嘉峪关市农林局", division=city)
    make_village_pairing(
        unit=above, village=make_village(town=make_division(code="620201100", name="峪泉镇"))
    )
    run = check("units", office, exported(office, "/units/"))
    assert (whys(run), run.changed_count, run.same_count) == ([], 0, 2)
    load("units", office, [{"单位全称": "嘉峪关市水务局", "所属区划": "嘉峪关市"}])
    assert Unit.objects.get(name="嘉峪关市水务局").division == district


def test_units_and_cadres_above_are_seen_and_not_written(office, county) -> None:
    city = Unit.objects.get(name="天水市农业局")
    row = {"单位全称": city.name, "所属区划": "天水市"}
    assert whys(check("units", office, [{**row, "联络员": "别人"}])) == ["A2 不在您管的区划里"]
    assert whys(check("units", office, [{"单位全称": "天水市林业局", "所属区划": "天水市"}])) == [
        "B2 不在您管的区划里"
    ]
    theirs = Cadre.objects.get(name="市里的")
    row = {"姓名": theirs.name, "单位": city.name, "手机号": theirs.phone}
    assert outcomes(check("cadres", office, [row])) == ["same"]
    assert whys(check("cadres", office, [{**row, "职务": "局长"}])) == ["A2 不在您管的区划里"]


def test_a_wrong_role_of_an_account_is_still_refused(office, viewer) -> None:
    row = {"姓名": viewer.name, "单位": viewer.unit.name, "手机号": viewer.phone, "角色": Role.OFFICE.label}
    assert whys(check("cadres", office, [row])) == ["D2 这是查阅账号"]

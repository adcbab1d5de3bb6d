"""The three lists of a county and one roster of the same give the same rows, and an undo takes them back."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core import identity
from core.importing import runs
from core.models import ImportRun
from households.models import Household, HouseholdPairing, Member
from tests.factories import make_cadre, make_division, make_household, make_village
from tests.importing import load, table, whys
from units.models import Cadre, Reach

SURNAMES = "王李张刘陈杨马令"
RELATIONS = ["配偶", "之子", "之女", "之父", "之母"]
KINDS = ["一般贫困户", "低保户", "五保户"]
PLACES = [("城关镇", "大庄村"), ("洛门镇", "大庄村"), ("洛门镇", "小庄村")]


@dataclass(frozen=True)
class Person:
    name: str
    relation: str
    sex: str
    number: str | None


@dataclass(frozen=True)
class Home:
    place: int
    group: str
    kind: str
    phone: str | None
    people: list[Person]
    cadre: int | None
    started_on: date
    is_stored: bool


@st.composite
def homes(draw: st.DrawFn) -> list[Home]:
    """Households whose heads have names of their own within a village."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        people = [_person(draw, f"{SURNAMES[number]}有福", "户主", number * 10)]
        for other, relation in enumerate(draw(st.lists(st.sampled_from(RELATIONS), max_size=4, unique=True))):
            people.append(
                _person(draw, f"{SURNAMES[number]}小{SURNAMES[other]}", relation, number * 10 + other + 1)
            )
        found.append(
            Home(
                place=draw(st.integers(0, len(PLACES) - 1)),
                group=draw(st.sampled_from(["", "一组", "三社"])),
                kind=draw(st.sampled_from(KINDS)),
                phone=draw(st.sampled_from([None, "13800001234"])),
                people=people,
                cadre=draw(st.sampled_from([None, 0, 1])),
                started_on=draw(st.dates(date(2012, 2, 1), date(2015, 6, 1))),
                is_stored=draw(st.booleans()),
            )
        )
    return found


def _person(draw: st.DrawFn, name: str, relation: str, order: int) -> Person:
    """`order` makes the ID number the person's own."""
    sex = {"配偶": "女", "之女": "女", "之母": "女"}.get(relation, "男")
    born_on = draw(st.dates(date(1940, 1, 1), date(2000, 1, 1)))
    first = f"620524{born_on:%Y%m%d}{order * 2 + (sex == '男'):03}"
    number = first + identity.check_digit(first)
    return Person(name, relation, sex, draw(st.sampled_from([None, number])))


HOME = ["乡镇", "村", "组", "户主姓名"]
ABOUT = ["家庭人口", "贫困户属性", "联系电话"]
PERSON = ["性别", "身份证号"]
CADRE = ["联户干部", "单位", "联户日期"]


def _home(home: Home) -> list[Any]:
    return [*PLACES[home.place], home.group or None, home.people[0].name]


def _cadre(home: Home, cadres: Sequence[Cadre]) -> list[Any]:
    if home.cadre is None:
        return [None] * 3
    cadre = cadres[home.cadre]
    return [cadre.name, cadre.unit.name, f"{home.started_on}"]


def _about(home: Home) -> list[Any]:
    return [len(home.people), home.kind, home.phone]


def three_lists(found: Sequence[Home], cadres: Sequence[Cadre]) -> Iterator[tuple[str, bytes]]:
    heads = [(home, home.people[0]) for home in found]
    rows: list[list[Any]] = [[*_home(h), *_about(h), head.sex, head.number] for h, head in heads]
    yield "households", table([[*HOME, *ABOUT, *PERSON], *rows])
    rows = [[*_home(h), p.name, p.relation, p.sex, p.number] for h in found for p in h.people]
    yield "members", table([[*HOME, "姓名", "与户主关系", *PERSON], *rows])
    rows = [[*_home(home), *_cadre(home, cadres)] for home in found if home.cadre is not None]
    if rows:
        yield "household_pairings", table([[*HOME, *CADRE], *rows])


def one_roster(found: Sequence[Home], cadres: Sequence[Cadre], layout: str, *, heads: bool) -> bytes:
    """`layout`: what stands below a head; `heads`: whether 户主姓名 has a column of its own."""
    rows: list[list[Any]] = [["花名册"], [*HOME, *ABOUT, "姓名", "与户主关系", *PERSON, *CADRE]]
    areas = []
    for home in found:
        first = [*_home(home), *_about(home)], _cadre(home, cadres)
        below = ([None] * 7, [None] * 3) if layout != "filled" else first
        top = len(rows) + 1
        for index, person in enumerate(home.people):
            before, behind = below if index else first
            rows.append([*before, person.name, person.relation, person.sex, person.number, *behind])
        areas += [(top, len(rows), column) for column in (*range(1, 8), *range(12, 15))]
    book = openpyxl.load_workbook(io.BytesIO(table(rows)))
    page = book.worksheets[0]
    for top, bottom, column in areas if layout == "merged" else ():
        if bottom > top:
            page.merge_cells(start_row=top, end_row=bottom, start_column=column, end_column=column)
    if not heads and layout == "blank":
        page.delete_cols(4)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def stored() -> list[Any]:
    """Every row of the three kinds without keys of its own, and whom the cadres reach."""
    nos = dict(Household.objects.values_list("pk", "no"))
    found: list[Any] = [sorted(Reach.objects.values_list("unit", "cadre", "place"), key=str)]
    for model in (Household, Member, HouseholdPairing):
        rows = []
        for row in model.objects.values():
            row["household_id"] = nos.get(row.get("household_id"))
            row["village_id"] = str(row.get("village_id"))
            rows.append({k: v for k, v in row.items() if k not in {"id", "version", "id_cipher"}})
        found.append(sorted(rows, key=str))
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Take everything back at the end."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


@pytest.fixture
def cadres(cadre: Cadre) -> list[Cadre]:
    for code, name in (("620524100", "城关镇"), ("620524101", "洛门镇")):
        town = make_division(code=code, name=name)
        for village in (village for place, village in PLACES if place == name):
            make_village(name=village, town=town, code=f"{code}{201 + len(village) + (village == '小庄村')}")
    return [cadre, make_cadre(name="赵国强")]


@pytest.mark.slow
@settings(max_examples=30, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(found=homes(), layout=st.sampled_from(["blank", "filled", "merged"]), heads=st.booleans())
def test_three_lists_and_one_roster_are_alike(office, cadres, found, layout, heads) -> None:
    with undone():
        for home in found:
            if home.is_stored:
                village = Household._meta.get_field("village").related_model.objects.get(
                    division__name=PLACES[home.place][0], name=PLACES[home.place][1]
                )
                make_household(head=home.people[0].name, village=village, group=home.group, size=9)
        before = stored()
        with undone():
            for kind, data in three_lists(found, cadres):
                assert whys(load(kind, office, data)) == []
            apart = stored()
        run = load("households", office, one_roster(found, cadres, layout, heads=heads))
        assert (run.kind, whys(run), run.status) == ("roster", [], ImportRun.Status.DONE)
        assert stored() == apart
        runs.undo(run, office)
        assert run.message == ""
        for old, new in zip(before, stored(), strict=True):
            assert [r for r in new if r not in old] == [r for r in old if r not in new]

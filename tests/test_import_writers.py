"""Sixteen people write while an import of 35,000 rows runs beside them: nothing lost, no error."""

import time
from functools import partial

import pytest

from core.history import acting
from core.importing import runs
from core.importing.sheet import kind_of
from core.models import Change, ImportRun
from households.models import Household, Member
from tests.factories import make_cadre, make_household, make_unit, make_village, make_visit
from tests.importing import workbook
from tests.processes import at_once
from units.models import Cadre
from units.roles import Role
from visits.models import Visit

pytestmark = pytest.mark.slow

WRITERS = 16
WRITES = 25
ROWS = 35_000


def write(cadre_pk: int, household_pk: int) -> None:
    """A cadre at work: records visits and corrects the household's remark, a little apart."""
    household = Household.objects.get(pk=household_pk)
    cadre = Cadre.objects.get(pk=cadre_pk)
    with acting(cadre_pk, Change.Source.PAGE):
        for number in range(WRITES):
            make_visit(cadre=cadre, household=household, content=f"第 {number} 次")
            household.note = f"第 {number} 次"
            household.save()
            time.sleep(0.2)


def bring_in(run_pk: int) -> None:
    run = ImportRun.objects.select_related("by").get(pk=run_pk)
    runs.check(run)
    runs.apply(run)
    assert run.status == ImportRun.Status.DONE, run.message


def test_sixteen_writers_beside_an_import(transactional_db) -> None:
    office = make_cadre(role=Role.OFFICE, unit=make_unit(name="县双联办"))
    for number in range(20):
        make_village(name=f"第{number}村")
    rows = [
        {
            "村": f"第{n % 20}村",
            "户主姓名": f"王{chr(0x4E00 + n // 20)}",
            "家庭人口": 3,
            "性别": "男",
            "组(社)": "三组",
        }
        for n in range(ROWS)
    ]
    run = runs.upload(kind_of("households"), "贫困户.xlsx", workbook(rows), office)
    people = [(make_cadre().pk, make_household().pk) for _ in range(WRITERS)]
    works = [partial(bring_in, run.pk), *(partial(write, *person) for person in people)]
    assert at_once(works) == [0] * (WRITERS + 1)
    assert Household.objects.count() == Member.objects.count() == ROWS + WRITERS
    assert Visit.objects.count() == WRITERS * WRITES
    notes = Change.objects.filter(table="households.household", act="changed", source="page")
    assert notes.count() == WRITERS * WRITES
    assert set(Household.objects.exclude(note="").values_list("note", "version")) == {
        (f"第 {WRITES - 1} 次", WRITES + 1)
    }
    assert Change.objects.filter(run=run).count() == 2 * ROWS

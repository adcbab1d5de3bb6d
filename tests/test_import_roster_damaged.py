"""Rosters with arbitrary cells: what is right comes in, the rest is named, and an undo leaves nothing."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.importing import runs
from core.models import ImportRun
from households.choices import Relation
from households.models import Household, HouseholdPairing, Member
from tests.factories import make_cadre, make_household, make_id_number, make_village
from tests.importing import check, table

KINDS = ["roster", "households", "members", "household_pairings"]
HOUSEHOLD_CELLS = 7
START = {"缺列": {"联户开始日期": "2014-03-05", "开始日期": "2014-03-05"}}


@pytest.fixture
def cells(cadre) -> dict[str, list[Any]]:
    """What may stand in each column."""
    village, other = make_village(name="大庄村"), make_cadre(name="赵国强", unit=cadre.unit)
    make_village(name="小庄村")
    stored = [make_household(head=name, village=village) for name in ("存王福", "存李福")]
    numbers = [make_id_number() for _ in range(4)]
    return {
        "户编号": ["", *(household.no for household in stored), "x"],
        "乡镇": ["", "城关镇", "洛门"],
        "村": ["", "大庄村", "小庄村", "没有"],
        "组": ["", "一组", "二组"],
        "户主姓名": ["", "存王福", "存李福", "张福", "刘福", "同上"],
        "户主身份证号": ["", *numbers[:2], "123"],
        "家庭人口": ["", 1, 2, 3, "三"],
        "姓名": ["", "存王福", "张福", "刘福", "李秀英", "小福"],
        "与户主关系": ["", "户主", "妻", "长子", "什么"],
        "性别": ["", "男", "女"],
        "身份证号": ["", "", *numbers],
        "联户干部": ["", "", cadre.name, other.name, "没有的人"],
        "单位": ["", cadre.unit.name],
        "联户干部手机号": ["", "", cadre.phone, other.phone],
        "结对方式": ["", "帮扶", "联系"],
        "联户日期": ["", "2014-03-05", "2015-01-01"],
        "联户结束日期": ["", "", "", "2015-02-01"],
        "离开日期": ["", "", "", "2015-02-01"],
        "备注": ["", "a", "-"],
    }


def roster(random: Random, cells: dict[str, list[Any]]) -> bytes:
    """Some columns and rows; half of the sheets repeat a household's cells, or leave them out, below it."""
    headings = [heading for heading in cells if random.random() < 0.8]
    rows = [[random.choice(cells[heading]) for heading in headings] for _ in range(random.randrange(1, 9))]
    known = list(cells)[:HOUSEHOLD_CELLS]
    if random.random() < 0.5:
        for above, row in pairwise(rows):
            if random.random() < 0.6:
                row[:] = [
                    random.choice(["", before]) if heading in known else cell
                    for heading, before, cell in zip(headings, above, row, strict=True)
                ]
    return table([headings, *rows])


def counts() -> list[int]:
    return [model.objects.count() for model in (Household, Member, HouseholdPairing)]


@pytest.mark.slow
@settings(max_examples=50, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False), kind=st.sampled_from(KINDS))
def test_a_damaged_roster(office, cells, random, kind) -> None:
    mark, before = transaction.savepoint(), counts()
    run = check(kind, office, roster(random, cells), answers=START)
    if run.status == ImportRun.Status.CHECKED and not run.open_questions:
        runs.apply(run, partial=True)
        run.refresh_from_db()
        assert (run.status, run.message) == (ImportRun.Status.DONE, "")
        heads = Member.objects.current().filter(relation=Relation.HEAD)
        assert Household.objects.count() == heads.values("household").distinct().count()
        runs.undo(run, office)
        run.refresh_from_db()
        assert (run.status, counts()) == (ImportRun.Status.UNDONE, before)
    else:
        assert run.message or run.open_questions
    transaction.savepoint_rollback(mark)

"""A background worker killed at ten random moments of a check, an import or what follows: all or nothing, each time."""

import random
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core.importing import runs, tasks
from core.importing.sheet import kind_of
from core.models import Change, ImportRun
from households.models import Household, Member
from tests.factories import make_cadre, make_unit, make_village
from tests.importing import load, work_off, workbook
from tests.processes import kill, start
from units.models import Cadre
from units.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

STORED, FRESH = 400, 400
KILLS = 10
Status = ImportRun.Status


def row(number: int, note: str = "") -> dict[str, Any]:
    name = f"王{chr(0x4E00 + number)}"
    return {"村": "大庄村", "组(社)": "三组", "家庭人口": 3, "户主姓名": name, "性别": "男", "备注": note}


@pytest.fixture
def office(db) -> Cadre:
    """With 400 households, of which the workbook to come changes each."""
    make_village(name="大庄村", code="620524100217")
    clerk = make_cadre(role=Role.OFFICE, unit=make_unit(name="县双联办"))
    load("households", clerk, [row(number) for number in range(STORED)])
    return clerk


def upload(office: Cadre) -> ImportRun:
    data = workbook([row(number, "改了") for number in range(STORED + FRESH)])
    run = runs.upload(kind_of("households"), "贫困户.xlsx", data, office)
    tasks.queue_check(run)
    return run


def final_rows() -> list[tuple[Any, ...]]:
    """What the county has, whatever numbers the households were given."""
    heads = Member.objects.filter(left_on=None).order_by("name")
    return list(heads.values_list("name", "sex", "household__note", "household__size", "household__place"))


def written(run: ImportRun) -> tuple[int, int]:
    """(households as the workbook has them, Changes of the run)."""
    imported = Change.objects.filter(run=run, source=Change.Source.IMPORT)
    return Household.objects.filter(note="改了").count(), imported.count()


NOTHING, EVERYTHING = (0, 0), (STORED + FRESH, STORED + 2 * FRESH)


def work_for(seconds: float) -> None:
    """A worker that is killed so long after its first word."""
    process = start("worker", "--no-reload", "--no-startup-delay", "--interval", "0.05")
    assert process.stderr
    process.stderr.readline()
    time.sleep(seconds)
    kill(process)


def some_minutes_later() -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).update(started_at=long_ago)
    ImportRun.objects.update(heartbeat_at=long_ago)
    runs.mark_broken()
    tasks.mark_lost()


def go_on(run: ImportRun, office: Cadre) -> ImportRun:
    """The clerk's next step, whatever became of the last one; an import that is done is undone and begun anew."""
    run.refresh_from_db()
    if run.status == Status.DONE:
        runs.undo(run, office)
        return upload(office)
    if run.status == Status.CHECKED:
        tasks.queue_apply(run, partial=False)
    elif run.status == Status.BROKEN:
        tasks.queue_check(run)
    return run


def test_a_worker_killed_at_ten_moments(office) -> None:
    run, moments = upload(office), random.Random(20150916)
    for _ in range(KILLS):
        work_for(1.5 * moments.random())
        some_minutes_later()
        run.refresh_from_db()
        assert run.status in {Status.QUEUED, Status.CHECKED, Status.BROKEN, Status.DONE}
        assert written(run) == (EVERYTHING if run.status == Status.DONE else NOTHING)
        run = go_on(run, office)
    while run.status != Status.DONE:
        work_off()
        run.refresh_from_db()
        run = run if run.status == Status.DONE else go_on(run, office)
    assert written(run) == EVERYTHING
    assert final_rows() == [
        (row(number)["户主姓名"], "1", "改了", 3, "620524100217") for number in range(STORED + FRESH)
    ]

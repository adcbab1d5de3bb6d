"""`/healthz`, `/readyz`, the worker's heartbeat and the daily cleaning, on the machine that runs the tests."""

import os
import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from core.condition import Finding, readiness
from core.heartbeat import beat
from core.importing import files
from core.models import Change, ImportRun, Installation, Stamp
from core.storage import HALF
from lianhu import tidying
from tests.factories import make_village
from tests.importing import check, family
from tests.pages import client_of, words_of
from tests.processes import kill, start
from units.models import Session

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def long_ago(name: str, **ago: float) -> None:
    Stamp.objects.update_or_create(name=name, defaults={"at": timezone.now() - timedelta(**ago)})


def found(name: str) -> Finding:
    return next(finding for finding in readiness() if finding.name == name)


@pytest.fixture
def county() -> Installation:
    month = timezone.now() - timedelta(days=30)
    return Installation.objects.create(pk=1, code="620524", name="武山县", created_at=month)


@pytest.fixture
def healthy(county) -> None:
    beat()
    Stamp.note(Stamp.BACKUP)


# --- the two addresses ---


def test_healthz_asks_nothing_of_the_database(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/healthz").content == b"ok"


def test_readyz_says_each_thing_in_a_line(healthy) -> None:
    answer = Client().get("/readyz")
    lines = answer.content.decode().splitlines()
    assert answer.status_code == 200, lines
    names = ["disk", "uploads", "database", "queue", "worker", "backup", "clock"]
    assert [line.split()[:2] for line in lines] == [["ready"], *([name, "ok"] for name in names)]


def test_one_thing_amiss_is_503(healthy) -> None:
    long_ago(Stamp.WORKER, minutes=35)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.content.decode().startswith("not ready\n")
    assert "\nworker failed 后台任务 35 分钟没有动静\n" in answer.content.decode()


@pytest.mark.parametrize("said", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer nonsense"}])
def test_a_stranger_is_not_told(healthy, settings, said) -> None:
    settings.READY_TOKEN = "a word that only we know"
    headers = {"X-Forwarded-For": "10.1.2.3", **said}
    assert Client().get("/readyz", headers=headers).status_code == 403
    assert Client(REMOTE_ADDR="10.1.2.3").get("/readyz", headers=said).status_code == 403


def test_a_monitor_elsewhere_knows_the_token(healthy, settings) -> None:
    settings.READY_TOKEN = "a-word-that-only-we-know"
    headers = {"X-Forwarded-For": "10.1.2.3", "Authorization": "Bearer a-word-that-only-we-know"}
    assert Client().get("/readyz", headers=headers).status_code == 200


# --- what can be wrong ---


def test_little_room_on_the_disk(settings) -> None:
    settings.READY_DISK_MB = 10**9
    assert "删掉旧的备份" in found("disk").remedy


def test_uploads_that_cannot_be_written(settings, tmp_path) -> None:
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"
    assert "写不了" in found("uploads").said
    assert not found("uploads").ok


def test_the_probe_leaves_nothing(media_root) -> None:
    assert found("uploads").ok
    assert list(media_root.iterdir()) == []


def test_a_job_that_nobody_takes() -> None:
    tidying.forget_jobs.enqueue()
    assert found("queue").ok
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=40))
    assert found("queue").said == "有任务等了 40 分钟"


def test_a_job_for_tomorrow_is_not_late() -> None:
    tidying.tidy.using(run_after=timezone.now() + timedelta(hours=20)).enqueue()
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=4))
    assert found("queue").said == "没有排队的任务"


def test_the_age_of_the_backup(county) -> None:
    assert "还没有备份过" in found("backup").said
    assert not found("backup").ok
    long_ago(Stamp.BACKUP, hours=30)
    assert found("backup").ok
    long_ago(Stamp.BACKUP, days=3)
    assert found("backup").said == "最近一次备份在 3 天以前"
    assert not found("backup").ok


def test_a_county_of_yesterday_and_invented_people_need_no_backup_yet(county) -> None:
    Installation.objects.update(is_demo=True)
    assert found("backup").ok


def test_a_clock_behind_the_newest_entry(office) -> None:
    assert found("clock").ok
    Change.objects.create(
        table="t", row=1, act="created", source="page", at=timezone.now() + timedelta(hours=9)
    )
    assert "差 8 小时" in found("clock").said


# --- the worker ---


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_heard_until_it_is_killed() -> None:
    assert not found("worker").ok
    process = start("worker")
    for _ in range(600):
        if found("worker").ok and not DBTaskResult.objects.filter(status=TaskResultStatus.READY).count() > 1:
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    kill(process)
    assert found("worker").said == "后台任务在运行"
    long_ago(Stamp.WORKER, minutes=3)
    assert not found("worker").ok


def test_the_import_pages_say_that_nobody_works(office) -> None:
    make_village(name="大庄村")
    run = check("households", office, [family()])
    ImportRun.objects.filter(pk=run.pk).update(status="queued", heartbeat_at=timezone.now())
    client = client_of(office)
    pages = ("/imports/", "/imports/households/", f"/imports/runs/{run.pk}/")
    assert ["后台任务现在没有运行" in words_of(client.get(page)) for page in pages] == [True] * 3
    beat()
    assert ["后台任务现在没有运行" in words_of(client.get(page)) for page in pages] == [False] * 3


# --- cleaning ---


def work_off() -> None:
    """Run the worker until no task is due."""
    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="test",
        excluded_queue_names=[],
    )
    worker.run()


def plans() -> list[DBTaskResult]:
    return list(
        DBTaskResult.objects.filter(task_path=tidying.tidy.module_path, status=TaskResultStatus.READY)
    )


@pytest.mark.django_db(transaction=True)
def test_however_often_the_worker_starts_it_tidies_once_a_day() -> None:
    for _ in range(3):
        tidying.begin()
        work_off()
    assert DBTaskResult.objects.filter(task_path=tidying.delete_ended_sessions.module_path).count() == 1
    [tomorrow] = plans()
    assert timedelta(hours=23) < tomorrow.run_after - timezone.now() <= timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_start_at_once_tidy_once() -> None:
    tidying.tidy.enqueue()
    tidying.tidy.enqueue()
    work_off()
    assert DBTaskResult.objects.filter(task_path=tidying.forget_jobs.module_path).count() == 1
    assert len(plans()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_ran_ahead_does_not_stop_the_tidying() -> None:
    long_ago(Stamp.TIDY, days=-400)
    tidying.begin()
    work_off()
    assert abs(Stamp.age(Stamp.TIDY)) < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_what_is_past_its_time_goes(office, media_root) -> None:
    make_village(name="大庄村")
    run = check("households", office, [family()])
    ImportRun.objects.filter(pk=run.pk).update(uploaded_at=timezone.now() - timedelta(days=31))
    Session.objects.create(session_key="k" * 32, expire_date=timezone.now() - timedelta(hours=1))
    Session.objects.create(session_key="n" * 32, expire_date=timezone.now() + timedelta(hours=1))
    AccessAttempt.objects.create(username="x", failures_since_start=1)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=200))
    half, fresh = media_root / f"{HALF}old", media_root / f"{HALF}new"
    half.touch()
    fresh.touch()
    os.utime(half, (0, 0))

    tidying.begin()
    work_off()

    assert not files.has(run, files.UPLOAD)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["n" * 32]
    assert not AccessAttempt.objects.exists()
    assert (half.exists(), fresh.exists()) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_a_step_that_fails_holds_up_no_other(media_root) -> None:
    """A failing step does not stop the others: the uploads folder holds a folder named like an unfinished file,
    which cannot be deleted as one.
    """
    (media_root / f"{HALF}folder").mkdir(parents=True)
    os.utime(media_root / f"{HALF}folder", (0, 0))
    tidying.begin()
    work_off()
    states = dict(DBTaskResult.objects.values_list("task_path", "status"))
    assert states[tidying.delete_half_files.module_path] == TaskResultStatus.FAILED
    assert states[tidying.forget_jobs.module_path] == TaskResultStatus.SUCCESSFUL
    assert len(plans()) == 1

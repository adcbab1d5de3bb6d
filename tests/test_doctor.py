"""`manage.py doctor` reports problems and remedies in Chinese, and exits with 1 when something must be done."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core.condition import Finding
from core.heartbeat import beat
from core.models import Installation, Stamp
from lianhu import doctor, tidying
from tests.factories import make_id_number, make_member
from tests.processes import manage

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(media_root, settings) -> None:
    """Return a county with a healthy worker and backup; the tests' PostgreSQL itself is configured for speed, not
    durability.
    """
    settings.HTTPS, settings.HSTS_DAYS = True, 365
    settings.SECOND_FACTOR_REQUIRED = frozenset({"office", "leader"})
    Installation.objects.create(pk=1, code="620524", name="武山县")
    media_root.mkdir(mode=0o700)
    beat()
    Stamp.note(Stamp.BACKUP)


def found(name: str) -> Finding:
    return next(finding for finding in doctor.examine() if finding.name == name)


def run() -> str:
    out = StringIO()
    call_command("doctor", stdout=out)
    return out.getvalue()


@pytest.mark.sqlite
def test_all_is_well(healthy) -> None:
    said = run()
    assert said.splitlines()[-1].startswith("查了 ")
    assert said.splitlines()[-1].endswith("：要办 0 样，提醒 0 样。"), said
    assert all(finding.name in doctor.TITLES for finding in doctor.examine())


@pytest.mark.sqlite
def test_what_is_to_be_done_comes_first_with_its_remedy(healthy) -> None:
    Stamp.objects.filter(name=Stamp.WORKER).update(at=timezone.now() - timedelta(hours=3))
    out = StringIO()
    with pytest.raises(CommandError, match="要办 1 样") as ended:
        call_command("doctor", stdout=out)
    assert ended.value.returncode == 1
    first, remedy, *_ = out.getvalue().splitlines()
    assert first == "要办  后台任务：后台任务 3 小时没有动静"
    assert "systemctl restart lianhu-worker" in remedy


def test_what_may_be_meant_is_a_reminder(healthy, settings) -> None:
    settings.HTTPS, settings.HSTS_DAYS = False, 0
    assert not found("https").urgent
    settings.HTTPS = True
    assert not found("hsts").urgent
    assert "HSTS_DAYS=7" in found("hsts").remedy


def test_settings_that_tell_too_much(healthy, settings) -> None:
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["*"]
    assert [found(name).urgent and not found(name).ok for name in ("debug", "hosts")] == [True, True]


def test_files_that_others_may_read(healthy, settings, media_root, tmp_path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / ".env").touch(mode=0o644)
    media_root.chmod(0o755)
    assert found("env").remedy == f"chmod 600 {tmp_path}/.env"
    assert "别的用户也能进（0755）" in found("media").said


def test_another_key_than_that_of_the_database(healthy, settings) -> None:
    make_member(id_number=make_id_number())
    settings.DATA_KEYS = {"other": b"o" * 32}
    assert "DATA_KEY 打不开库里的身份证号" in found("keys").said


def test_an_allowed_demo_is_said(healthy, settings) -> None:
    Installation.objects.update(is_demo=True)
    assert found("demo").urgent
    settings.ALLOW_DEMO = True
    assert "已允许在 https 上演示" in found("demo").said
    assert not found("demo").urgent


def test_a_second_factor_is_reminded_of_where_people_are_real(healthy, settings, office) -> None:
    settings.SECOND_FACTOR_REQUIRED = frozenset()
    reminder = found("factor")
    assert (reminder.said, reminder.urgent) == ("双联办和负责人里还有 1 个账号没有开通", False)
    settings.SECOND_FACTOR_REQUIRED = frozenset({"office", "leader"})
    assert found("factor").ok
    settings.SECOND_FACTOR_REQUIRED = frozenset()
    Installation.objects.update(is_demo=True)
    assert found("factor").ok


def test_a_job_that_failed(healthy) -> None:
    assert found("jobs").ok
    tidying.forget_jobs.enqueue()
    DBTaskResult.objects.update(status="FAILED", finished_at=timezone.now())
    assert found("jobs").said == "一天里失败过：forget_jobs"


@pytest.mark.sqlite
def test_a_database_that_a_power_cut_would_cut_short(healthy) -> None:
    assert found("settings").said == "journal_mode=wal、synchronous=2"


@pytest.mark.postgres
def test_a_postgresql_that_a_power_cut_would_cut_short(healthy) -> None:
    """A PostgreSQL that would lose data in a power cut is reported; that of the tests is such a one."""
    assert "fsync=off" in found("settings").said
    assert "synchronous_commit=off" in found("settings").said
    assert found("sound").said.startswith("PostgreSQL ")


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_steps_of_an_update_that_were_left_out() -> None:
    recorder = MigrationRecorder(connection)
    [newest] = MigrationLoader(connection).graph.leaf_nodes("sessions")
    recorder.record_unapplied(*newest)
    try:
        assert found("tables").said == "还有 1 步更新没有做"
    finally:
        recorder.record_applied(*newest)


@pytest.mark.once
def test_a_database_that_is_not_there(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("tests.processes.database_url", lambda: f"sqlite:///{tmp_path}/no/x.sqlite3")
    status, said, errors = manage("doctor")
    assert status == 1
    assert said.startswith("要办  数据库：数据库用不了：unable to open database file")
    assert "要办" in errors

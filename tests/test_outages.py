"""Disk full, database locked or unreachable: a message instead of a 500, nothing half written, input kept.

The causes are real: the kernel's limit on file size, SQLite's own limit on pages, another connection's
lock, a connection that PostgreSQL ends, and a port on which nothing listens.
"""

import os
import resource
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import Page, expect

from core.importing import runs
from core.importing.sheet import kind_of
from core.models import ImportRun
from tests.browser import assert_accessible, assert_fits, sign_in
from tests.factories import make_household, make_pairing, make_village, make_village_pairing
from tests.importing import family, workbook
from tests.pages import client_of, words_of
from tests.processes import start
from villages.models import VillageNote, VillageNoteFile
from visits.models import Problem

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
SMALL = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
LARGE = SMALL + bytes(9 * MEGABYTE)


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let the kernel refuse files above this size in this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def locked_database() -> Iterator[None]:
    """Hold a write lock from another connection."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def patience(milliseconds: int) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
        yield
        cursor.execute("PRAGMA busy_timeout = 20000")


def client(user) -> Client:
    """Return a client that sees responses like a user, whatever exception was raised."""
    found = client_of(user)
    found.raise_request_exception = False
    return found


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def village(cadre):
    found = make_village()
    make_village_pairing(unit=cadre.unit, village=found)
    return found


@pytest.fixture
def problem_page(cadre) -> str:
    household = make_household(head="王守田", village=make_village())
    make_pairing(cadre=cadre, household=household)
    return f"/problems/new/?household={household.pk}"


# --- the disk is full ---


@pytest.mark.django_db
def test_a_paper_that_does_not_fit_leaves_nothing_behind(cadre, village, media_root) -> None:
    note = {"kind": "land", "on": "2015-04-02", "text": "流转 120 亩"}
    papers = [SimpleUploadedFile("小.pdf", SMALL), SimpleUploadedFile("合同.pdf", LARGE)]
    with no_file_above(8 * MEGABYTE):
        answer = client(cadre).post(f"/villages/{village.pk}/notes/new/", {**note, "papers": papers})

    assert answer.status_code == 503
    assert "磁盘满了" in words_of(answer)
    assert "这次没有保存" in words_of(answer)
    assert "Traceback" not in answer.content.decode()
    assert not VillageNote.objects.exists()
    assert not VillageNoteFile.objects.exists()
    assert not [path for path in files_below(media_root) if path.stat().st_size > 1000]


@pytest.mark.django_db
def test_a_workbook_that_does_not_fit_opens_no_run(office, media_root) -> None:
    with no_file_above(8 * MEGABYTE):
        answer = client(office).post("/imports/households/", {"file": SimpleUploadedFile("表.xlsx", LARGE)})

    assert answer.status_code == 503
    assert not ImportRun.objects.exists()
    assert not files_below(media_root)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_full_sqlite_keeps_what_was_there(cadre, problem_page) -> None:
    problem = {"category": "06", "raised_on": "2015-09-16"}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        sender = client(cadre)
        answers = [
            sender.post(
                problem_page, {**problem, "ref": uuid4(), "description": f"第 {number} 次：{'修水窖' * 90}"}
            )
            for number in range(20)
        ]
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert {answer.status_code for answer in answers} == {302, 503}
    assert "磁盘满了" in words_of(answers[-1])
    assert Problem.objects.count() == sum(answer.status_code == 302 for answer in answers)


# --- the database is busy or away ---


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_locked_sqlite_is_a_sentence(cadre, problem_page) -> None:
    sender = client(cadre)
    with patience(50), locked_database():
        page = sender.get("/me/")
        answer = sender.post("/logout/")
        asked = sender.post("/logout/", headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert answer.status_code == asked.status_code == 503
    assert "系统正忙" in words_of(answer)
    assert answer.headers["Retry-After"] == "30"
    assert "Content-Security-Policy" in answer.headers
    assert asked.content.decode() == "系统正忙：正在写的人太多，或者正在导入，请过一会儿再试。"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", "数据库连不上"),
        ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$", "磁盘满了"),
        ("SET statement_timeout = 1; SELECT pg_sleep(1)", "系统正忙"),
        ("BEGIN READ ONLY; CREATE TABLE x (y int)", "服务器存不了"),
    ],
)
def test_what_postgresql_refuses_is_a_sentence(cadre, settings, act, said) -> None:
    settings.ROOT_URLCONF = "tests.try_pages"
    answer = client(cadre).post("/try/sql/", {"sql": act})
    connection.close()
    assert answer.status_code == 503
    assert said in words_of(answer)


@pytest.mark.django_db
def test_a_fault_of_the_program_is_still_a_500(cadre, settings) -> None:
    settings.ROOT_URLCONF = "tests.try_pages"
    answer = client(cadre).post("/try/sql/", {"sql": "SELECT * FROM no_such_table"})
    assert answer.status_code == 500
    assert "系统出错了" in words_of(answer)


ASK = """
import django; django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
for path in ("/healthz", "/readyz", "/login/", "/"):
    if path == "/":
        client.cookies["sessionid"] = "k" * 32
    answer = client.get(path)
    said = answer.content.decode()
    print(answer.status_code, "数据库连不上" in said or "database failed 数据库用不了" in said)
"""


@pytest.mark.once
@pytest.mark.parametrize("where", ["postgres://lianhu@127.0.0.1:{port}/lianhu", "sqlite:///{folder}/no/x.db"])
def test_a_database_that_is_not_there_is_a_sentence(tmp_path, where) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = where.format(port=unused.getsockname()[1], folder=tmp_path)
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lianhu.settings", "DATABASE_URL": url}
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
        )
    assert done.stdout.splitlines() == ["200 False", "503 True", "503 True", "503 True"], done.stderr


# --- other failures ---


@pytest.mark.postgres  # its process may write; with SQLite that is this one
@pytest.mark.django_db
def test_an_import_that_finds_the_disk_full_says_so(office, media_root) -> None:
    make_village(name="大庄村")
    run = runs.upload(kind_of("households"), "表.xlsx", workbook([family()]), office)
    with no_file_above(10), pytest.raises(OSError, match="File too large"):
        runs.check(run)
    run.refresh_from_db()
    assert (run.status, run.message) == (
        "broken",
        "服务器的磁盘满了：没有地方存了，请告诉双联办，腾出地方以后再试。资料没有变。",
    )


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_command_says_it_in_one_line(office, tmp_path) -> None:
    connections.close_all()
    os.chmod(connection.settings_dict["NAME"], 0o600)
    process = start("shell", "--no-imports", "-c", "raise OSError(28, 'No space left on device')")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors == "服务器的磁盘满了：No space left on device\n"


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_comes_back_when_the_database_was_busy(
    phone: Page, live_server, cadre, problem_page, page_problems, monkeypatch
) -> None:
    monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "timeout", 0.2)
    sign_in(phone, live_server, cadre)
    phone.goto(problem_page)
    phone.get_by_text("饮水", exact=True).tap()
    phone.get_by_label("说说情况").fill("水窖漏了，冬天要到沟里背水")
    with locked_database():
        phone.get_by_role("button", name="登记", exact=True).tap()
        expect(phone.get_by_role("heading", name="系统正忙")).to_be_visible()
        assert_fits(phone)
        assert_accessible(phone)
    phone.get_by_role("link", name="回去接着填").tap()
    expect(phone.get_by_label("说说情况")).to_have_value("水窖漏了，冬天要到沟里背水")
    expect(phone.get_by_label("饮水")).to_be_checked()
    phone.get_by_role("button", name="登记", exact=True).tap()
    expect(phone.get_by_text("已登记")).to_be_visible()
    assert [problem for problem in page_problems if "503" not in problem] == []
    page_problems.clear()

"""`manage.py backup` while photos are uploaded: each file is complete or absent, and the backup can be restored."""

import json
import os
import resource
import sqlite3
import subprocess
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from core.models import Stamp
from core.storage import HALF
from lianhu import backups
from tests.factories import make_visit
from tests.processes import manage
from visits.models import Visit, VisitPhoto

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
JPEG = b"\xff\xd8" + bytes(20_000)


def take_photo(visit) -> VisitPhoto:
    return VisitPhoto.objects.create(owner=visit, file=ContentFile(JPEG, name="p.jpg"), size=len(JPEG))


def keep_taking(visit_pk: int, until: Path) -> None:
    """Upload photos and delete older ones until the backup is done."""
    old = VisitPhoto.objects.filter(owner=visit_pk).order_by("pk")
    for number in range(20_000):
        take_photo(Visit(pk=visit_pk))
        photo = old[0] if number % 3 == 0 and number < 300 else None
        if photo:
            name = str(photo.file)
            photo.delete()
            photo.file.storage.delete(name)
        if until.exists():
            return


def named_in(backup: Path, scratch: str) -> list[str]:
    """Return the files named by the rows of a backup, read from the restored database."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(backup / backups.SQLITE_COPY)) as copy:
            return [name for (name,) in copy.execute("SELECT file FROM visits_visitphoto")]
    there = {
        **os.environ,
        "PGHOST": connection.settings_dict["HOST"],
        "PGUSER": connection.settings_dict["USER"],
    }
    run = partial(subprocess.run, env=there, check=True, capture_output=True, text=True)
    run(["createdb", "--template=template0", scratch])
    try:
        run(["pg_restore", "--no-owner", f"--dbname={scratch}", str(backup / backups.POSTGRES_COPY)])
        done = run(["psql", "-At", "-c", "SELECT file FROM visits_visitphoto", scratch])
    finally:
        run(["dropdb", scratch])
    return done.stdout.split()


def test_every_photo_of_the_copy_is_there_though_photos_arrive_and_go(tmp_path, media_root) -> None:
    visit = make_visit()
    for _ in range(300):
        take_photo(visit)
    done, folder = tmp_path / "done", tmp_path / "backups"
    connections.close_all()
    writer = get_context("fork").Process(target=keep_taking, args=(visit.pk, done))
    writer.start()
    status, said, errors = manage("backup", str(folder))
    done.touch()
    writer.join(60)

    assert (status, errors) == (0, ""), errors
    assert "已备份到" in said
    backup = folder / "latest"
    names = named_in(backup, "lianhu_restored")
    assert len(names) >= 300
    assert [name for name in names if (backup / "media" / name).read_bytes() != JPEG] == []
    assert VisitPhoto.objects.count() > 300
    assert Stamp.age(Stamp.BACKUP).total_seconds() < 60


def test_the_next_one_copies_only_what_is_new(tmp_path, media_root) -> None:
    first_photo = take_photo(make_visit())
    first = backups.make(tmp_path / "b", keep=60)
    first.folder.rename(tmp_path / "b" / "2015-09-16-021500")
    take_photo(make_visit())
    second = backups.make(tmp_path / "b", keep=10**5)
    assert (first.new_files, second.new_files, second.files) == (1, 1, 2)
    copies = [folder / "media" / str(first_photo.file) for folder in backups.backups(tmp_path / "b")]
    assert len({copy.stat().st_ino for copy in copies}) == 1
    assert json.loads((second.folder / "backup.json").read_text())["data_keys"] == ["test"]
    assert (tmp_path / "b" / "latest").resolve() == second.folder.resolve()


def test_a_file_that_changed_is_copied_and_the_older_backup_keeps_its_own(tmp_path, media_root) -> None:
    path = media_root / str(take_photo(make_visit()).file)
    first = backups.make(tmp_path / "b", keep=60).folder.rename(tmp_path / "b" / "2015-09-16-021500")
    path.write_bytes(b"other")
    second = backups.make(tmp_path / "b", keep=10**5).folder
    inside = path.relative_to(media_root)
    assert ((first / "media" / inside).read_bytes(), (second / "media" / inside).read_bytes()) == (
        JPEG,
        b"other",
    )


def test_old_ones_go_and_strange_folders_stay(tmp_path, media_root) -> None:
    folder = tmp_path / "b"
    for name in ("2015-09-16-021500", "mine", f"{HALF}2015-09-17-021500"):
        (folder / name).mkdir(parents=True)
    made = backups.make(folder, keep=60)
    assert {path.name for path in folder.iterdir()} == {".lock", "latest", "mine", made.folder.name}


def test_a_full_disk_leaves_no_half_backup_and_the_older_one(tmp_path, media_root, settings) -> None:
    take_photo(make_visit())
    folder = tmp_path / "b"
    old = backups.make(folder, keep=60).folder
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    (media_root / "large").write_bytes(bytes(60_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limit[1]))
    try:
        with pytest.raises(CommandError, match="没有备成：服务器的磁盘满了"):
            call_command("backup", str(folder))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert {path.name for path in folder.iterdir()} == {".lock", "latest", old.name}


def test_without_room_it_is_not_begun(tmp_path, media_root, settings) -> None:
    settings.READY_DISK_MB = 10**9
    with pytest.raises(CommandError, match="备份放不下"):
        call_command("backup", str(tmp_path / "b"))
    assert [path.name for path in (tmp_path / "b").iterdir()] == [".lock"]
    assert Stamp.age(Stamp.BACKUP) is None


def test_two_at_once_are_one(tmp_path, media_root) -> None:
    (tmp_path / "b").mkdir()
    with backups._alone(tmp_path / "b"), pytest.raises(CommandError, match="另一个备份正在进行"):
        backups.make(tmp_path / "b", keep=60)


def test_not_into_the_uploads_themselves(media_root) -> None:
    with pytest.raises(CommandError, match="里面"):
        call_command("backup", str(media_root / "backups"))


@pytest.mark.postgres
def test_a_missing_program_is_a_sentence(tmp_path, media_root, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="没有 pg_dump"):
        backups.make(tmp_path / "b", keep=60)

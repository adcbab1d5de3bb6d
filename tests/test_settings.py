"""An invalid setting stops the start with one clear line."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lianhu.environment import (
    env_bool,
    env_data_keys,
    env_folder,
    env_hosts,
    env_int,
    env_secret,
    env_token,
    load_env_file,
)
from lianhu.settings import database

pytestmark = pytest.mark.once
KEY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="


def read_folder(name: str) -> Path:
    return env_folder(name, Path(settings.BASE_DIR) / "media")


READERS = {
    "DEBUG": lambda name: env_bool(name, default=False),
    "SECRET_KEY": lambda name: env_secret(name, debug=False),
    "DATA_KEY": lambda name: env_data_keys(name, debug=False),
    "ALLOWED_HOSTS": lambda name: env_hosts(name, []),
    "MEDIA_ROOT": read_folder,
    "HSTS_DAYS": lambda name: env_int(name, 0, most=3650),
    "READY_TOKEN": lambda name: env_token(name),
    "DATABASE_URL": lambda name: database(),
}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "maybe", "DEBUG='maybe' 看不懂，请写 1 或 0。"),
        ("SECRET_KEY", "short", "不足 32 个字符"),
        ("SECRET_KEY", "", "没有设置"),
        ("DATA_KEY", "", "没有设置或写错了"),
        ("DATA_KEY", KEY, "写错了"),
        ("DATA_KEY", f"k1:{KEY[:-4]}", "写错了"),
        ("DATA_KEY", f"k1:{KEY},k1:{KEY}", "写错了"),
        ("ALLOWED_HOSTS", "lianhu.example,http://lianhu.example/", "“http://lianhu.example/”不是主机名"),
        ("ALLOWED_HOSTS", "lianhu.example:8000", "不带 http:// 和端口"),
        ("ALLOWED_HOSTS", "a b", "“a b”不是主机名"),
        ("MEDIA_ROOT", "/nowhere/media", "'/nowhere/media' 不是能写的文件夹"),
        ("MEDIA_ROOT", "README.md", "README.md' 不是能写的文件夹"),
        ("HSTS_DAYS", "-1", "HSTS_DAYS='-1' 看不懂，应是 0 到 3650 之间的整数。"),
        ("HSTS_DAYS", "4000", "看不懂"),
        ("HSTS_DAYS", "²", "看不懂"),
        ("READY_TOKEN", "short", "至少 16 个字母和数字"),
        ("READY_TOKEN", "with a space in the middle", "不留空格"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL 看不懂"),
        ("DATABASE_URL", "postgres://lianhu@localhost:port/lianhu", "DATABASE_URL 看不懂"),
        ("DATABASE_URL", "postgres://lianhu@localhost", "没有写库名"),
        ("DATABASE_URL", "mysql://localhost/lianhu", "只认 sqlite 和 postgres"),
    ],
)
def test_nonsense_is_told(monkeypatch, name: str, value: str, sentence: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        READERS[name](name)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("DEBUG", " On ", True),
        ("ALLOWED_HOSTS", "lianhu.example, .gov.cn,[::1],10.0.0.7,*", 5),
        ("ALLOWED_HOSTS", "", 0),
        ("HSTS_DAYS", " 30 ", 30),
        ("READY_TOKEN", "", ""),
        ("MEDIA_ROOT", "", Path(settings.BASE_DIR) / "media"),
        ("MEDIA_ROOT", "photos", Path(settings.BASE_DIR) / "photos"),
    ],
)
def test_sense_is_taken(monkeypatch, name: str, value: str, meant: object) -> None:
    monkeypatch.setenv(name, value)
    read = READERS[name](name)
    assert (len(read) if isinstance(read, list) else read) == meant


def test_postgresql_does_not_compile_queries(monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://lianhu@db/lianhu?sslmode=require")
    assert database()["OPTIONS"] == {"options": "-c jit=off", "connect_timeout": 5, "sslmode": "require"}


AS_IT_IS_WRITTEN = """\
 export LIANHU_A = plain # a note
LIANHU_B='pa$$word ${LIANHU_A}#1'
LIANHU_C=sqlite:////srv/a#b
LIANHU_D=
LIANHU_E
"""
NOT_A_SETTING = "# keys\n\nthis is no setting\n"


def test_the_file_is_read_as_every_other_env_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / ".env"
    path.write_text(AS_IT_IS_WRITTEN, encoding="utf-8")
    for letter in "ABCDE":
        monkeypatch.setenv(f"LIANHU_{letter}", "")  # rolled back at the end
        monkeypatch.delenv(f"LIANHU_{letter}")
    load_env_file(path)
    read = [os.environ.get(f"LIANHU_{letter}") for letter in "ABCDE"]
    assert read == ["plain", "pa$$word ${LIANHU_A}#1", "sqlite:////srv/a#b", "", None]


def test_a_file_from_notepad_is_read_and_one_in_another_encoding_is_told(tmp_path, monkeypatch) -> None:
    path = tmp_path / ".env"
    monkeypatch.setenv("LIANHU_A", "stays")
    monkeypatch.setenv("LIANHU_B", "")
    monkeypatch.delenv("LIANHU_B")
    path.write_text('LIANHU_B="县"\r\n# LIANHU_C=1\r\nLIANHU_A=other\r\n', encoding="utf-8-sig")
    load_env_file(path)
    assert [os.environ.get(f"LIANHU_{letter}") for letter in "ABC"] == ["stays", "县", None]

    path.write_text(NOT_A_SETTING, encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match="第 3 行看不懂"):
        load_env_file(path)
    path.write_text("# 钥匙", encoding="gb18030")
    with pytest.raises(ImproperlyConfigured, match="不是 UTF-8 编码"):
        load_env_file(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ImproperlyConfigured, match="读不了"):
        load_env_file(path)


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_database_out_of_reach_is_one_line(tmp_path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        closed = run("manage.py", "migrate", DATABASE_URL=f"postgres://lianhu@127.0.0.1:{port}/lianhu")
    nowhere = run(
        "manage.py", "serve", PORT=str(port), DATABASE_URL=f"sqlite:///{tmp_path}/no/lianhu.sqlite3"
    )
    empty = run("manage.py", "rotate_keys", DATABASE_URL=f"sqlite:///{tmp_path}/lianhu.sqlite3")
    memory = run("manage.py", "serve", PORT=str(port), DATABASE_URL="sqlite://:memory:")

    assert [done.returncode for done in (closed, nowhere, empty, memory)] == [2, 2, 2, 1]
    assert closed.stderr.startswith("连不上数据库，请看 DATABASE_URL：")
    assert nowhere.stderr == "连不上数据库，请看 DATABASE_URL：unable to open database file\n"
    assert empty.stderr.splitlines()[-1] == "数据库里还没有表，请先运行 manage.py migrate。"
    assert "不能是内存里的库" in memory.stderr
    assert all("Traceback" not in done.stderr for done in (closed, nowhere, empty, memory))
    assert closed.stderr.count("\n") == 1


def test_gunicorn_tells_it_in_one_line_too() -> None:
    done = run("-m", "gunicorn", "lianhu.wsgi", "--preload", "--bind", "127.0.0.1:0", DATA_KEY="k1:short")
    assert done.returncode == 1
    assert done.stderr == "DATA_KEY 没有设置或写错了，应为“编号:base64 的 32 字节”，新的在前，逗号隔开。\n"

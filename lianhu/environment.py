"""Typed readers of environment variables: an invalid value stops the start with one clear line."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Collection
from io import StringIO
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv.parser import parse_stream

_HOST = re.compile(r"\*|\[[0-9A-Fa-f:.]+\]|\.?[\w-]+(\.[\w-]+)*", re.ASCII)


def load_env_file(path: Path) -> None:
    """Read `KEY=value` lines into the environment; what is set there already wins."""
    if not path.exists():
        return
    try:
        text = path.read_text(encoding="utf-8-sig")  # Notepad sets a mark before it
    except OSError as error:
        raise ImproperlyConfigured(f"读不了 {path}：{error.strerror}。") from error
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{path} 不是 UTF-8 编码，请另存为 UTF-8。") from error
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            blank = re.match(r"\s*", binding.original.string)
            line = binding.original.line + (blank[0].count("\n") if blank else 0)
            raise ImproperlyConfigured(f"{path} 第 {line} 行看不懂，应是“名字=值”，引号要成对。")
        if binding.key and binding.value is not None:
            os.environ.setdefault(binding.key, binding.value)


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} 看不懂，请写 1 或 0。")


def env_int(name: str, default: int, *, most: int, least: int = 0) -> int:
    """Return a whole number from `least` to `most`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most:
        return int(value)
    raise ImproperlyConfigured(f"{name}={value!r} 看不懂，应是 {least} 到 {most} 之间的整数。")


def env_token(name: str) -> str:
    """Return a token of at least 16 characters known to the monitor only; '' when there is none."""
    value = os.environ.get(name, "")
    if value and (len(value) < 16 or not value.isascii() or any(map(str.isspace, value))):
        raise ImproperlyConfigured(f"{name} 至少 16 个字母和数字，不留空格；不用就不写。")
    return value


def env_choices(name: str, known: Collection[str]) -> frozenset[str]:
    """Return the listed known words (comma-separated); empty when unset."""
    words = frozenset(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())
    if unknown := sorted(words.difference(known)):
        raise ImproperlyConfigured(f"{name} 里的“{unknown[0]}”不认得，只写 {'、'.join(known)}，逗号隔开。")
    return words


def env_hosts(name: str, default: list[str]) -> list[str]:
    """Return comma-separated host names, `.example.com` for all subdomains, `*` for any."""
    hosts = [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ImproperlyConfigured(
                f"{name} 里的“{host}”不是主机名，只写名字或 IP，不带 http:// 和端口，逗号隔开。"
            )
    return hosts or default


def env_folder(name: str, default: Path) -> Path:
    """Return a writable folder, creating it if its parent exists; relative paths start beside the default."""
    folder = default.parent / (os.environ.get(name) or default.name)
    nearest = folder if folder.exists() else folder.parent
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name}={str(folder)!r} 不是能写的文件夹，请先建好并给运行的用户。")
    return folder


def env_secret(name: str, *, debug: bool) -> str:
    """Return a secret of at least 32 characters; in development an unset one is generated per process."""
    value = os.environ.get(name, "")
    if not value and debug:
        return secrets.token_urlsafe(48)
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} 没有设置或不足 32 个字符，正式运行必须设置。")
    return value


def env_data_keys(name: str, *, debug: bool) -> dict[str, bytes]:
    """Return the keys of stored ID numbers, `编号:base64(32 字节)`, newest first, comma-separated."""
    value = os.environ.get(name, "")
    if not value and debug:
        return {"dev": b"development key, never for data!"}
    keys: dict[str, bytes] = {}
    for part in value.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id.isalnum() or len(key) != 32 or key_id in keys:
            raise ImproperlyConfigured(
                f"{name} 没有设置或写错了，应为“编号:base64 的 32 字节”，新的在前，逗号隔开。"
            )
        keys[key_id] = key
    return keys

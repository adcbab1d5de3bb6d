"""Check the database as a whole before anyone works on it."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from core import identity
from core.crypto import SealError
from core.outages import outage_of
from households.models import Member
from lianhu.demo_guard import demo_trouble


def trouble(error: Exception) -> str:
    """Return one sentence: why a command ended with this error; '' when it is a fault of the program."""
    try:
        tables = connection.introspection.table_names()
    except DatabaseError as away:
        return f"连不上数据库，请看 DATABASE_URL：{' '.join(str(away).split())}"
    if outage := outage_of(error):
        said = error.strerror if isinstance(error, OSError) else error
        return f"{outage.title}：{' '.join(str(said).split())}"
    unknown_table = isinstance(error, DatabaseError) and not tables
    return "数据库里还没有表，请先运行 manage.py migrate。" if unknown_table else ""


def key_trouble() -> str:
    """Return one sentence if the oldest and newest stored ID number cannot be decrypted, else ''.

    A database restored beside new keys would show no household, and the next import would mix two keys.
    """
    tokens = Member.objects.exclude(id_cipher="").order_by("pk").values_list("id_cipher", flat=True)
    try:
        for token in (tokens.first(), tokens.last()):
            identity.decrypt(token or "")
    except SealError as error:
        return f"DATA_KEY 打不开库里的身份证号，请放回当时的钥匙：{error}"
    return ""


@register(Tags.database)
def can_be_served(*, databases: Any, **_kwargs: Any) -> list[CheckMessage]:
    """System check for `migrate` and `check --database default`."""
    if not databases or Member._meta.db_table not in connection.introspection.table_names():
        return []
    sentences = (key_trouble(), demo_trouble())
    return [Error(sentence) for sentence in sentences if sentence]

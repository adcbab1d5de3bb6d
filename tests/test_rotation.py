"""Rotating the key of the ID numbers, and using a wrong key."""

import time
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from core import identity
from core.crypto import is_current
from core.display import history_of
from core.importing import runs
from core.models import Change
from households.models import Member
from tests.factories import make_id_number, make_member, make_village
from tests.importing import check

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NUMBER = "620524196005010010"
OLD = {"old": b"o" * 32}
BOTH = {"new": b"n" * 32, **OLD}


def test_after_a_rotation_the_new_key_is_enough(settings):
    settings.DATA_KEYS = OLD
    member = make_member(id_number=NUMBER)
    member.id_number = "620524196005010037"
    member.save()
    settings.DATA_KEYS = BOTH
    assert Member.objects.filter(id_hash__in=identity.id_hashes("620524196005010037")).exists()
    changes = Change.objects.count()
    call_command("rotate_keys")
    settings.DATA_KEYS = {"new": BOTH["new"]}
    member.refresh_from_db()
    assert member.id_number == "620524196005010037"
    assert member.id_hash == identity.id_hash("620524196005010037")
    assert history_of(member)[0].lines[0].old == "620524************"
    assert Change.objects.count() == changes
    assert member.version == 2


def test_a_second_rotation_changes_nothing(settings, capsys):
    settings.DATA_KEYS = BOTH
    make_member(id_number=NUMBER)
    call_command("rotate_keys")
    assert "重新加密了 0 人" in capsys.readouterr().out


def test_a_rotation_without_the_old_key_is_refused_and_changes_nothing(settings):
    settings.DATA_KEYS = OLD
    member = make_member(id_number=NUMBER)
    settings.DATA_KEYS = {"new": BOTH["new"]}
    with pytest.raises(CommandError, match=r"没有编号为“old”的数据密钥.*旧钥匙要留在 DATA_KEY 里"):
        call_command("rotate_keys")
    assert Member.objects.get().id_cipher == member.id_cipher


@pytest.mark.django_db(transaction=True)
def test_a_number_typed_during_a_rotation_stays(settings):
    settings.DATA_KEYS = OLD
    member = make_member(id_number=NUMBER)
    settings.DATA_KEYS = BOTH

    def rotate() -> None:
        call_command("rotate_keys")
        connection.close()

    rotation = Thread(target=rotate)
    with transaction.atomic():
        member.id_number = "620524196005010037"
        member.save()
        rotation.start()
        time.sleep(1)  # by now it has read what it will encrypt, or it waits for our lock
    rotation.join()
    member.refresh_from_db()
    assert member.id_number == "620524196005010037"


def test_a_plan_of_before_a_rotation_is_checked_again(settings, office):
    """An import plan from before a rotation is checked again, since its numbers are encrypted with the old key."""
    settings.DATA_KEYS = OLD
    row = {"村级代码": make_village().code, "户主姓名": "王有福", "身份证号": make_id_number(), "家庭人口": 3}
    run = check("households", office, [row])
    settings.DATA_KEYS = BOTH
    runs.apply(run)
    assert (run.status, Member.objects.count()) == ("broken", 0)
    assert "换过身份证号的钥匙" in run.message
    runs.check(run)
    runs.apply(run)
    assert is_current(Member.objects.get().id_cipher)


@pytest.mark.parametrize(
    ("keys", "why"),
    [({"new": BOTH["new"]}, "没有编号为“old”的数据密钥"), ({"old": b"x" * 32}, "密文已损坏")],
)
def test_a_database_beside_the_wrong_key_is_told_before_anyone_works_on_it(settings, keys, why):
    call_command("check", databases=["default"])
    settings.DATA_KEYS = OLD
    make_member(id_number="")
    make_member(id_number=NUMBER)
    call_command("check", databases=["default"])
    settings.DATA_KEYS = keys
    with pytest.raises(SystemCheckError, match=f"请放回当时的钥匙：{why}"):
        call_command("check", databases=["default"])
